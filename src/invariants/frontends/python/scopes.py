"""Scopes: functions, classes and lambdas by their names in the file, and what each of them binds."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef | ast.Lambda
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
BINDING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem)
MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(eq=False)
class Scope:
    """The inside of a definition, or of the module."""

    name: str
    node: ast.Module | Definition
    parent: "Scope | None"
    functions: dict[str, str] = field(default_factory=dict)
    """The definitions in it, and their names in the file."""
    values: dict[str, ast.expr | None] = field(default_factory=dict)
    """What is assigned in it; None where it is more than one thing."""

    @property
    def parameters(self) -> list[ast.arg]:
        """The parameters of a function, without the object that it belongs to."""
        if isinstance(self.node, ast.Module | ast.ClassDef):
            return []
        own = self.node.args
        found = [*own.posonlyargs, *own.args, *([own.vararg] if own.vararg else []), *own.kwonlyargs, *([own.kwarg] if own.kwarg else [])]
        return found[1:] if self.is_method and found[:1] == [*own.posonlyargs, *own.args][:1] else found

    @property
    def is_method(self) -> bool:
        """Whether it is called on an object or a class."""
        inside = self.parent is not None and isinstance(self.parent.node, ast.ClassDef)
        return inside and isinstance(self.node, Function) and not any(_is_static(each) for each in self.node.decorator_list)

    def binds(self, name: str) -> bool:
        """Whether a name is this scope's own."""
        return name in self.functions or name in self.values or any(each.arg == name for each in self.parameters)

    def owner(self, name: str) -> "Scope | None":
        """The scope around this one that a name belongs to; None where it is the module's or nobody's."""
        scope: Scope | None = self
        while scope is not None and scope.parent is not None:
            if scope.binds(name) and (scope is self or not isinstance(scope.node, ast.ClassDef)):
                return scope
            scope = scope.parent
        return None

    def qualified(self, name: str) -> str:
        """The name in the file of what a name means here: ``app`` in ``create_app`` is ``create_app.app``."""
        owner = self.owner(name)
        return f"{owner.name}.{name}" if owner else name


def scopes(tree: ast.Module) -> tuple[dict[ast.AST, Scope], list[tuple[ast.AST, Scope]]]:
    """The scopes of a file by their nodes, and every node with the scope that it stands in, both in the order of the file.

    Without recursion, since nesting can be deep.
    """
    found: dict[ast.AST, Scope] = {tree: Scope("", tree, None)}
    nodes: list[tuple[ast.AST, Scope]] = []
    stack: list[tuple[ast.AST, Scope]] = [(each, found[tree]) for each in reversed(tree.body)]
    while stack:
        node, scope = stack.pop()
        nodes.append((node, scope))
        if isinstance(node, DEFINITIONS):
            inner = found[node] = Scope(_named(node, scope), node, scope)
            if not isinstance(node, ast.Lambda):
                scope.functions[node.name] = inner.name
            outside = set(map(id, around(node)))
            stack.extend((each, scope if id(each) in outside else inner) for each in reversed(children(node)))
            continue
        if isinstance(node, BINDING):
            for name, value in _bound(node):
                scope.values[name] = None if name in scope.values else value
        stack.extend((each, scope) for each in reversed(children(node)))
    return found, nodes


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one, without the marks of how a name is used."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found.extend(each for each in value if isinstance(each, ast.AST))
        elif isinstance(value, ast.AST) and not isinstance(value, MARKS):
            found.append(value)
    return found


def around(node: Definition) -> list[ast.expr]:
    """What of a definition is evaluated around it: decorators, defaults, bases."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases]
    defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
    return [*(node.decorator_list if not isinstance(node, ast.Lambda) else []), *defaults]


def _named(node: Definition, scope: Scope) -> str:
    name = f"({node.lineno}:{node.col_offset + 1})" if isinstance(node, ast.Lambda) else node.name
    return f"{scope.name}.{name}" if scope.name else name


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a node gives to a value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        yield from _targets(node.target, node.value)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield from _targets(node.target, None)
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield from _targets(node.optional_vars, node.context_expr)


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _targets(each, None)


def _is_static(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "staticmethod"
