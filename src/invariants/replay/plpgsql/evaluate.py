"""Expressions: parse trees made into functions of a scope, once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from invariants.postgres.grammar import parse_expression, unwrap
from invariants.replay.plpgsql.scope import Scope
from invariants.replay.plpgsql.values import Unsure, Value

Expression: TypeAlias = Callable[[Scope], Value]


@lru_cache(maxsize=4096)
def expression(text: str) -> Expression:
    """The expression that a text is."""
    return compiled(parse_expression(text))


def compiled(node: Any) -> Expression:
    """The function of a node."""
    from invariants.replay.plpgsql.compilers import COMPILERS  # it stands on this module

    kind, value = unwrap(node)
    compile_ = COMPILERS.get(kind)
    return unknown(kind) if compile_ is None else compile_(value)


def unknown(kind: str) -> Expression:
    """An expression that is not understood."""
    doubt = Unsure(f"{kind.replace('_', ' ')} is not understood here")
    return lambda _scope: doubt
