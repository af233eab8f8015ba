"""What names stand for inside a function: its parameters, and what is assigned to its variables."""

from typing import Generic, Self, TypeVar

Parameter = TypeVar("Parameter")
Value = TypeVar("Value")


class Names(Generic[Parameter, Value]):
    """The names of one function. Blocks have none of their own: what a name may be is told of all its assignments together."""

    def __init__(self, name: str, outer: Self | None = None) -> None:
        self.name = name
        self.outer = outer
        self.parameters: dict[str, Parameter] = {}
        self.values: dict[str, list[Value]] = {}
        self.inner: dict[str, str] = {}

    def qualified(self, name: str) -> str:
        """The name of what is declared in this function, in the file."""
        return f"{self.name}.{name}" if self.name else name

    def owner(self, name: str) -> Self | None:
        """The nearest function that has a variable, function or parameter of this name."""
        scope: Self | None = self
        while scope is not None and not (name in scope.parameters or name in scope.values or name in scope.inner):
            scope = scope.outer
        return scope
