"""What a file takes from others, and its other names for things."""

import ast
import re
from collections.abc import Iterator

from invariants.facts.code import Alias, Constant, Import
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee, constant, elements, named, symbol
from invariants.frontends.python.syntax import Module, assigned

PATH = re.compile(r"[\w/{}<>:.~-]{0,100}")
ROUTES = "urlpatterns"
"""A list of Django's by this name is one of its own, also where it is given another one: `urlpatterns = router.urls`."""
PARTIAL = {"partial", "sync_to_async", "async_to_sync", "staticmethod", "csrf_exempt", "cast", "decorate_view"}
"""Calls that answer the function that they are given, as far as guards go."""


def imports(module: Module) -> Iterator[Import]:
    """Every import, wherever in the file; a module passes on what it imports."""
    shadow = _shadow(module) if b"TYPE_CHECKING" in module.content else set()
    for node, scope in module.nodes:
        if isinstance(node, ast.Import):
            for each in node.names:
                local = each.asname or each.name.partition(".")[0]
                exported = local if scope is module.top else None
                yield Import(module.place(each), local, each.name, "", exported, node in shadow)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            for each in node.names:
                name = each.asname or each.name
                yield Import(module.place(each), name, source, each.name, name if scope is module.top else None, node in shadow)


def _shadow(module: Module) -> set[ast.AST]:
    """What stands under ``if TYPE_CHECKING``."""
    guarded = [node for node, _ in module.nodes if isinstance(node, ast.If) and callee(node.test) == "TYPE_CHECKING"]
    return {each for node in guarded for statement in node.body for each in ast.walk(statement)}


def aliases(module: Module) -> Iterator[Alias]:
    """Names for other things, at the module's level and in classes."""
    for node, scope in module.nodes:
        if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for name, value in assigned(node):
                yield from alias(module, node, scope, name, value)


def alias(module: Module, node: ast.AST, scope: Scope, name: str, value: ast.expr) -> Iterator[Alias]:
    """A name for another thing, unless it is its own."""
    assert isinstance(node, ast.stmt)
    value = unwrapped(value)
    found = module.scopes[value].name if isinstance(value, ast.Lambda) else named(value, scope)
    own = f"{scope.name}.{name}" if scope.name else name
    if found and own not in {found, ROUTES} and not (isinstance(value, ast.Subscript) and callee(value) == "Annotated"):
        yield Alias(module.place(node), own, found, isinstance(value, ast.Call))


def constants(module: Module) -> Iterator[Constant]:
    """The strings that names of the module and of its classes stand for, where they may be parts of paths."""
    for node, scope in module.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(scope.node, ast.Module | ast.ClassDef):
            for name, value in assigned(node):
                told = constant(value, module.bindings)
                if told is not None and PATH.fullmatch(told):
                    yield Constant(module.place(node), f"{scope.name}.{name}" if scope.name else name, told)


def unwrapped(node: ast.expr) -> ast.expr:
    """The function inside calls that answer it again."""
    while isinstance(node, ast.Call) and callee(node) in PARTIAL and node.args:
        node = node.args[-1] if callee(node) == "cast" else node.args[0]
    return node.value if isinstance(node, ast.Await) else node


def exported(module: Module) -> set[str] | None:
    """The names in ``__all__``; None where there is none that can be read."""
    listed = elements(module.bindings.get("__all__")) if "__all__" in module.bindings else None
    return None if listed is None else {symbol(each) or str(getattr(each, "value", "")) for each in listed}
