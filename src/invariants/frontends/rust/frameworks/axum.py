"""axum, with aide's and utoipa's routers: routes in chains, where a layer covers what is registered before it."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import Use
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.routers import Fact, Registering, answer, chain, given, handler, text_of
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import arguments, bare, method, named, tail

TRIGGERS = (b"axum", b"aide::", b"utoipa_axum", b"OpenApiRouter", b"ApiRouter")
MAKERS = frozenset({"Router", "ApiRouter", "OpenApiRouter"})
MAKING = frozenset({"new", "default", "with_openapi", "new_with_path"})
VERBS = {each: each.upper() for each in ("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect")} | {"any": "ANY"}
REGISTERING = frozenset(
    """route api_route api_route_with route_with_tsr nest nest_api_service nest_service merge layer route_layer fallback fallback_service
    route_service routes typed_get typed_post typed_put typed_patch typed_delete method_not_allowed_fallback""".split()
)
NO_ROUTERS = frozenset({*VERBS, "on", "fallback", *("from_fn", "from_fn_with_state")})
"""Functions whose chains have methods of the same names, and that make no router."""
LAYERS = frozenset({"layer", "route_layer"})
FROM_FUNCTION = frozenset({"from_fn", "from_fn_with_state", "map_request", "map_request_with_state"})
WITHOUT = frozenset({"map_response", "map_response_with_state", "DefaultBodyLimit", "Extension"})
"""Layers that never see a request before it is answered, or only give it something."""


def read(module: Reader) -> Iterator[Fact]:
    """The registrations of one file."""
    if any(word in module.source.content for word in TRIGGERS):
        registered = Axum(module)
        registered.read()
        yield from registered.all()


class Axum(Registering):
    """The routers of one file."""

    def __init__(self, module: Reader) -> None:
        super().__init__(module, "axum")
        self.done: set[int] = set()

    def read(self) -> None:
        """Every chain, in the order of the file; what is inside another one is read with it."""
        for call in sorted(self.module.calls.values(), key=lambda each: (each.node.start_byte, -each.node.end_byte)):
            outer = self._outermost(call.node)
            if outer.id not in self.done and self._is_router(outer, call.scope):
                self.chained(outer, call.scope)

    def _outermost(self, node: Node) -> Node:
        """The end of the chain that a call is in."""
        while node.parent is not None and node.parent.type == "field_expression" and node.parent.parent is not None:
            if node.parent.parent.type != "call_expression":
                break
            node = node.parent.parent
        return node

    def _is_router(self, node: Node, scope: Scope, depth: int = 8) -> bool:
        """Whether an expression makes a router, or goes on with one."""
        root, calls = chain(node)
        if self._makes(root):
            return True
        if root.type == "identifier" and depth:
            return any(name in REGISTERING for name, _ in calls) and self._holds(self.source.text(root), scope, depth - 1)
        symbol = self.source.symbol(root)
        if root.type != "call_expression" or tail(symbol).removesuffix("_with").removesuffix("_service") in NO_ROUTERS:
            return False
        is_made = not any(part[:1].isupper() for part in symbol.split("."))
        return is_made and bool(calls) and all(name in REGISTERING or name == "with_state" for name, _ in calls)

    def _makes(self, root: Node) -> bool:
        parts = self.source.symbol(root).split(".")
        return root.type == "call_expression" and len(parts) > 1 and parts[-2] in MAKERS and parts[-1] in MAKING

    def _holds(self, name: str, scope: Scope, depth: int) -> bool:
        """Whether a variable or parameter holds a router."""
        owner = scope.owner(name)
        if owner is None:
            return False
        taken = owner.parameters.get(name)
        if tail(owner.types.get(name, "") or (taken.type if taken is not None else "")) in MAKERS:
            return True
        return any(self._is_router(value, owner, depth) or bare(value).type == "call_expression" for value in owner.values.get(name, []))

    def chained(self, node: Node, scope: Scope) -> str:
        """Reads a chain, and answers the name of its router."""
        root, calls = chain(node)
        name = self._name(node, root, scope)
        self.done.update(call.id for _, call in calls)
        self.done |= {node.id, root.id}
        if not self._makes(root) and root.type == "call_expression":
            self._continued(name, root, scope)
        for number, (word, call) in enumerate(calls):
            if word == "clone" and number == 0 and root.type == "identifier":
                self.mount(name, call, self._variable(self.source.text(root), scope), "")
            elif word in REGISTERING:
                self.registered(name, word, call, scope)
        return name

    def _continued(self, name: str, root: Node, scope: Scope) -> None:
        """A chain that begins with what a function made of another router, or by itself."""
        self.mount(name, root, scope.function(self.source.symbol(root)), "")
        for each in arguments(root):
            if self._is_child(each, scope):
                self.mount(name, root, self.child(each, scope), "")

    def _name(self, node: Node, root: Node, scope: Scope) -> str:
        """A router is called as the variable or function is that holds it, or by where it begins."""
        cloned = b".clone()" in (node.text or b"")[: root.end_byte - node.start_byte + 8]
        if root.type == "identifier" and not cloned:
            return self._variable(self.source.text(root), scope)
        owner = self.module.items.get(scope.name)
        if owner is not None and (last := answer(owner)) is not None and _within(node, last):
            return self.router(node, scope.name)
        for variable, values in scope.values.items():
            if any(bare(value) == node or chain(value)[0] == root for value in values):
                return self._variable(variable, scope, node)
        place = self.source.place(root)
        return self.router(node, scope.qualified(f"({place.line}:{place.column})"))

    def _variable(self, variable: str, scope: Scope, node: Node | None = None, depth: int = 8) -> str:
        """The router of a variable: that of the function which answers it, or of the variable that it was before."""
        owner = scope.owner(variable)
        item = self.module.items.get(owner.name) if owner is not None else None
        if owner is None or item is None:
            return self.router(node or self.source.root, variable)
        if variable in owner.parameters and variable not in owner.values:
            return self.router(item.node, owner.name)
        for value in owner.values.get(variable, []) if depth else []:
            root = chain(value)[0]
            before = self.source.text(root)
            if (
                root.type == "identifier"
                and before != variable
                and self._holds(before, owner, depth)
                and b".clone()" not in (value.text or b"")
            ):
                return self._variable(before, owner, node, depth - 1)
        if self._answers(variable, owner, item.node):
            return self.router(item.node, owner.name)
        return self.router(node or owner.values[variable][0], owner.qualified(variable))

    def _answers(self, variable: str, owner: Scope, function: Node) -> bool:
        """Whether a function answers a variable, or what another chain on it comes to."""
        body = next(each for each in self.module.bodies if each.scope is owner)
        if any(step.kind == "return" and step.symbol.split(".")[0] == variable for step in body.steps):
            return True
        ends = [answer(self.module.items[owner.name]), *_returned(function)]
        return any(end is not None and self.source.text(self._root(end)) == variable for end in ends)

    def _root(self, node: Node) -> Node:
        root, _ = chain(node)
        inner = arguments(root) if root.type == "call_expression" and self.source.symbol(root) in {"Ok", "Some"} else []
        return self._root(inner[0]) if inner else root

    def registered(self, router: str, word: str, call: Node, scope: Scope) -> None:
        """One method of a chain."""
        first, second = given(call, 0), given(call, 1)
        if first is None:
            return
        if word in LAYERS:
            position = self.position(router)
            self.facts += [each._replace(rank=rank) for rank, each in enumerate(self.guards(router, position, first, scope, own=False))]
        elif word == "merge":
            self.mount(router, call, self.child(first, scope), "")
        elif word in {"nest", "nest_service", "nest_api_service"} and second is not None:
            self.nested(router, call, first, second, scope)
        elif word in {"route", "api_route", "api_route_with", "route_with_tsr"} and second is not None:
            self.methods(router, call, text_of(self.module, first, scope), second, scope)
        elif word == "route_service" and second is not None:
            self.endpoint(router, call, "ANY", text_of(self.module, first, scope), self.source.symbol(bare(second)), [], scope)
        elif word in {"fallback", "fallback_service"}:
            self.endpoint(router, call, "ANY", "/{path}", handler(self.module, first, scope), [], scope)
        elif word == "routes":
            self.documented(router, call, first, scope)
        elif word.startswith("typed_"):
            self.typed(router, word.removeprefix("typed_").upper(), call, first, scope)

    def nested(self, router: str, call: Node, first: Node, second: Node, scope: Scope) -> None:
        """A router, or a service that is none, below a prefix."""
        prefix = text_of(self.module, first, scope)
        if self._is_child(second, scope):
            self.mount(router, call, self.child(second, scope), prefix)
        else:
            path = f"{prefix.rstrip('/')}/{{path}}" if prefix is not None else None
            self.endpoint(router, call, "ANY", path, self.source.symbol(bare(second)), [], scope)

    def _is_child(self, node: Node, scope: Scope) -> bool:
        inner = bare(node)
        if inner.type == "identifier":
            return self._holds(self.source.text(inner), scope, 8)
        symbol = self.source.symbol(inner)
        return self._is_router(inner, scope) or (
            inner.type == "call_expression" and not any(part[:1].isupper() for part in symbol.split("."))
        )

    def child(self, node: Node, scope: Scope) -> str:
        """The symbol of a router that is put into another one."""
        inner = bare(node)
        if inner.type == "identifier":
            name = self.source.text(inner)
            owner = scope.owner(name)
            values = owner.values.get(name, []) if owner is not None else []
            if len(values) == 1 and not self._is_router(values[0], scope) and bare(values[0]).type == "call_expression":
                return scope.function(self.source.symbol(values[0]))
            return self._variable(name, scope)
        if self._is_router(inner, scope):
            return self.chained(inner, scope)
        root = chain(inner)[0]
        return scope.function(self.source.symbol(root))

    def methods(self, router: str, at: Node, path: str | None, node: Node, scope: Scope, depth: int = 6) -> None:
        """The handlers of a path, by method."""
        root, calls = chain(node)
        layers: list[tuple[int, Node]] = [
            (place, arguments(call)[0]) for place, (word, call) in enumerate(calls) if word in LAYERS and arguments(call)
        ]
        found = False
        for place, (_, call, verb, answering) in enumerate(self._verbs(root, calls)):
            if answering is not None:
                found = True
                number = next((n for n, (_, each) in enumerate(calls) if each == call), -1)
                around = [layer for after, layer in reversed(layers) if after > number]
                core, inner = self._handled(answering)
                self.endpoint(router, at, verb, path, handler(self.module, core, scope), [*around, *inner], scope)
        if not found and (stood := self._stands_for(root, scope)) is not None and depth:
            self.methods(router, at, path, stood, scope, depth - 1)
        elif not found:
            self.dynamic(at, "its handlers are put together elsewhere", "Write get(handler) where the route is registered.")

    def _verbs(self, root: Node, calls: list[tuple[str, Node]]) -> Iterator[tuple[str, Node, str, Node | None]]:
        """Each method that a path answers: `get(a).post(b)`, `on(MethodFilter::GET, a)`, `get_with(a, docs)`."""
        for word, call in [(tail(self.source.symbol(root)), root), *calls] if root.type == "call_expression" else calls:
            plain = word.removesuffix("_with").removesuffix("_service")
            if plain in VERBS:
                yield word, call, VERBS[plain], given(call, 0)
            elif plain == "on":
                for verb in self._filters(given(call, 0)):
                    yield word, call, verb, given(call, 1)
            elif plain == "fallback":
                yield word, call, "ANY", given(call, 0)

    def _filters(self, node: Node | None) -> list[str]:
        """The methods of a filter: `MethodFilter::GET.or(MethodFilter::POST)`."""
        text = self.source.text(node)
        return [verb for verb in VERBS.values() if f"MethodFilter::{verb}" in text] or ["ANY"]

    def _handled(self, node: Node) -> tuple[Node, list[Node]]:
        """A handler, and the layers that are around it alone."""
        root, calls = chain(node)
        inner = [arguments(call)[0] for word, call in reversed(calls) if word == "layer" and arguments(call)]
        return (root if calls and root.type in {"identifier", "scoped_identifier"} else node), inner

    def _stands_for(self, root: Node, scope: Scope) -> Node | None:
        """What a variable, or a function of this file, holds."""
        if root.type == "identifier":
            owner = scope.owner(self.source.text(root))
            values = owner.values.get(self.source.text(root), []) if owner is not None else []
            return values[0] if len(values) == 1 else None
        item = self.module.items.get(scope.function(self.source.symbol(root))) if root.type == "call_expression" else None
        return answer(item) if item is not None else None

    def documented(self, router: str, call: Node, node: Node, scope: Scope) -> None:
        """`routes!(a, b)`: handlers whose routes stand in `#[utoipa::path]` above them, here or in another file."""
        from invariants.frontends.rust.frameworks.utoipa import listed

        for name in listed(self.source, node):
            self.mount(router, call, name, "")

    def typed(self, router: str, verb: str, call: Node, node: Node, scope: Scope) -> None:
        """A handler whose first parameter is a path that its type says."""
        name = handler(self.module, node, scope)
        paths = typed_paths(self.module)
        path = next((paths[each.symbol] for each in self.module.parameters.get(name, []) if each.symbol in paths), None)
        self.endpoint(router, call, verb, path, name, [], scope)

    def guards(self, router: str, position: int, node: Node, scope: Scope, own: bool) -> Iterator[Use]:
        """A layer, or several in a ServiceBuilder or a tuple: the first is the outermost."""
        inner = bare(node)
        root, calls = chain(inner)
        covers: Any = "all" if own else "before"
        symbol = self.source.symbol(root)
        if inner.type == "tuple_expression":
            for each in named(inner):
                yield from self.guards(router, position, each, scope, own)
        elif symbol.endswith("ServiceBuilder.new"):
            for word, call in calls:
                yield from (
                    self.guards(router, position, arguments(call)[0], scope, own)
                    if word in {"layer", "option_layer"} and arguments(call)
                    else ()
                )
        elif root.type == "identifier" and (value := self._stands_for(root, scope)) is not None and value != inner:
            yield from self.guards(router, position, value, scope, own)
        elif tail(symbol) in FROM_FUNCTION and arguments(root):
            yield self.use(router, position, root, "middleware", handler(self.module, arguments(root)[-1], scope), own, covers)
        elif tail(symbol).startswith("from_extractor"):
            kinds = named((root.child_by_field_name("function") or root).child_by_field_name("type_arguments"))
            yield self.use(router, position, root, "extractor", self.source.symbol(kinds[0]) if kinds else symbol, own, covers)
        elif not WITHOUT & set(symbol.split(".")):
            yield self.use(router, position, root, "layer", _layer(symbol), own, covers)


def _layer(symbol: str) -> str:
    """The type of a layer, where it is made by a function of the type."""
    parts = symbol.split(".")
    capital = next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts))
    return ".".join(parts[: capital + 1])


def _within(node: Node, last: Node) -> bool:
    """Whether a chain is what a function comes to, and not an argument on the way to it."""
    inner = bare(last)
    while inner.type == "call_expression" and inner != node:
        called, inside = method(inner), arguments(inner)
        if called is None and len(inside) == 1 and (inner.child_by_field_name("function") or inner).type == "identifier":
            inner = bare(inside[0])
        elif called is not None and inner.start_byte <= node.start_byte and called[0].end_byte >= node.end_byte:
            inner = bare(called[0])
        else:
            return False
    return inner == node


def _returned(function: Node) -> Iterator[Node]:
    """What `return` answers in a function, with what blocks at its end come to."""
    waiting = [function.child_by_field_name("body")]
    while waiting:
        node = waiting.pop()
        if node is None or node.type == "closure_expression":
            continue
        if node.type == "return_expression" and named(node):
            yield named(node)[0]
        waiting.extend(node.named_children)


def typed_paths(module: Reader) -> dict[str, str]:
    """Types that say their path: `#[typed_path("/users/{id}")]`."""
    text = module.source.content.decode("utf-8", "replace")
    return {
        name: path
        for path, name in re.findall(r'#\[typed_path\(\s*"([^"]*)"[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\S*\s+)?struct\s+(\w+)', text)
    }
