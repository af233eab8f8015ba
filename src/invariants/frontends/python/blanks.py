"""Names of modules and classes of settings that stand for nothing, or an empty text, where nobody sets them."""

import ast
from collections.abc import Iterator

from invariants.facts.web import BLANK, Setting
from invariants.frontends.python.absences import is_empty, is_none, may_be_none
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee, constant, keyword
from invariants.frontends.python.syntax import Module, assigned

HOLDERS = ("settings", "config", "configuration", "conf")
"""How the names of classes end that hold settings."""
READERS = {"getenv", "get", "env", "config", "str", "getattr"}
"""What reads a variable of the environment."""


def blanks(module: Module) -> Iterator[Setting]:
    """What each such name is, where nobody sets it; not what the module insists on."""
    insisted = _insisted(module)
    for node, scope in module.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _holds(scope):
            for name, value in assigned(node):
                told = _blank(value, module, scope)
                if told and name not in insisted:
                    yield Setting(module.place(node), "python", f"{BLANK}{scope.name}.{name}".replace(" .", " "), 0, told)
        if isinstance(node, ast.Assign) and (name := _configured(node.targets[0])):
            told = "nothing" if is_none(node.value) else "empty" if is_empty(node.value) else _blank(node.value, module, module.top)
            yield from [Setting(module.place(node), "python", f"{BLANK}{name}", 0, told)] if told else ()


def _configured(node: ast.expr) -> str:
    """The name of what is put into the configuration of an application: ``app.config["KEY"]``, ``app.config.KEY``."""
    holder = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None
    if not isinstance(holder, ast.Attribute) or holder.attr != "config":
        return ""
    name = node.attr if isinstance(node, ast.Attribute) else constant(node.slice, {})  # type: ignore[attr-defined]
    return f"config.{name}" if name else ""


def _holds(scope: Scope) -> bool:
    if isinstance(scope.node, ast.ClassDef):
        return any(each.lower().endswith(HOLDERS) for each in [scope.node.name, *map(callee, scope.node.bases)])
    return isinstance(scope.node, ast.Module)


def _blank(value: ast.expr, module: Module, scope: Scope) -> str:
    """nothing, or empty; of the module's own names only what is read from the environment is told."""
    if isinstance(scope.node, ast.ClassDef):
        given = keyword(value, "default") or (value.args[0] if value.args else None) if _is_field(value) else value  # type: ignore[attr-defined, arg-type]
        if given is not None and (is_none(given) or is_empty(given)):
            return "nothing" if is_none(given) else "empty"
    call = value.values[0] if isinstance(value, ast.BoolOp) else value
    if not isinstance(call, ast.Call) or callee(call) not in READERS or not call.args or not _is_read(call, module):
        return ""
    others = [*call.args[1:], *(each.value for each in call.keywords), *(value.values[1:] if isinstance(value, ast.BoolOp) else [])]
    if others and is_empty(others[-1]):
        return "empty"
    is_open = callee(call) in {"getenv", "get"} or bool(others)
    return "nothing" if is_open and may_be_none(value, scope, lambda name, _: module.bindings.get(name)) else ""


def _is_field(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and callee(node) == "Field"


def _is_read(call: ast.Call, module: Module) -> bool:
    """Whether a call reads the environment: ``os.environ.get``, ``getenv``, ``env("X", default="")``."""
    path = module.dotted(ast.unparse(call.func))
    return path.startswith(("os.", "environ.", "decouple.", "environs.", "env")) or path.partition(".")[0] in {"env", "config"}


def _insisted(module: Module) -> set[str]:
    """The names that the module asks for at once, and fails without."""
    found: set[str] = set()
    for node in module.tree.body:
        is_asked = isinstance(node, ast.Assert) or (isinstance(node, ast.If) and any(isinstance(each, ast.Raise) for each in node.body))
        for each in ast.walk(node.test) if is_asked else ():  # type: ignore[attr-defined]
            found |= {each.id} if isinstance(each, ast.Name) else set()
    return found
