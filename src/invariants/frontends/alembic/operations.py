"""Alembic's operations as the SQL that they run on PostgreSQL."""

from collections.abc import Callable, Iterator

from invariants.frontends.alembic import tables, types
from invariants.frontends.alembic.tables import Column, Untold, expression, names, qualified, word, words
from invariants.python.questions import name
from invariants.python.values import Call, Part, Text, Value

Translation = Iterator[str]


def create_table(call: Call) -> Translation:
    """The types it brings, the table, and the indexes of its columns."""
    table, schema = word(call.get("table_name", 0, call.get("name")), "a table's name"), call.kwargs.get("schema")
    columns = [tables.column(each) for each in call.args[1:] if isinstance(each, Call) and each.name == "Column"]
    others = [each for each in call.args[1:] if isinstance(each, Call) and each.name in tables.ITEMS]
    if len(columns) + len(others) < sum(not _metadata(each) for each in call.args[1:]):
        raise Untold("a column or constraint of the table is decided at run time")
    yield from _new_types(columns)
    yield Text(
        [
            Part(f"CREATE {_prefixes(call)}TABLE {_if(call, 'if_not_exists', 'NOT ')}{qualified(table, schema)} ( ", call.node),
            *_body(columns, others),
            *_tail(call),
        ]
    )
    for each in columns:
        if each.call.kwargs.get("index") is True:
            yield _column_index(each, table, schema)
    for other in others:
        if other.name == "Index":
            yield _index(other, word(other.get("name", 0)), table, schema, list(other.args[1:]))


def _metadata(value: Value) -> bool:
    return isinstance(value, Call) and value.name == "MetaData"


def _new_types(columns: list[Column]) -> Translation:
    seen: dict[str, Call] = {}
    for each in columns:
        for enum in types.enums(each.type):
            seen.setdefault(types.enum_name(enum), enum)
    yield from (types.ensure_enum(enum) for enum in seen.values())


def _prefixes(call: Call) -> str:
    return "".join(f"{each} " for each in call.get("prefixes", -1, ()) if isinstance(each, str))


def _if(call: Call, key: str, negation: str = "") -> str:
    return f"IF {negation}EXISTS " if call.kwargs.get(key) is True else ""


def _body(columns: list[Column], others: list[Call]) -> Iterator[Part]:
    """Each column and constraint as a part of its own, so that it stands on its own line."""
    declared = next((words(each.args) for each in others if each.name == "PrimaryKeyConstraint"), [])
    keys = [each.name for each in columns if each.primary] or declared
    pieces = [(tables.specification(_keyed(each, keys), tables.is_serial(each, keys)), each.call) for each in columns]
    if keys and not declared:
        numbered = [each.name for each in columns if tables.is_serial(each, keys)]
        pieces.append((f"PRIMARY KEY ({names(sorted(keys, key=lambda key: key not in numbered))})", columns[-1].call))
    pieces += [(text, each.call) for each in columns for text in tables.column_constraints(each, True) if not _indexed(each, text)]
    pieces += [(tables.constraint(each), each) for each in others if each.name != "Index"]
    for at, (text, call) in enumerate(pieces):
        yield Part(f"{text}{', ' if at < len(pieces) - 1 else ' '}", call.node)


def _keyed(each: Column, keys: list[str]) -> Column:
    """A column of the primary key is never NULL, even if the key is declared apart."""
    if each.name not in keys or "nullable" in each.call.kwargs:
        return each
    call = Call(each.call.path, each.call.args, {**each.call.kwargs, "nullable": False}, each.call.node)
    return Column(each.name, each.type, each.items, call)


def _indexed(each: Column, text: str) -> bool:
    """``unique`` together with ``index`` is a unique index and no constraint."""
    return text.startswith("UNIQUE") and each.call.kwargs.get("index") is True


def _tail(call: Call) -> Iterator[Part]:
    partition, parents = call.kwargs.get("postgresql_partition_by"), call.kwargs.get("postgresql_inherits")
    text = ")"
    if parents is not None:
        text += f" INHERITS ({names(words(parents))})"
    if partition is not None:
        text += f" PARTITION BY {word(partition)}"
    yield Part(text, call.node)


def _column_index(each: Column, table: str, schema: Value) -> str:
    label = "_".join(part for part in ("ix", schema if isinstance(schema, str) else "", table, each.name) if part)
    unique = "UNIQUE " if each.call.kwargs.get("unique") is True else ""
    return f"CREATE {unique}INDEX {name(label)} ON {qualified(table, schema)} ({name(each.name)})"


def drop_table(call: Call) -> Translation:
    """A table dropped."""
    yield f"DROP TABLE {_if(call, 'if_exists')}{_table(call)}"


def rename_table(call: Call) -> Translation:
    """A table renamed."""
    new = word(call.get("new_table_name", 1))
    yield f"ALTER TABLE {_table(call, 'old_table_name')} RENAME TO {name(new)}"


def _table(call: Call, keyword: str = "table_name", position: int = 0, schema: str = "schema") -> str:
    return qualified(word(call.get(keyword, position), "a table's name"), call.kwargs.get(schema))


def add_column(call: Call) -> Translation:
    """A column, then its constraints and its index."""
    declared = call.get("column", 1)
    if not isinstance(declared, Call) or declared.name != "Column":
        raise Untold("the column is decided at run time")
    each, table = tables.column(declared), _table(call)
    keys = " PRIMARY KEY" if each.primary and call.kwargs.get("inline_primary_key") is True else ""
    yield f"ALTER TABLE {table} ADD COLUMN {_if(call, 'if_not_exists', 'NOT ')}{tables.specification(each)}{keys}"
    for constraint in tables.column_constraints(each, False):
        yield f"ALTER TABLE {table} ADD {constraint}"
    if each.call.kwargs.get("index") is True:
        yield _column_index(each, word(call.get("table_name", 0)), call.kwargs.get("schema"))


def drop_column(call: Call) -> Translation:
    """A column dropped."""
    yield f"ALTER TABLE {_table(call)} DROP COLUMN {_if(call, 'if_exists')}{name(word(call.get('column_name', 1)))}"


def alter_column(call: Call) -> Translation:
    """Each thing that changes about a column as a statement of its own."""
    head = f"ALTER TABLE {_table(call)}"
    column = name(word(call.get("column_name", 1), "a column's name"))
    if call.kwargs.get("type_") is not None:
        using = f" USING {word(call.kwargs['postgresql_using'])}" if call.kwargs.get("postgresql_using") is not None else ""
        yield f"{head} ALTER COLUMN {column} TYPE {types.render(call.kwargs['type_'])}{using}"
    if isinstance(call.kwargs.get("nullable"), bool):
        yield f"{head} ALTER COLUMN {column} {'DROP' if call.kwargs['nullable'] else 'SET'} NOT NULL"
    if "server_default" in call.kwargs and call.kwargs["server_default"] is not False:
        yield f"{head} ALTER COLUMN {column} {_new_default(call.kwargs['server_default'])}"
    new = call.kwargs.get("new_column_name", call.kwargs.get("name"))
    if new is not None:
        yield f"{head} RENAME {column} TO {name(word(new))}"


def _new_default(value: Value) -> str:
    if isinstance(value, Call) and value.name == "Identity":
        return f"ADD GENERATED {'ALWAYS' if value.kwargs.get('always') is True else 'BY DEFAULT'} AS IDENTITY"
    written = tables.default(value)
    return f"SET DEFAULT {written}" if written is not None else "DROP DEFAULT"


def create_index(call: Call) -> Translation:
    """An index."""
    table = word(call.get("table_name", 1), "a table's name")
    columns = call.get("columns", 2)
    if not isinstance(columns, (list, tuple)):
        raise Untold("the columns of an index are decided at run time")
    given = call.get("index_name", 0)
    label = word(given) if given is not None else "_".join(["ix", table, *words(columns)[:1]])
    yield _index(call, label, table, call.kwargs.get("schema"), list(columns))


def _index(call: Call, label: str, table: str, schema: Value, columns: list[Value]) -> str:
    using, where = call.kwargs.get("postgresql_using"), call.kwargs.get("postgresql_where")
    unique = "UNIQUE " if call.get("unique") is True else ""
    concurrently = "CONCURRENTLY " if call.kwargs.get("postgresql_concurrently") is True else ""
    keys = ", ".join(_key(each, call.kwargs.get("postgresql_ops")) for each in columns)
    return (
        f"CREATE {unique}INDEX {concurrently}{_if(call, 'if_not_exists', 'NOT ')}{name(label)} ON {qualified(table, schema)}"
        f"{f' USING {word(using)}' if using is not None else ''} ({keys}){tables.include(call)}{tables.nulls(call)}"
        f"{f' WHERE {expression(where)}' if where is not None else ''}"
    )


def _key(value: Value, classes: Value) -> str:
    """A key of an index: a column, or an expression in parentheses where it needs them."""
    operators = classes if isinstance(classes, dict) else {}
    if isinstance(value, str):
        return name(str(value)) + (f" {operators[value]}" if value in operators else "")
    if isinstance(value, Call) and value.name == "text":
        return expression(value)
    text = expression(value)
    label = (
        value.get("name", 0)
        if isinstance(value, Call) and value.name == "column"
        else value.get("", 0)
        if isinstance(value, Call)
        else None
    )
    suffix = f" {operators[label]}" if isinstance(label, str) and label in operators else ""
    return text + suffix


def drop_index(call: Call) -> Translation:
    """An index dropped."""
    concurrently = "CONCURRENTLY " if call.kwargs.get("postgresql_concurrently") is True else ""
    label = qualified(word(call.get("index_name", 0), "an index's name"), call.kwargs.get("schema"))
    yield f"DROP INDEX {concurrently}{_if(call, 'if_exists')}{label}"


def _add(table: str, definition: str, label: Value) -> Translation:
    given = f"CONSTRAINT {name(word(label))} " if label is not None else ""
    yield f"ALTER TABLE {table} ADD {given}{definition}"


def create_foreign_key(call: Call) -> Translation:
    """A foreign key."""
    source = _table(call, "source_table", 1, "source_schema")
    target = _table(call, "referent_table", 2, "referent_schema")
    local, remote = words(call.get("local_cols", 3)), words(call.get("remote_cols", 4))
    definition = f"FOREIGN KEY ({names(local)}) REFERENCES {target} ({names(remote)}){tables.actions(call)}"
    yield from _add(source, definition, call.get("constraint_name", 0))


def create_unique_constraint(call: Call) -> Translation:
    """A unique constraint."""
    definition = f"UNIQUE{tables.nulls(call)} ({names(words(call.get('columns', 2)))}){tables.include(call)}{tables.deferral(call)}"
    yield from _add(_table(call, position=1), definition, call.get("constraint_name", 0))


def create_primary_key(call: Call) -> Translation:
    """A primary key."""
    yield from _add(_table(call, position=1), f"PRIMARY KEY ({names(words(call.get('columns', 2)))})", call.get("constraint_name", 0))


def create_check_constraint(call: Call) -> Translation:
    """A check."""
    late = " NOT VALID" if call.kwargs.get("postgresql_not_valid") is True else ""
    yield from _add(_table(call, position=1), f"CHECK ({expression(call.get('condition', 2))}){late}", call.get("constraint_name", 0))


def create_exclude_constraint(call: Call) -> Translation:
    """An exclusion constraint."""
    plain = Call(call.path, (), {key: value for key, value in call.kwargs.items() if key != "name"}, call.node)
    yield from _add(_table(call, position=1), tables.exclusion(plain, call.args[2:]), call.get("constraint_name", 0))


def drop_constraint(call: Call) -> Translation:
    """A constraint dropped."""
    label = word(call.get("constraint_name", 0), "a constraint's name")
    yield f"ALTER TABLE {_table(call, position=1)} DROP CONSTRAINT {_if(call, 'if_exists')}{name(label)}"


def nothing(call: Call) -> Translation:
    """An operation that changes no schema."""
    del call
    yield from ()


OPERATIONS: dict[str, Callable[[Call], Translation]] = {
    "create_table": create_table,
    "drop_table": drop_table,
    "rename_table": rename_table,
    "add_column": add_column,
    "drop_column": drop_column,
    "alter_column": alter_column,
    "create_index": create_index,
    "drop_index": drop_index,
    "create_foreign_key": create_foreign_key,
    "create_unique_constraint": create_unique_constraint,
    "create_primary_key": create_primary_key,
    "create_check_constraint": create_check_constraint,
    "create_exclude_constraint": create_exclude_constraint,
    "drop_constraint": drop_constraint,
    "create_table_comment": nothing,
    "drop_table_comment": nothing,
    "bulk_insert": nothing,
    "sync_enum_values": nothing,
}
