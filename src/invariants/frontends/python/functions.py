"""Functions, classes, their parameters, bases and decorators."""

import ast
from collections.abc import Iterator
from typing import Literal

from invariants.facts.code import Base, Decorator, Function, Parameter
from invariants.frontends.python.arguments import literal
from invariants.frontends.python.scopes import Definition, Scope
from invariants.frontends.python.symbols import callee, elements, named, symbol
from invariants.frontends.python.syntax import Module

Fact = Function | Base | Parameter | Decorator


def functions(module: Module) -> Iterator[Fact]:
    """The facts of every definition of the file."""
    for node, scope in module.definitions:
        name = owned(scope)
        parameters = constructor(scope, module).parameters if isinstance(node, ast.ClassDef) else scope.parameters
        if name == scope.name:
            yield Function(
                module.head(node),
                name,
                "class" if isinstance(node, ast.ClassDef) else "function",
                isinstance(node, ast.AsyncFunctionDef),
                _is_exported(scope),
                len(parameters),
            )
            yield from (_parameter(module, name, position, each, scope) for position, each in enumerate(parameters))
        if isinstance(node, ast.ClassDef):
            for position, base in enumerate(node.bases):
                yield Base(module.head(node), scope.name, position, named(base, scope.parent or scope))
        if not isinstance(node, ast.Lambda):
            yield from _decorators(module, node, scope)


def owned(scope: Scope) -> str:
    """The name under which the steps of a definition are told: those of a constructor are its class's."""
    if scope.is_method and scope.parent is not None and scope.name == f"{scope.parent.name}.__init__":
        return scope.parent.name
    return scope.name


def constructor(scope: Scope, module: Module) -> Scope:
    """The scope of a class's ``__init__``; the class's own where it has none."""
    own = (module.scopes[each] for each in scope.node.body if each in module.scopes)  # type: ignore[union-attr]
    return next((each for each in own if each.name == f"{scope.name}.__init__"), scope)


def _is_exported(scope: Scope) -> bool:
    around = scope.parent
    while around is not None and isinstance(around.node, ast.ClassDef):
        around = around.parent
    return around is not None and around.parent is None and not isinstance(scope.node, ast.Lambda)


def _parameter(module: Module, function: str, position: int, node: ast.arg, scope: Scope) -> Parameter:
    found, optional = kind(node.annotation)
    own = constructor(scope, module) if isinstance(scope.node, ast.ClassDef) else scope
    told = _default(node, own), _form(node, own)
    return Parameter(module.place(node), function, position, node.arg, _typed(found, scope), optional, *told)


def _form(node: ast.arg, scope: Scope) -> Literal["plain", "changing", "rest"]:
    """How a parameter is given what it is."""
    taken = getattr(scope.node, "args", None)
    is_named = taken is not None and node is taken.kwarg
    return "changing" if node.arg in scope.values or is_named else "rest" if taken is not None and node is taken.vararg else "plain"


def _default(node: ast.arg, scope: Scope) -> str:
    """What a parameter is where nobody gives it, where that is written down."""
    said = default_of(node, scope.node.args) if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else None
    return " ".join(literal(said)) if isinstance(said, ast.Constant) else ""


def _typed(node: ast.expr | None, scope: Scope) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.partition("[")[0] if node.value.partition("[")[0].replace(".", "").isidentifier() else ""
    return named(node, scope.parent or scope)


def kind(node: ast.expr | None) -> tuple[ast.expr | None, bool]:
    """The type that an annotation says, and whether it may be None."""
    if isinstance(node, ast.Subscript) and callee(node) in {"Annotated", "Optional"}:
        inner, optional = kind((elements(node.slice) or [node.slice])[0])
        return inner, optional or callee(node) == "Optional"
    if isinstance(node, ast.Subscript) and callee(node) == "Union":
        return _either(elements(node.slice) or [])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _either([node.left, node.right])
    return node, False


def _either(options: list[ast.expr]) -> tuple[ast.expr | None, bool]:
    """One of several types: the first that is not None."""
    told = [each for each in options if not (isinstance(each, ast.Constant) and each.value is None)]
    inner, optional = kind(told[0]) if told else (None, False)
    return inner, optional or len(told) < len(options)


def _decorators(module: Module, node: Definition, scope: Scope) -> Iterator[Decorator]:
    assert not isinstance(node, ast.Lambda)
    for position, each in enumerate(node.decorator_list):
        name = named(each, scope.parent or scope)
        yield Decorator(module.place(each), scope.name, position, name or symbol(each), isinstance(each, ast.Call))


def default_of(node: ast.arg, own: ast.arguments) -> ast.expr | None:
    """The default of a parameter."""
    positional = [*own.posonlyargs, *own.args]
    if node in positional:
        place = positional.index(node) - len(positional) + len(own.defaults)
        return own.defaults[place] if place >= 0 else None
    return dict(zip(own.kwonlyargs, own.kw_defaults, strict=True)).get(node)
