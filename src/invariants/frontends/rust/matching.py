"""`match`, and what its arms come to."""

from functools import partial

from tree_sitter import Node

from invariants.frontends.rust.conditions import branch, divide
from invariants.frontends.rust.expressions import Follow
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import named

LARGE = 4000
"""Arms of more bytes are not written out twice."""
MANY = 3


def match(reader: Reader, node: Node, follow: Follow) -> None:
    """One arm after another, as if and else; the last is what is left."""
    subject = node.child_by_field_name("value")
    arms = [each for each in named(node.child_by_field_name("body")) if each.type == "match_arm"]
    if subject is not None:
        reader.expression(subject)
        _arms(reader, subject, arms, follow)


def _arms(reader: Reader, subject: Node, arms: list[Node], follow: Follow) -> None:
    if not arms:
        return
    pattern, value = arms[0].child_by_field_name("pattern"), arms[0].child_by_field_name("value")
    if pattern is None or value is None:
        return
    reader.body.scope.bind(reader.source, next(iter(named(pattern)), None), subject)
    if len(arms) == 1:
        follow(reader, value)
    else:
        _arm(reader, subject, arms, pattern, partial(follow, reader, value), partial(_arms, reader, subject, arms[1:], follow))


def _arm(reader: Reader, subject: Node, arms: list[Node], pattern: Node, then: "partial[None]", rest: "partial[None]") -> None:
    """An arm, and those after it; what else it asks is asked of those alone who have what it is about."""
    guard = _guard(arms[0])
    asked = f"{reader.source.brief(subject)} = {reader.source.brief(pattern)}"
    size = sum(each.end_byte - each.start_byte for each in arms[1:])
    if guard is None or size > LARGE or sum(_guard(each) is not None for each in arms) > MANY:
        if guard is not None:
            reader.expression(guard)
        divide(reader, pattern, asked, [subject, *([guard] if guard is not None else [])], then, rest)
        return
    said = f"{reader.source.brief(subject)} = {reader.source.brief(named(pattern)[0])}"
    divide(reader, pattern, said, [subject], lambda: branch(reader, guard, then, rest), rest)


def _guard(arm: Node) -> Node | None:
    """What an arm asks besides."""
    pattern = arm.child_by_field_name("pattern")
    found = pattern.child_by_field_name("condition") if pattern is not None else None
    return (found.child_by_field_name("value") or found) if found is not None and found.type != "let_condition" else found
