"""What evaluating an expression calls, in the order it is called."""

from collections.abc import Callable, Mapping
from functools import partial

from tree_sitter import Node

from invariants.facts.code import Handling, Query
from invariants.facts.place import Place
from invariants.frontends.rust import absences, endings, extensions, queries
from invariants.frontends.rust.conditions import branch, divide
from invariants.frontends.rust.dependences import PURE
from invariants.frontends.rust.macros import inside
from invariants.frontends.rust.reader import Call, Reader
from invariants.frontends.rust.syntax import arguments, bare, extracts, method, named, switch
from invariants.languages.trees import tail

BLOCKS = frozenset({"block", "unsafe_block", "async_block", "const_block", "else_clause", "try_block", "gen_block"})
ITEMS = frozenset(
    """function_item struct_item enum_item impl_item trait_item mod_item const_item static_item use_declaration type_item
    attribute_item""".split()
)
UNWRAPS = frozenset({"unwrap", "expect"})
Follow = Callable[[Reader, Node], None]


def read(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    """One expression or statement; handling: what becomes of its value."""
    kind = node.type
    if kind in EXPRESSIONS:
        EXPRESSIONS[kind](reader, node, handling, awaited)
    elif kind in BLOCKS:
        block(reader, node, lambda reader, last: reader.expression(last, handling, awaited))
    elif kind in ITEMS:
        reader.item(node)
    else:
        for child in named(node):
            reader.expression(child, awaited=awaited)


def block(reader: Reader, node: Node, follow: Follow) -> None:
    """Statements one after another, and the expression that the block comes to."""
    if node.type != "block" and len(inner := [each for each in named(node) if each.type in BLOCKS or each.type == "if_expression"]) == 1:
        return follow(reader, inner[0]) if inner[0].type == "if_expression" else block(reader, inner[0], follow)
    nodes = [each for each in named(node) if each.type != "label"]
    for each in nodes:
        if each.type == "function_item":
            name = reader.source.text(each.child_by_field_name("name"))
            reader.body.scope.inner[name] = reader.body.scope.qualified(name)
    for number, each in enumerate(nodes):
        value = _value(each) if number == len(nodes) - 1 else None
        read = partial(follow, reader, value) if value is not None else partial(reader.expression, each, "ignored")
        built = switch(each) if number and nodes[number - 1].type == "attribute_item" else None
        if built is not None:
            divide(reader, each, reader.source.text(built), [built], read, None)
        else:
            read()
    return None


def _value(node: Node) -> Node | None:
    """What the last part of a block comes to; null where it is a statement."""
    if node.type == "expression_statement":
        return named(node)[0] if node.children[-1].type != ";" and named(node) else None
    return None if node.type in {"let_declaration", "empty_statement", *ITEMS} else node


def _statement(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    for each in named(node):
        if _is_own_block(each):
            reader.apart(each)
        else:
            reader.expression(each, "ignored")


def _is_own_block(node: Node) -> bool:
    """Whether an expression waits for a block of its own, and nothing more: `async { .. }.await`."""
    return node.type == "await_expression" and named(node)[0].type == "async_block"


def _await(reader: Reader, node: Node, handling: Handling, _awaited: bool) -> None:
    reader.expression(named(node)[0], handling, awaited=True)


def _around(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    for each in named(node)[-1:]:
        reader.expression(each, handling, awaited)


def _try(reader: Reader, node: Node, _handling: Handling, awaited: bool) -> None:
    """`?` ends the function where there is no value: the failure is returned."""
    inner = named(node)[0]
    if reader.is_apart:
        reader.expression(inner, "kept", awaited)
    elif reader.source.symbol(inner) == "Err" and inner.type == "call_expression":
        ending = endings.failure(reader.source, inner)
        reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status, "returned")
    else:
        reader.expression(inner, "returned", awaited)


def fails(reader: Reader, node: Node, awaited: bool) -> bool:
    """`value.ok_or(error)`, `call().map_err(error)`: a branch, and the error where there is no value."""
    called = method(bare(node))
    if called is None or called[1] not in endings.FAILS:
        return False
    value, given = called[0], arguments(bare(node))
    ending = endings.failure(reader.source, given[-1]) if given else endings.Ending("", None)
    reader.expression(value, "returned", awaited)
    at = reader.source.place(node)
    divide(reader, value, reader.source.brief(value), [value], None, lambda: _add_reject(reader, at, ending))
    return True


def _add_reject(reader: Reader, at: Place, ending: endings.Ending) -> None:
    reader.body.add("reject", at, ending.symbol, ending.status, "returned")


def _return(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    from invariants.frontends.rust.returns import returns

    if reader.is_apart:
        reader.expression(named(node)[0] if named(node) else None)
    elif named(node):
        returns(reader, named(node)[0])
    else:
        reader.body.add("return", reader.source.place(node))


def _let(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    pattern, value, otherwise = (node.child_by_field_name(name) for name in ("pattern", "value", "alternative"))
    if value is None:
        return
    declared = reader.source.symbol(node.child_by_field_name("type"))
    reader.body.scope.bind(reader.source, pattern, value, declared)
    if _is_own_block(value):
        reader.apart(value)
    else:
        reader.expression(value, "ignored" if pattern is not None and reader.source.text(pattern) == "_" else "kept")
    if otherwise is not None:
        said = f"let {reader.source.text(pattern)} = {reader.source.brief(value)}"
        divide(reader, node, said, [value], None, partial(reader.expression, otherwise, "ignored"))


def _assign(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is not None and right is not None:
        reader.expression(right)
        if left.type == "identifier":
            reader.body.scope.bind(reader.source, left, right)
        else:
            reader.expression(left)
        if tail(reader.source.symbol(bare(left))) == "status_mut":
            _answered(reader, node, right)


def _answered(reader: Reader, node: Node, right: Node) -> None:
    """`*response.status_mut() = StatusCode::UNAUTHORIZED`: the response that is made here ends the request."""
    status = endings.status_in(reader.source, right, endings.DEEP, loud=True)
    if status is None or status >= 300:
        _add_reject(reader, reader.source.place(node), endings.Ending(reader.source.symbol(bare(right)), status))


def _if(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    choose(reader, node, lambda reader, last: reader.expression(last, handling, awaited))


def choose(reader: Reader, node: Node, follow: Follow) -> None:
    """`if`, and what its arms come to."""
    condition, then, otherwise = (node.child_by_field_name(name) for name in ("condition", "consequence", "alternative"))
    if condition is None or then is None:
        return
    text = condition.text or b""
    twice = [each for each, word in ((then, b"||"), (otherwise, b"&&")) if each is not None and word in text]
    size = sum(each.end_byte - each.start_byte for each in twice)
    rest = partial(block, reader, otherwise, follow) if otherwise is not None else None
    branch(reader, condition, partial(block, reader, then, follow), rest, size)


def _match(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    from invariants.frontends.rust.matching import match

    match(reader, node, lambda reader, last: reader.expression(last, handling, awaited))


def _loop(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    pattern, value, condition, body = (node.child_by_field_name(name) for name in ("pattern", "value", "condition", "body"))
    reader.expression(value or condition)
    if value is not None:
        reader.body.scope.bind(reader.source, pattern, value)
    position = reader.body.add("loop", reader.source.head(node))
    if body is not None:
        with reader.body.under(position, "body"):
            reader.expression(body, "ignored")


def _binary(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    """The right side of and, or runs only where the left one does not decide; where it calls something, that is a branch."""
    operator, parts = node.child_by_field_name("operator"), named(node)
    kind = operator.type if operator is not None else ""
    if kind not in {"&&", "||"} or b"(" not in (parts[-1].text or b""):
        for each in parts:
            reader.expression(each)
    else:
        follow = partial(reader.expression, parts[-1])
        branch(reader, parts[0], follow if kind == "&&" else None, follow if kind == "||" else None)


def _string(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    text = queries.sql(reader.source, node)
    if text is not None:
        reader.queries.append(Query(reader.source.place(node), reader.body.scope.name, text))


def _closure(reader: Reader, node: Node, _handling: Handling, _awaited: bool) -> None:
    reader.closure(node)


def macro(reader: Reader, node: Node, _handling: Handling = "kept", _awaited: bool = False) -> None:
    """A macro: what is between its parentheses, where that is expressions."""
    name, given = tail(reader.source.symbol(node.child_by_field_name("macro"))), inside(reader.source, node)
    if name in endings.ENSURES and given:
        ending = endings.failure(reader.source, given[-1]) if len(given) > 1 else endings.Ending("", None)
        at = reader.source.place(node)
        branch(reader, given[0], None, lambda: _add_reject(reader, at, ending))
        return
    for each in given:
        if (text := queries.sql(reader.source, each, is_format=name in {"format", "format_args"})) is not None:
            reader.queries.append(Query(reader.source.place(each), reader.body.scope.name, text))
        else:
            reader.expression(each, awaited=True)
    if name in endings.PANICS:
        ending = endings.failure(reader.source, given[0]) if given else endings.Ending("", None)
        reader.body.add("reject", reader.source.place(node), ending.symbol or name, ending.status)


def _call(reader: Reader, node: Node, handling: Handling, awaited: bool) -> None:
    if handling == "returned" and fails(reader, node, awaited):
        return
    if (called := method(node)) is not None:
        handling = "kept" if handling == "returned" and absences.is_mended(reader.source, node) else handling
        is_passed_on = called[1] in PURE or (handling == "returned" and not arguments(node))  # `check().await.trace()?`
        reader.expression(called[0], "returned" if called[1] in UNWRAPS else handling if is_passed_on else "kept", awaited)
    elif (function := node.child_by_field_name("function")) is not None:
        reader.expression(function)
    symbol = reader.body.scope.called(reader.source, node)
    for each in arguments(node):
        if tail(symbol).startswith("spawn") and each.type == "async_block":
            reader.apart(each)
        else:
            reader.expression(each, awaited=awaited)
    if (kept := extensions.put(reader.source, node, reader.body.scope.type_of)) is not None:
        reader.body.add("keep", reader.source.place(node), kept)
    is_silent = called is not None and called[1] in PURE and not any(each.type == "closure_expression" for each in arguments(node))
    if not is_silent and (not tail(symbol)[:1].isupper() or extracts(reader.source, node)):
        _step(reader, node, symbol, handling, awaited)


def _step(reader: Reader, node: Node, symbol: str, handling: Handling, awaited: bool) -> None:
    from invariants.frontends.rust.arguments import literal

    body, at = reader.body, reader.source.place(node)
    if endings.passes_on(reader.source, node, body.scope):
        position = body.add("next", at, symbol, handling=handling, awaited=awaited)
    else:
        position = body.add("call", at, symbol, handling=handling, awaited=awaited)
    reader.drafts.setdefault(node.id, []).append(body.steps[position])
    reader.calls[node.id] = Call(node, symbol, position, body.scope)
    reader.arguments.extend(literal(reader, node, body.scope, position))


Read = Callable[[Reader, Node, Handling, bool], None]
EXPRESSIONS: Mapping[str, Read] = {
    "expression_statement": _statement,
    "await_expression": _await,
    "parenthesized_expression": _around,
    "reference_expression": _around,
    "try_expression": _try,
    "return_expression": _return,
    "let_declaration": _let,
    "assignment_expression": _assign,
    "compound_assignment_expr": _assign,
    "if_expression": _if,
    "match_expression": _match,
    "for_expression": _loop,
    "while_expression": _loop,
    "loop_expression": _loop,
    "binary_expression": _binary,
    "closure_expression": _closure,
    "macro_invocation": macro,
    "call_expression": _call,
    "string_literal": _string,
    "raw_string_literal": _string,
}
