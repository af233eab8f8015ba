"""Things that routes are registered on, and the calls that register: what Express, Fastify and Hono have in common."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from tree_sitter import Node

from invariants.facts.code import Import
from invariants.facts.web import Mount, Router
from invariants.frontends.typescript.answered import USUAL, Answered, begun, is_local
from invariants.frontends.typescript.imports import required
from invariants.frontends.typescript.members import holder, members, starts
from invariants.frontends.typescript.paths import text_of
from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.registrations import HANDED, Registration, doubted
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, named
from invariants.frontends.typescript.tables import rounds
from invariants.frontends.typescript.wrapping import name

RouterKind = Literal["app", "router"]


class Routers:
    """The routers of a file."""

    def __init__(
        self,
        module: Reader,
        framework: str,
        kind: Callable[[Node], RouterKind | None],
        types: frozenset[str],
        is_given: bool = False,
        is_serving: bool = False,
    ) -> None:
        self.module = module
        self.is_given = is_given
        self.framework = framework
        self.kind = kind
        self.types = types
        self.plugins: set[str] = set()
        self.is_serving = is_serving  # what functions answer with is served by itself
        self.found: dict[str, Router] = {}
        self.prefix: dict[str, Node] = {}
        self.mounts: list[Mount] = []
        self._positions: dict[str, int] = {}
        self._members: dict[str, dict[str, Node]] = {}
        self._answered = Answered(module)
        for body in module.bodies[1:]:
            for _, node in body.answers:
                if (answer := self.made(node)) is not None:
                    self._found(body.scope.name, *answer)
        for body in module.bodies:
            for variable, values in body.scope.values.items():
                if not values[0].part and self.made(values[0].node) is not None:
                    self.receiver_of(variable, body.scope)

    def made(self, node: Node) -> tuple[Node, RouterKind] | None:
        """The call that makes a router, at the beginning of a chain."""
        inner = awaited(node)
        while inner.type in {"call_expression", "new_expression"}:
            kind = self.kind(inner)
            if kind is not None:
                return inner, kind
            function = inner.child_by_field_name("function")
            if function is None or function.type != "member_expression":
                return None
            inner = awaited(named(function)[0])
        return None

    def receiver_of(self, variable: str, scope: Scope) -> str | None:
        """The name of the router that a variable holds; null where it holds none."""
        if variable.startswith("this."):
            return self._field(variable.removeprefix("this."), scope)
        owner = scope.owner(variable)
        if owner is None:
            taken = self.module.imports.get(variable)
            return variable if taken is not None and USUAL.match(variable) and not taken.source.startswith("node:") else None
        if variable in owner.values:
            made = self.made(owner.values[variable][0].node)
            return self._named(variable, owner, *made) if made is not None else self._made_by(variable, owner)
        if variable in owner.parameters and self._is_router(variable, owner):
            return self._given(owner)
        return None

    def _made_by(self, variable: str, owner: Scope) -> str | None:
        """A router that a function answers with, of this file or of another one."""
        found = self._answered.by(variable, owner, self.found)
        if found is None:
            return None
        name, at = owner.qualified(variable), self.module.source.head(found[0])
        if name not in self.found:
            self.found[name] = Router(at, name, self.framework, "app" if self.is_serving else "given", "")
            self.mounts.append(Mount(at, name, -1, found[1], "", False, makes=True))
        return name

    def _field(self, field: str, scope: Scope) -> str | None:
        """A router in a field of the class that this is."""
        around = holder(self.module, scope)
        if around and around not in self._members:
            self._members[around] = members(self.module, around)
        value = self._members[around].get(field) if around else None
        made = self.made(value) if value else None
        return self._found(f"{around}.{field}", *made) if made is not None else None

    def child(self, node: Node, scope: Scope) -> str | None:
        """The router that is put into another one: by its name, or made where it is put in."""
        inner = awaited(node)
        if inner.type in {"identifier", "member_expression"}:
            return self.receiver_of(self.module.source.text(inner), scope)
        made = self.made(inner)
        return self._holder(made[0], scope) if made is not None else None

    def _named(self, variable: str, owner: Scope, made: Node, kind: RouterKind) -> str:
        """A router in a variable; one that a function makes and returns is called as the function is."""
        name = owner.qualified(variable)
        if owner.name and self._returns(owner, variable):
            name = owner.name
        return self._found(name, made, kind)

    def _found(self, name: str, made: Node, kind: RouterKind) -> str:
        if name not in self.found:
            self.found[name] = Router(self.module.source.head(made), name, self.framework, kind, "")
            self.prefix[name] = made
        return name

    def _returns(self, owner: Scope, variable: str) -> bool:
        body = next(each for each in self.module.bodies if each.scope is owner)
        return any(step.kind == "return" and step.symbol == variable for step in body.steps)

    def _given(self, owner: Scope) -> str:
        """A router that a function is given: it is called as the function is."""
        node = self.module.nodes.get(owner.name)
        if owner.name not in self.found and node is not None:
            kind: Literal["router", "given"] = "given" if self.is_given else "router"
            self.found[owner.name] = Router(self.module.source.head(node), owner.name, self.framework, kind, "")
        return owner.name

    def _is_router(self, variable: str, owner: Scope) -> bool:
        node = self.module.nodes.get(owner.name)
        if owner.name in self.plugins:
            return owner.parameters[variable].position == 0
        told = {fact.symbol for fact in self.module.parameters.get(owner.name, []) if fact.name == variable}
        return node is not None and owner.parameters[variable].position <= 1 and (bool(told & self.types) or bool(USUAL.match(variable)))

    def registrations(self) -> Iterator[Registration]:
        """Every call of a method on a router, in the order of the file; of a chain, the first call first."""
        yield from doubted(self.module, self.framework, list(self._registrations()))

    def _registrations(self) -> Iterator[Registration]:
        begun = starts(self.module)
        calls = sorted(self.module.calls.values(), key=lambda each: (begun(each), each.node.end_byte, -each.node.start_byte))
        inner = {awaited(named(function)[0]).id for each in calls if (function := _method(each.node)) is not None}
        for call in calls:
            function = _method(call.node)
            router, base = self._receiver(named(function)[0], call) if function is not None else (None, None)
            is_handed = router is None
            if (router := router or self._handed(call)) is not None:
                told = rounds(self.module, call)
                for scope in [call.scope] if told is None else told:
                    method = _method_name(self.module, function, scope) if function is not None else ""
                    position = self._positions[router] = self._positions.get(router, -1) + 1
                    looped, handed = told is None and self._is_looped(call), HANDED if is_handed else method
                    yield Registration(router, position, handed, call.node, base, scope, looped, call.node.id in inner)

    def _handed(self, call: Call) -> str | None:
        """The router that is given to a function of this repository, which registers on it (`registerUsers(app)`)."""
        root = call.symbol.split(".", maxsplit=1)[0]
        taken = self.module.imports.get(root)
        is_own = bool(call.scope.function(call.symbol)) or (taken is not None and is_local(taken.source)) or root == "require"
        for each in arguments(call.node) if is_own and root else []:
            if (
                each.type in {"identifier", "member_expression"}
                and (router := self.receiver_of(self.module.source.text(each), call.scope)) in self.found
            ):
                return router
        return None

    def _is_looped(self, call: Call) -> bool:
        body = next(each for each in self.module.bodies if each.scope is call.scope)
        step = body.steps[call.position]
        while step.parent is not None:
            step = body.steps[step.parent]
            if step.kind == "loop":
                return True
        return False

    def _receiver(self, node: Node, call: Call) -> tuple[str | None, Node | None]:
        """The router that a chain is called on, and the call of `route` or `basePath` in between."""
        base: Node | None = None
        inner = awaited(node)
        while inner.type == "call_expression":
            function = inner.child_by_field_name("function")
            if self.kind(inner) is not None or function is None or function.type != "member_expression":
                break
            if self.module.source.text(named(function)[-1]) in {"route", "basePath"} and len(arguments(inner)) == 1:
                base = base or inner
            inner = awaited(named(function)[0])
        if inner.type in {"identifier", "member_expression"}:
            return self.receiver_of(self.module.source.text(inner), call.scope), base
        if inner.type in {"call_expression", "new_expression"} and self.kind(inner) is not None:
            return self._holder(inner, call.scope), base
        return (self._holder_of(inner, call), base) if inner.type == "call_expression" else (None, None)

    def _holder_of(self, begin: Node, call: Call) -> str | None:
        """The variable that holds a chain which begins with what a function of another file answers."""
        if begin.id == call.node.id or self.module.source.symbol(begin).partition(".")[0] not in self.module.imports:
            return None
        held = [name for name, values in call.scope.values.items() if begun(values[0].node).id == begin.id]
        return self.receiver_of(held[0], call.scope) if held else None

    def _holder(self, made: Node, scope: Scope) -> str | None:
        """The variable that holds a chain which begins with a router; `default` where the file exports it as it is."""
        for variable, values in scope.values.items():
            if values[0].node.start_byte <= made.start_byte < values[0].node.end_byte:
                return self.receiver_of(variable, scope)
        exported = self.module.exports.get("default")
        if exported is not None and exported.value is not None and exported.value.start_byte <= made.start_byte < exported.value.end_byte:
            self.found.setdefault(
                "default", Router(self.module.source.head(made), "default", self.framework, self.kind(made) or "router", "")
            )
            return "default"
        place = self.module.source.place(made)
        return self._found(f"({place.line}:{place.column})", made, self.kind(made) or "router") if _is_given(made) else None


def _method(call: Node) -> Node | None:
    """The method that is called, where it is one."""
    function = call.child_by_field_name("function")
    return function if function is not None and function.type in {"member_expression", "subscript_expression"} else None


def _method_name(module: Reader, function: Node, scope: Scope) -> str:
    """What a method is called, also where a string says it; empty where it is computed."""
    last = named(function)[-1]
    return module.source.text(last) if function.type == "member_expression" else (text_of(module, last, scope) or "").lower()


def _is_given(made: Node) -> bool:
    """A chain that is an argument as a whole."""
    node: Node | None = made
    while node is not None and node.type in {"call_expression", "new_expression", "member_expression"}:
        node = node.parent
    return node is not None and node.type == "arguments"


def served(routers: Iterable[Router], found: list[Any]) -> Iterator[Router]:
    """The routers of a file; one that the file mounts is served where it is mounted only."""
    mounted = {each.child for each in found if isinstance(each, Mount)}
    yield from (each._replace(kind="router") if each.name in mounted and each.kind == "app" else each for each in routers)


def inline(module: Reader, node: Node) -> tuple[str, Import | None]:
    """The symbol of what is registered; `require("./x")` where it is written there is an import of its own name."""
    inner = awaited(node)
    place = module.source.place(inner)
    holder = f"({place.line}:{place.column})"
    for taken in required(module.source, inner, inner, holder):
        return holder, taken
    return name(module, node), None


def listed(nodes: list[Node]) -> Iterator[Node]:
    """The handlers of a registration, lists opened."""
    for node in nodes:
        inner = awaited(node)
        spread = awaited(named(inner)[0]) if inner.type == "spread_element" and named(inner) else inner
        if spread.type == "array":
            yield from (one for each in named(spread) for one in (listed([each]) if each.type == "spread_element" else [awaited(each)]))
        else:
            yield inner
