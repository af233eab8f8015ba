"""Builders: procedures and clients that are made by chains of calls, each on what was made before (`t.procedure.use(auth)`)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tree_sitter import Node

from invariants.facts.web import Mount, Router, Use
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, named
from invariants.frontends.typescript.wrapping import Layer, name
from invariants.languages.trees import tail

SCHEMAS = frozenset({"zod", "yup", "valibot", "joi", "arktype"})
"""Libraries that describe data in chains of the same words (`z.object({}).meta({})`)."""


WORDS = frozenset(
    "use useMiddleware unstable_pipe concat input output meta query mutation subscription schema inputSchema outputSchema metadata action "
    "stateAction handler create context procedure router".split()
)
"""Methods of builders."""
BUILDS = frozenset({"use", "input", "meta", "schema", "metadata", "inputSchema"})
"""Those of them by which a chain is told to build something."""
BUILDING = re.compile(rb"\.\s*(?:use|input|meta|schema|metadata|inputSchema|unstable_pipe)\b")
"""What stands in a file that goes on with a builder of another one."""


class Builder(NamedTuple):
    """A chain of calls: what it begins with, or the function that answers it, and the methods that are called one after another."""

    base: str
    methods: list[str]
    calls: list[Node]
    layers: list[Layer]


def chain(module: Reader, node: Node) -> Builder | None:
    """Takes a chain apart; null where it begins with no name, but with something new."""
    methods: list[str] = []
    calls: list[Node] = []
    inner = awaited(node)
    while inner.type == "call_expression" and (function := inner.child_by_field_name("function")) is not None:
        if function.type != "member_expression":
            break
        methods.insert(0, module.source.text(named(function)[-1]))
        calls.insert(0, inner)
        inner = awaited(named(function)[0])
    base = module.source.symbol(inner) if inner.type != "new_expression" else ""
    if calls and inner.type == "identifier" and methods[0] not in WORDS:
        base, methods, calls = f"{base}.{methods[0]}", methods[1:], calls[1:]  # a method that answers a builder: `allowed.to("read")`
    is_router = inner.type == "call_expression" and "outer" in tail(base)  # those of tRPC 9 are chains, too
    return Builder(base, methods, calls, list(_layers(module, methods, calls))) if base and not is_router else None


def _layers(module: Reader, methods: list[str], calls: list[Node]) -> Iterator[Layer]:
    """What `use` puts in a chain."""
    for method, call in zip(methods, calls, strict=True):
        if method in {"use", "useMiddleware", "unstable_pipe", "concat"}:
            for each in arguments(call):
                inner = awaited(each)
                yield Layer(name(module, inner), each, inner if inner.type == "call_expression" else None)


def builders(module: Reader, framework: str, makers: frozenset[str], parts: tuple[str, ...] = ()) -> Iterator[Any]:
    """The builders that a module's variables hold, each put into the one that it is made of, with what stands in between."""
    content, made = module.source.content, set[str]()
    if not (parts or BUILDING.search(content) or any(each.encode() in content for each in makers)):
        return
    for variable, values in module.bodies[0].scope.values.items():
        node = awaited(values[0].node)
        if len(values) != 1 or values[0].part:
            continue
        if _makes(module, node, makers):
            made.add(variable)
            yield Router(module.source.head(node), variable, framework, "app", "")
            yield from own(module, variable, list(_made_layers(module, node)))
        elif (found := _derived(module, node, made, parts)) is not None:
            made.add(variable)
            yield Router(module.source.head(node), variable, framework, "router", "")
            yield Mount(module.source.head(node), found.base, 0, variable, "", False)
            yield from own(module, variable, found.layers)
        elif (piped := _piped(module, node)) is not None:
            yield Router(module.source.head(node), variable, framework, "router", "")
            yield from own(module, variable, [Layer(piped.base, node, None), *piped.layers])
    yield from _answered(module, framework, made, parts)


def _answered(module: Reader, framework: str, made: set[str], parts: tuple[str, ...]) -> Iterator[Any]:
    """The builders that functions answer, whatever they are given: `const allowed = (role) => t.procedure.use(isRole(role))`."""
    for body in module.bodies[1:]:
        name = body.scope.name
        node = _held(module, body.scope, body.answers[0][1]) if len(body.answers) == 1 else None
        found = _derived(module, node, made | module.nodes.keys(), parts) if node is not None else None
        if found is not None:
            yield Router(module.source.head(module.nodes[name]), name, framework, "router", "")
            yield Mount(module.source.head(module.nodes[name]), found.base, 0, name, "", False)
            yield from own(module, name, found.layers)


def _held(module: Reader, scope: Scope, node: Node) -> Node:
    """What a variable of a function holds; of anything else, that."""
    inner = awaited(node)
    held = scope.value(module.source.text(inner)) if inner.type == "identifier" else None
    return awaited(held) if held is not None else inner


def _piped(module: Reader, node: Node) -> Builder | None:
    """Middleware and what is put behind it: `logs.unstable_pipe(auth)`."""
    found = chain(module, node) if node.type == "call_expression" else None
    return found if found is not None and set(found.methods) == {"unstable_pipe"} else None


def _makes(module: Reader, node: Node, makers: frozenset[str]) -> bool:
    symbol = module.source.symbol(node)
    return node.type == "call_expression" and symbol.split(".", maxsplit=1)[0] in makers


def _made_layers(module: Reader, node: Node) -> Iterator[Layer]:
    methods: list[str] = []
    calls: list[Node] = []
    while node.type == "call_expression":
        function = node.child_by_field_name("function")
        if function is None or function.type != "member_expression":
            break
        methods.insert(0, module.source.text(named(function)[-1]))
        calls.insert(0, node)
        node = awaited(named(function)[0])
    yield from _layers(module, methods, calls)


def _derived(module: Reader, node: Node, made: set[str], parts: tuple[str, ...]) -> Builder | None:
    """A variable that is made of another builder: of this file, or of another one by `use`."""
    if node.type == "member_expression" and node.named_children:
        symbol = module.source.symbol(node)
        return Builder(_base(symbol, parts), [], [], []) if symbol.endswith(parts) and parts else None
    found = chain(module, node) if node.type == "call_expression" else None
    if found is None or BUILDS.isdisjoint(found.methods):
        return None
    base = _base(found.base, parts)
    taken = module.imports.get(base.split(".")[0])
    is_taken = taken is not None and taken.source.split("/")[0] not in SCHEMAS
    is_known = base in made or found.base.endswith(parts or ("\0",)) or is_taken
    return found._replace(base=base) if is_known and not set(found.methods) & {"query", "mutation", "action"} else None


def _base(symbol: str, parts: tuple[str, ...]) -> str:
    """What a chain begins with, without the part that makes a procedure of it (`t.procedure`)."""
    for part in parts:
        if symbol.endswith(part):
            return symbol.removesuffix(part)
    return symbol


def own(module: Reader, router: str, layers: list[Layer]) -> Iterator[Use]:
    """What stands before everything that is made of a builder."""
    for rank, layer in enumerate(layers):
        call = module.calls.get(layer.call.id) if layer.call is not None else None
        yield Use(
            module.source.head(layer.at),
            router,
            0,
            False,
            rank,
            "middleware",
            layer.symbol,
            "all",
            "/**",
            "",
            "",
            False,
            call.function if call else "",
            call.position if call else None,
        )
