"""How functions end: what is returned goes back, is passed on, or turns the request away."""

from functools import partial

from tree_sitter import Node

from invariants.facts.code import BYPASS, DISPLAY, Handling
from invariants.frontends.typescript import endings
from invariants.frontends.typescript.absences import is_nothing
from invariants.frontends.typescript.conditions import branch
from invariants.frontends.typescript.endings import Choice, Ending
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import CLASSES, FUNCTIONS, arguments, awaited, bare, named, operator
from invariants.languages.trees import tail

TAKING = frozenset("trim trimStart trimEnd split replace replaceAll toLowerCase toUpperCase slice substring substr at toString".split())
"""Methods that answer a part of what they are called on."""
EQUAL = frozenset({"==", "===", "!=", "!=="})
ENVIRONMENT = (b"process.env.", b"import.meta.env.", b"Deno.env.", b"Bun.env.")
"""What holds secrets that something is held against."""
ALIKE = frozenset({"ctx.assert.equal", "ctx.assert.strictEqual", "ctx.assert.deepEqual"})
"""What Koa goes no further with, where two values are not the same."""
PASSING = frozenset({"next", "done"})
"""What passes a request on, by its usual names."""
BYPASSES = frozenset({"route", "router"})
"""What Express is told that takes a request past the rest of a route, or of a router."""
COMPARING = frozenset("== === != !== < > <= >= in instanceof".split())
"""What holds two values against each other."""
LISTING = frozenset({"filter", "map"})
"""Methods that answer a list, which is there though nothing is in it."""


def returns(reader: Reader, node: Node | None, at: Node) -> None:
    """What is returned: each way through a conditional expression by itself."""
    inner = awaited(node) if node is not None else None
    if node is None or inner is None:
        reader.body.add("return", reader.source.place(at))
    elif inner.type == "ternary_expression":
        condition, then, otherwise = named(inner)[0], named(inner)[1], named(inner)[-1]
        branch(reader, condition, partial(returns, reader, then, then), partial(returns, reader, otherwise, otherwise))
    elif _decides(reader, node):
        _plain(reader, node)
    elif inner.type == "call_expression" and reader.source.symbol(inner) == "Promise.reject" and arguments(inner):
        reader.body.scope.promises = True
        reject(reader, node, endings.thrown(reader.source, arguments(inner)[0], reader.body.scope), "kept")
    elif inner.type == "binary_expression" and inner.child_by_field_name("operator").type in {"??", "||", "&&"}:  # type: ignore[union-attr]
        _either(reader, inner)
    elif operator(inner) in EQUAL and any(each in (inner.text or b"") for each in ENVIRONMENT):
        yes, no = (partial(reader.body.answer, reader.source.place(node), said, node) for said in ("true", "false"))
        branch(reader, inner, yes, no)
    elif (ending := endings.returned(reader.source, inner, reader.body.scope)) is not None:
        _end(reader, node, ending)
    elif (choice := endings.chosen(reader.source, inner, reader.body.scope)) is not None:
        _chosen(reader, node, choice)
    elif reader.body.acts and (refusal := endings.refused(reader.source, inner)) is not None:
        reject(reader, node, refusal, "returned")
    else:
        _plain(reader, node)


def _chosen(reader: Reader, node: Node, choice: Choice) -> None:
    """An object that holds an error or does not: one way ends the request, the other goes on."""
    first, second = (partial(_end, reader, node, each) if each is not None else partial(_plain, reader, node) for each in choice.ways)
    branch(reader, choice.condition, first, second)


def _either(reader: Reader, node: Node) -> None:
    """`return a ?? b`: the left side where it is enough, otherwise the right one."""
    left, right = named(node)[0], named(node)[-1]
    both = node.child_by_field_name("operator").type == "&&"  # type: ignore[union-attr]
    same, other = partial(_value, reader, left), partial(returns, reader, right, right)
    if both and _is_yes_or_no(reader, left):
        same = partial(reader.body.answer, reader.source.place(left), "false", left)
    branch(reader, left, other if both else same, same if both else other)


def _is_yes_or_no(reader: Reader, node: Node) -> bool:
    """Whether an expression is true or false: `!!sent`, `sent !== ""`, `Boolean(sent)`."""
    inner = bare(node)
    is_negated = inner.type == "unary_expression" and inner.children[0].type == "!"
    return is_negated or operator(inner) in COMPARING or reader.source.symbol(inner) == "Boolean"


def _value(reader: Reader, node: Node) -> None:
    reader.body.answer(reader.source.place(node), _symbol(reader, node), node)


def _plain(reader: Reader, node: Node) -> None:
    inner = bare(node)
    if inner.type in FUNCTIONS or inner.type in CLASSES:
        name = reader.function(inner) if inner.type in FUNCTIONS else reader.class_(inner)
        reader.body.add("return", reader.source.place(node), name)
        return
    if _decides(reader, node):
        _decided(reader, node, inner)
        return
    reader.expression(node, "returned", awaited=True)
    reader.body.answer(reader.source.place(node), _symbol(reader, node), node)


def _decides(reader: Reader, node: Node) -> bool:
    """Whether what is returned lets a request in or does not."""
    return reader.body.scope.decides and not reader.source.symbol(node).startswith("super.")


def _decided(reader: Reader, node: Node, decision: Node) -> None:
    """Whom `canActivate` of NestJS's answers nothing but true for is turned away, and whom `verifyToken` of Hono's does."""
    refuse = partial(reject, reader, decision, Ending("reject", "canActivate", 403), "returned")
    if decision.type == "false":
        refuse()
    elif decision.type == "true":
        _value(reader, node)
    elif decision.type in {"array", "object", "new_expression"}:
        reader.expression(node)
        reader.body.add("return", reader.source.place(node), "true")
    else:
        branch(reader, awaited(decision), partial(_value, reader, node), refuse, is_awaited=True)


def _symbol(reader: Reader, node: Node) -> str:
    inner = awaited(node)
    if inner.type in {"true", "false", "null", "undefined"}:
        return inner.type
    if inner.type == "identifier":
        name = reader.source.text(inner)
        return reader.body.scope.function(name) or name
    if inner.type in {"array", "object", "template_string"} or tail(reader.source.symbol(inner)) in LISTING or _resolves(reader, inner):
        return DISPLAY
    is_part = inner.type == "member_expression" or (inner.type == "call_expression" and tail(reader.source.symbol(inner)) in TAKING)
    return reader.source.symbol(inner) if is_part else _taken(reader, inner)


def _taken(reader: Reader, node: Node) -> str:
    """What a part is taken of that may not be there: `(req.headers.authorization ?? "").replace("Bearer ", "")`; empty of anything else."""
    inner = node
    while inner.type == "call_expression" and (function := inner.child_by_field_name("function")) is not None:
        if function.type != "member_expression" or reader.source.text(named(function)[-1]) not in TAKING:
            return ""
        inner = bare(named(function)[0])
    return reader.source.symbol(awaited(named(inner)[0])) if inner is not node and operator(inner) in {"??", "||"} else ""


def _resolves(reader: Reader, node: Node) -> bool:
    """Whether a promise that is made comes to what is something, whoever comes: `resolve(user ?? GUEST)`."""
    given = arguments(node) if node.type == "new_expression" and reader.source.symbol(node) == "Promise" else []
    executor = reader.functions.get(given[0].id) if given else None
    found = [body.scope.resolved for body in reader.bodies if executor is not None and body.scope.name == executor.name]
    return bool(found) and bool(found[0]) and all(found[0])


def _end(reader: Reader, node: Node, ending: Ending) -> None:
    if ending.kind == "reject":
        reject(reader, node, ending, "returned")
    else:
        reader.expression(node, "returned", awaited=True)
        reader.body.add("return", reader.source.place(node))


def reject(reader: Reader, node: Node, ending: Ending, handling: Handling) -> None:
    """The end of the request, after what its arguments do; what throws by itself is not returned, whatever is written."""
    if ending.perhaps is not None:
        refuse = partial(reject, reader, node, ending._replace(perhaps=None), handling)
        branch(reader, ending.perhaps, refuse, partial(_go_on, reader, node, handling))
        return
    taken = reader.imports.get(ending.symbol)
    if taken is not None and (taken.source, taken.name) in endings.THROWING:
        handling = "kept"
    for each in given(awaited(node)) if ending.symbol != "canActivate" else []:
        reader.expression(each)
    reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status, handling)


def chosen(reader: Reader, node: Node) -> bool:
    """`done(user ? undefined : new Error("unauthorized"))`, which passes the request on or turns it away; or `next("route")`, which
    passes it by: whether a call of what passes on is that."""
    symbol, given = reader.source.symbol(node), arguments(node)
    inner = bare(given[0]) if len(given) == 1 else node
    if symbol == endings.NEXT and reader.source.string(inner) in BYPASSES:
        reader.body.add("reject", reader.source.place(node), BYPASS)
        return True
    if inner.type != "ternary_expression" or endings.passed_on(reader.source, node, reader.body.scope) is None:
        return False
    condition, *ways = named(inner)[0], named(inner)[1], named(inner)[-1]
    then, otherwise = (partial(_given_on, reader, node, each) for each in ways)
    branch(reader, condition, then, otherwise)
    return True


def _given_on(reader: Reader, node: Node, error: Node) -> None:
    """What becomes of a request that is passed on with an error, or with nothing."""
    if is_nothing(reader.source, bare(error)):
        reader.body.add("next", reader.source.place(node), reader.source.symbol(node))
    else:
        ending = endings.thrown(reader.source, error, reader.body.scope)
        reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status)


def _go_on(reader: Reader, node: Node, handling: Handling) -> None:
    reader.body.add("next", reader.source.place(node), endings.NEXT, handling=handling)


def given(node: Node) -> list[Node]:
    """What an answer or error is made of."""
    given = arguments(node) if node.type in {"call_expression", "new_expression"} else []
    return [inner for each in given for inner in (arguments(each) if each.type == "new_expression" else [each])]


def is_asserted(reader: Reader, symbol: str, given: list[Node]) -> bool:
    """Whether a call goes no further where there is nothing: Koa's `ctx.assert`, or one that asks for a text which is written there."""
    is_alike = symbol in ALIKE and len(given) > 2 and bool(reader.source.string(given[1]))
    return is_alike or (symbol in endings.ASSERTS and len(given) > 1)


def asserted(reader: Reader, node: Node, given: list[Node]) -> None:
    """What Koa goes no further with: `ctx.assert(user, 401)`."""
    for each in given:
        reader.expression(each)
    status = endings.answered(reader.source, node)
    branch(reader, given[0], lambda: None, lambda: _thrown(reader, node, status))


def _thrown(reader: Reader, node: Node, status: int | None) -> None:
    reader.body.add("reject", reader.source.place(node), reader.source.symbol(node), status)
