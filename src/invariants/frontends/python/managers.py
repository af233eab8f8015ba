"""Context managers that keep errors to themselves: what is entered behind one is left as if nothing had happened."""

import ast
from collections.abc import Iterable, Mapping

from invariants.frontends.python.symbols import callee
from invariants.frontends.python.syntax import Module

ENTERS = {"enter_context", "enter_async_context"}
MAKERS = {"contextmanager", "asynccontextmanager"}


def swallows(manager: ast.expr, module: Module, values: Mapping[str, ast.expr | None], body: Iterable[ast.stmt] = ()) -> bool:
    """Whether a manager swallows errors: ``suppress``, or one of this file that is seen to; values: what variables hold.

    One that enters others in its body swallows what any of those does.
    """
    entered = [each for one in body for each in ast.walk(one) if isinstance(each, ast.Call) and callee(each) in ENTERS and each.args]
    if any(swallows(each.args[0], module, values) for each in entered):
        return True
    held = (values.get(manager.id) or module.bindings.get(manager.id)) if isinstance(manager, ast.Name) else None
    name = callee(held or manager)
    if name == "suppress":
        return True
    return any(
        _exits_well(node) if isinstance(node, ast.ClassDef) else _goes_on(node)
        for node in module.tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    )


def _exits_well(node: ast.ClassDef) -> bool:
    """Whether leaving an object of a class may answer that its error is dealt with."""
    exits = [
        each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name in {"__exit__", "__aexit__"}
    ]
    told = [each.value for one in exits for each in ast.walk(one) if isinstance(each, ast.Return)]
    return any(each is not None and not (isinstance(each, ast.Constant) and not each.value) for each in told)


def _goes_on(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a generator that is a manager catches what is raised where it yields, and raises nothing itself."""
    if not any(callee(each) in MAKERS for each in node.decorator_list):
        return False
    tried = [each for each in ast.walk(node) if isinstance(each, ast.Try) and _has(each.body, ast.Yield)]
    return any(not _has(handler.body, ast.Raise) for each in tried for handler in each.handlers)


def _has(body: Iterable[ast.stmt], kind: type[ast.AST]) -> bool:
    return any(isinstance(each, kind) for one in body for each in ast.walk(one))


def suppressed(node: ast.expr) -> list[ast.ExceptHandler]:
    """The handlers that ``suppress(KeyError)`` comes to; none of what keeps back any error."""
    if not isinstance(node, ast.Call) or callee(node.func) != "suppress" or any(isinstance(each, ast.Starred) for each in node.args):
        return []
    return [ast.copy_location(ast.ExceptHandler(each, None, [ast.copy_location(ast.Pass(), each)]), each) for each in node.args]
