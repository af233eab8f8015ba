"""Columns and constraints as SQLAlchemy writes them for PostgreSQL."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from invariants.frontends.alembic import types
from invariants.python.questions import literal, name
from invariants.python.values import Call, Symbol, Unknown, Value


class Untold(Exception):
    """Something that an operation needs cannot be told."""

    def __init__(self, message: str, node: cst.CSTNode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


ITEMS = {
    "ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue", "DefaultClause", "ForeignKeyConstraint",
    "PrimaryKeyConstraint", "UniqueConstraint", "Index", "ExcludeConstraint",
}  # fmt: skip
"""What may stand among a column's arguments beside its name and type."""
FUNCTION = re.compile(r"sqlalchemy\.(?:sql\.)?(?:expression\.)?func\.")


def word(value: Value, what: str = "a name") -> str:
    """A value that must be a string."""
    if isinstance(value, str):
        return str(value)
    raise Untold(f"{what} is decided at run time", value.node if isinstance(value, Unknown) else None)


def words(value: Value) -> list[str]:
    """A list of strings, or of columns."""
    if isinstance(value, str):
        return [str(value)]
    if not isinstance(value, (list, tuple)):
        raise Untold("a list of columns is decided at run time")
    return [word(each.get("name", 0) if isinstance(each, Call) else each) for each in value]


def names(columns: Sequence[str]) -> str:
    """Identifiers in a list."""
    return ", ".join(name(each) for each in columns)


def qualified(table: str, schema: Value = None) -> str:
    """A table's name with its schema."""
    return f"{name(word(schema))}.{name(table)}" if schema is not None else name(table)


def expression(value: Value) -> str:
    """An SQL expression made with SQLAlchemy."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "NULL"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Symbol) and (function := FUNCTION.match(value.path)):
        return _function(value.path[function.end() :], ())
    if isinstance(value, Call):
        return _call(value)
    raise Untold("an SQL expression is decided at run time", value.node if isinstance(value, Unknown) else None)


def _call(value: Call) -> str:
    label = value.name
    if label in {"text", "literal_column", "DDL", "SQL"}:
        return word(value.get("text", 0), "an SQL expression").replace("\\:", ":")
    if function := FUNCTION.match(value.path):
        return _function(value.path[function.end() :], value.args)
    if label in {"true", "false", "null"}:
        return label
    if label == "column":
        return name(word(value.get("name", 0)))
    if label in {"desc", "asc", "nulls_first", "nulls_last", "nullsfirst", "nullslast"}:
        inner = value.base if isinstance(value.base, Call) else value.args[0]
        order = {"nullsfirst": "NULLS FIRST", "nullslast": "NULLS LAST"}.get(label.replace("_", ""), label.upper())
        return f"{name(inner) if isinstance(inner, str) else expression(inner)} {order}"
    if isinstance(value.base, Call) and label in METHODS:
        return f"{expression(value.base)} {METHODS[label]} {_right(label, value)}"
    if label in {"and_", "or_"}:
        return "(" + f" {label[:-1].upper()} ".join(expression(each) for each in value.args) + ")"
    if label in {"literal", "bindparam"}:
        return operand(value.get("value", 0))
    if label == "cast":
        return f"CAST({operand(value.get('', 0))} AS {types.render(value.get('', 1))})"
    raise Untold(f"what {label} comes to in SQL is not known", value.node)


def _function(label: str, args: Sequence[Value]) -> str:
    return label if label in BARE else f"{label}({', '.join(operand(each) for each in args)})"


BARE = {"current_date", "current_time", "current_timestamp", "current_user", "localtime", "localtimestamp", "session_user", "user"}
"""Functions that standard SQL writes without parentheses."""
METHODS = {"is_": "IS", "is_not": "IS NOT", "isnot": "IS NOT", "in_": "IN", "not_in": "NOT IN", "op": "", "label": "AS", "like": "LIKE"}


def _right(label: str, value: Call) -> str:
    right = value.get("other", 0)
    if label in {"in_", "not_in"} and isinstance(right, (list, tuple)):
        return "(" + ", ".join(operand(each) for each in right) + ")"
    return operand(right)


def operand(value: Value) -> str:
    """A value in an expression: a plain string is a literal here."""
    return literal(str(value)) if isinstance(value, str) else expression(value)


def default(value: Value) -> str | None:
    """What a ``server_default`` writes after DEFAULT: a plain string is a literal."""
    if value is None or (isinstance(value, Call) and value.name in {"FetchedValue", "Identity", "Computed"}):
        return None
    if isinstance(value, Symbol) and value.path.endswith("FetchedValue"):
        return None
    return operand(value.get("", 0) if isinstance(value, Call) and value.name == "DefaultClause" else value)


@dataclass(frozen=True)
class Column:
    """A column as ``sa.Column`` declares it."""

    name: str
    type: Value
    items: tuple[Call, ...]
    call: Call

    @property
    def primary(self) -> bool:
        return self.call.kwargs.get("primary_key") is True

    def item(self, kind: str) -> Call | None:
        """The first of its arguments of a kind, ``server_default`` among them."""
        candidates = [*self.items, self.call.kwargs.get("server_default")]
        return next((each for each in candidates if isinstance(each, Call) and each.name == kind), None)


def column(call: Call) -> Column:
    """What a ``sa.Column`` call declares."""
    args = list(call.args)
    label = call.kwargs["name"] if "name" in call.kwargs else args.pop(0) if args else None
    kind = call.kwargs.get("type_")
    if kind is None and args and not (isinstance(args[0], Call) and args[0].name in ITEMS):
        kind = args.pop(0)
    return Column(word(label, "a column's name"), kind, tuple(each for each in args if isinstance(each, Call)), call)


def specification(each: Column, serial: bool = False) -> str:
    """A column's definition without its constraints."""
    kind = types.render(each.type)
    if serial:
        return f"{name(each.name)} {types.SERIAL[kind]} NOT NULL"
    written = default(each.call.kwargs.get("server_default"))
    text = f"{name(each.name)} {kind}" + (f" DEFAULT {written}" if written is not None else "") + _generated(each)
    nullable = each.call.kwargs.get("nullable", not each.primary)
    return text if nullable is not False or each.item("Identity") is not None else f"{text} NOT NULL"


def _generated(each: Column) -> str:
    computed, identity = each.item("Computed"), each.item("Identity")
    if computed is not None:
        return f" GENERATED ALWAYS AS ({expression(computed.get('sqltext', 0))}) STORED"
    if identity is not None:
        always = identity.get("always", -1) is True
        return f" GENERATED {'ALWAYS' if always else 'BY DEFAULT'} AS IDENTITY"
    return ""


def is_serial(each: Column, keys: Sequence[str]) -> bool:
    """Whether PostgreSQL numbers a key column by itself: SQLAlchemy's rule for ``autoincrement``."""
    wanted = each.call.kwargs.get("autoincrement", "auto")
    if each.name not in keys or each.item("Identity") is not None or each.item("Computed") is not None:
        return False
    if types.render(each.type) not in types.SERIAL or each.call.kwargs.get("server_default") is not None:
        return False
    return wanted is True or (wanted == "auto" and list(keys) == [each.name] and each.item("ForeignKey") is None)


def column_constraints(each: Column, inline: bool) -> Iterator[str]:
    """The constraints that a column brings along, as table constraints; ``inline`` ones belong to a CREATE TABLE."""
    for item in each.items:
        if item.name == "ForeignKey":
            yield foreign_key(item, [each.name])
        elif item.name == "CheckConstraint":
            yield constraint(item)
    if each.call.kwargs.get("unique") is True and (inline or each.call.kwargs.get("index") is not True):
        yield f"UNIQUE ({name(each.name)})"


def foreign_key(item: Call, columns: Sequence[str]) -> str:
    """A column's ``sa.ForeignKey`` as a table constraint."""
    target = item.get("column", 0)
    if not isinstance(target, str):
        raise Untold("what a foreign key points to is decided at run time", item.node)
    table, remote = _target(str(target))
    return f"{_named(item)}FOREIGN KEY ({names(columns)}) REFERENCES {table}{f' ({name(remote)})' if remote else ''}{actions(item)}"


def _target(text: str) -> tuple[str, str]:
    """``schema.table.column`` as a qualified table and a column."""
    head, _, last = text.rpartition(".")
    schema, _, table = head.rpartition(".")
    return (qualified(table, schema or None), last) if head else (name(last), "")


def actions(item: Call) -> str:
    """What stands behind a foreign key."""
    text = "".join(
        f" ON {event} {word(item.kwargs[key])}"
        for key, event in (("ondelete", "DELETE"), ("onupdate", "UPDATE"))
        if isinstance(item.kwargs.get(key), str)
    )
    return text + deferral(item) + (" NOT VALID" if item.kwargs.get("postgresql_not_valid") is True else "")


def deferral(item: Call) -> str:
    """Whether a constraint may be checked late."""
    given = item.kwargs.get("deferrable")
    text = " DEFERRABLE" if given is True else " NOT DEFERRABLE" if given is False else ""
    initially = item.kwargs.get("initially")
    return f"{text} INITIALLY {initially}" if isinstance(initially, str) else text


def _named(item: Call) -> str:
    given = item.get("name", 1) if item.name == "CheckConstraint" else item.kwargs.get("name")
    return f"CONSTRAINT {name(str(given))} " if isinstance(given, str) else ""


def constraint(item: Call) -> str:
    """A table constraint."""
    if item.name == "PrimaryKeyConstraint":
        return f"{_named(item)}PRIMARY KEY ({names(words(item.args))})"
    if item.name == "UniqueConstraint":
        return f"{_named(item)}UNIQUE{nulls(item)} ({names(words(item.args))}){include(item)}{deferral(item)}"
    if item.name == "CheckConstraint":
        return f"{_named(item)}CHECK ({expression(item.get('sqltext', 0))})"
    if item.name == "ExcludeConstraint":
        return exclusion(item, item.args)
    local, remote = words(item.get("columns", 0)), words(item.get("refcolumns", 1))
    targets = [_target(each) for each in remote]
    columns = f" ({names([each[1] for each in targets])})"
    named = item.get("name", 2)
    head = f"CONSTRAINT {name(str(named))} " if isinstance(named, str) else ""
    return f"{head}FOREIGN KEY ({names(local)}) REFERENCES {targets[0][0]}{columns}{actions(item)}"


def exclusion(item: Call, elements: Sequence[Value]) -> str:
    """An exclusion constraint of ``(column, operator)`` pairs."""
    pairs = [
        f"{name(each[0]) if isinstance(each[0], str) else expression(each[0])} WITH {each[1]}"
        for each in elements
        if isinstance(each, tuple)
    ]
    where = item.kwargs.get("where")
    return (
        f"{_named(item)}EXCLUDE USING {item.kwargs.get('using', 'gist')} ({', '.join(pairs)})"
        + (f" WHERE ({expression(where)})" if where is not None else "")
        + deferral(item)
    )


def nulls(item: Call) -> str:
    """Whether NULLs count as equal."""
    return " NULLS NOT DISTINCT" if item.kwargs.get("postgresql_nulls_not_distinct") is True else ""


def include(item: Call) -> str:
    """The columns that an index carries along."""
    columns = item.kwargs.get("postgresql_include")
    return f" INCLUDE ({names(words(columns))})" if columns else ""
