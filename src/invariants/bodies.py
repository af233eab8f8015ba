"""What functions do inside, packed by the function, and what a file names, packed by the file: most facts about code are of these kinds,
and hardly any is asked for by itself.
"""

import pickle
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from invariants.facts.code import Alias, Argument, Constant, Dependence, Function, Import, Module, Parameter, Step
from invariants.facts.place import Place

INSIDE: tuple[type[Any], ...] = (Parameter, Step, Argument, Dependence)
"""The facts of functions: each has its place first, and then its function."""
OUTLINE: tuple[type[Any], ...] = (Module, Import, Alias, Constant, Function)
"""The facts of files that are packed: each has its place first."""
NAMING = (Parameter, Step)
"""Those of functions whose symbols may be another file's."""
PLACE = 4
"""So many numbers say where in a file a fact stands."""


class Body(NamedTuple):
    """One function of a file, the module's own code too; without a function, what the file names."""

    function_name: str | None
    names: str
    """What its symbols begin with, divided by blanks: some of it is taken from other files."""
    content: bytes


class Opened:
    """What is packed in one piece: columns of each kind of facts, of which facts are made once somebody asks for them."""

    def __init__(self, path: str, body: Body) -> None:
        self._path = path
        self._owner = [] if body.function_name is None else [repeat(body.function_name)]
        self.kinds = OUTLINE if body.function_name is None else INSIDE
        self._columns: dict[type[Any], list[list[Any]]] = dict(zip(self.kinds, _read(body.content), strict=True))

    def facts(self, kind: type[Any]) -> list[Any]:
        """The facts of a kind, in their order; whoever asks keeps them."""
        columns = self._columns.pop(kind)
        places = _made(Place, repeat(self._path), *columns[:PLACE])
        return list(_made(kind, places, *self._owner, *columns[PLACE:])) if columns else []


class _Plain(pickle.Unpickler):
    """Reads lists of words and numbers, three times as fast as JSON; nothing in a file can name a class, and so have code run."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no word and no number")


def _read(content: bytes) -> Any:
    return _Plain(BytesIO(content)).load()


def _made(kind: type[Any], *columns: Iterable[Any]) -> Iterator[Any]:
    """Named tuples of columns; to go by the names of their fields takes twice as long."""
    return map(partial(tuple.__new__, kind), zip(*columns, strict=False))


def packed(facts: Iterable[Any]) -> list[Any]:
    """The facts of one file, with those that are packed in the pieces of which they are."""
    found: list[Any] = []
    outline: dict[type[Any], list[Any]] = {kind: [] for kind in OUTLINE}
    inside: dict[str, dict[type[Any], list[Any]]] = defaultdict(lambda: {kind: [] for kind in INSIDE})
    for fact in facts:
        kind = type(fact)
        (inside[fact.function_name][kind] if kind in INSIDE else outline.get(kind, found)).append(fact)
    if any(outline.values()):
        found.append(Body(None, "", _written([_columns(own, 1) for own in outline.values()])))
    return [*found, *(_pack(name, own) for name, own in inside.items())]


def _pack(name: str, facts: dict[type[Any], list[Any]]) -> Body:
    names = {each.symbol.partition(".")[0] for kind in NAMING for each in facts[kind]}
    return Body(name, " ".join(sorted(each for each in names if " " not in each)), _written([_columns(own, 2) for own in facts.values()]))


def _written(columns: list[Any]) -> bytes:
    return pickle.dumps(columns, pickle.HIGHEST_PROTOCOL)


def _columns(facts: list[Any], known: int) -> list[Any]:
    """What facts say, column by column, but for their file, and the first fields that are known: their place, told apart, and function."""
    if not facts:
        return []
    places, *rest = zip(*facts, strict=False)
    return [*islice(zip(*places, strict=True), 1, None), *rest[known - 1 :]]


def unpacked(path: str, body: Body) -> Iterator[Any]:
    """The facts of a piece, kind by kind."""
    opened = Opened(path, body)
    return chain.from_iterable(map(opened.facts, opened.kinds))


def opened(path: str, facts: Iterable[Any]) -> list[Any]:
    """The facts of a file, with those of its names one by one; what its functions do stays packed."""
    return [each for fact in facts for each in (unpacked(path, fact) if _is_outline(fact) else (fact,))]


def _is_outline(fact: Any) -> bool:
    return type(fact) is Body and fact.function_name is None
