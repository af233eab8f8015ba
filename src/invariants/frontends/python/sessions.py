"""What sessions keep under a name, as ``session.user``: ``session["user"]``, ``request.session.get("user")``, ``"user" in session``."""

import ast
from collections.abc import Callable, Iterator

from invariants.frontends.python.symbols import constant, symbol
from invariants.frontends.python.syntax import Module

LIBRARIES = {"flask.session", "quart.session"}
SESSIONS = {"session", "ctx.session"}
"""What of a request is its session."""
Asks = Callable[[str], bool]
"""Whether a name is the request."""


def in_session(holder: ast.expr, name: ast.expr, module: Module, asks: Asks) -> str:
    """What is kept in a session by a name that is written there; empty of anything else."""
    told = constant(name, module.bindings) if _is_session(holder, module, asks) else None
    return f"session.{told}" if told else ""


def _is_session(node: ast.expr, module: Module, asks: Asks) -> bool:
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    path = symbol(node).removeprefix("self.")
    root, _, rest = path.partition(".")
    return module.dotted(path) in LIBRARIES or (rest in SESSIONS and asks(root))


def asked_of(sides: list[ast.expr], module: Module, asks: Asks) -> str:
    """What a comparison asks a session for: ``"user" in session``."""
    return in_session(sides[1], sides[0], module, asks) if len(sides) == 2 else ""


def filled(call: ast.Call, module: Module, asks: Asks) -> Iterator[tuple[str, ast.expr]]:
    """What a call puts into a session: ``session.update(user=user)``, ``session.setdefault("user", user)``."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in {"update", "setdefault"}:
        return
    given = [(ast.copy_location(ast.Constant(each.arg), call), each.value) for each in call.keywords if each.arg]
    if func.attr == "setdefault":
        given = [(call.args[0], call.args[1])] if len(call.args) == 2 else []  # type: ignore[list-item]
    elif call.args and isinstance(call.args[0], ast.Dict):
        given += zip(call.args[0].keys, call.args[0].values, strict=True)  # type: ignore[arg-type]
    for key, value in given:
        if key is not None and (name := in_session(func.value, key, module, asks)):
            yield name, value
