"""The columns that policies bind to the session: compared, as equals, with one of its settings."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from invariants.facts import db
from invariants.postgres.grammar import parse_expression, pb, unwrap
from invariants.postgres.tree import strings, walk

PERSONAL = {"user", "uid", "sub", "email", "role", "member", "bypass"}
"""Words in the name of a setting that says who somebody is or may do, not whose rows they are."""


def bound(policies: Iterable[db.Policy]) -> set[tuple[str, str]]:
    """Tables and columns; primary keys called ``id``, by which a table of tenants is bound, left out."""
    texts = ((policy.table_name, text) for policy in policies for text in (policy.using_text, policy.check_text) if text)
    return {(table, column) for table, text in texts for column in _columns(text) if column != "id"}


@lru_cache(maxsize=4096)
def _columns(text: str) -> frozenset[str]:
    """The columns that an expression compares with a setting; products repeat one expression on table after table."""
    return frozenset(_compared(parse_expression(text)))


def _compared(tree: Any) -> Iterator[str]:
    for each in walk(tree):
        if isinstance(each, pb.A_Expr) and each.kind == pb.AEXPR_OP and strings(each.name) == ["="]:
            for one, other in ((each.lexpr, each.rexpr), (each.rexpr, each.lexpr)):
                kind, value = _bare(one)
                if kind == "column_ref" and unwrap(value.fields[-1])[0] == "string" and _is_setting(other):
                    yield strings(value.fields)[-1]


def _bare(node: Any) -> tuple[str, Any]:
    """What is cast, without its casts."""
    kind, value = unwrap(node)
    return _bare(value.arg) if kind == "type_cast" else (kind, value)


def _is_setting(node: Any) -> bool:
    """It is made of a setting that says whose rows they are, and of nothing in the row."""
    messages = list(walk(node))
    calls = [each for each in messages if isinstance(each, pb.FuncCall) and strings(each.funcname)[-1] == "current_setting"]
    names = [each.args[0].a_const.sval.sval for each in calls if each.args]
    is_personal = any(PERSONAL & set(re.split(r"[^a-z]+", name.lower())) for name in names)
    return bool(names) and not is_personal and not any(isinstance(each, pb.ColumnRef) for each in messages)
