"""Server actions: functions that browsers call by `"use server"`, and next-safe-action's clients."""

from collections.abc import Iterator
from typing import Any

from invariants.facts.place import Place
from invariants.facts.web import Endpoint
from invariants.frontends.typescript.builders import Builder, builders, chain
from invariants.frontends.typescript.doors import Door, door
from invariants.frontends.typescript.functions import ACTION, directive
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited
from invariants.frontends.typescript.wrapping import name, own, uses

TRIGGERS = (b'"use server"', b"'use server'", b"createSafeActionClient")
PATHS = ""
MAKERS = frozenset({"createSafeActionClient", "createServerActionProcedure", "createServerAction"})
LAST = frozenset({"action", "stateAction", "handler"})
"""What the last call of a builder's chain is called; it takes the function that answers."""


def read(module: Reader) -> Iterator[Any]:
    """The actions of a file, and the clients that it makes."""
    yield from builders(module, "next-safe-action", MAKERS)
    if module.side == ACTION:
        for position, (name, export) in enumerate(module.exports.items()):
            yield from _action(module, position, name, door(module, name, export))
    if ACTION.encode() not in module.source.content:
        return
    for position, (name, node) in enumerate(module.nodes.items(), len(module.exports)):
        body = node.child_by_field_name("body")
        if node.type in FUNCTIONS | {"method_definition"} and directive(module.source, body) == ACTION:
            yield _endpoint(module, module.source.head(node), position, name.rpartition(".")[2], name)


def _action(module: Reader, position: int, exported: str, found: Door) -> Iterator[Any]:
    """One exported action; what a client's chain puts before it is the client's."""
    built = _built(module, found)
    if built is None:
        yield _endpoint(module, found.at, position, exported, found.handler)
        yield from uses(module, found.layers, "", position, "wrapper")
        return
    builder, handler = built
    yield _endpoint(module, found.at, position, exported, handler)
    yield own(module, builder.calls[0], "", position, 0, "middleware", builder.base)
    yield from uses(module, builder.layers, "", position, "middleware", first=1)


def _built(module: Reader, found: Door) -> tuple[Builder, str] | None:
    """The client that an action is made of: `client.schema(x).action(handler)`."""
    call = next((layer.call for layer in found.layers if layer.call is not None), None)
    builder = chain(module, call) if call is not None else None
    if builder is None or not builder.methods or builder.methods[-1] not in LAST:
        return None
    handler = next((each for each in arguments(builder.calls[-1]) if awaited(each).type != "object"), builder.calls[-1])
    return builder, name(module, handler)


def _endpoint(module: Reader, at: Place, position: int, name: str, handler: str) -> Endpoint:
    path = module.source.path.rpartition(".")[0]
    return Endpoint(at, "", position, "next", "action", "ACTION", f"{path}.{name}", handler)
