"""Loops over tables that are written out: what registers in one registers for each of its rows."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.typescript.paths import meant
from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.scopes import Scope, Value, parts
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, field, named

EACH = frozenset({"forEach", "map"})


def rounds(module: Reader, call: Call) -> list[Scope] | None:
    """What the names around a call stand for in each round of its loop; null where it is in none over a table of this file."""
    node = call.node.parent
    while node is not None and node.type != "program":
        if node.type == "for_in_statement":
            pattern, table = node.child_by_field_name("left"), node.child_by_field_name("right")
            return _rounds(module, call, pattern, table)
        if node.type in FUNCTIONS:
            return _rounds(module, call, *_visited(module, node))
        node = node.parent
    return None


def _visited(module: Reader, function: Node) -> tuple[Node | None, Node | None]:
    """The parameter of a function that is called for each row, and the table."""
    around = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    method = around.child_by_field_name("function") if around is not None else None
    if method is None or method.type != "member_expression" or module.source.text(named(method)[-1]) not in EACH:
        return None, None
    taken = function.child_by_field_name("parameter") or function.child_by_field_name("parameters")
    inner = named(taken)[0] if taken is not None and taken.type == "formal_parameters" and named(taken) else taken
    pattern = inner.child_by_field_name("pattern") or inner if inner is not None else None
    return pattern, named(method)[0]


def _rounds(module: Reader, call: Call, pattern: Node | None, table: Node | None) -> list[Scope] | None:
    inner = awaited(table) if table is not None else None
    listed = inner if inner is None or inner.type == "array" else meant(module, inner, call.scope)
    if pattern is None or listed is None or awaited(listed).type != "array":
        return None
    return [_round(module, call.scope, pattern, awaited(row)) for row in named(awaited(listed))]


def _round(module: Reader, scope: Scope, pattern: Node, row: Node) -> Scope:
    """A function's names, with those of one row in the place of what the loop gives them."""
    found = Scope(scope.name, scope.outer)
    bound = dict(_bound(module, pattern, row))
    found.parameters = {name: each for name, each in scope.parameters.items() if name not in bound}
    found.values = scope.values | {name: [Value(node, "", True)] for name, node in bound.items()}
    found.inner = scope.inner
    return found


def _bound(module: Reader, pattern: Node, row: Node) -> Iterator[tuple[str, Node]]:
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        yield module.source.text(pattern), row
    for name, inner in parts(module.source, pattern):
        value = (
            named(row)[int(name)]
            if row.type == "array" and name.isdigit() and int(name) < len(named(row))
            else field(module.source, row, name)
        )
        if value is not None:
            yield from _bound(module, inner, value)


def given(module: Reader, call: Node, scope: Scope) -> list[Node]:
    """The arguments of a call, what a row says of them in their place."""
    return [_given(module, each, scope) for each in arguments(call)]


def _given(module: Reader, node: Node, scope: Scope) -> Node:
    inner = awaited(node)
    root = module.source.text(inner).partition(".")[0] if inner.type in {"identifier", "member_expression"} else ""
    is_row = root in scope.values and scope.values[root] is not module.bodies[0].scope.values.get(root)
    found = meant(module, inner, scope) if is_row else None
    return found if found is not None else node
