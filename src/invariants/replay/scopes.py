"""Scopes: what a column name can mean at one point of a query (manual, section 7.2)."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Output(NamedTuple):
    """A column that something in FROM offers. ``relation`` and ``number`` say whose it is, 0 where it is computed."""

    name: str
    type_name: str = ""
    relation: int = 0
    number: int = 0


@dataclass
class Item:
    """One entry of FROM: the name it goes by, what it offers, and whether anything else may be among it."""

    name: str
    outputs: list[Output]
    relation: int = 0
    schema: str = ""
    is_alias: bool = False
    is_open: bool = False
    """Its columns are not all known: a function's result, a relation that is not kept."""

    def find(self, column: str) -> Output | None:
        return next((output for output in self.outputs if output.name == column), None)


@dataclass
class Scope:
    """The FROM items visible at one level of a query, and the level around it."""

    items: list[Item] = field(default_factory=list)
    parent: "Scope | None" = None
    tables: dict[str, list[Output]] = field(default_factory=dict)
    """Common table expressions by name."""

    def below(self) -> "Scope":
        """The scope of a sub-query."""
        return Scope([], self)

    def cte(self, name: str) -> list[Output] | None:
        """The outputs of a common table expression, wherever it was declared around here."""
        if name in self.tables:
            return self.tables[name]
        return self.parent.cte(name) if self.parent else None

    def item(self, name: str, schema: str = "") -> Item | None:
        """The FROM item of a name, nearest first."""
        for item in self.items:
            if item.name == name and (not schema or (item.schema == schema and not item.is_alias)):
                return item
        return self.parent.item(name, schema) if self.parent else None

    def column(self, name: str) -> tuple[Item, Output] | None:
        """The item and column that an unqualified name means: the nearest level that has it."""
        for item in self.items:
            output = item.find(name)
            if output is not None:
                return item, output
        return self.parent.column(name) if self.parent else None

    def is_open(self) -> bool:
        """Something here may have columns that are not known."""
        return any(item.is_open for item in self.items) or (self.parent is not None and self.parent.is_open())
