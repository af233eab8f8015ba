"""What the modules of frameworks share: registrations in their order, and what stands before them."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Literal, NamedTuple

from invariants.facts.code import FILLING
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Kind, Means, Mount, Router, Use
from invariants.frontends.python.functions import default_of
from invariants.frontends.python.imports import unwrapped
from invariants.frontends.python.scopes import Definition, Function, Scope
from invariants.frontends.python.symbols import callee, held, named, parts, symbol
from invariants.frontends.python.syntax import Module

Covers = Literal["all", "after", "before", "none"]
Rounds = list[dict[str, ast.expr]] | None
Guarded = tuple[Means, ast.expr]
"""Something put before a route, and how."""


class Spot(NamedTuple):
    """A registration: where it stands, on which router, at which place."""

    node: ast.expr | ast.stmt
    scope: Scope
    router: str
    position: int


class Registrations:
    """The registrations of one file on its routers, in their order."""

    def __init__(self, module: Module, framework: str) -> None:
        self.module = module
        self.framework = framework
        self._places: Counter[str] = Counter()

    def spot(self, node: ast.expr | ast.stmt, scope: Scope, router: str) -> Spot:
        """The next registration on a router."""
        self._places[router] += 1
        return Spot(node, scope, router, self._places[router] - 1)

    def endpoints(self, spot: Spot, methods: Iterable[str], path: str | None, handler: str, kind: Kind = "http") -> Iterator[Endpoint]:
        """The routes that one registration makes."""
        at = self.module.place(spot.node)
        for method in methods:
            yield Endpoint(at, spot.router, spot.position, self.framework, kind, method.upper(), path, handler)

    def uses(self, spot: Spot, guards: Iterable[Guarded], *, own: bool, start: int = 0, covers: Covers = "all") -> Iterator[Use]:
        """What is put before the routes of a registration, or of a router."""
        for rank, (means, node) in zip(count(start), guards, strict=False):
            yield self.use(spot, means, node, own=own, rank=rank, covers=covers)

    def use(self, spot: Spot, means: Means, node: ast.expr, *, own: bool, rank: int = 0, covers: Covers = "all", pattern: str | None = "**",
            methods: str = "", name: str = "") -> Use:  # fmt: skip
        """One thing put before routes."""
        inner = unwrapped(node)
        function, step = self.module.steps.get(inner, ("", None)) if isinstance(inner, ast.Call) else ("", None)
        told = name or self.name(inner, spot.scope)
        return Use(
            self.module.place(node),
            spot.router,
            spot.position,
            own,
            rank,
            means,
            told,
            covers,
            pattern,
            methods,
            "",
            False,
            function,
            step,
        )

    def name(self, node: ast.expr, scope: Scope) -> str:
        """The symbol of a function that is given: its name in the file, where it is written here."""
        node = unwrapped(node)
        if isinstance(node, ast.Lambda):
            return self.module.scopes[node].name
        if hasattr(node, "is_filling"):
            return f"{named(node, scope)}{FILLING}"
        is_own = isinstance(node, ast.Name) and _is_given(node.id, scope)
        return (held(node, scope) if is_own else named(node, scope)) or self.module.text(node)

    def decorated(self, spot: Spot, node: Definition, place: int, start: int) -> Iterator[Use]:
        """The decorators of a handler that one of them registers: those above that one come too late to guard it."""
        assert not isinstance(node, ast.Lambda)
        for position, each in enumerate(node.decorator_list):
            if position != place:
                yield self.use(spot, "decorator", each, own=True, rank=start + position, covers="all" if position > place else "none")

    def handed_out(self, known: set[str]) -> "Facts":
        """Applications that functions of this file make and answer with, by what is given their answers: `app = create_app()`."""
        for call, scope, name, router in list(_answers(self.module, known)):
            known.add(name)
            yield Router(self.module.place(call), name, self.framework, "router", "")
            yield Mount(self.module.place(call), router, self.spot(call, scope, router).position, name, "", isolates=False)

    def unread(self, node: ast.expr | ast.stmt, message: str, remedy: str) -> Unread:
        """A registration that cannot be told."""
        return Unread(self.module.place(node), "dynamic", message, remedy)


def unrolled(module: Module) -> dict[tuple[Scope, str], Rounds]:
    """The values that the variables of loops over literal lists take, round by round; what cannot be told of a list is one starred
    value, and None where that is all of it."""
    found: dict[tuple[Scope, str], Rounds] = {}
    for node, scope in module.nodes:
        if isinstance(node, ast.For):
            listed = parts(_taken(node.iter, scope), module.bindings)
            is_told = not listed or not all(isinstance(each, ast.Starred) for each in listed)
            rounds = [dict(_paired(node.target, each)) for each in listed] if is_told else None
            found |= {(scope, name): rounds for name in _names(node.target)}
    return found


def _is_given(name: str, scope: Scope) -> bool:
    """Whether a name is a function's own: a parameter, or what a call made there."""
    owner = scope.owner(name)
    is_inside = owner is not None and isinstance(owner.node, Function) and name not in owner.functions
    return (
        is_inside
        and owner is not None
        and (isinstance(owner.values.get(name), ast.Call) or any(each.arg == name for each in owner.parameters))
    )


def _taken(node: ast.expr, scope: Scope) -> ast.expr:
    """A list, where a parameter of the function stands for one: that which it is where nobody gives another."""
    if isinstance(node, ast.Name) and isinstance(scope.node, Function):
        own = next((each for each in scope.parameters if each.arg == node.id), None)
        return (default_of(own, scope.node.args) if own is not None else None) or node
    return node


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(value, ast.Starred):
        yield from ((name, value) for name in _names(target))
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, each in zip(target.elts, value.elts, strict=False):
            yield from _paired(one, each)


def _names(target: ast.expr) -> list[str]:
    return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]


def rounds(loops: dict[tuple[Scope, str], Rounds], nodes: Iterable[ast.expr | None], scope: Scope) -> Rounds:
    """What the variables of a loop stand for in each of its rounds; one round where no loop's variable is in the expressions."""
    for node in nodes:
        for each in ast.walk(node) if node else ():
            if isinstance(each, ast.Name) and (scope, each.id) in loops:
                return loops[scope, each.id]
    return [{}]


def made(module: Module) -> Iterator[tuple[ast.expr, str, ast.Call, Scope]]:
    """What is assigned a call's answer: the target, its symbol, the call, and the scope; and what functions return at once."""
    for node, scope in module.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield target, held(target, scope), node.value, scope
        elif isinstance(node, ast.NamedExpr) and isinstance(node.value, ast.Call):
            yield node.target, held(node.target, scope), node.value, scope


def _answers(module: Module, known: set[str]) -> Iterator[tuple[ast.Call, Scope, str, str]]:
    """What is given what a function of this file always answers with, one application: the call, its scope, the symbol, the application."""
    returned: dict[str, set[str]] = {}
    for node, scope in module.nodes:
        if isinstance(node, ast.Return):
            returned.setdefault(scope.name, set()).add(held(node.value, scope) if isinstance(node.value, ast.Name) else "")
    for _, name, call, scope in made(module):
        routers = returned.get(held(call.func, scope), set()) if isinstance(call.func, ast.Name) else set()
        if name and len(routers) == 1 and routers <= known:
            yield call, scope, name, next(iter(routers))


def applied(node: ast.Call) -> tuple[ast.Call, ast.Attribute, ast.expr] | None:
    """A decorator that is called at once, its method, and what it is given: ``router.get(path)(handler)``."""
    call = node.func
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and node.args:
        return call, call.func, node.args[0]
    return None


def answered(module: Module, routers: dict[str, str], framework: str) -> "Facts":
    """Functions that answer with a router which they make: whoever puts the answer of one in, puts that router in."""
    for node, scope in module.nodes:
        if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Name):
            continue
        name = held(node.value, scope)
        if name in routers and scope.name and name.startswith(f"{scope.name}."):
            yield Router(module.place(node), scope.name, framework, routers[name], "")  # type: ignore[arg-type]
            yield Mount(module.place(node), scope.name, 0, name, "", isolates=False)


def placed(node: ast.expr, scope: Scope) -> str:
    """A symbol; of what a call makes on the spot, where it stands."""
    return f"({node.lineno}:{node.col_offset + 1})" if isinstance(node, ast.Call) else held(node, scope)


def imports(module: Module, *roots: str) -> bool:
    """Whether a file imports one of these packages."""
    return any(each.partition(".")[0] in roots for each in module.imported.values())


def inherits(module: Module, name: str, bases: set[str]) -> bool:
    """Whether a class of the file, by name, is one of these, itself or by the classes that it stands on here."""
    seen: set[str] = set()
    pending = [name]
    while pending:
        each = pending.pop()
        if each.rpartition(".")[2] in bases:
            return True
        node = next((one for one, scope in module.definitions if scope.name == each), None)
        if isinstance(node, ast.ClassDef) and each not in seen:
            seen.add(each)
            pending += [symbol(base) for base in node.bases]
    return False


def peeled(node: ast.expr | None) -> tuple[list[Guarded], ast.expr | None]:
    """The wrappers around a view, the outermost first, and the view itself."""
    guards: list[Guarded] = []
    while isinstance(node, ast.Call) and callee(node) != "as_view" and node.args:
        guards.append(("wrapper", node.func))
        node = node.args[0]
    return guards, node


def wrapped(node: ast.expr, scope: Scope, module: Module) -> tuple[list[Guarded], ast.expr]:
    """The wrappers around a handler that is a function of the file, or taken from another one; none around what a call makes of others."""
    guards, inner = peeled(node)
    name = named(inner, scope)
    is_function = any(isinstance(each, Function) and one.name == name for each, one in module.definitions)
    is_taken = isinstance(inner, ast.Name) and name in module.imported and all(len(each.args) == 1 for each in _wrapping(node))
    return (guards, inner) if inner is not None and guards and (is_function or is_taken) else ([], node)


def _wrapping(node: ast.expr) -> Iterator[ast.Call]:
    while isinstance(node, ast.Call) and node.args:
        yield node
        node = node.args[0]


def lineage(module: Module, node: ast.ClassDef) -> Iterator[ast.ClassDef]:
    """A class and those of its file that it stands on, the nearest first."""
    yield node
    for base in node.bases:
        found = next((one for one, scope in module.definitions if scope.name == symbol(base)), None)
        if isinstance(found, ast.ClassDef) and found is not node:
            yield from lineage(module, found)


Facts = Iterator[Any]
