"""What names stand for inside a function: its parameters, its variables, and the fields of its class."""

from typing import NamedTuple

from tree_sitter import Node

from invariants.frontends.csharp.syntax import Source, bare, method
from invariants.languages.scopes import Names


class Taken(NamedTuple):
    """A parameter that a name stands for, its type, and whether whoever sends the request says it."""

    position: int
    type: str
    is_sent: bool


class Scope(Names[Taken, Node]):
    """The names of one function; those of a class hold the types of its fields."""

    def __init__(self, name: str, outer: "Scope | None" = None, owner: str = "") -> None:
        super().__init__(name, outer)
        self.type: str = owner or (outer.type if outer is not None else "")
        self.types: dict[str, str] = {}

    def function(self, symbol: str) -> str:
        """The name in the file of what a symbol means here; what is said by itself in a class is a member of it."""
        first, dot, rest = symbol.partition(".")
        owner = self.owner(first)
        if owner is not None and first in owner.inner:
            return owner.inner[first] + dot + rest
        return symbol

    def type_of(self, source: Source, name: str) -> str:
        """The type of a variable, parameter or field, where it is told."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.types:
                return scope.types[name]
            if name in scope.parameters:
                return scope.parameters[name].type
            for value in scope.values.get(name, []):
                made = bare(value)
                return source.type(made.child_by_field_name("type")) if made.type == "object_creation_expression" else ""
            scope = scope.outer
        return ""

    def called(self, source: Source, call: Node) -> str:
        """What a call calls: a method of the type of what it is called on, where that is told; by itself, one of the class around it."""
        symbol = source.symbol(call)
        parts = symbol.removeprefix("this.").split(".")
        if method(call) is None:
            found = self.function(symbol)
            is_variable = self.owner(parts[0]) is not None and found == symbol
            return found if found != symbol or is_variable or not self.type or len(parts) > 1 else f"this.{symbol}"
        kind = self.type_of(source, parts[0]) if len(parts) == 2 else ""
        return f"{kind}.{parts[1]}" if kind and kind != "var" else symbol

    def bind(self, source: Source, name: Node | None, value: Node, declared: str = "") -> None:
        """Gives an expression to a variable."""
        if name is not None:
            self.values.setdefault(source.text(name), []).append(value)
            if declared and declared != "var":
                self.types[source.text(name)] = declared
