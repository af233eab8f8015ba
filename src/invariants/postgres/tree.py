"""Walking parse trees."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb

PLACES = {"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"}
"""The fields that say where in a text something stood."""


LEAVES = {"a_const", "string"}
"""The kinds of nodes that hold none."""


def walk(message: Message, *, apart: type | tuple[type, ...] = (), has_leaves: bool = True) -> Iterator[Message]:
    """Every message below and including this one that is not a mere ``Node`` wrapper, parents first; none of a kind that is kept apart.

    Without leaves no constants and names, which are most of what is wide.
    """
    stack: list[Any] = [message]
    while stack:
        current = stack.pop()
        if type(current) is pb.Node:
            kind = current.WhichOneof("node")  # far faster than looking at its fields
            if kind is None or (not has_leaves and kind in LEAVES):
                continue
            current = getattr(current, kind)
        if apart and isinstance(current, apart):
            continue
        yield current
        if type(current) is pb.A_Const:  # a oneof too
            if (kind := current.WhichOneof("val")) is not None:
                stack.append(getattr(current, kind))
            continue
        for name, is_repeated in HOLDING[type(current)]:
            if is_repeated:
                stack += reversed(getattr(current, name))
            elif current.HasField(name):
                stack.append(getattr(current, name))


def nodes(message: Message) -> Iterator[Any]:
    """The ``Node`` wrappers below a message, parents first: what stands in one can be put in the place of another's."""
    stack: list[Message] = [message]
    while stack:
        current: Any = stack.pop()
        if type(current) is pb.Node:
            yield current
            kind = current.WhichOneof("node")
            if kind is None:
                continue
            current = getattr(current, kind)
        for name, is_repeated in HOLDING[type(current)]:
            if is_repeated:
                stack += reversed(getattr(current, name))
            elif current.HasField(name):
                stack.append(getattr(current, name))


class _Holding(dict[type, tuple[tuple[str, bool], ...]]):
    """The fields of a kind of message that hold others, the last first, and whether they hold several: to ask a message is dear."""

    def __missing__(self, kind: Any) -> tuple[tuple[str, bool], ...]:
        fields = reversed(kind.DESCRIPTOR.fields)
        found = self[kind] = tuple((each.name, each.is_repeated) for each in fields if each.message_type is not None)
        return found


HOLDING = _Holding()


def placeless(node: Any) -> Any:
    """The same node, which no longer says where its parts stood: what is written alike is equal."""
    for each in walk(node):
        for name in PLACED[type(each)]:
            each.ClearField(name)
    return node


class _Placed(dict[type, tuple[str, ...]]):
    """The fields of a kind of message that say where it stood."""

    def __missing__(self, kind: Any) -> tuple[str, ...]:
        found = self[kind] = tuple(each.name for each in kind.DESCRIPTOR.fields if each.name in PLACES)
        return found


PLACED = _Placed()


def members(message: Message) -> Iterator[tuple[str, Message]]:
    """The messages that a message holds itself, each with the name of its field."""
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in (value,) if isinstance(value, Message) else value:
                yield field.name, each


TESTS = {"bool_expr", "boolean_test", "null_test"}
LIST_KINDS = {
    pb.AEXPR_IN, pb.AEXPR_LIKE, pb.AEXPR_ILIKE, pb.AEXPR_SIMILAR, pb.AEXPR_BETWEEN, pb.AEXPR_NOT_BETWEEN,
    pb.AEXPR_BETWEEN_SYM, pb.AEXPR_NOT_BETWEEN_SYM, pb.AEXPR_OP_ANY, pb.AEXPR_OP_ALL,
}  # fmt: skip
"""Comparisons whose left side is written without parentheses."""
TESTED, DISTINCT_KINDS = (pb.NullTest, pb.BooleanTest), {pb.AEXPR_DISTINCT, pb.AEXPR_NOT_DISTINCT}
"""Tests, and the comparisons that they are written behind without parentheses."""


def ambiguous(node: Message) -> Iterator[Any]:
    """The tests that stand where the grammar's writer leaves out the parentheses that they need."""
    for each in walk(node):
        if isinstance(each, pb.A_Expr):
            if each.kind in LIST_KINDS and _is_test(each.lexpr):
                yield each.lexpr
        elif isinstance(each, TESTED) and each.arg.a_expr.kind in DISTINCT_KINDS:
            yield each.arg


def _is_test(node: Any) -> bool:
    kind = node.WhichOneof("node")
    if kind != "a_expr":
        return kind in TESTS
    return node.a_expr.kind != pb.AEXPR_OP or strings(node.a_expr.name)[-1] in {"=", "<>", "<", ">", "<=", ">=", "!="}


def disjuncts(node: Any) -> Iterator[Any]:
    """The arms of the outermost ORs of an expression."""
    if node.HasField("bool_expr") and node.bool_expr.boolop == pb.OR_EXPR:
        for each in node.bool_expr.args:
            yield from disjuncts(each)
    else:
        yield node


def cost(node: Any) -> int:
    """How dear a test is likely to be: sub-queries most, then calls."""
    if node.WhichOneof("node") == "bool_expr":
        return _cost(node.SerializeToString())
    return sum(WEIGHTS.get(type(each), 1) for each in walk(node))


@lru_cache(maxsize=4096)
def _cost(node: bytes) -> int:
    """The same, of what is asked for again wherever it stands in something larger."""
    own: Any = pb.Node.FromString(node)
    return 1 + sum(map(cost, own.bool_expr.args))


WEIGHTS: dict[type, int] = {pb.SubLink: 101, pb.FuncCall: 11}


def strings(nodes: Any) -> list[str]:
    """The strings of a list of String nodes, as in a qualified name."""
    return [node.string.sval for node in nodes]


FIRST = {"a_expr": "lexpr", "type_cast": "arg", "null_test": "arg"}
"""What may stand before everything else in an expression of a kind: only that is looked into."""
LEADING = frozenset({"column_ref", "a_const", "param_ref", "case_expr", "coalesce_expr"})
"""Expressions that begin where they say that they stand; calls do where they are written as such."""


def location(node: Any) -> int:
    """Where an expression begins: the least offset that any of its nodes gives, -1 where none does (0 is what says nothing)."""
    known = []
    while (kind := node.WhichOneof("node")) in FIRST:
        value = getattr(node, kind)
        known.append(value.location)
        node = getattr(value, FIRST[kind])
    if kind in LEADING or (kind == "func_call" and node.func_call.funcformat == pb.COERCE_EXPLICIT_CALL):
        known.append(getattr(node, kind).location)
    else:
        known += [getattr(each, "location", 0) for each in walk(node)]
    return min((offset for offset in known if offset > 0), default=-1)
