"""What is told of a function is the same whatever was asked before it, also where functions call each other in a circle."""

import itertools
import random

import pytest

from invariants.frontends import typescript
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.modules import Modules
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.walking import Walker

NAMES = ("requireA", "requireB", "isC", "isD")
STATEMENTS = (
    "if (!{other}(req)) throw new HttpError({{ status: 401 }});",
    "if (req.headers['x-mode'] && {other}(req)) return true;",
    "{other}(req);",
    "if (!lookup(req.headers.authorization)) throw new HttpError({{ status: 403 }});",
    "return {other}(req) || req.query.a === 'b';",
    "if ({other}(req)) return false;",
    "try {{ {other}(req); }} catch (error) {{ return false; }}",
)


def program(seed: int) -> str:
    """Four functions that call each other."""
    dice = random.Random(seed)
    bodies = {name: [dice.choice(STATEMENTS).format(other=dice.choice(NAMES)) for _ in range(dice.randint(1, 3))] for name in NAMES}
    return "\n".join(f"function {name}(req) {{ {' '.join(body)} return true; }}" for name, body in bodies.items())


def walker(source: str) -> Walker:
    corpus = Corpus(["a.js"], lambda path: list(typescript.read(path, source.encode())))
    return Walker(corpus, Symbols(corpus, Modules(corpus.paths, {})), {})


@pytest.mark.parametrize("seed", range(60))
def test_the_order_of_questions_changes_no_answer(seed: int) -> None:
    source = program(seed)
    alone = {name: walker(source).effect(Key("a.js", name)) for name in NAMES}
    for order in itertools.permutations(NAMES):
        asked = walker(source)
        assert {name: asked.effect(Key("a.js", name)) for name in order} == alone, source
