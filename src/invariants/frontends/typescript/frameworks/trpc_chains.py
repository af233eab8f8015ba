"""tRPC 9: routers that are built by chains, whose procedures have their names in strings; middleware stands before what comes after it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tree_sitter import Node

from invariants.facts.web import Endpoint, Mount, Router, Use
from invariants.frontends.typescript.dynamic import unread
from invariants.frontends.typescript.frameworks.trpc import roots
from invariants.frontends.typescript.paths import text_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import FUNCTIONS, answer, arguments, awaited, field, named
from invariants.frontends.typescript.wrapping import name, own
from invariants.languages.trees import tail

TRIGGERS = (b"@trpc/server", b"createRouter", b"AppRouter")
PATHS = ""
PROCEDURES = frozenset({"query", "mutation", "subscription"})
LINKS = PROCEDURES | {"merge", "middleware", "transformer", "formatError", "interop"}
REMEDY = "Write the name as a string."


class Chain(NamedTuple):
    """A router that is built: what it begins with, and each method with its call, the first one first."""

    base: str
    links: list[tuple[str, Node]]


def read(module: Reader) -> Iterator[Any]:
    """The routers that variables hold, and those that functions answer, on which others are built."""
    if b"outer" not in module.source.content:
        return
    for variable, values in module.bodies[0].scope.values.items():
        found = taken_apart(module, values[0].node) if len(values) == 1 and not values[0].part else None
        if found is not None and found.links:
            kind: Any = "app" if variable in roots(module) else "router"
            yield Router(module.source.head(values[0].node), variable, "trpc", kind, "")
            yield from _linked(module, variable, found)
    for key, node in module.nodes.items():
        last = answer(node) if node.type in FUNCTIONS else None
        found = taken_apart(module, last) if last is not None else None
        if found is not None and (found.links or found.base.endswith(".router")):
            yield Router(module.source.head(node), key, "trpc", "router", "")
            yield from _linked(module, key, found)


def taken_apart(module: Reader, node: Node) -> Chain | None:
    """A chain on a call that makes an empty router; null where it is none."""
    links: list[tuple[str, Node]] = []
    inner = awaited(node)
    while inner.type == "call_expression":
        function = inner.child_by_field_name("function")
        word = module.source.text(named(function)[-1]) if function is not None and function.type == "member_expression" else ""
        if function is None or word not in LINKS:
            base = module.source.symbol(inner)
            return Chain(base, links) if not arguments(inner) and "outer" in tail(base) else None
        links.insert(0, (word, inner))
        inner = awaited(named(function)[0])
    return None


def _linked(module: Reader, router: str, chain: Chain) -> Iterator[Any]:
    """What each method of a chain registers. Of a router without procedures, whoever goes on with it has all that it puts before them."""
    is_base = not any(word in PROCEDURES | {"merge"} for word, _ in chain.links)
    for position, (word, call) in enumerate(chain.links, 1):
        given = arguments(call)
        if word in PROCEDURES and len(given) > 1:
            yield from _procedure(module, router, position, call, chain.base)
        elif word == "merge" and given:
            yield from _merged(module, router, position, call)
        elif word == "middleware" and given:
            yield _before(module, router, position, given[0])._replace(covers="all" if is_base else "after")


def _procedure(module: Reader, router: str, position: int, call: Node, base: str) -> Iterator[Any]:
    """`query("name", {resolve})`, behind what the function puts before it that made the router."""
    path, described = arguments(call)[0], arguments(call)[-1]
    said, handler = text_of(module, path, module.bodies[0].scope), field(module.source, described, "resolve")
    at = module.source.head(path)
    yield Endpoint(at, router, position, "trpc", "rpc", "RPC", said, name(module, handler) if handler is not None else base)
    yield own(module, path, router, position, 0, "middleware", base)
    if said is None:
        yield unread(module, path, "a procedure's name", REMEDY)


def _merged(module: Reader, router: str, position: int, call: Node) -> Iterator[Any]:
    """`merge("users.", users)`, or `merge(users)`."""
    given = arguments(call)
    said = text_of(module, given[0], module.bodies[0].scope) if len(given) > 1 else ""
    prefix = said.removesuffix(".") if said is not None and said[-1:] in {"", "."} else None
    yield Mount(module.source.head(call), router, position, module.source.symbol(awaited(given[-1])), prefix, False)
    if prefix is None:
        yield unread(module, given[0], "what stands before names", "Write it as a string that ends in a dot.")


def _before(module: Reader, router: str, position: int, node: Node) -> Use:
    inner = awaited(node)
    call = module.calls.get(inner.id)
    use = own(module, node, router, position, 0, "middleware", name(module, inner))._replace(own=False)
    return use._replace(function_name=call.function, step=call.position) if call is not None else use
