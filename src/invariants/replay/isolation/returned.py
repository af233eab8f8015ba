"""What functions show in FROM: the columns of what they return."""

from collections.abc import Sequence

from invariants.replay import objects as o
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.standard import FOLLOWED, PLAIN, SETS

SHOWN = {"out", "inout", "table"}
"""The modes of arguments that a function returns."""


def returned(context: Context, parts: tuple[str, ...], count: int, name: str) -> Sequence[str] | None:
    """The columns of a call that goes by a name; None where they cannot be told."""
    parts = tuple(part for part in parts if part != "pg_catalog")
    functions = context.functions(parts, count)
    if not functions:
        return [name] if len(parts) == 1 and parts[0] in {*SETS, *PLAIN, *FOLLOWED} else None
    found = [_columns(context, each, name) for each in functions]
    return found[0] if all(each == found[0] for each in found) else None


def _columns(context: Context, function: o.Function, name: str) -> Sequence[str] | None:
    if shown := [each.name for each in function.arguments if each.mode in SHOWN]:
        return shown if all(shown) else None
    *schema, last = function.returns.replace('"', "").split(".")
    relation = context.tenancy.relation(tuple(schema) or context.path, last)
    if relation is not None:
        return [each.name for each in relation.columns]
    return None if last == "record" else [name]
