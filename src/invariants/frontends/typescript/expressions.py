"""What evaluating an expression calls, in the order it is called."""

import re
from collections.abc import Callable, Mapping
from functools import partial

from tree_sitter import Node

from invariants.facts.code import Handling, Query
from invariants.frontends.typescript import endings, queries
from invariants.frontends.typescript.conditions import branch
from invariants.frontends.typescript.imports import exported_name
from invariants.frontends.typescript.plain import PURE, promised
from invariants.frontends.typescript.promises import is_caught, settled
from invariants.frontends.typescript.reader import Call, Given, Reader
from invariants.frontends.typescript.returns import PASSING, asserted, chosen, is_asserted
from invariants.frontends.typescript.syntax import CLASSES, FUNCTIONS, WRAPPED, arguments, awaited, fields, is_condition, named
from invariants.languages.trees import tail

SILENT = frozenset(
    """identifier number true false null undefined this super property_identifier regex comment type_annotation type_arguments
    shorthand_property_identifier import meta_property""".split()
)
"""What calls nothing."""
CALLING = FUNCTIONS | {"call_expression", "new_expression", "throw_statement"}
MANY = 16
"""Of a table of functions, so many are told."""
ACTING = frozenset({"action", "stateAction"})
"""What is given the function that answers a server action."""
DECIDING = re.compile(r"verify[A-Z]\w*")
"""What a library calls the function that it asks whether it shall let somebody by: `bearerAuth({ verifyToken })`."""
KEEPING = frozenset(
    """middleware createMiddleware defineMiddleware cache unstable_cache asyncHandler catchAsync wrapAsync expressAsyncHandler fp
    fastifyPlugin plugin defineEventHandler eventHandler defineHandler once memoize createParamDecorator""".split()
)
"""Functions that answer the function that they are given, or one that does the same: it is called as what they are assigned to."""


def read(reader: Reader, node: Node, handling: Handling, is_awaited: bool, name: str) -> None:
    """One expression; handling: what becomes of its value; name: what it is assigned to."""
    kind = node.type
    if kind in SILENT:
        return
    told = EXPRESSIONS.get(kind)
    if told is not None:
        told(reader, node, handling, is_awaited, name)
    else:
        for child in named(node):
            read(reader, child, "kept", False, "")


def _function(reader: Reader, node: Node, _handling: Handling, _awaited: bool, name: str) -> None:
    reader.function(node, name)


def _class(reader: Reader, node: Node, _handling: Handling, _awaited: bool, name: str) -> None:
    reader.class_(node, name)


def _wrapped(reader: Reader, node: Node, handling: Handling, is_awaited: bool, name: str) -> None:
    read(reader, named(node)[0], handling, is_awaited, name)


def _member(reader: Reader, node: Node, _handling: Handling, _awaited: bool, _name: str) -> None:
    """A field of something: its name calls nothing."""
    read(reader, named(node)[0], "kept", False, "")


def _await(reader: Reader, node: Node, handling: Handling, _awaited: bool, name: str) -> None:
    reader.expression(named(node)[0], handling, awaited=True, name=name)


def _unary(reader: Reader, node: Node, handling: Handling, _awaited: bool, _name: str) -> None:
    reader.expression(named(node)[-1], "ignored" if handling == "ignored" or node.children[0].type == "void" else "kept")


def _binary(reader: Reader, node: Node, handling: Handling, is_awaited: bool, _name: str) -> None:
    """The right side of and, or, ?? runs only where the left one does not decide; where it calls something, that is a branch."""
    operator = node.child_by_field_name("operator")
    left, right = named(node)[0], named(node)[-1]
    if operator is None or operator.type not in {"&&", "||", "??"} or not _calls(right):
        reader.expression(left, handling if operator is not None and operator.type in {"||", "??"} else "kept", is_awaited)
        reader.expression(right)
        return
    follow = partial(reader.expression, right, handling, is_awaited)
    branch(reader, left, follow if operator.type == "&&" else _nothing, None if operator.type == "&&" else follow)


def _nothing() -> None:
    """What is done where nothing is to do."""


def _ternary(reader: Reader, node: Node, handling: Handling, is_awaited: bool, _name: str) -> None:
    condition, then, otherwise = named(node)[0], named(node)[1], named(node)[-1]
    if not _calls(then) and not _calls(otherwise):
        reader.expression(condition)
        return
    branch(
        reader,
        condition,
        partial(reader.expression, then, handling, is_awaited),
        partial(reader.expression, otherwise, handling, is_awaited),
    )


def _calls(node: Node) -> bool:
    """Whether something in it may be called, or is a function."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner.type in CALLING:
            return True
        waiting.extend(inner.named_children)
    return False


def _object(reader: Reader, node: Node, _handling: Handling, _awaited: bool, name: str) -> None:
    """A literal object: what its fields hold is named after it."""
    told = fields(reader.source, node)
    for key, value in told:
        inner = f"{name}.{key}" if name and key else ""
        kind = value.type
        if kind in FUNCTIONS and DECIDING.fullmatch(key):
            reader.deciders.add(value.id)
        if kind not in SILENT:
            read(reader, value, "kept", False, inner)
    for child in node.named_children if len(told) < node.named_child_count else ():
        if child.type == "spread_element":
            reader.expression(child)


def _assignment(reader: Reader, node: Node, _handling: Handling, _awaited: bool, _name: str) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    name = exported_name(reader.source.symbol(left)) if reader.body.scope.name == "" else ""
    if name == "default" and right.type == "object":
        for key, value in fields(reader.source, right):
            reader.expression(value, name=key)
        return
    reader.expression(right, name=name or (reader.body.scope.qualified(reader.source.text(left)) if left.type == "identifier" else ""))
    if left.type in {"member_expression", "subscript_expression"}:
        reader.assigned.append((left, right, reader.body.scope))
        reader.expression(left)
    elif node.type == "assignment_expression" or any(each.type in {"||=", "??="} for each in node.children):
        reader.body.scope.bind(reader.source, left, right, constant=False)


def _template(reader: Reader, node: Node, _handling: Handling, _awaited: bool, _name: str) -> None:
    _query(reader, node)
    for child in node.named_children:
        if child.type == "template_substitution":
            reader.expression(named(child)[0] if named(child) else None)


def _query(reader: Reader, node: Node, *_: object) -> None:
    text = queries.sql(reader.source, node)
    if text is not None:
        reader.queries.append(Query(reader.source.place(node), reader.body.scope.name, text))


def _call(reader: Reader, node: Node, handling: Handling, is_awaited: bool, name: str) -> None:
    function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if function is None or function.type == "import":
        return
    given = arguments(node)
    symbol = reader.source.symbol(function)
    if name and given and given[0].type in FUNCTIONS and tail(symbol) in KEEPING:
        reader.function(given[0], name)
    if is_asserted(reader, symbol, given):
        asserted(reader, node, given)
        return
    if symbol in PASSING and chosen(reader, node):
        return
    if function.type == "member_expression":
        inner, method = named(function)[0], reader.source.text(named(function)[-1])
        if _is_silent(reader, node, inner, method) or is_caught(reader, node, inner, method, handling, is_awaited):
            return
        if function.child_by_field_name("optional_chain") is not None:
            branch(reader, inner, partial(_invoke, reader, node, function, handling, is_awaited), None)
            return
        reader.expression(inner, awaited=method == "then" and (is_awaited or handling == "returned"))
    else:
        reader.expression(function)
    _invoke(reader, node, function, handling, is_awaited)


def _is_silent(reader: Reader, node: Node, inner: Node, method: str) -> bool:
    """A method of strings and lists that is given no function: only what it is called on, and with, is read."""
    if method not in PURE or any(each.type in FUNCTIONS for each in arguments(node)):
        return False
    reader.expression(inner)
    for each in arguments(node):
        reader.expression(each)
    return True


def _invoke(reader: Reader, node: Node, function: Node, handling: Handling, is_awaited: bool) -> None:
    """The call itself, after what it is called on."""
    symbol = reader.source.symbol(function)
    executor = node.type == "new_expression" and symbol == "Promise"
    together = is_awaited and symbol == "Promise.all"
    acts = tail(symbol) in ACTING
    for each in arguments(node):
        if acts:
            reader.actors.add(each.id)
        if executor and each.type in FUNCTIONS:
            reader.executors.add(each.id)
            reader.body.scope.promises = reader.body.scope.promises or handling == "returned"
            reader.function(each)
        elif together and each.type == "array":
            for element in named(each):
                reader.expression(element, awaited=True)
        else:
            read(reader, each, "kept", False, "")
    _step(reader, node, function, handling, is_awaited or (node.type == "new_expression" and not executor))


def _step(reader: Reader, node: Node, function: Node, handling: Handling, is_awaited: bool) -> None:
    source, body = reader.source, reader.body
    symbol, at = source.symbol(function), source.place(node)
    if (position := settled(reader, node, symbol)) is not None:
        _noted(reader, node, symbol, position)
        return
    ending = endings.passed_on(source, node, body.scope)
    taken = reader.imports.get(symbol)
    if taken is not None and (taken.source, taken.name) in endings.THROWING:
        status = endings.THROWING[taken.source, taken.name] or endings.answered(source, node)
        position = body.add("reject", at, symbol, status)
    elif symbol in {"ctx.throw", "c.throw"}:
        position = body.add("reject", at, symbol, endings.answered(source, node))
    elif ending is not None and ending.kind == "next" and (symbol in {"next", "done"} or not is_condition(node)):
        position = body.add("next", at, ending.symbol, handling=handling, awaited=is_awaited)
    elif (several := _dispatched(reader, function)) and ending is None:
        position = _either(reader, node, several, handling, is_awaited)
    else:
        called = body.scope.function(symbol) or promised(source, function) or symbol or _called(reader, function)
        position = body.add("call", at, called, handling=handling, awaited=is_awaited)
    _noted(reader, node, symbol, position)


def _noted(reader: Reader, node: Node, symbol: str, position: int) -> None:
    body = reader.body
    reader.drafts.setdefault(node.id, []).append(body.steps[position])
    reader.calls[node.id] = Call(node, symbol, body.scope.name, position, body.scope)
    reader.given.append(Given(node, position, body.scope))


def _dispatched(reader: Reader, function: Node) -> list[str]:
    """The functions of a literal object, one of which is called by its key: `routes[method](req)`, or in a variable before."""
    if function.type == "member_expression":
        return []
    inner = awaited(function)
    if inner.type == "identifier" and (value := reader.body.scope.value(reader.source.text(inner))) is not None:
        inner = awaited(value)
    holder = reader.source.symbol(named(inner)[0]) if inner.type == "subscript_expression" else ""
    return [name for name in reader.nodes if name.startswith(f"{holder}.")][:MANY] if holder else []


def _either(reader: Reader, node: Node, names: list[str], handling: Handling, is_awaited: bool) -> int:
    """A call of one of several functions, told as a branch for each."""
    body, at = reader.body, reader.source.place(node)
    if len(names) == 1:
        return body.add("call", at, names[0], handling=handling, awaited=is_awaited)
    position = body.add("branch", at, names[0])
    with body.under(position, "then"):
        body.add("call", at, names[0], handling=handling, awaited=is_awaited)
    with body.under(position, "else"):
        return _either(reader, node, names[1:], handling, is_awaited)


def _called(reader: Reader, function: Node) -> str:
    """The function that is called where it is written."""
    inner = awaited(function)
    known = reader.functions.get(inner.id)
    return known.name if known is not None else ""


Read = Callable[[Reader, Node, Handling, bool, str], None]
EXPRESSIONS: Mapping[str, Read] = {
    **dict.fromkeys((*FUNCTIONS, "method_definition"), _function),
    **dict.fromkeys(CLASSES, _class),
    **dict.fromkeys(WRAPPED, _wrapped),
    "string": _query,
    "member_expression": _member,
    "await_expression": _await,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
    "object": _object,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "template_string": _template,
    "call_expression": _call,
    "new_expression": _call,
}
