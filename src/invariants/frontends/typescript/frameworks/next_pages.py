"""Next.js's pages router: `pages/api`, whose default export answers every method."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import Endpoint
from invariants.frontends.typescript.dispatching import dispatched
from invariants.frontends.typescript.doors import Door, doors
from invariants.frontends.typescript.frameworks.next import hands_on
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, fields
from invariants.frontends.typescript.wrapping import Layer, name, unwrap, uses
from invariants.languages.trees import tail

TRIGGERS: tuple[bytes, ...] = ()
PATHS = r"(?:^|/)pages/api/(?:.*/)?[^/]+\.[cm]?[jt]sx?$"
FILE = re.compile(r"(?:^|/)pages(?P<path>/api/(?:.*/)?[^/]+)\.[cm]?[jt]sx?$")
VERBS = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "head": "HEAD",
    "options": "OPTIONS",
    "all": "ANY",
}


METHODS = frozenset(VERBS.values()) - {"ANY"}


def read(module: Reader) -> Iterator[Any]:
    """The route of a file: of any method, where it does not divide them itself."""
    found = FILE.search(module.source.path)
    if found is None or re.search(r"\.(test|spec)$", found["path"]):
        return
    for door in doors(module, ("default",)):
        if hands_on(module, door):
            continue
        path = route_path(found["path"])
        divided = list(_connected(module, door, path)) or list(_tabled(module, door, path))
        yield from divided or _whole(module, door, path)


def _whole(module: Reader, door: Door, path: str) -> Iterator[Any]:
    for position, method in enumerate(_methods(module, door) or ["ANY"]):
        yield Endpoint(door.at, "", position, "next", "http", method, path, door.handler)
        yield from uses(module, door.layers, "", position, "wrapper")


def _methods(module: Reader, door: Door) -> list[str]:
    """The methods that the handler divides: told only where it turns every other one away (405)."""
    node = module.nodes.get(door.handler)
    text = module.source.text(node) if node is not None else ""
    if "405" not in text and "setHeader('Allow'" not in text and 'setHeader("Allow"' not in text:
        return []
    told = [*re.findall(r"req\.method\s*[=!]==?\s*[\"'`](\w+)[\"'`]", text), *re.findall(r"case\s+[\"'`]([A-Z]+)[\"'`]\s*:", text)]
    return sorted({each for each in told if each in VERBS.values()})


def _connected(module: Reader, door: Door, path: str) -> Iterator[Any]:
    """next-connect: `createRouter().use(auth).get(list)`."""
    position = 0
    layers: list[Layer] = []
    for method, call in _chains(module, door):
        given = arguments(call)
        if method == "use":
            layers += [Layer(name(module, each), each, None) for each in given if awaited(each).type != "string"]
        elif method in VERBS and given:
            wrapped = unwrap(module, given[-1])
            yield Endpoint(module.source.head(call), "", position, "next", "http", VERBS[method], path, wrapped.handler)
            inner = [Layer(name(module, each), each, None) for each in given[:-1] if awaited(each).type != "string"]
            yield from uses(module, [*layers, *inner, *wrapped.layers], "", position, "middleware")
            position += 1


def _tabled(module: Reader, door: Door, path: str) -> Iterator[Any]:
    """The handlers of a table by their methods, which the default export is given (`withMethods({ GET: withAuth(list) })`), or asks."""
    export = module.exports.get("default")
    call = awaited(export.value) if export is not None and export.value is not None else None
    given = arguments(call) if call is not None and call.type == "call_expression" else []
    table = list(fields(module.source, given[0])) if given and given[0].type == "object" else dispatched(module, _default(module, door))
    if not table or not all(name in METHODS for name, _ in table):
        return
    for position, (method, value) in enumerate(table):
        wrapped = unwrap(module, value)
        yield Endpoint(module.source.head(value), "", position, "next", "http", method, path, wrapped.handler)
        yield from uses(module, [*door.layers, *wrapped.layers], "", position, "wrapper")


def _default(module: Reader, door: Door) -> Node | None:
    """The function that the file exports, where nothing is around it."""
    return module.nodes.get(door.handler) if not door.layers else None


def _chains(module: Reader, door: Door) -> list[tuple[str, Node]]:
    """The calls on the router that the file exports, in their order."""
    makers = {local for local, taken in module.imports.items() if taken.source.startswith("next-connect")}
    for variable, values in module.bodies[0].scope.values.items():
        if module.source.symbol(values[0].node).split(".", maxsplit=1)[0] in makers:
            makers.add(variable)
    calls = sorted(module.calls.values(), key=lambda each: each.node.end_byte)
    made = [each for each in calls if each.function == "" and each.symbol.split(".", maxsplit=1)[0] in makers]
    return [(tail(each.symbol), each.node) for each in made] if door.layers else []


def route_path(path: str) -> str:
    """The path of a file below `pages`."""
    parts = [re.sub(r"^\[{1,2}(?:\.\.\.)?([^\]]+)\]{1,2}$", r"{\1}", part) for part in path.split("/")]
    return "/".join(parts).removesuffix("/index") or "/"
