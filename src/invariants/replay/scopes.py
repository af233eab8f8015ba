"""Scopes: what a column name can mean at one point of a query (manual, section 7.2)."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from invariants.postgres.grammar import unwrap
from invariants.postgres.tree import strings
from invariants.replay.objects import FOREIGN, Relation


class Output(NamedTuple):
    """A column that something in FROM offers. ``relation`` and ``number`` say whose it is, 0 where it is computed."""

    name: str
    type_name: str = ""
    relation: int = 0
    number: int = 0
    is_alias: bool = False
    """It goes by a name that the query gives it."""
    is_literal: bool = False
    """It is a constant, which takes the type of what it is put beside."""
    collation: int = FOREIGN
    """As a column has it; nobody follows that of an expression."""


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
    merged: set[str] = field(default_factory=set)
    """The columns that a join made one with another's (USING, NATURAL): ``*`` shows them once, before the others."""

    def shown(self) -> list[Output]:
        """What an unqualified ``*`` shows of it."""
        return [output for output in self.outputs if output.name not in self.merged]

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


def column_output(node: Any, scope: Scope) -> Output | None:
    """The column that an expression is; None for any other expression, and where it is not known."""
    kind, value = unwrap(node)
    parts = strings(value.fields) if kind == "column_ref" and unwrap(value.fields[-1])[0] == "string" else []
    if len(parts) == 1:
        return found[1] if (found := scope.column(parts[0])) else None
    item = scope.item(parts[-2]) if parts else None
    return item.find(parts[-1]) if item else None


def column_type(node: Any, scope: Scope) -> str:
    """The type of a column that an expression is; empty for any other expression, and where it is not known."""
    output = column_output(node, scope)
    return output.type_name if output else ""


def relation_outputs(relation: Relation) -> list[Output]:
    """What a relation offers in FROM, its system columns aside."""
    return [Output(each.name, each.type_name, relation.oid, each.number, collation=each.collation) for each in relation.columns]


def aliased(outputs: list[Output], names: list[str]) -> list[Output]:
    """Outputs under the names that an alias gives the first of them."""
    renamed = [output._replace(name=name, is_alias=True) for output, name in zip(outputs, names, strict=False)]
    return renamed + outputs[len(renamed) :]


def function_item(value: Any) -> Item:
    """A function in FROM: its alias names it, and its only column where it returns a scalar."""
    alias = value.alias.aliasname if value.HasField("alias") else ""
    columns = strings(value.alias.colnames) if value.HasField("alias") else []
    declared = [each.column_def.colname for each in getattr(value, "coldeflist", ())]
    return Item(alias, [Output(name) for name in columns or declared or ([alias] if alias else [])], is_alias=True, is_open=True)
