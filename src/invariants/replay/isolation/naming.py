"""What expressions name: columns, other rows; and settings, by themselves or through the functions they call."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from invariants.postgres.grammar import GrammarError, parse, pb, unwrap
from invariants.postgres.tree import strings, walk


def constant(node: Any) -> str | None:
    """The text of a string constant, casts aside; None for anything else."""
    kind, value = unwrap(node)
    if kind == "type_cast":
        return constant(value.arg)
    return value.sval.sval if kind == "a_const" and value.WhichOneof("val") == "sval" else None


def settings_named(text: str, bodies: Mapping[str, str], *, is_body: bool = False, depth: int = 0) -> frozenset[str]:
    """The custom settings that an expression or body reads, through the functions that may be seen through too."""
    named, called = _calls(text if is_body else f"SELECT {text}")
    for name in called:
        if name in bodies and depth < 8:
            named |= settings_named(bodies[name], bodies, is_body=True, depth=depth + 1)
    return named


@lru_cache(maxsize=4096)
def _calls(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The custom settings that a text reads itself, and the functions that it calls without arguments."""
    named, called = set(), set()
    try:
        statements = parse(text)
    except GrammarError:
        return frozenset(), frozenset()
    for call in (each for statement in statements for each in walk(statement.node, has_leaves=False) if isinstance(each, pb.FuncCall)):
        name = ".".join(part for part in strings(call.funcname) if part != "pg_catalog")
        if name == "current_setting" and call.args and "." in (constant(call.args[0]) or ""):
            named.add((constant(call.args[0]) or "").lower())
        elif not call.args:
            called.add(name)
    return frozenset(named), frozenset(called)


class Names(NamedTuple):
    """What an expression names."""

    columns: frozenset[str]
    asks_others: bool
    """It asks other rows, or names its table, so that it is about this table alone."""


def named(node: Any) -> Names:
    """What an expression names."""
    columns, asks_others = set[str](), False
    for each in walk(node, has_leaves=False):
        if isinstance(each, pb.ColumnRef):
            asks_others |= len(each.fields) > 1
            columns.add(each.fields[-1].string.sval)
        elif isinstance(each, pb.SubLink):
            asks_others |= each.sub_link_type != pb.EXPR_SUBLINK
        else:
            asks_others |= isinstance(each, pb.RangeVar)
    return Names(frozenset(columns - {""}), asks_others)
