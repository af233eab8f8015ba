"""What SQLite lets pass and a rule must not say: each would make it silently hold.

A name in double quotes that no column has is a string to SQLite; a value that a column never has equals nothing. Both are found by reading
the query with ``sqlglot``, which is dear to import: the built-in rules are guarded by the tests, a repository's own when they change.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from sqlglot import ParseError, TokenError, exp, parse
from sqlglot.optimizer.scope import Scope, traverse_scope

from invariants.relations import BASE, relations
from invariants.vocabulary import VIEWS

Values = frozenset[str]
Columns = Mapping[str, Values | None]
"""The columns of a relation, and the values that each can have, where they are known."""


def faults(query: str, vocabulary: Mapping[str, Columns]) -> Iterator[str]:
    """What is wrong with a query, as clauses."""
    try:
        statements = parse(query, dialect="sqlite")
    except (ParseError, TokenError) as error:
        yield f"it does not parse: {str(error).splitlines()[0]}"
        return
    statement = statements[0]
    if len(statements) != 1 or not isinstance(statement, exp.Query):
        yield "it is not one query"
        return
    if statement.args.get("order") or statement.args.get("limit"):
        yield "it orders or limits its rows: the order of findings is not a rule's to say"
    for name in statement.find_all(exp.Identifier):
        if name.quoted:
            yield f'"{name.name}" is in double quotes, which SQLite reads as a string where no column has the name'
    yield from _strange_values(statement, vocabulary)


def vocabulary() -> dict[str, Columns]:
    """The relations that rules may name, those of ``views.sql`` included."""
    known: dict[str, Columns] = {}
    for relation in relations():
        columns: dict[str, Values | None] = {each.name: frozenset(each.values) or None for each in relation.columns}
        known[relation.name] = known[BASE + relation.name] = columns | {"file": None, "line": None}
    for statement in parse(VIEWS.read_text(encoding="utf-8"), dialect="sqlite"):
        if isinstance(statement, exp.Create):
            known[statement.this.name] = _columns(statement.expression, known)
    return known


def _columns(query: exp.Expr, known: Mapping[str, Columns]) -> Columns:
    return _output(traverse_scope(query)[-1], known, 0)


def _output(scope: Scope, known: Mapping[str, Columns], depth: int) -> dict[str, Values | None]:
    """The columns that a query answers, and their values where they can be told."""
    if depth > 20:  # a recursive query; what it adds to itself adds no value
        return {}
    if scope.set_operation_scopes:
        left, right = (_output(each, known, depth + 1) for each in scope.set_operation_scopes)
        others = list(right.values()) or list(left.values())
        return {name: _joined(values, other) for (name, values), other in zip(left.items(), others, strict=False)}
    found: dict[str, Values | None] = {}
    for each in _selected(scope.expression):
        if each.is_star:
            for name in [each.table] if isinstance(each, exp.Column) else scope.sources:
                found.update(_source(scope, name, known, depth))
        else:
            found[each.alias_or_name] = _values(each.unalias(), scope, known, depth)
    return found


def _selected(query: exp.Expr) -> list[exp.Expr]:
    return query.selects if isinstance(query, exp.Query) else []


def _joined(one: Values | None, other: Values | None) -> Values | None:
    return one | other if one is not None and other is not None else None


def _source(scope: Scope, name: str, known: Mapping[str, Columns], depth: int) -> Columns:
    source: Any = scope.sources.get(name)
    if isinstance(source, Scope):
        return _output(source, known, depth + 1)
    if source is not None:
        return known.get(source.name, {})
    return _source(scope.parent, name, known, depth + 1) if scope.parent else {}


def _values(node: exp.Expr, scope: Scope, known: Mapping[str, Columns], depth: int = 0) -> Values | None:
    """The only values that an expression can have, or None."""
    if isinstance(node, exp.Literal) and node.is_string:
        return frozenset([node.this])
    if isinstance(node, exp.Column):
        for name in [node.table] if node.table else scope.sources:
            columns = _source(scope, name, known, depth)
            if node.name in columns:
                return columns[node.name]
    branches = _branches(node)
    values = [_values(each, scope, known, depth) for each in branches if not isinstance(each, exp.Null)]
    return reduce(_joined, values) if values else None


def _branches(node: exp.Expr) -> list[exp.Expr]:
    """The expressions one of which an expression answers."""
    if isinstance(node, exp.Case):
        return [*(each.args["true"] for each in node.args["ifs"]), *([node.args["default"]] if node.args.get("default") else [])]
    if isinstance(node, exp.Coalesce):
        return [node.this, *node.expressions]
    return []


def _strange_values(statement: exp.Expr, known: Mapping[str, Columns]) -> Iterator[str]:
    for scope in traverse_scope(statement):
        for node in scope.walk():
            for column, literal in _compared(node):
                values = _values(column, scope, known)
                if values is not None and literal.this not in values:
                    yield f"{column.sql()} is never '{literal.this}': it is one of {', '.join(sorted(values))}"


def _compared(node: exp.Expr) -> Iterator[tuple[exp.Column, exp.Literal]]:
    """The columns and strings that an expression compares."""
    if isinstance(node, exp.EQ | exp.NEQ | exp.Is):
        sides = [(node.this, node.expression), (node.expression, node.this)]
    elif isinstance(node, exp.In):
        sides = [(node.this, each) for each in node.expressions]
    elif isinstance(node, exp.Case) and node.this:
        sides = [(node.this, each.this) for each in node.args["ifs"]]
    else:
        return
    for column, literal in sides:
        if isinstance(column, exp.Column) and isinstance(literal, exp.Literal) and literal.is_string:
            yield column, literal
