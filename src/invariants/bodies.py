"""What functions do inside, packed by the function: most facts about code are of that kind, and hardly any is asked for by itself."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from invariants.facts.code import Argument, Dependence, Parameter, Step
from invariants.facts.place import Place

INSIDE: tuple[type[Any], ...] = (Parameter, Step, Argument, Dependence)
"""The facts that are packed: each has its place first, and then its function."""
NAMING = (Parameter, Step)
"""Those of them whose symbols may be another file's."""
PLACE = 4
"""So many numbers say where in a file a fact stands."""
FAST = 1
"""How hard to press: more takes three times as long for a sixth of the room."""
ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class Body(NamedTuple):
    """One function of a file, the module's own code too."""

    function_name: str
    names: str
    """What its symbols begin with, divided by blanks: some of it is taken from other files."""
    content: bytes


class Opened:
    """What one function does: columns of each kind of facts, of which facts are made once somebody asks for them."""

    def __init__(self, path: str, body: Body) -> None:
        self._path = path
        self._name = body.function_name
        self._columns: dict[type[Any], list[list[Any]]] = dict(zip(INSIDE, json.loads(zlib.decompress(body.content)), strict=True))

    def facts(self, kind: type[Any]) -> list[Any]:
        """The facts of a kind, in their order; whoever asks keeps them."""
        columns = self._columns.pop(kind)
        places = _made(Place, repeat(self._path), *columns[:PLACE])
        return list(_made(kind, places, repeat(self._name), *columns[PLACE:])) if columns else []


def _made(kind: type[Any], *columns: Iterable[Any]) -> Iterator[Any]:
    """Named tuples of columns; to go by the names of their fields takes twice as long."""
    return map(partial(tuple.__new__, kind), zip(*columns, strict=False))


def packed(facts: Iterable[Any]) -> list[Any]:
    """The facts of one file, with those of its functions packed."""
    found: list[Any] = []
    inside: dict[str, dict[type[Any], list[Any]]] = defaultdict(lambda: {kind: [] for kind in INSIDE})
    for fact in facts:
        (inside[fact.function_name][type(fact)] if type(fact) in INSIDE else found).append(fact)
    return [*found, *(_pack(name, own) for name, own in inside.items())]


def _pack(name: str, facts: dict[type[Any], list[Any]]) -> Body:
    names = {each.symbol.partition(".")[0] for kind in NAMING for each in facts[kind]}
    content = zlib.compress(ENCODER.encode([_columns(own) for own in facts.values()]).encode(), FAST)
    return Body(name, " ".join(sorted(each for each in names if " " not in each)), content)


def _columns(facts: list[Any]) -> list[Any]:
    """What facts say, column by column, but for their file and function: both are known."""
    if not facts:
        return []
    places, _, *rest = zip(*facts, strict=False)
    return [*islice(zip(*places, strict=True), 1, None), *rest]


def unpacked(path: str, body: Body) -> Iterator[Any]:
    """The facts of a function, kind by kind."""
    opened = Opened(path, body)
    return chain.from_iterable(map(opened.facts, INSIDE))
