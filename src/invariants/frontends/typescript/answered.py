"""Routers that functions answer with: `const app = createApp()`, of this file or of another one."""

import re
from collections.abc import Container
from functools import cached_property

from tree_sitter import Node

from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, named
from invariants.languages.trees import tail

METHODS = {each: each.upper() for each in ("get", "post", "put", "patch", "delete", "head", "options", "query")} | {"all": "ANY"}
USUAL = re.compile(r"^(app|api|server|fastify|hono|router|routes|route|instance|\w*(Router|App|Api|Server|Routes))$")
"""What imported routers, and parameters that are routers, are called."""
MAKING = re.compile(
    r"^(?:\w+\.)?(?:create|make|build|new|get|init|setup|configure|bootstrap)\w*(?:App|Application|Router|Server|Api|Hono|Fastify)$"
)
"""What functions are called that make them."""


class Answered:
    """What variables hold that functions answer."""

    def __init__(self, module: Reader) -> None:
        self._module = module

    @cached_property
    def _registering(self) -> set[str]:
        """What methods are called on with a path, and what answers it."""
        return {each.symbol.partition(".")[0] for each in self._module.calls.values() if _registers(self._module, each)}

    def by(self, variable: str, owner: Scope, known: Container[str]) -> tuple[Node, str] | None:
        """The call that a variable was given, and the router of the function that is called; known: the routers of this file."""
        value = owner.values[variable][0]
        call = begun(value.node)
        if len(owner.values[variable]) != 1 or call.type != "call_expression" or "." in value.part or value.part.isdigit():
            return None
        symbol = self._module.source.symbol(call)
        maker = f"{symbol}.{value.part}" if value.part else symbol
        if maker in known:
            return call, maker
        taken = self._module.imports.get(symbol.partition(".")[0])
        names = {variable, symbol.partition(".")[0]}
        is_told = not self._registering.isdisjoint(names) or bool(USUAL.match(variable)) or bool(MAKING.match(symbol))
        return (call, maker) if is_told and taken is not None and is_local(taken.source) else None


def begun(node: Node) -> Node:
    """The call that a chain begins with: `createApp()` of `createApp().get("/rows", rows)`."""
    inner = awaited(node)
    while inner.type == "call_expression" and (function := inner.child_by_field_name("function")) is not None:
        holder = awaited(named(function)[0]) if function.type == "member_expression" else function
        if holder.type != "call_expression":
            break
        inner = holder
    return inner


def _registers(module: Reader, call: Call) -> bool:
    """Whether a call names a path, and what answers it."""
    given = arguments(call.node) if tail(call.symbol) in METHODS else []
    return len(given) > 1 and (module.source.string(given[0]) or "").startswith("/")


def is_local(source: str) -> bool:
    """A module of this repository, by how it is written."""
    return source.startswith((".", "@/", "~", "#", "src/"))
