"""What functions do inside, packed by the function: most facts about code are of that kind, and hardly any is asked for by itself."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from invariants.facts.code import Argument, Dependence, Parameter, Step
from invariants.facts.place import Place

INSIDE: tuple[type[Any], ...] = (Parameter, Step, Argument, Dependence)
"""The facts that are packed: each has its place first, and then its function."""
KINDS = {each: number for number, each in enumerate(INSIDE)}
NAMING = (Parameter, Step)
"""Those of them whose symbols may be another file's."""
FAST = 1
"""How hard to press: more takes three times as long for a sixth of the room."""


ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class Body(NamedTuple):
    """One function of a file, the module's own code too."""

    function_name: str
    names: str
    """What its symbols begin with, divided by blanks: some of it is taken from other files."""
    content: bytes


def packed(facts: Iterable[Any]) -> list[Any]:
    """The facts of one file, with those of its functions packed."""
    found: list[Any] = []
    inside: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        (inside[fact.function_name] if type(fact) in KINDS else found).append(fact)
    return [*found, *(_pack(name, own) for name, own in inside.items())]


def _pack(name: str, facts: list[Any]) -> Body:
    names = {each.symbol.partition(".")[0] for each in facts if type(each) in NAMING}
    content = ENCODER.encode([(KINDS[type(each)], *each[0][1:], *each[2:]) for each in facts]).encode()
    return Body(name, " ".join(sorted(each for each in names if " " not in each)), zlib.compress(content, FAST))


def unpacked(path: str, body: Body) -> Iterator[Any]:
    """The facts of a function, in their order."""
    for kind, line, column, end_line, end_column, *rest in json.loads(zlib.decompress(body.content)):
        yield INSIDE[kind](Place(path, line, column, end_line, end_column), body.function_name, *rest)
