"""References: names in trees, and what each of them means."""

from typing import Any, Literal, NamedTuple

from invariants.replay.scopes import Item

Kind = Literal["column", "relation", "function", "type", "collation"]
NAMED = {"function": "funcname", "type": "names", "collation": "collname"}
"""The fields of nodes that hold a name by its parts."""


class Reference(NamedTuple):
    """A name in a tree and what it means. ``item`` is the FROM entry that a column was found in."""

    kind: Kind
    node: Any
    oid: int
    number: int = 0
    item: Item | None = None
    is_alias: bool = False
    """It says a name that the query gave, not the column's own."""
