"""Walking parse trees."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb


def walk(message: Message) -> Iterator[Message]:
    """Every message below and including this one that is not a mere ``Node`` wrapper, parents first."""
    stack: list[Message] = [message]
    while stack:
        current = stack.pop()
        if not isinstance(current, pb.Node):
            yield current
        for field, value in reversed(current.ListFields()):
            if field.message_type is None:
                continue
            if isinstance(value, Message):
                stack.append(value)
            else:
                stack.extend(reversed(value))


def strings(nodes: Any) -> list[str]:
    """The strings of a list of String nodes, as in a qualified name."""
    return [node.string.sval for node in nodes]


def location(node: Message) -> int:
    """Where a tree begins: the least offset that any of its nodes gives, -1 where none does (0 is what says nothing)."""
    known = [offset for each in walk(node) if (offset := getattr(each, "location", 0)) > 0]
    return min(known, default=-1)
