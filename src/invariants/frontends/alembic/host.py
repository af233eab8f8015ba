"""What Alembic, SQLAlchemy and a connection do, as the interpreter meets them."""

import re
from collections.abc import Iterator
from hashlib import md5

from invariants.frontends.alembic import entities, inspection, types
from invariants.frontends.alembic.operations import OPERATIONS
from invariants.frontends.alembic.tables import Untold, qualified, word
from invariants.python import foreign
from invariants.python.emission import only_data
from invariants.python.interpreter import Doubt, Hint, Interpreter, Sql
from invariants.python.questions import literal, name
from invariants.python.values import Call, Part, Rows, Symbol, Text, Unknown, Value

REMEDY = "Write the SQL out as constants that can be read here."
EXECUTORS = {"execute", "exec_driver_sql", "scalar", "scalars"}
BIND = re.compile(r"(?<![:\w\\]):([A-Za-z_]\w*)(?!:)|%\((\w+)\)s|(?<!%)%s")
IN = re.compile(r"\bin\s*\Z", re.IGNORECASE)
TEXTS = {"text", "DDL", "SQL"}
NAME_LENGTH = 63
CLEAR = {"get_bind", "get_context", "f", "inline_literal", "batch_alter_table", "implementation_for", "register_operation"}


class Host:
    """Alembic's side of the interpreter."""

    def attribute(self, symbol: Symbol) -> Value:
        if symbol.path.endswith(("dialect.name", "engine.name")):
            return "postgresql"
        if symbol.path.endswith(".as_sql"):
            return False
        return symbol

    def call(self, machine: Interpreter, call: Call) -> Value:
        """The effects and the value of a call of something defined elsewhere."""
        try:
            return self._call(machine, call)
        except Untold as error:
            machine.emit(Doubt(error.node or call.node, "dynamic", error.message, REMEDY))
        except (TypeError, ValueError, LookupError, AttributeError):
            machine.emit(Doubt(call.node, "unknown", f"the arguments of {call.name} are of a form not known here", REMEDY))
        return call

    def _call(self, machine: Interpreter, call: Call) -> Value:
        if call.path.startswith("alembic.op."):
            return self._operation(machine, call)
        if _batch(call.base):
            return self._batched(machine, call)
        if call.name in EXECUTORS and (call.args or call.kwargs):
            return self._execute(machine, call)
        if call.name in {"create", "drop"} and isinstance(call.base, Call):
            return self._object(machine, call)
        if call.name in {"create_all", "drop_all"}:
            machine.emit(
                Doubt(
                    call.node, "dynamic", f"{call.name} makes whatever the application's models say", "Write the tables out as operations."
                )
            )
        if call.name in {"quote", "quote_identifier", "quote_schema", "format_table"} and call.args and isinstance(call.args[0], str):
            return name(str(call.args[0]))
        if call.name == "is_offline_mode":
            return False
        asked = inspection.ask(call)
        if asked is None:
            self._foreign(machine, call)
        return call if asked is None else asked

    def _operation(self, machine: Interpreter, call: Call) -> Value:
        label = call.path.removeprefix("alembic.op.")
        if label == "f":
            return truncated(word(call.get("name", 0)))
        if label == "execute":
            return self._execute(machine, call)
        if label in entities.OPERATIONS:
            self._emit(machine, call, entities.OPERATIONS[label](call))
        elif label in OPERATIONS:
            self._emit(machine, call, OPERATIONS[label](call))
        elif label not in CLEAR and "()" not in label:
            machine.emit(Doubt(call.node, "unknown", f"the operation {label} is not known here", "Write it as SQL with op.execute."))
            foreign.hint(machine, call)
        elif "()" in label:
            return self._call(machine, Call(f"connection.{call.name}", call.args, call.kwargs, call.node, call.base))
        return call

    def _batched(self, machine: Interpreter, call: Call) -> Value:
        """An operation of ``batch_alter_table``, whose table comes from the ``with``."""
        label = call.name
        if label in CLEAR:
            return truncated(word(call.get("name", 0))) if label == "f" else call
        if label == "execute":
            return self._execute(machine, call)
        assert isinstance(call.base, Call)
        table, schema = call.base.get("table_name", 0), call.base.get("schema", 1)
        extra = {"source_schema": schema} if label == "create_foreign_key" else {"schema": schema}
        first = label not in {
            "create_index",
            "create_foreign_key",
            "create_unique_constraint",
            "create_primary_key",
            "create_check_constraint",
            "drop_constraint",
        }
        args = (table, *call.args) if first and label != "drop_index" else (*call.args[:1], table, *call.args[1:])
        kwargs = {**{key: value for key, value in extra.items() if value is not None}, **call.kwargs}
        if not first and not call.args:
            args = ()
            kwargs["source_table" if label == "create_foreign_key" else "table_name"] = table
        return self._operation(machine, Call(f"alembic.op.{label}", args, kwargs, call.node))

    def _object(self, machine: Interpreter, call: Call) -> Value:
        """``sa.Enum(...).create(bind)``, ``sa.Table(...).create(bind)`` and their kin."""
        target = call.base
        if types.is_enum(target):
            self._emit(machine, call, _enum_statements(call, types.resolved(target)))
        elif isinstance(target, Call) and target.name == "Sequence":
            self._emit(
                machine, call, iter([f"{call.name.upper()} SEQUENCE {qualified(word(target.get('name', 0)), target.kwargs.get('schema'))}"])
            )
        elif isinstance(target, Call) and target.name == "Table":
            checked = {"if_not_exists": True} if call.get("checkfirst", 1) is True else {}
            self._emit(
                machine, call, OPERATIONS[f"{call.name}_table"](Call(target.path, target.args, {**target.kwargs, **checked}, target.node))
            )
        return call

    def _emit(self, machine: Interpreter, call: Call, statements: Iterator[str]) -> None:
        for text in statements:
            machine.emit(Sql(text, call.node))

    def _execute(self, machine: Interpreter, call: Call) -> Value:
        """SQL that is run as it is; its value is the rows that it gives."""
        given = next(
            (call.kwargs[key] for key in ("sqltext", "statement", "sql") if key in call.kwargs), call.args[0] if call.args else None
        )
        text = _sql(given)
        if text is None:
            if not _query(given) and not (isinstance(given, Call) and _is_suspicious(machine, given)):
                machine.emit(Doubt(call.node, "dynamic", "the SQL that is run here is decided at run time", REMEDY))
                foreign.hint(machine, call)
            return Unknown(call.node, "what it gives is known to the database only")
        if isinstance(text, Unknown):
            if not only_data(text.sketch):
                machine.emit(Doubt(call.node, "dynamic", f"a part of this SQL cannot be told: {text.why}", REMEDY))
                machine.emit(Hint(call.node, sql=text.sketch))
            return Unknown(call.node, "what it gives is known to the database only")
        bound = _bound(text, {**_parameters(given), **_parameters(call)})
        machine.emit(Sql(bound, call.node, only_data(bound)))
        return Rows(bound.strip().rstrip(";")) if re.match(r"\s*(select|with)\b", bound, re.IGNORECASE) else call

    def _foreign(self, machine: Interpreter, call: Call) -> None:
        """A function of another file: what it may do is in doubt where it is given the connection, or called after what changes schemas."""
        if not foreign.is_foreign(call):
            return
        message = f"what {foreign.label(call)}"
        is_suspicious = _is_suspicious(machine, call)
        if is_suspicious:
            machine.emit(Doubt(call.node, "dynamic", message, REMEDY))
        foreign.hint(machine, call, "" if is_suspicious else message)


def _is_suspicious(machine: Interpreter, call: Call) -> bool:
    """Whether a function of the application's might change the schema."""
    if machine.depth == 0 or isinstance(call.base, Call) or not foreign.is_foreign(call):
        return False
    given = [*call.args, *call.kwargs.values()]
    is_given = any(isinstance(each, (Symbol, Call)) and each.path.startswith("alembic.op") for each in given)
    return is_given or foreign.SCHEMA.search(call.name) is not None


def truncated(label: str) -> str:
    """A name as SQLAlchemy shortens it to what PostgreSQL can hold."""
    return (
        label if len(label) <= NAME_LENGTH else f"{label[: NAME_LENGTH - 8]}_{md5(label.encode(), usedforsecurity=False).hexdigest()[-4:]}"
    )


def _batch(value: Value) -> bool:
    return isinstance(value, Call) and value.path == "alembic.op.batch_alter_table"


def _enum_statements(call: Call, enum: Call) -> Iterator[str]:
    checked = call.get("checkfirst", 1, True) is not False
    if call.name == "drop":
        yield f"DROP TYPE {'IF EXISTS ' if checked else ''}{types.enum_name(enum)}"
    elif checked:
        yield types.ensure_enum(enum)
    else:
        yield types.create_enum(enum)


def _sql(value: Value) -> str | Unknown | None:
    """The text of something executable; None where it is no text at all."""
    if isinstance(value, (str, Unknown)):
        return value if not isinstance(value, Unknown) or value.sketch else None
    if not isinstance(value, Call):
        return None
    if value.name in TEXTS and not isinstance(value.base, Call):
        return _sql(value.get("text", 0, value.get("statement")))
    if value.name in {"bindparams", "columns", "execution_options"} and isinstance(value.base, Call):
        return _sql(value.base)
    return _construct(value)


def _construct(value: Call) -> str | None:
    """A schema construct such as ``CreateSchema``."""
    target = value.args[0] if value.args else None
    if value.name == "CreateSchema" and isinstance(target, str):
        return f"CREATE SCHEMA {'IF NOT EXISTS ' if value.kwargs.get('if_not_exists') is True else ''}{name(str(target))}"
    if value.name == "DropSchema" and isinstance(target, str):
        cascade = " CASCADE" if value.kwargs.get("cascade") is True else ""
        return f"DROP SCHEMA {'IF EXISTS ' if value.kwargs.get('if_exists') is True else ''}{name(str(target))}{cascade}"
    if value.name in {"CreateSequence", "DropSequence"} and isinstance(target, Call):
        return f"{value.name[:-8].upper()} SEQUENCE {qualified(word(target.get('name', 0)), target.kwargs.get('schema'))}"
    return None


def _query(value: Value) -> bool:
    """Whether a value is one of SQLAlchemy's statements about rows."""
    while isinstance(value, Call):
        if value.name in {"select", "insert", "update", "delete", "union", "union_all", "exists"}:
            return True
        value = value.base
    return False


def _parameters(value: Value) -> dict[str, Value]:
    """What is bound to names in an SQL text, in ``bindparams`` or beside it."""
    if not isinstance(value, Call):
        return {}
    found = _parameters(value.base) if value.name == "bindparams" else {}
    if value.name == "bindparams":
        found |= value.kwargs | {word(each.get("key", 0)): each.get("value", 1) for each in value.args if isinstance(each, Call)}
    for each in [*value.args[1:], value.kwargs.get("parameters")]:
        found |= each if isinstance(each, dict) else _rows(each)
    return found


def _rows(value: Value) -> dict[str, Value]:
    """The names that a list of parameters binds, once a row; no value is that of them all."""
    return dict.fromkeys(name for row in value if isinstance(row, dict) for name in row) if isinstance(value, (list, tuple)) else {}


def _bound(text: str, values: dict[str, Value]) -> str:
    """A text with its parameters filled in; NULL stands for one that is known only at run time, in brackets for a list after ``IN``."""

    def replace(match: re.Match[str]) -> str:
        label = match.group(1) or match.group(2) or ""
        value = values.get(label)
        if isinstance(value, (str, int, float)):
            return literal(str(value)) if isinstance(value, str) else str(value)
        absent = "(NULL)" if IN.search(match.string, 0, match.start()) else "NULL"
        return absent if label in values else match.group()

    def filled(piece: str) -> str:
        return BIND.sub(replace, piece).replace("\\:", ":") if values else piece.replace("\\:", ":")

    return Text([Part(filled(part.text), part.node, part.offset) for part in text.parts]) if isinstance(text, Text) else filled(text)
