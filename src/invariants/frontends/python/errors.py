"""Errors of a file's own: the status that their classes say, and the one that a handler answers them with."""

import ast
from collections.abc import Iterator

from invariants.facts.web import ANSWERED, STATUS, Setting
from invariants.frontends.python.rejects import raised, refused
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, keyword, named, number, symbol
from invariants.frontends.python.syntax import Module, assigned

STATUSES = {"status_code", "code", "status", "http_status", "http_status_code"}
HANDLES = {"exception_handler", "errorhandler", "app_errorhandler", "exception", "error_handler"}
"""Decorators of what answers errors."""
ADDS = {"add_exception_handler", "register_error_handler"}
HANDLED = {"exception_handlers"}
"""Arguments that say what answers which errors."""
WORDS = (b"status", b"code", b"xception", b"rror_handler", b"errorhandler")


def errors(module: Module) -> Iterator[Setting]:
    """What is told of errors."""
    if not any(each in module.content for each in WORDS):
        return
    for node, scope in module.nodes:
        if isinstance(node, ast.ClassDef) and node.bases and (status := _status(node)):
            yield Setting(module.head(node), "python", f"{STATUS}{module.scopes[node].name}", 0, str(status))
        elif isinstance(node, Function):
            for each in node.decorator_list:
                if isinstance(each, ast.Call) and callee(each) in HANDLES and isinstance(each.func, ast.Attribute):
                    yield from _answered(module, argument(each, 0), node, scope)
        elif isinstance(node, ast.Call):
            yield from _added(module, node, scope)


def _added(module: Module, node: ast.Call, scope: Scope) -> Iterator[Setting]:
    """Handlers that a call names."""
    if callee(node) in ADDS:
        yield from _answered(module, argument(node, 0), _function(module, argument(node, 1), scope), scope)
    told = keyword(node, *HANDLED)
    for key, each in zip(told.keys, told.values, strict=True) if isinstance(told, ast.Dict) else ():
        yield from _answered(module, key, _function(module, each, scope), scope)


def _function(module: Module, node: ast.expr | None, scope: Scope) -> ast.AST | None:
    name = named(node, scope)
    return next((one for one, each in module.definitions if each.name == name), None) if name else None


def _answered(module: Module, error: ast.expr | None, handler: ast.AST | None, scope: Scope) -> Iterator[Setting]:
    """The status with which a handler answers an error, where it turns away whatever it does."""
    if error is None or not symbol(error) or not isinstance(handler, Function):
        return
    ends = [each for each in ast.walk(handler) if isinstance(each, ast.Return | ast.Raise)]
    told = [refused(each.value) if isinstance(each, ast.Return) else raised(each.exc) for each in ends]
    if told and all(told):
        yield Setting(module.place(error), "python", f"{ANSWERED}{named(error, scope)}", 0, str(told[0]))


def _status(node: ast.ClassDef) -> int | None:
    """The status that a class of errors says: of itself, of each object, or to what it stands on."""
    for each in node.body:
        for name, value in assigned(each):
            if name in STATUSES and (status := number(value)):
                return status
    made = next((each for each in node.body if isinstance(each, Function) and each.name == "__init__"), None)
    calls = [each for each in ast.walk(made) if isinstance(each, ast.Call) and callee(each) == "__init__"] if made is not None else []
    return next((status for each in calls if (status := raised(each)) and status >= 300), None)
