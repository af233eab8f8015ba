"""What evaluating an expression calls, in the order it is called."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

from tree_sitter import Node

from invariants.facts.code import Handling, Query
from invariants.frontends.csharp import endings, queries
from invariants.frontends.csharp.arguments import literal
from invariants.frontends.csharp.attributes import decorate
from invariants.frontends.csharp.conditions import branch, divide
from invariants.frontends.csharp.dependences import PURE
from invariants.frontends.csharp.reader import Call, Reader
from invariants.frontends.csharp.syntax import arguments, method, named

Follow = Callable[[Reader, Node], None]


def read(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    """One expression; handling: what becomes of its value."""
    if node.type in EXPRESSIONS:
        EXPRESSIONS[node.type](reader, node, handling, awaited)
    else:
        for child in named(node):
            reader.expression(child, awaited=awaited)


def _await(reader: Reader, node: Node, handling: Handling, _awaited: bool) -> None:
    reader.expression(named(node)[0], handling, awaited=True)


def _around(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    for each in named(node)[-1:]:
        reader.expression(each, handling, awaited)


def _assign(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    reader.expression(right)
    if left.type == "identifier":
        reader.body.scope.bind(reader.source, left, right)
    else:
        reader.expression(left)
    if (ending := endings.assigned(reader.source, left, right)) is not None:
        reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status)


def _throw(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    thrown = next(iter(named(node)), None)
    for each in arguments(thrown) if thrown is not None and thrown.type == "object_creation_expression" else ():
        reader.expression(each)
    ending = endings.thrown(reader.source, thrown)
    reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status)


def _choose(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    choose(reader, node, lambda reader, last: reader.expression(last, handling, awaited))


def choose(reader: Reader, node: Node, follow: Follow) -> None:
    """`a ? b : c`, and what its arms come to."""
    condition, then, otherwise = (node.child_by_field_name(name) for name in ("condition", "consequence", "alternative"))
    if condition is not None and then is not None and otherwise is not None:
        branch(reader, condition, partial(follow, reader, then), partial(follow, reader, otherwise), node.end_byte - node.start_byte)


def _switch(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    switch(reader, node, lambda reader, last: reader.expression(last, handling, awaited))


def switch(reader: Reader, node: Node, follow: Follow) -> None:
    """`x switch { a => b, _ => c }`, and what its arms come to."""
    subject, *arms = named(node)
    reader.expression(subject)
    _arms(reader, subject, arms, follow)


def _arms(reader: Reader, subject: Node, arms: list[Node], follow: Follow) -> None:
    """One arm after another, as if and else; the last is what is left."""
    if not arms or not named(arms[0]):
        return
    pattern, *_, value = named(arms[0])
    if len(arms) == 1:
        follow(reader, value)
        return
    said = f"{reader.source.brief(subject)} = {reader.source.brief(pattern)}"
    divide(reader, pattern, said, [subject], partial(follow, reader, value), partial(_arms, reader, subject, arms[1:], follow))


def _binary(reader: Reader, node: Node, _handling: Handling, awaited: bool) -> None:
    """The right side of and, or, `??` runs only where the left one does not decide; where it calls something, that is a branch."""
    operator, left, right = (node.child_by_field_name(name) for name in ("operator", "left", "right"))
    kind = operator.type if operator is not None else ""
    if left is None or right is None or kind not in {"&&", "||", "??"} or (b"(" not in (right.text or b"") and kind != "??"):
        for each in named(node):
            reader.expression(each, awaited=awaited)
        return
    follow = partial(reader.expression, right)
    if kind == "??":
        reader.expression(left, "kept", awaited)
        divide(reader, left, f"{reader.source.brief(left)} == null".replace("await ", ""), [left], follow, None)
    else:
        branch(reader, left, follow if kind == "&&" else None, follow if kind == "||" else None)


def _pattern(reader: Reader, node: Node, _handling: Handling, awaited: bool) -> None:
    """`x is User user`: the variable is what was asked about."""
    asked, pattern = node.child_by_field_name("expression"), node.child_by_field_name("pattern")
    if asked is not None:
        reader.expression(asked, awaited=awaited)
        name = pattern.child_by_field_name("name") if pattern is not None else None
        reader.body.scope.bind(reader.source, name if name is not None and name.type == "identifier" else None, asked)


def _string(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    text = queries.sql(reader.source, node)
    if text is not None:
        reader.queries.append(Query(reader.source.place(node), reader.body.scope.name, text))
    for each in named(node):
        if each.type == "interpolation":
            reader.expression(each)


def _lambda(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    decorate(reader, node, reader.function(node))


def _call(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    called = method(node)
    is_pure = called is not None and called[1] in PURE
    if called is not None:
        reader.expression(
            called[0], handling if is_pure else "kept", awaited or (is_pure and called[1] in {"GetAwaiter", "GetResult", "Wait"})
        )
    for each in arguments(node):
        reader.expression(each)
    if not is_pure:
        _step(reader, node, handling, awaited)


def _step(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    body, at = reader.body, reader.source.place(node)
    symbol = body.scope.called(reader.source, node)
    kind: Literal["next", "call"] = "next" if endings.passes_on(reader.source, node, body.scope) else "call"
    position = body.add(kind, at, symbol, handling=handling, awaited=awaited)
    reader.drafts.setdefault(node.id, []).append(body.steps[position])
    reader.calls[node.id] = Call(node, symbol, position, body.scope)
    reader.arguments.extend(literal(reader, node, body.scope, position))


Read = Callable[[Reader, Node, Handling, bool], None]
EXPRESSIONS: Mapping[str, Read] = {
    "await_expression": _await,
    "parenthesized_expression": _around,
    "postfix_unary_expression": _around,
    "cast_expression": _around,
    "assignment_expression": _assign,
    "throw_expression": _throw,
    "throw_statement": _throw,
    "conditional_expression": _choose,
    "switch_expression": _switch,
    "binary_expression": _binary,
    "is_pattern_expression": _pattern,
    "lambda_expression": _lambda,
    "anonymous_method_expression": _lambda,
    "invocation_expression": _call,
    "string_literal": _string,
    "verbatim_string_literal": _string,
    "raw_string_literal": _string,
    "interpolated_string_expression": _string,
}
