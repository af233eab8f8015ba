"""What functions in SQL answer, where their bodies are one expression, which can stand in the place of a call."""

from functools import lru_cache
from typing import Any

from invariants.postgres.grammar import GrammarError, parse, pb
from invariants.postgres.tree import placeless
from invariants.replay import objects as o


def is_expression(function: o.Function) -> bool:
    """Whether a function answers what one expression says."""
    if function.language != "sql" or function.returns_set:
        return False
    try:
        return answered(function.body) is not None
    except GrammarError:
        return True  # whoever looks closer meets the error


@lru_cache(maxsize=1024)
def answered(body: str) -> Any:
    """The expression that a body is; None where it is more than one. It is copied, never changed."""
    statements = parse(body)
    if len(statements) != 1 or not isinstance(statements[0].node, pb.SelectStmt):
        return None
    select = statements[0].node
    if select.from_clause or select.HasField("where_clause") or select.HasField("with_clause") or len(select.target_list) != 1:
        return None
    return placeless(select.target_list[0].res_target.val)
