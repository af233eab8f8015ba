"""Routers that are built by chains of methods: which chain belongs to which router, and what each is called."""

import re

from tree_sitter import Node

from invariants.facts.web import Mount
from invariants.frontends.rust.absences import ends
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.routers import Registering, answer, chain
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import arguments, bare, method
from invariants.frontends.rust.ways import around, is_conditional, returned, ways, within
from invariants.languages.trees import tail

NAMED = re.compile(r"rout|app|scope|service|layer|nest|merge|with_state|clone|wrap|register|configure", re.IGNORECASE)
"""What methods are called that answer routers."""


class Chains(Registering):
    """The chains of a file."""

    types: frozenset[str] = frozenset()
    """What the types of routers are called."""
    registering: frozenset[str] = frozenset()
    """The methods that register."""

    def __init__(self, module: Reader, framework: str) -> None:
        super().__init__(module, framework)
        self.done: set[int] = set()
        self._named: dict[int, str] = {}
        self._inner: dict[str, str] = {}
        """The routers that variables held, inside of those that they hold later on."""

    def read(self) -> None:
        """Every chain, in the order of the file; what is inside another one is read with it."""
        for call in sorted(self.module.calls.values(), key=lambda each: (each.node.start_byte, -each.node.end_byte)):
            outer = self._outermost(call.node)
            if outer.id not in self.done and self.is_router(outer, call.scope):
                self.chained(outer, call.scope)
        self.answered_routers()

    def _outermost(self, node: Node) -> Node:
        """The end of the chain that a call is in."""
        while node.parent is not None and node.parent.type == "field_expression" and node.parent.parent is not None:
            if node.parent.parent.type != "call_expression":
                break
            node = node.parent.parent
        return node

    def is_router(self, node: Node, scope: Scope, depth: int = 8) -> bool:
        """Whether an expression makes a router, or goes on with one."""
        root, calls = chain(node)
        if self.makes(root):
            return True
        if root.type == "identifier" and depth:
            return any(name in self.registering for name, _ in calls) and self.holds(self.source.text(root), scope, depth - 1)
        return root.type == "call_expression" and bool(calls) and self.continues(root, calls)

    def makes(self, root: Node) -> bool:
        """Whether a call makes a router; each framework says."""
        raise NotImplementedError

    def continues(self, root: Node, calls: list[tuple[str, Node]]) -> bool:
        """Whether a chain goes on with a router that some function made."""
        raise NotImplementedError

    def may_make(self, call: Node) -> bool:
        """Whether a call may make a router, as far as its name tells; a method of a variable does, where that says so."""
        if call.type != "call_expression" or any(part[:1].isupper() for part in self.source.symbol(call).split(".")):
            return False
        root, calls = chain(call)
        return root.type != "identifier" or not calls or any(NAMED.search(name) for name, _ in calls)

    def made(self, name: str, root: Node, scope: Scope) -> None:
        """What the call that makes a router says of it."""

    def registered(self, router: str, word: str, call: Node, scope: Scope) -> None:
        """One method of a chain; each framework says."""
        raise NotImplementedError

    def holds(self, name: str, scope: Scope, depth: int) -> bool:
        """Whether a variable or parameter holds a router."""
        owner = scope.owner(name)
        if owner is None:
            return False
        taken = owner.parameters.get(name)
        if tail(owner.types.get(name, "") or (taken.type if taken is not None else "")) in self.types:
            return True
        return any(self.is_router(value, owner, depth) or self.may_make(bare(value)) for value in owner.values.get(name, []))

    def chained(self, node: Node, scope: Scope) -> str:
        """Reads a chain, and answers the name of its router."""
        root, calls = chain(node)
        if node.id in self._named:
            return self._named[node.id]
        name = self._named[node.id] = self._around(self._name(node, root, scope), root, calls, scope)
        self.done.update(call.id for _, call in calls)
        self.done |= {node.id, root.id}
        if self.makes(root):
            self.made(name, root, scope)
        for made in [root] if root.type == "call_expression" else self._given(root, scope):
            if not self.makes(made):
                self._continued(name, made, scope)
        for number, (word, call) in enumerate(calls):
            if word == "clone" and number == 0 and root.type == "identifier":
                self.mount(name, call, self.variable(self.source.text(root), scope), "")
            elif word in self.registering:
                self.registered(name, word, call, scope)
        return name

    def _around(self, name: str, root: Node, calls: list[tuple[str, Node]], scope: Scope) -> str:
        """The name of a chain, which may be made around the router that its variable held: `app = Router::new().nest("/x", app)`."""
        if self.makes(root) and name in self._put_in(calls, scope):
            place = self.source.place(root)
            self._inner[name] = self.renamed(root, name, scope.qualified(f"({place.line}:{place.column})"))
            if is_conditional(root):
                super().mount(name, root, self._inner[name], "")
        return name

    def is_conditional(self, call: Node, scope: Scope) -> bool:
        """Whether something is done to a router on one way through a function only; not where the router is made on that way, too."""
        root, _ = chain(call)
        owner = scope.owner(self.source.text(root)) if root.type == "identifier" else None
        made = owner.values.get(self.source.text(root), [])[:1] if owner is not None else []
        first = made[0] if made else root if root.type == "call_expression" else None
        known = {each.id for each in around(first)} if first is not None else set()
        return any(each.id not in known for each in ways(call))

    def _put_in(self, calls: list[tuple[str, Node]], scope: Scope) -> set[str]:
        """The routers of variables that a chain puts in."""
        held = [bare(each) for word, call in calls if word in self.registering for each in arguments(call)]
        names = [self.source.text(each) for each in held if each.type == "identifier"]
        return {self.variable(each, scope) for each in names if self.holds(each, scope, 8)}

    def mount(self, router: str, at: Node, child: str, prefix: str | None, certain: bool = False) -> None:
        """A router in another one; in one of the same variable, that which the variable held before."""
        super().mount(router, at, self._inner.get(router, child) if child == router else child, prefix, certain)

    def _continued(self, name: str, root: Node, scope: Scope) -> None:
        """A chain that begins with what a function made of another router, or by itself."""
        self.done.add(root.id)
        function = scope.function(self.source.symbol(root))
        self.mount(name, root, function, "")
        for each in arguments(root):
            if self._is_one(bare(each), scope):
                self.facts.append(Mount(self.source.head(root), function, -1, self.child(each, scope), "", isolates=False))

    def _is_one(self, node: Node, scope: Scope) -> bool:
        """Whether an argument is a router; a variable that some call made, as far as the name of what made it tells."""
        held = node.type == "identifier" and self.holds(self.source.text(node), scope, 8)
        is_made = node.type == "call_expression" and self._is_answered(node, scope)
        return (held and not tail(self.child(node, scope))[:1].isupper()) or is_made or self.is_router(node, scope)

    def _is_answered(self, call: Node, scope: Scope) -> bool:
        """Whether a function answers a router, by what it says that it answers or by its name."""
        name = scope.function(self.source.symbol(call))
        item = self.module.items.get(name) if method(call) is None else None
        if item is not None:
            return tail(self.source.symbol(item.node.child_by_field_name("return_type"))) in self.types
        return method(call) is None and self.may_make(call) and "router" in tail(name)

    def _given(self, root: Node, scope: Scope) -> list[Node]:
        """The calls that made the router of a variable, each told once."""
        owner = scope.owner(self.source.text(root))
        values = [bare(each) for each in owner.values.get(self.source.text(root), [])] if owner is not None else []
        return [each for each in values if each.type == "call_expression" and each.id not in self.done and not self.is_router(each, scope)]

    def answered_routers(self) -> None:
        """Functions that answer a router which another function made."""
        for item in list(self.module.items.values()):
            last, written = answer(item), item.node.child_by_field_name("return_type")
            inner = bare(last) if last is not None else None
            if inner is None or tail(self.source.symbol(written)) not in self.types or inner.id in self.done:
                continue
            if inner.type == "call_expression" and not self.is_router(inner, item.scope):
                self._continued(self.router(item.node, item.name), inner, item.scope)

    def is_child(self, node: Node, scope: Scope) -> bool:
        """Whether an expression is a router, or what some function made, and no service of a library."""
        inner = bare(node)
        if inner.type == "identifier":
            return self.holds(self.source.text(inner), scope, 8)
        symbol = self.source.symbol(inner)
        return self.is_router(inner, scope) or (
            inner.type == "call_expression" and not any(part[:1].isupper() for part in symbol.split("."))
        )

    def child(self, node: Node, scope: Scope) -> str:
        """The symbol of a router that is put into another one."""
        inner = bare(node)
        if inner.type == "identifier":
            name = self.source.text(inner)
            owner = scope.owner(name)
            values = owner.values.get(name, []) if owner is not None else []
            if len(values) == 1 and not self.is_router(values[0], scope) and bare(values[0]).type == "call_expression":
                return scope.function(self.source.symbol(values[0]))
            return self.variable(name, scope)
        if self.is_router(inner, scope):
            return self.chained(inner, scope)
        root = chain(inner)[0]
        return scope.function(self.source.symbol(root))

    def _name(self, node: Node, root: Node, scope: Scope) -> str:
        """A router is called as the variable or function is that holds it, or by where it begins."""
        cloned = b".clone()" in (node.text or b"")[: root.end_byte - node.start_byte + 8]
        if root.type == "identifier" and not cloned:
            return self.variable(self.source.text(root), scope)
        owner = self.module.items.get(scope.name)
        if owner is not None and (last := answer(owner)) is not None and within(node, last):
            return self.router(node, scope.name)
        for variable, values in scope.values.items():
            if any(bare(value) == node or chain(value)[0] == root for value in values):
                return self.variable(variable, scope, node)
        place = self.source.place(root)
        name = self.router(node, scope.qualified(f"({place.line}:{place.column})"))
        if (whole := self._whole(node, scope)) and whole not in {name, *self._put_in(chain(node)[1], scope)}:
            self.mount(whole, node, name, "")
        return name

    def _whole(self, node: Node, scope: Scope) -> str:
        """The router that a chain is on one way through a function: that of a variable, or of a function which is built in several ways."""
        for variable, values in scope.values.items():
            if any(bare(end) == node for value in values if (found := ends(bare(value)))[1:] for end in found):
                return self.variable(variable, scope, node)
        others = self.module.others.get(scope.name, [])
        is_other = any((last := answer(each)) is not None and within(node, last) for each in others)
        return scope.name if is_other else ""

    def variable(self, variable: str, scope: Scope, node: Node | None = None) -> str:
        """The router of a variable: that of the function which answers it, or of the variable that it was before."""
        owner = scope.owner(variable)
        item = self.module.items.get(owner.name) if owner is not None else None
        if owner is None or item is None:
            return self.router(node or self.source.root, variable)
        if variable in owner.parameters and variable not in owner.values:
            return self.router(item.node, owner.name)
        if (first := self._first(variable, owner)) != variable:
            return self.variable(first, owner, node)
        if self._answers(variable, owner, item.node):
            return self.router(item.node, owner.name)
        return self.router(node or owner.values[variable][0], owner.qualified(variable))

    def _first(self, variable: str, owner: Scope, depth: int = 8) -> str:
        """What a variable was called before: `let router = app.layer(guard)`."""
        for value in owner.values.get(variable, []) if depth else []:
            root = chain(value)[0]
            before = self.source.text(root)
            is_other = root.type == "identifier" and before != variable and b".clone()" not in (value.text or b"")
            if is_other and self.holds(before, owner, depth):
                return self._first(before, owner, depth - 1)
        return variable

    def _answers(self, variable: str, owner: Scope, function: Node) -> bool:
        """Whether a function answers a variable, or what another chain on it comes to."""
        body = next(each for each in self.module.bodies if each.scope is owner)
        if any(step.kind == "return" and step.symbol.split(".")[0] == variable for step in body.steps):
            return True
        ends = [answer(self.module.items[owner.name]), *returned(function)]
        return any(end is not None and self._first(self.source.text(self._root(end)), owner) == variable for end in ends)

    def _root(self, node: Node) -> Node:
        root, _ = chain(node)
        inner = arguments(root) if root.type == "call_expression" and self.source.symbol(root) in {"Ok", "Some"} else []
        return self._root(inner[0]) if inner else root
