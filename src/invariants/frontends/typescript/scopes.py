"""What names stand for inside a function: its parameters, and what is assigned to its variables."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from invariants.frontends.typescript.syntax import Source, key_name, named
from invariants.languages.scopes import Names


class Value(NamedTuple):
    """What a variable is given: an expression, or the part of it that a pattern takes."""

    node: Node
    part: str
    constant: bool


class Field(NamedTuple):
    """A parameter, or the field of one that a pattern takes."""

    position: int
    name: str


class Scope(Names[Field, Value]):
    """The names of one function, and the parameters that settle a promise; those of a server action are what its caller sends;
    decides: whoever calls it goes by its answer alone; promises: it answers with a promise that it makes;
    resolved: whether it resolves one with what is something, whoever comes.

    defaults: what parameters are that nobody gives, yes or no; fallbacks: what variables are that are taken out of what lacks them."""

    def __init__(self, name: str, outer: "Scope | None" = None) -> None:
        super().__init__(name, outer)
        self.settles: tuple[str, ...] = ()
        self.promises = False
        self.resolved: list[bool] = []
        self.is_sent = False
        self.decides = False
        self.defaults: dict[str, str] = {}
        self.fallbacks: dict[str, Node] = {}

    def function(self, name: str) -> str:
        """The name in the file of a function that is called by this name here; empty where it is none of this file."""
        owner = self.owner(name)
        return owner.inner.get(name, "") if owner is not None else ""

    def value(self, name: str) -> Node | None:
        """The one expression that a variable stands for."""
        owner = self.owner(name)
        found = owner.values.get(name, []) if owner is not None else []
        return found[0].node if len(found) == 1 and not found[0].part else None

    def bind(self, source: Source, pattern: Node, value: Node, constant: bool, part: str = "") -> None:
        """Gives an expression to a variable, or to each variable of a pattern."""
        kind = pattern.type
        if kind in {"identifier", "shorthand_property_identifier_pattern"}:
            self.values.setdefault(source.text(pattern), []).append(Value(value, part, constant))
            return
        for child in named(pattern) if kind == "object_pattern" else ():
            self.fallbacks.update(_fallback(source, child))
        for name, inner in parts(source, pattern):
            self.bind(source, inner, value, constant, f"{part}.{name}" if part else name)


def parts(source: Source, pattern: Node) -> list[tuple[str, Node]]:
    """What a pattern takes: the name of each field, or its place, and what it is taken into."""
    kind = pattern.type
    if kind == "array_pattern":
        return list(_places(pattern))
    if kind == "object_pattern":
        return [found for child in named(pattern) if (found := _field(source, child))]
    if kind in {"object_assignment_pattern", "assignment_pattern", "rest_pattern"}:
        return [("...", named(pattern)[0])] if named(pattern) else []
    return []


def _places(pattern: Node) -> Iterator[tuple[str, Node]]:
    """What a pattern takes out of a list, by its places, of which it may leave out some: `const [, user] = judged(req)`."""
    place = 0
    for child in pattern.children:
        if child.is_named and child.type != "comment":
            yield str(place), _target(child)
        place += child.type == ","


def _field(source: Source, child: Node) -> tuple[str, Node] | None:
    if child.type == "pair_pattern":
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        return (key_name(source, key), _target(value)) if key is not None and value is not None else None
    target = _target(child)
    return (source.text(target) if target.type == "shorthand_property_identifier_pattern" else "...", target)


def _fallback(source: Source, child: Node) -> Iterator[tuple[str, Node]]:
    """What a variable is where a pattern takes it out of what lacks it: `const { role = "guest" } = user`."""
    inner = child.child_by_field_name("value") if child.type == "pair_pattern" else child
    left, right = (inner.child_by_field_name(side) if inner is not None else None for side in ("left", "right"))
    if left is not None and right is not None:
        yield source.text(left), right


def _target(child: Node) -> Node:
    """What a field is taken into, without its default."""
    while child.type in {"object_assignment_pattern", "assignment_pattern", "rest_pattern"} and named(child):
        child = named(child)[0]
    return child
