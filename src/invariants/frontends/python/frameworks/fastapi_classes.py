"""Classes of FastAPI's: what objects of one depend on, and kinds of routers of one's own."""

import ast
from collections.abc import Iterator

from invariants.facts.web import Mount, Router
from invariants.frontends.python.injection import annotated, fills, is_marker, target
from invariants.frontends.python.registering import Facts, Guarded, Registrations, Spot
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee, constant, elements, keyword, named, symbol
from invariants.frontends.python.syntax import assigned

APPS = {"FastAPI"}
ROUTERS = {"APIRouter"}
FOREIGN = {"DefaultRouter", "SimpleRouter", "LiteLLMRouter"}
OF_OBJECTS = " has "
"""Between a class and what its objects are given."""
LAST = 10**6
"""A place after every registration."""


class Classes(Registrations):
    """What classes of a file say of routers and views."""

    def given(self, node: ast.ClassDef) -> Facts:
        """What the objects of a class depend on, by name (``user: User = Depends(current_user)``): so do its views, and its heirs'."""
        scope = self.module.scopes[node]
        told = {each.target.id: each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)}
        said = {name: each.value if is_marker(each.value) else annotated(each.annotation) for name, each in told.items()}
        said |= {name: value for each in node.body if isinstance(each, ast.Assign) for name, value in assigned(each)}
        for name, value in said.items() if any(map(is_marker, said.values())) or node.bases else ():
            annotation = told[name].annotation if name in told else None
            called = target(value, annotation) if isinstance(value, ast.Call) and is_marker(value) else None
            spot = Spot(value or told[name], scope, f"{scope.name}{OF_OBJECTS}{name}", 0)
            at = called if called is not None else value if value is not None else told[name].target
            yield self.use(spot, "dependency", at, own=True, covers="none" if called is None else "all")

    def kind(self, node: ast.ClassDef) -> Facts:
        """A kind of router of one's own: what it tells the router that it is made of, all of them have before them."""
        scope = self.module.scopes[node]
        if not any(is_router(symbol(each).rpartition(".")[2]) for each in node.bases):
            return
        yield Router(self.module.head(node), scope.name, "fastapi", "given", "")
        for call in [each for each in ast.walk(node) if isinstance(each, ast.Call) and callee(each) == "__init__"]:
            yield from self.uses(self.spot(call, scope, scope.name), self.dependencies(call), own=False)
        yield from self.stands_on(node, scope.name, node.bases, scope)

    def stands_on(self, node: ast.ClassDef | ast.Call, router: str, kinds: list[ast.expr], scope: Scope) -> Facts:
        """A router has before it what its kind has, and that what its own has."""
        for each in kinds:
            if callee(each) not in {*ROUTERS, *APPS} and symbol(each):
                at = self.module.head(node) if isinstance(node, ast.ClassDef) else self.module.place(node)
                yield Mount(at, router, LAST, named(each, scope), "", isolates=False, inherits=True)

    def dependencies(self, call: ast.Call) -> Iterator[Guarded]:
        """What ``dependencies=[...]`` lists; of a parameter of a function, nobody sees here what that is."""
        said = keyword(call, "dependencies")
        listed = elements(said, self.module.bindings)
        for each in [said] if listed is None and said else listed or []:
            yield "dependency", self.depended(each)

    def depended(self, node: ast.expr) -> ast.expr:
        """What a marker calls, also where the marker has a name."""
        found = self.module.bindings.get(node.id, node) if isinstance(node, ast.Name) else node
        if isinstance(found, ast.Call) and not is_marker(found) and not isinstance(found.func, ast.Call):
            return fills(found)
        return (target(found) or node) if isinstance(found, ast.Call) else node


def is_router(name: str) -> bool:
    """Whether a class is a router by its name: one's own kind of ``APIRouter``."""
    return name.endswith("Router") and name not in FOREIGN


def is_path(node: ast.expr) -> bool:
    """Whether a kind of router of one's own is given a prefix without its name."""
    return (constant(node, {}) or "").startswith("/")
