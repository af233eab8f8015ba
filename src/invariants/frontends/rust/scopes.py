"""What names stand for inside a function: its parameters, and what is assigned to its variables."""

from typing import NamedTuple

from tree_sitter import Node

from invariants.frontends.rust.syntax import Source, extracts, method, named
from invariants.languages.scopes import Names


class Taken(NamedTuple):
    """A parameter that a name stands for, and its type."""

    position: int
    type: str
    held: str = ""
    """Of what was put beside a request by its type, that: `User` of `Extension<User>`."""


class Scope(Names[Taken, Node]):
    """The names of one function, and the type that it belongs to."""

    def __init__(self, name: str, outer: "Scope | None" = None, owner: str = "") -> None:
        super().__init__(name, outer)
        self.type: str = owner or (outer.type if outer is not None else "")
        self.types: dict[str, str] = {}

    def function(self, symbol: str) -> str:
        """The name in the file of what a symbol means here: `Self` is the type, and a function may be declared inside this one."""
        first, dot, rest = symbol.partition(".")
        if first == "Self":
            return self.type + dot + rest
        owner = self.owner(first)
        if owner is not None and first in owner.inner:
            return owner.inner[first] + dot + rest
        return symbol

    def type_of(self, source: Source, name: str, depth: int = 8) -> str:
        """The type of a variable, where it is told: that of the parameter, or of what makes it."""
        owner = self.owner(name)
        if owner is None or depth == 0:
            return ""
        if name in owner.types:
            return owner.types[name]
        for value in owner.values.get(name, []):
            first, dot, rest = source.symbol(value).partition(".")
            if first[:1].isupper() and first != "Self":
                return first
            if dot and not rest[:1].islower() and "." not in rest and rest:
                return f"{first}.{rest}"
        return owner.parameters[name].type if name in owner.parameters else ""

    def called(self, source: Source, call: Node) -> str:
        """What a call calls: of a method, where the type of what it is called on is told, that of the type."""
        symbol = source.symbol(call)
        if kind := extracts(source, call):
            return self.function(kind)
        if method(call) is None:
            return self.function(symbol)
        parts = symbol.split(".")
        kind = self.type_of(source, parts[0]) if self.owner(parts[0]) is not None and len(parts) == 2 else ""
        if kind:
            return f"{self.function(kind)}.{parts[-1]}"
        capital = next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts))
        return self.function(".".join([*parts[: capital + 1], *parts[-1:]]) if len(parts) - capital > 2 else symbol)

    def bind(self, source: Source, pattern: Node | None, value: Node, declared: str = "") -> None:
        """Gives an expression to each variable of a pattern."""
        for each in variables(pattern):
            self.values.setdefault(source.text(each), []).append(value)
        if pattern is not None and declared and pattern.type == "identifier":
            self.types[source.text(pattern)] = declared


def variables(pattern: Node | None) -> list[Node]:
    """The variables that a pattern binds."""
    if pattern is None or pattern.type == "scoped_identifier":
        return []
    if pattern.type in {"identifier", "shorthand_field_identifier"}:
        return [pattern]
    skipped = pattern.child_by_field_name("type") if pattern.type in {"tuple_struct_pattern", "struct_pattern"} else None
    name = pattern.child_by_field_name("name") if pattern.type == "field_pattern" else None
    inner = [
        each for each in named(pattern) if each != skipped and not (each == name and pattern.child_by_field_name("pattern") is not None)
    ]
    return [found for each in inner if each.type not in {"call_expression", "macro_invocation"} for found in variables(each)]
