"""Walking parse trees."""

from collections.abc import Hashable, Iterator
from functools import cache, lru_cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb


def walk(message: Message) -> Iterator[Message]:
    """Every message below and including this one that is not a mere ``Node`` wrapper, parents first."""
    stack: list[Message] = [message]
    while stack:
        current = stack.pop()
        if type(current) is pb.Node:
            kind = current.WhichOneof("node")  # far faster than looking at its fields
            if kind is not None:
                stack.append(getattr(current, kind))
            continue
        yield current
        for field, value in reversed(current.ListFields()) if _holds(current.DESCRIPTOR) else ():
            if field.message_type is None:
                continue
            if isinstance(value, Message):
                stack.append(value)
            else:
                stack.extend(reversed(value))


@cache
def _holds(kind: Descriptor) -> bool:
    """Whether messages of a kind may hold others; to ask one for its fields is dear."""
    return any(field.message_type is not None for field in kind.fields)


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
        for field, value in reversed(current.ListFields()) if _holds(current.DESCRIPTOR) else ():
            if field.message_type is not None:
                stack.extend(reversed(value) if field.is_repeated else (value,))


def likeness(message: Message) -> Hashable:
    """A message without the places that it stands at: what is written alike is equal."""
    if type(message) is pb.Node:
        kind = message.WhichOneof("node")
        return (kind, likeness(getattr(message, kind))) if kind is not None else ()
    return tuple((field.number, _likeness(field, value)) for field, value in message.ListFields() if field.name != "location")


def _likeness(field: FieldDescriptor, value: Any) -> Hashable:
    if field.message_type is None:
        return tuple(value) if field.is_repeated else value
    return tuple(map(likeness, value)) if field.is_repeated else likeness(value)


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


def ambiguous(node: Message) -> Iterator[Any]:
    """The tests that stand where the grammar's writer leaves out the parentheses that they need."""
    for each in walk(node):
        if isinstance(each, pb.NullTest | pb.BooleanTest) and each.arg.a_expr.kind in {pb.AEXPR_DISTINCT, pb.AEXPR_NOT_DISTINCT}:
            yield each.arg
        elif isinstance(each, pb.A_Expr) and each.kind in LIST_KINDS and _is_test(each.lexpr):
            yield each.lexpr


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
    return _cost(node.SerializeToString())


@lru_cache(maxsize=4096)
def _cost(node: bytes) -> int:
    """The same, of what is asked for again wherever it stands in something larger."""
    own: Any = pb.Node.FromString(node)
    if own.WhichOneof("node") == "bool_expr":
        return 1 + sum(map(cost, own.bool_expr.args))
    weights = {pb.SubLink: 101, pb.FuncCall: 11}
    return sum(weights.get(type(each), 1) for each in walk(own))


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
