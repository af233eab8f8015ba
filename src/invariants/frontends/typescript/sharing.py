"""`fastify-plugin`: a plugin that it wraps is the instance's that it is put into, so that no prefix stands before its paths."""

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from invariants.facts.web import Mount, Router
from invariants.frontends.typescript.imports import exported_name
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited
from invariants.frontends.typescript.wrapping import name

LIBRARY = "fastify-plugin"
WRAPPERS = frozenset({"fp", "fastifyPlugin", "plugin"})
"""What it is called where nothing says where it comes from."""


def wrapped(module: Reader, node: Node) -> Node | None:
    """The plugin in `fp(plugin, options)`; null of anything else."""
    call = awaited(node)
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    if function is None or not arguments(call):
        return None
    taken = module.imports.get(module.source.text(function))
    is_library = taken.source == LIBRARY if taken is not None else module.source.text(function) in WRAPPERS
    is_asked = function.type == "call_expression" and LIBRARY in module.source.text(function)
    return awaited(arguments(call)[0]) if is_library or is_asked else None


def plugins(module: Reader) -> dict[str, Node]:
    """The plugins of this file that are wrapped, by the names that hold them; of those that none holds, by their own."""
    found: dict[str, Node] = {}
    for call in module.calls.values():
        if (inner := wrapped(module, call.node)) is not None:
            found[_holder(module, call.node) or name(module, inner)] = inner
    return found


def shared(module: Reader, routers: Iterable[Router]) -> Iterator[Router | Mount]:
    """The routers of a file, those that can be had wrapped only said to be so, and names that hold a wrapped one."""
    held = {each: inner for each, inner in plugins(module).items() if each}
    known = {each.name for each in routers}
    yield from (each._replace(shares=each.name in held and held[each.name].type != "identifier") for each in routers)
    for holder, inner in held.items():
        if holder not in known:
            at = module.source.head(inner)
            yield Router(at, holder, "fastify", "router", "", shares=True)
            yield Mount(at, holder, 0, name(module, inner), "", False)


def _holder(module: Reader, call: Node) -> str:
    """The name that a call's answer is given: a variable's, or that of an export."""
    around = call.parent
    while around is not None and around.type in {"parenthesized_expression", "as_expression", "satisfies_expression"}:
        around = around.parent
    if around is None:
        return ""
    if around.type == "variable_declarator":
        return module.source.symbol(around.child_by_field_name("name"))
    if around.type == "assignment_expression":
        left = module.source.symbol(around.child_by_field_name("left"))
        return exported_name(left) or left
    return "default" if around.type == "export_statement" else ""
