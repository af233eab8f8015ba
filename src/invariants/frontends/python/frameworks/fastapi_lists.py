"""Lists of dependencies that change after a router was made: a route has before it what the list held when it was registered."""

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from invariants.frontends.python.frameworks.fastapi_classes import Classes
from invariants.frontends.python.registering import Facts, Guarded
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import elements, held, symbol

ADDS = {"append", "extend", "insert"}
TAKES = {"clear", "pop", "remove"}


class Change(NamedTuple):
    """A statement that changes the dependencies of a router."""

    node: ast.expr | ast.stmt
    owner: ast.expr
    added: ast.expr | None
    word: str
    """How it takes some away: all of them (clear), one at a place (pop), one by what it is (remove); empty where it takes none."""
    which: ast.expr | None


class Lists(Classes):
    """The dependencies of routers, as they are at each place of a file."""

    def listed(self, router: str, scope: Scope, node: ast.expr, given: list[Guarded]) -> Facts:
        """What a router is made with: before all of its routes where nothing changes it, else remembered until something does."""
        if router in self._changing:
            self._held[router] = given
        else:
            yield from self.uses(self.spot(node, scope, router), given, own=False)

    def changes(self, node: ast.AST, scope: Scope) -> Facts:
        """What a statement takes away stands before the routes above it, and what it adds before those below."""
        change = _change(node)
        router = self._router(change, scope) if change is not None else ""
        if change is None or router not in self._held:
            return
        spot, known = self.spot(change.node, scope, router), self._held[router]
        gone = self._gone(change, known)
        yield from self.uses(spot, gone, own=False, covers="before")
        self._held[router] = [each for each in known if each not in gone]
        if change.added is not None:
            listed = elements(change.added, self.module.bindings)
            added: list[Guarded] = [("dependency", self.depended(each)) for each in ([change.added] if listed is None else listed)]
            yield from self.uses(spot, added, own=False, start=len(gone), covers="after")

    def left(self) -> Facts:
        """What nothing took away."""
        for router, given in self._held.items():
            for rank, (means, node) in enumerate(given):
                yield self.use(self.spot(node, self.module.top, router), means, node, own=False, rank=rank)

    @cached_property
    def _held(self) -> dict[str, list[Guarded]]:
        """The dependencies that routers have which something changes."""
        return {}

    @cached_property
    def _changing(self) -> set[str]:
        found = ((_change(node), scope) for node, scope in self.module.nodes if b".dependencies" in self.module.content)
        return {self._router(each, scope) for each, scope in found if each is not None}

    def _router(self, change: Change, scope: Scope) -> str:
        return held(change.owner, scope).removesuffix(".router")

    def _gone(self, change: Change, known: list[Guarded]) -> list[Guarded]:
        """What a change takes away; all, where it cannot be told."""
        if change.word == "pop":
            said = change.which.value if isinstance(change.which, ast.Constant) else -1 if change.which is None else None
            return known[said:][:1] if isinstance(said, int) else known
        if change.word == "remove" and change.which is not None:
            asked = ast.dump(self.depended(change.which))
            return [each for each in known if ast.dump(each[1]) == asked][:1] or known
        return known if change.word else []


def _change(node: ast.AST) -> Change | None:
    """What a node changes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDS | TAKES:
        given = node.args[-1] if node.args else None
        owner = _owner(node.func.value)
        is_added = node.func.attr in ADDS
        return Change(node, owner, given if is_added else None, "" if is_added else node.func.attr, given) if owner else None
    if isinstance(node, ast.Delete):
        return next(_deleted(node), None)
    if isinstance(node, ast.AugAssign) and (owner := _owner(node.target)):
        return Change(node, owner, node.value, "", None)
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    inner = target.value if isinstance(target, ast.Subscript) else target
    owner = _owner(inner) if inner is not None else None
    return Change(node, owner, node.value, "clear", None) if owner and isinstance(node, ast.Assign) else None


def _deleted(node: ast.Delete) -> Iterator[Change]:
    for each in node.targets:
        owner = _owner(each.value if isinstance(each, ast.Subscript) else each)
        if owner:
            one = each.slice if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Constant) else None
            yield Change(node, owner, None, "pop" if one else "clear", one)


def _owner(node: ast.expr) -> ast.expr | None:
    """The router whose list of dependencies something is."""
    is_list = isinstance(node, ast.Attribute) and node.attr == "dependencies" and bool(symbol(node.value))
    return node.value if is_list else None  # type: ignore[attr-defined]
