"""Litestar's middleware that asks who comes, and what it lets by: paths that it is told, and handlers that are marked."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from invariants.facts.web import Setting
from invariants.frontends.python.symbols import callee, constant, elements, keyword, symbol
from invariants.frontends.python.syntax import Module, assigned

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE")
KEYS = ("exclude_from_auth_key", "exclude_opt_key")
EXCLUDES = ("exclude", "exclude_path_pattern")
DEFAULT = "exclude_from_auth"
OPENED = "litestar.exclude_from_auth"
"""Stands for the mark of a handler that such middleware lets by."""
SPARING = re.compile(r"(exclude|skip|no|public|without|disable|anonymous)\w*auth|auth\w*(exempt|free|optional)", re.IGNORECASE)
LITERAL = re.compile(r"(\^?)([\w/.~-]+)(\$?)")
UNTOLD = "?"


class Asking(NamedTuple):
    """Something that asks who comes, and patterns of the paths that it lets by, divided by blanks; ? of those that cannot be told."""

    node: ast.expr
    excludes: str = ""
    methods: str = ""
    """The methods whose requests it asks; empty: all."""

    def spares(self, path: str) -> bool:
        """Whether it may let a handler by under whose path alone it is put."""
        told = self.excludes.split()
        return any(each == UNTOLD or (each.strip("*/") in path if "**" in each[:3] else path.startswith(each.rstrip("*"))) for each in told)


def middleware(node: ast.expr, module: Module) -> Asking:
    """One middleware of a list: a class, or ``DefineMiddleware(Class, exclude=...)``."""
    if isinstance(node, ast.Call) and callee(node) == "DefineMiddleware" and node.args:
        return Asking(node.args[0], _excluded(node, module), _methods(node, module))
    return Asking(node)


def _methods(call: ast.Call, module: Module) -> str:
    """The methods that are left where some are let by, divided by blanks; empty where none is, or it cannot be told which."""
    told = [constant(each, module.bindings) for each in elements(keyword(call, "exclude_http_methods"), module.bindings) or []]
    return " ".join(each for each in METHODS if each not in told) if {*told} & {*METHODS} else ""


def set_up(call: ast.Call, module: Module) -> Iterator[Asking]:
    """What ``on_app_init=[auth.on_app_init]`` puts before an application; what another file made may let by anything."""
    for each in elements(keyword(call, "on_app_init"), module.bindings) or []:
        if isinstance(each, ast.Attribute) and each.attr == "on_app_init":
            made = module.bindings.get(symbol(each.value))
            is_here = isinstance(made, ast.Call)
            yield Asking(made.func, _excluded(made, module)) if is_here else Asking(each.value, UNTOLD)  # type: ignore[union-attr, arg-type]


def is_opened(said: dict[str, ast.expr], module: Module) -> bool:
    """Whether keywords of a handler, or what a controller says, mark it as one for whoever comes."""
    told = said.get("opt")
    told = module.bindings.get(told.id, told) if isinstance(told, ast.Name) else told
    marks = (
        dict(zip([constant(each, module.bindings) for each in told.keys], told.values, strict=True)) if isinstance(told, ast.Dict) else {}
    )
    return any(
        _is_true(value) and key is not None and (key in _keys(module) or SPARING.search(key)) for key, value in (marks | said).items()
    )


def _keys(module: Module) -> set[str]:
    """The marks that middleware of this file looks for."""
    calls = [node for node, _ in module.nodes if isinstance(node, ast.Call)] if b"exclude" in module.content else []
    return {DEFAULT} | {told for each in calls for key in KEYS if (told := constant(keyword(each, key), module.bindings))}


def excluding(module: Module) -> Iterator[Setting]:
    """The expressions of paths that classes of middleware let by (``exclude = ["/health"]``)."""
    for node, scope in module.definitions if b"exclude" in module.content else ():
        told = [each for one in node.body for each in assigned(one)] if isinstance(node, ast.ClassDef) else []
        for said in [value for name, value in told if name in EXCLUDES]:
            one = constant(said, module.bindings)
            listed = [one] if one is not None else [constant(each, module.bindings) for each in elements(said, module.bindings) or [said]]
            for position, each in enumerate(listed):
                yield Setting(
                    module.place(said), "litestar", f"excludes {scope.name}", position, UNTOLD if each is None else _pattern(each)
                )


def _excluded(call: ast.Call, module: Module) -> str:
    said = keyword(call, "exclude")
    if said is None:
        return ""
    one = constant(said, module.bindings)
    listed = [one] if one is not None else [constant(each, module.bindings) for each in elements(said, module.bindings) or [said]]
    return " ".join(UNTOLD if each is None else _pattern(each) for each in listed)


def _pattern(regex: str) -> str:
    """The paths in which a plain expression is found."""
    found = LITERAL.fullmatch(regex)
    if found is None:
        return UNTOLD
    start, text, end = found.groups()
    before = "" if start else "**" if text.startswith("/") else "/**"
    return f"{before}{text}{'' if end else '**'}" if text != "/" else "**"


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
