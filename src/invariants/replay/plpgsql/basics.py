"""The plain parts of expressions: constants, columns, AND and OR, tests, casts, arrays, rows, elements."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import casts, literals, operators
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.scope import Scope
from invariants.replay.plpgsql.values import Json, Record, Value, Vector, conjunction, disjunction, lifted, negation


def constant(node: Any) -> Expression:
    """A constant."""
    value = constant_value(node)
    return lambda _scope: value


def constant_value(node: Any) -> Value:
    """The value of an A_Const."""
    kind = node.WhichOneof("val")
    if node.isnull or kind is None:
        return None
    if kind == "ival":
        return node.ival.ival
    if kind == "fval":
        text = node.fval.fval
        return int(text) if text.isdigit() else Decimal(text)
    if kind == "boolval":
        return node.boolval.boolval
    return node.sval.sval if kind == "sval" else node.bsval.bsval


def column(node: Any) -> Expression:
    """A column, a variable, or a whole row."""
    if node.fields[-1].WhichOneof("node") == "a_star":
        return _row_of(strings(node.fields[:-1]))
    parts = tuple(strings(node.fields))
    return lambda scope: scope.column(parts)


def _row_of(parts: list[str]) -> Expression:
    return lambda scope: scope.column(parts[-1:])


def parameter(node: Any) -> Expression:
    """A parameter: $1."""
    number = node.number

    def value(scope: Scope) -> Value:
        if number > len(scope.world.parameters):
            raise Failure("42P02", f"there is no parameter ${number}")
        return scope.world.parameters[number - 1]

    return value


def boolean(node: Any) -> Expression:
    """AND, OR, NOT."""
    parts = [compiled(each) for each in node.args]
    if node.boolop == pb.NOT_EXPR:
        return lambda scope: negation(truth(parts[0](scope)))
    junction = conjunction if node.boolop == pb.AND_EXPR else disjunction
    return lambda scope: junction((lambda part=part: truth(part(scope))) for part in parts)  # type: ignore[misc]


def truth(value: Value) -> Value:
    """A condition's value; a literal is read as boolean."""
    return literals.parse_bool(value) if isinstance(value, str) else value


def null_test(node: Any) -> Expression:
    """IS NULL, of a record if all its fields are."""
    operand = compiled(node.arg)
    wanted = node.nulltesttype == pb.IS_NULL

    def value(it: Value) -> Value:
        if isinstance(it, Record):
            members = it.items()
            return all((member is None) is wanted for member in members)
        return (it is None) is wanted

    return lambda scope: lifted(value, operand(scope))


def boolean_test(node: Any) -> Expression:
    """IS TRUE and its like."""
    operand = compiled(node.arg)
    tests: dict[int, Callable[[Value], bool]] = {
        pb.IS_TRUE: lambda value: value is True,
        pb.IS_NOT_TRUE: lambda value: value is not True,
        pb.IS_FALSE: lambda value: value is False,
        pb.IS_NOT_FALSE: lambda value: value is not False,
        pb.IS_UNKNOWN: lambda value: value is None,
        pb.IS_NOT_UNKNOWN: lambda value: value is not None,
    }
    test = tests[node.booltesttype]
    return lambda scope: lifted(test, operand(scope))


def type_cast(node: Any) -> Expression:
    """value::type."""
    operand = compiled(node.arg)
    target = casts.type_of(node.type_name)
    return lambda scope: casts.cast(scope.world.catalog, operand(scope), target)


def array(node: Any) -> Expression:
    """ARRAY[...]."""
    parts = [compiled(each) for each in node.elements]
    return lambda scope: lifted(lambda *them: list(them), *(part(scope) for part in parts))


def row(node: Any) -> Expression:
    """ROW(...)."""
    parts = [compiled(each) for each in node.args]
    return lambda scope: Record({f"f{index + 1}": part(scope) for index, part in enumerate(parts)})


def indirection(node: Any) -> Expression:
    """Fields and elements: (r).field, a[1], a[1:2]."""
    value = compiled(node.arg)
    for step in node.indirection:
        kind, inner = unwrap(step)
        value = _field(value, inner.sval) if kind == "string" else _element(value, inner)
    return value


def _field(operand: Expression, name: str) -> Expression:
    def field(it: Value) -> Value:
        if isinstance(it, Record):
            if name not in it.fields:
                raise Failure("42703", f"column {name} not found")
            return it.fields[name]
        return None

    return lambda scope: lifted(field, operand(scope))


def _element(operand: Expression, node: Any) -> Expression:
    upper = compiled(node.uidx) if node.HasField("uidx") else (lambda _scope: None)
    lower = compiled(node.lidx) if node.HasField("lidx") else (lambda _scope: None)

    def element(it: Value, first: Value, last: Value) -> Value:
        if it is None:
            return None
        if node.is_slice:
            return it[max((first or 1) - 1, 0) : last]
        if isinstance(it, Json):
            return operators.binary("->", it, last)
        first_index = 0 if isinstance(it, Vector) else 1
        return it[last - first_index] if last is not None and first_index <= last < len(it) + first_index else None

    return lambda scope: lifted(element, operand(scope), lower(scope), upper(scope))


def collate(node: Any) -> Expression:
    """COLLATE changes no value."""
    return compiled(node.arg)


def named_argument(node: Any) -> Expression:
    """name => value."""
    return compiled(node.arg)
