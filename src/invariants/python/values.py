"""What an expression comes to. Python's own values stand for themselves; these stand for the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import libcst as cst

Value = Any
"""A Python constant or container, or one of the classes below."""


class Part(NamedTuple):
    """A stretch of a string and the literal or expression it comes from; ``offset`` is where in that literal's value it begins."""

    text: str
    node: cst.CSTNode
    offset: int = 0


class Text(str):
    """A string that remembers what it was put together from."""

    parts: tuple[Part, ...]

    def __new__(cls, parts: Sequence[Part]) -> "Text":
        self = super().__new__(cls, "".join(part.text for part in parts))
        self.parts = tuple(parts)
        return self


def parts(value: str, node: cst.CSTNode) -> tuple[Part, ...]:
    """The parts of a string; those of a plain one all come from the node."""
    return value.parts if isinstance(value, Text) else (Part(value, node),)


@dataclass(frozen=True, slots=True)
class Unknown:
    """What cannot be told. ``sketch`` is what of a text can be, with ``HOLE`` for the rest."""

    node: cst.CSTNode
    why: str
    sketch: str = ""


HOLE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that is defined elsewhere (``sqlalchemy.String``); ``base`` is the value it is an attribute of, if it is not a module."""

    path: str
    base: Value = None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """The call of a symbol: what it returns is known only by this. ``base`` is the value that a method was called on."""

    path: str
    args: tuple[Value, ...]
    kwargs: dict[str, Value]
    node: cst.CSTNode
    base: Value = None

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def get(self, keyword: str, position: int = -1, default: Value = None) -> Value:
        """An argument, by its keyword or its position."""
        if keyword in self.kwargs:
            return self.kwargs[keyword]
        return self.args[position] if 0 <= position < len(self.args) else default


@dataclass(slots=True)
class Scope:
    """Names and their values, then those of the enclosing function or module."""

    outer: "Scope | None" = None
    names: dict[str, Value] = field(default_factory=dict)

    def find(self, name: str) -> Value:
        """The value of a name; KeyError where it is not defined."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        raise KeyError(name)

    def snapshot(self) -> dict[str, Value]:
        """The names, so that a branch can be taken back; containers of its own are copied."""
        return {name: value.copy() if isinstance(value, (list, dict, set)) else value for name, value in self.names.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function or lambda of the file."""

    node: cst.FunctionDef | cst.Lambda
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the file: its bases, and the values of its own names, in order."""

    name: str
    bases: tuple[Value, ...]
    names: dict[str, Value]
    node: cst.ClassDef

    def find(self, name: str) -> Value:
        """An attribute, its own or a base's of the same file; KeyError where there is none."""
        if name in self.names:
            return self.names[name]
        for base in self.bases:
            if isinstance(base, Class):
                return base.find(name)
        raise KeyError(name)

    def roots(self) -> Iterator[str]:
        """The paths of the classes from elsewhere that it descends from."""
        for base in self.bases:
            if isinstance(base, Class):
                yield from base.roots()
            elif isinstance(base, (Symbol, Call)):
                yield base.path


@dataclass(frozen=True, slots=True)
class Ask:
    """A truth that only the database knows, as an SQL condition."""

    sql: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a query gives; ``column`` where only one column of them is meant."""

    sql: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Each row of a query in turn."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a query: of its first row, or of each row in turn."""

    rows: Rows
    column: str = ""


OPAQUE = (Unknown, Symbol, Call, Function, Class, Ask, Rows, Row, Cell)
"""The classes whose instances Python's own operators and functions must not be given."""


def opaque(value: Value) -> bool:
    """Whether a value, or anything in it, is not a plain Python one."""
    if isinstance(value, OPAQUE):
        return True
    if isinstance(value, dict):
        return any(opaque(key) or opaque(each) for key, each in value.items())
    return isinstance(value, (list, tuple, set, frozenset)) and any(opaque(each) for each in value)
