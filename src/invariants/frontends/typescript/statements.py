"""What statements do, in the order they run."""

import re
from collections.abc import Callable, Mapping
from functools import partial

from tree_sitter import Node

from invariants.frontends.typescript import endings
from invariants.frontends.typescript.conditions import branch
from invariants.frontends.typescript.endings import Ending
from invariants.frontends.typescript.imports import required
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.returns import given, reject, returns
from invariants.frontends.typescript.syntax import CLASSES, FUNCTIONS, awaited, bare, named
from invariants.languages.trees import tail

BLOCKS = frozenset(
    {"statement_block", "labeled_statement", "else_clause", "finally_clause", "internal_module", "module", "ambient_declaration"}
)
BODY = "ctx.body"
FOUND = re.compile(rb"^\w+$|[\w)\]]\(|\bawait\b")
"""What is no literal: a name, or what a call answers."""
CHAINING = frozenset({"then", "catch", "finally"})
"""Methods of promises, which say what comes after one."""
ENDS = frozenset({"return_statement", "throw_statement", "break_statement", "continue_statement"})


def block(reader: Reader, nodes: list[Node], last: bool) -> None:
    """Statements one after another. An answer that is sent ends the request only where nothing comes after it."""
    status: int | None = None
    for number, node in enumerate(nodes):
        following = nodes[number + 1] if number + 1 < len(nodes) else None
        ending = _answer(reader, node, status)
        if ending is not None and (last if following is None else _is_bare_return(reader, following, ending)):
            reject(reader, named(node)[0], ending, "ignored")
            return
        if status is not None and status >= 400 and _ends(reader, node, last, status):
            return
        statement(reader, node, last and following is None)
        if _fills(node) and (status or 0) < 400 and not any(_refuses(reader, each) for each in nodes[number + 1 :]):
            reader.body.add("keep", reader.source.place(node), BODY)
        status = (endings.prepared(reader.source, named(node)[0]) if node.type == "expression_statement" else None) or status
    if last and status in {401, 403} and (endings.NEXT in reader.body.scope.parameters or _is_either(nodes[0])):
        reject(reader, nodes[-1], Ending("reject", "", status), "ignored")  # it ends here, and hands on to nothing


def _ends(reader: Reader, node: Node, last: bool, status: int) -> bool:
    """Whether a statement sends an error whose status was set before it; then that is written."""
    if node.type == "return_statement" and named(node) and not _goes_on(reader, node):
        reject(reader, named(node)[0], Ending("reject", reader.source.symbol(named(node)[0]), status), "returned")
    elif node.type == "return_statement" and not named(node) and status in {401, 403}:
        reject(reader, node, Ending("reject", "", status), "returned")
    elif node.type == "throw_statement":
        _throw(reader, node, last, status)
    else:
        return False
    return True


def _fills(node: Node) -> bool:
    """Whether a statement answers in Koa's way, by what it assigns, with more than what is written there."""
    inner = named(node)[0] if node.type == "expression_statement" else node
    if inner.type != "assignment_expression":
        return False
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    is_body = left is not None and left.text == BODY.encode()
    return is_body and right is not None and FOUND.search(right.text or b"") is not None


def _refuses(reader: Reader, node: Node) -> bool:
    """Whether a statement sets the status of an error."""
    return node.type == "expression_statement" and (endings.prepared(reader.source, named(node)[0]) or 0) >= 400


def _goes_on(reader: Reader, node: Node) -> bool:
    """Whether what is returned passes the request on."""
    ending = endings.returned(reader.source, named(node)[0], reader.body.scope)
    return ending is not None and ending.kind == "next"


def _is_either(node: Node) -> bool:
    """Whether statements are done in the place of others: they stand in an arm of a branch that has another one."""
    block = node.parent
    above = block.parent if block is not None and block.type == "statement_block" else block
    return above is not None and (
        above.type == "else_clause" or (above.type == "if_statement" and above.child_by_field_name("alternative") is not None)
    )


def _answer(reader: Reader, node: Node, status: int | None) -> Ending | None:
    """The error that a statement sends, with the status that was set before."""
    if node.type != "expression_statement":
        return None
    inner = awaited(named(node)[0])
    symbol = reader.source.symbol(inner)
    found = endings.sent(reader.source, inner)
    if found is None and status is not None and status >= 400 and tail(symbol) in endings.SENDERS:
        return Ending("reject", symbol, status)
    if found is None and inner.type == "call_expression":
        found = endings.passed_on(reader.source, inner, reader.body.scope)
    return found if found is not None and found.kind == "reject" else None


def _is_bare_return(reader: Reader, node: Node, ending: Ending) -> bool:
    """A return of nothing, or of the answer itself (Fastify's `return reply`)."""
    if node.type != "return_statement" or not named(node):
        return node.type == "return_statement"
    value = named(node)[0]
    return value.type in {"undefined", "null"} or reader.source.text(value) == ending.symbol.split(".", maxsplit=1)[0]


def statement(reader: Reader, node: Node, last: bool) -> None:
    """One statement; last: nothing of the function comes after it."""
    kind = node.type
    read = STATEMENTS.get(kind)
    if read is not None:
        read(reader, node, last)
    elif kind in BLOCKS:
        block(reader, named(node), last)
    elif kind in FUNCTIONS:
        reader.function(node)
    elif kind in CLASSES:
        reader.class_(node, decorators=tuple(child for child in node.named_children if child.type == "decorator"))


def _expression(reader: Reader, node: Node, last: bool) -> None:
    """An expression by itself; a promise with what comes after it is as good as returned where nothing else does."""
    inner = named(node)[0]
    is_chain = last and inner.type == "call_expression" and bool(reader.body.scope.name) and tail(reader.source.symbol(inner)) in CHAINING
    reader.expression(inner, "returned" if is_chain else "ignored")


def _declaration(reader: Reader, node: Node, _last: bool) -> None:
    constant = node.type == "lexical_declaration" and node.children[0].type == "const"
    for child in named(node):
        target, value = child.child_by_field_name("name"), child.child_by_field_name("value")
        if child.type != "variable_declarator" or target is None or value is None:
            continue
        reader.take(required(reader.source, target, value))
        name = reader.source.text(target) if target.type == "identifier" else ""
        reader.expression(value, name=reader.body.scope.qualified(name) if name else "")
        reader.body.scope.bind(reader.source, target, value, constant)


def _return(reader: Reader, node: Node, _last: bool) -> None:
    value = named(node)[0] if named(node) else None
    returns(reader, value, node)


def _throw(reader: Reader, node: Node, _last: bool, status: int | None = None) -> None:
    """An error; status: what was set for it before (`error.status = 401`)."""
    value = named(node)[0]
    ending = endings.thrown(reader.source, value, reader.body.scope)
    for each in given(awaited(value)):
        reader.expression(each)
    reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status or status)


def _if(reader: Reader, node: Node, last: bool) -> None:
    condition, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    otherwise = node.child_by_field_name("alternative")
    if condition is None or then is None:
        return
    twice = b"||" in (text := condition.text or b"") or b"!(" in text
    size = sum(each.end_byte - each.start_byte for each in (then if twice else None, otherwise) if each is not None)
    follow = partial(statement_or_block, reader, otherwise, last) if otherwise is not None else None
    branch(reader, condition, partial(statement_or_block, reader, then, last), follow, size)


def statement_or_block(reader: Reader, node: Node, last: bool) -> None:
    """What is under a condition or loop: a block, or one statement as if it were one."""
    block(reader, named(node) if node.type in BLOCKS else [node], last)


def _switch(reader: Reader, node: Node, last: bool) -> None:
    subject, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    if subject is None or body is None:
        return
    subject = bare(subject)
    reader.expression(subject)
    cases = [child for child in named(body) if child.type in {"switch_case", "switch_default"}]
    runs = [(case, _run(cases, number)) for number, case in enumerate(cases)]
    _cases(reader, subject, sorted(runs, key=lambda run: run[0].type == "switch_default"), 0, last)


def _cases(reader: Reader, subject: Node, runs: list[tuple[Node, list[Node]]], number: int, last: bool) -> None:
    """One case after another with what it runs, as if and else; the default is what is left."""
    if number == len(runs):
        return
    body, (case, run) = reader.body, runs[number]
    if case.type == "switch_default":
        block(reader, run, last)
        return
    value = case.child_by_field_name("value")
    condition = f"{reader.source.brief(subject)} = {reader.source.brief(value or subject)}"
    position = body.add("branch", reader.source.place(case), condition[:120])
    body.conditions += [(position, subject)] + ([(position, value)] if value is not None else [])
    with body.under(position, "then"):
        block(reader, run, last)
    with body.under(position, "else"):
        _cases(reader, subject, runs, number + 1, last)


def _run(cases: list[Node], number: int) -> list[Node]:
    """What a case runs: its statements, and those that it falls through to."""
    found: list[Node] = []
    for case in cases[number:]:
        statements = case.children_by_field_name("body")
        inner = named(statements[0]) if len(statements) == 1 and statements[0].type == "statement_block" else statements
        found += [each for each in inner if each.type != "break_statement"]
        if any(each.type in ENDS for each in inner):
            break
    return found


def _loop(reader: Reader, node: Node, _last: bool) -> None:
    for name in ("initializer", "right", "condition"):
        part = node.child_by_field_name(name)
        if part is not None:
            statement(reader, part, last=False) if part.type in STATEMENTS else reader.expression(part)
    left, right, body = (node.child_by_field_name(name) for name in ("left", "right", "body"))
    if left is not None and right is not None:
        reader.body.scope.bind(reader.source, left, right, constant=False)
    if body is not None and right is not None and _is_filled(reader, right) and reader.body.scope.name:
        statement_or_block(reader, body, last=False)
        return
    position = reader.body.add("loop", reader.source.head(node))
    if body is not None:
        with reader.body.under(position, "body"):
            statement_or_block(reader, body, last=False)


def _is_filled(reader: Reader, node: Node) -> bool:
    """Whether a list has something in it, as it is written, so that what is done for each is done."""
    held = reader.body.scope.value(reader.source.text(node)) if node.type == "identifier" else None
    inner = awaited(held) if held is not None else awaited(node)
    return inner.type == "array" and any(each.type in {"string", "number"} for each in named(inner))


def _try(reader: Reader, node: Node, last: bool) -> None:
    position = reader.body.add("attempt", reader.source.head(node))
    body, handler, final = (node.child_by_field_name(name) for name in ("body", "handler", "finalizer"))
    with reader.body.under(position, "body"):
        block(reader, named(body) if body is not None else [], last)
    inner = handler.child_by_field_name("body") if handler is not None else None
    if inner is not None:
        with reader.body.under(position, "handler"):
            before = len(reader.body.steps)
            block(reader, named(inner), last)
            if len(reader.body.steps) == before:
                reader.body.add("branch", reader.source.head(node), "true")
    if final is not None:
        with reader.body.under(position, "finally"):
            block(reader, named(final), last=False)


def _export(reader: Reader, node: Node, last: bool) -> None:
    decorators = tuple(child for child in node.named_children if child.type == "decorator")
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    is_default = any(child.type == "default" for child in node.children)
    if declaration is not None and declaration.type in CLASSES:
        own = tuple(child for child in declaration.named_children if child.type == "decorator")
        reader.class_(declaration, "" if declaration.child_by_field_name("name") else "default", exported=True, decorators=decorators + own)
    elif declaration is not None and declaration.type in FUNCTIONS:
        reader.function(declaration, "" if declaration.child_by_field_name("name") else "default", exported=True)
    elif declaration is not None:
        statement(reader, declaration, last)
    elif value is not None and is_default:
        reader.expression(value, name="default")
    else:
        for child in named(node):
            reader.expression(child, name="default")


Read = Callable[[Reader, Node, bool], None]
STATEMENTS: Mapping[str, Read] = {
    "expression_statement": _expression,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "return_statement": _return,
    "throw_statement": _throw,
    "if_statement": _if,
    "switch_statement": _switch,
    "for_statement": _loop,
    "for_in_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "try_statement": _try,
    "export_statement": _export,
}
