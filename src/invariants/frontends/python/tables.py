"""Tables of routes that are changed by hand: what is put into one is a route that no registration makes."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.syntax import Module


class Addition(NamedTuple):
    """What is put into a table: where, whose table it is, and the list that is added."""

    node: ast.expr
    owner: ast.expr
    given: ast.expr
    scope: Scope


def additions(module: Module, name: str = "routes") -> Iterator[Addition]:
    """``app.routes.append(route)``, ``app.router.routes.extend(routes)``, ``app.routes += routes``, ``app.router.routes = routes``."""
    for node, scope in module.nodes:
        found = list(_called(node)) if isinstance(node, ast.Call) else list(_assigned(node))
        for table, given in found:
            if isinstance(table, ast.Attribute) and table.attr == name and not _thins(given, table):
                yield Addition(given, table.value, given, scope)


def _called(call: ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
    word = call.func.attr if isinstance(call.func, ast.Attribute) and call.args else ""
    if isinstance(call.func, ast.Attribute) and word in {"append", "insert", "extend"}:
        last = call.args[-1]
        one = ast.copy_location(ast.List([last], ast.Load()), last)
        yield call.func.value, last if word == "extend" else one


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """A table that is added to or set, itself or all that it holds (``table[:] = routes``)."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield target.value if isinstance(target, ast.Subscript) else target, node.value


def _thins(given: ast.expr, table: ast.Attribute) -> bool:
    """Whether a list is what the table held before, or a part of that: nothing is added then."""
    if isinstance(given, ast.Call) and len(given.args) == 1 and isinstance(given.func, ast.Name):
        given = given.args[0]
    if isinstance(given, ast.ListComp | ast.GeneratorExp) and len(given.generators) == 1:
        [each] = given.generators
        return ast.dump(given.elt) == ast.dump(each.target).replace("Store()", "Load()") and isinstance(each.iter, ast.Attribute)
    return ast.dump(given) == ast.dump(table).replace("Store()", "Load()")


def is_served(name: str) -> bool:
    """Whether something is an application or a router, as far as its name tells."""
    return name.rpartition(".")[2].endswith(("app", "application", "router"))
