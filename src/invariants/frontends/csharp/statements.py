"""What statements do, one after another."""

from collections.abc import Callable, Mapping
from functools import partial

from tree_sitter import Node

from invariants.frontends.csharp.conditions import branch, divide
from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.syntax import named, part
from invariants.frontends.csharp.types import declarators

PATTERNS = "pattern"
Section = tuple[list[Node], list[Node]]
"""What a section of a switch stands for, and its statements; without patterns, the default."""


def read(reader: Reader, node: Node) -> None:
    """One statement."""
    if node.type in STATEMENTS:
        STATEMENTS[node.type](reader, node)
    elif node.type.endswith("statement"):
        for each in named(node):
            reader.statement(each)
    else:
        reader.expression(node, "ignored")


def _block(reader: Reader, node: Node) -> None:
    inside = named(node)
    for each in inside:
        if each.type == "local_function_statement":
            name = reader.source.text(each.child_by_field_name("name"))
            reader.body.scope.inner[name] = reader.body.scope.qualified(name)
    for each in inside:
        reader.statement(each)


def _expression(reader: Reader, node: Node) -> None:
    for each in [node] if node.type == "throw_statement" else named(node):
        reader.expression(each, "ignored")


def _local_function(reader: Reader, node: Node) -> None:
    reader.function(node, reader.body.scope.qualified(reader.source.text(node.child_by_field_name("name"))))


def _return(reader: Reader, node: Node) -> None:
    from invariants.frontends.csharp.returns import returns

    if named(node):
        returns(reader, named(node)[0])
    else:
        reader.body.add("return", reader.source.place(node))


def _declare(reader: Reader, node: Node) -> None:
    """Local variables."""
    declared = node if node.type == "variable_declaration" else part(node, "variable_declaration")
    written = reader.source.type(declared.child_by_field_name("type")) if declared is not None else ""
    read: set[int] = set()
    for name, value in declarators(declared) if declared is not None else ():
        if value is not None:
            reader.body.scope.bind(reader.source, name, value, written)
            if value.id not in read:
                read.add(value.id)
                reader.expression(value)


def _if(reader: Reader, node: Node) -> None:
    condition, then, otherwise = (node.child_by_field_name(name) for name in ("condition", "consequence", "alternative"))
    if condition is None or then is None:
        return
    text = condition.text or b""
    twice = [each for each, word in ((then, b"||"), (otherwise, b"&&")) if each is not None and word in text]
    size = sum(each.end_byte - each.start_byte for each in twice)
    rest = partial(reader.statement, otherwise) if otherwise is not None else None
    branch(reader, condition, partial(reader.statement, then), rest, size)


def _loop(reader: Reader, node: Node) -> None:
    left, right, body = (node.child_by_field_name(name) for name in ("left", "right", "body"))
    for each in ("initializer", "condition", "update"):
        reader.expression(node.child_by_field_name(each))
    reader.expression(right)
    if left is not None and right is not None:
        reader.body.scope.bind(reader.source, left, right)
    position = reader.body.add("loop", reader.source.head(node))
    with reader.body.under(position, "body"):
        reader.statement(body)


def _switch(reader: Reader, node: Node) -> None:
    subject = node.child_by_field_name("value")
    if subject is not None:
        reader.expression(subject)
        _sections(reader, subject, sorted(_told(node.child_by_field_name("body")), key=lambda each: not each[0]))


def _told(body: Node | None) -> list[Section]:
    """The sections of a switch; one without statements is one with the next."""
    found: list[Section] = []
    patterns: list[Node] = []
    is_default = False
    for section in named(body):
        said = [each for each in named(section) if each.type.endswith(PATTERNS) or each.type == "when_clause"]
        is_default = is_default or not said
        patterns += said
        statements = [each for each in named(section) if each not in said]
        if statements:
            found.append(([] if is_default else patterns, statements))
            patterns, is_default = [], False
    return found


def _sections(reader: Reader, subject: Node, sections: list[Section]) -> None:
    """One section after another, as if and else; the default comes last."""
    if not sections:
        return
    (patterns, statements), *rest = sections
    if not patterns:
        _each(reader, statements)
        return
    said = f"{reader.source.brief(subject)} = {reader.source.brief(patterns[0])}"
    divide(reader, patterns[0], said, [subject], partial(_each, reader, statements), partial(_sections, reader, subject, rest))


def _each(reader: Reader, statements: list[Node]) -> None:
    for each in statements:
        reader.statement(each)


def _try(reader: Reader, node: Node) -> None:
    position = reader.body.add("attempt", reader.source.head(node))
    with reader.body.under(position, "body"):
        reader.statement(node.child_by_field_name("body"))
    caught = [each for each in named(node) if each.type == "catch_clause"]
    if caught:
        with reader.body.under(position, "handler"):
            _caught(reader, node, caught)
    last = part(node, "finally_clause")
    if last is not None:
        with reader.body.under(position, "finally"):
            _each(reader, named(last))


def _caught(reader: Reader, node: Node, clauses: list[Node]) -> None:
    """One handler after the other, each a branch on the error's class; what none of them takes goes on as the error that it is."""
    if not clauses:
        reader.body.add("reject", reader.source.head(node))
        return
    clause, body = clauses[0], clauses[0].child_by_field_name("body")
    declared = part(clause, "catch_declaration")
    kind = reader.source.type(declared.child_by_field_name("type")) if declared is not None else ""
    if kind in {"", "Exception", "System.Exception"} and part(clause, "catch_filter_clause") is None:
        before = len(reader.body.steps)
        reader.statement(body)
        if len(reader.body.steps) == before:
            reader.body.add("branch", reader.source.head(clause), "true")
        return
    divide(reader, clause, kind, [], partial(reader.statement, body), partial(_caught, reader, node, clauses[1:]))


STATEMENTS: Mapping[str, Callable[[Reader, Node], None]] = {
    "block": _block,
    "local_function_statement": _local_function,
    "return_statement": _return,
    "local_declaration_statement": _declare,
    "variable_declaration": _declare,
    "if_statement": _if,
    "foreach_statement": _loop,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "switch_statement": _switch,
    "try_statement": _try,
    "throw_statement": _expression,
    "expression_statement": _expression,
}
