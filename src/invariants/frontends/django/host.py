"""What Django's connection and schema editor do, as the interpreter meets them."""

from invariants.python import foreign
from invariants.python.emission import only_data
from invariants.python.interpreter import Doubt, Hint, Interpreter, Note, Sql
from invariants.python.questions import literal, name
from invariants.python.values import Call, Part, Rows, Symbol, Text, Unknown, Value

REMEDY = "Write the SQL out as constants that can be read here, with RunSQL."
EDITOR = "schema_editor"
CONNECTION = "django.db.connection"
EXECUTORS = {"execute", "executescript"}


class Host:
    """Django's side of the interpreter."""

    def attribute(self, symbol: Symbol) -> Value:
        if symbol.path.endswith(("connection.vendor", "connection.alias")):
            return "postgresql" if symbol.path.endswith("vendor") else "default"
        return symbol

    def call(self, machine: Interpreter, call: Call) -> Value:
        """The effects and the value of a call of something defined elsewhere."""
        if call.path == "builtins.super().__init__":
            machine.emit(Note(call, call.node))
        if call.name in EXECUTORS and (call.args or call.kwargs):
            return _execute(machine, call)
        if call.name in {"fetchone", "fetchall"} and isinstance(call.base, Call):
            return Unknown(call.node, "what it gives is known to the database only")
        if call.name == "quote_name" and call.args and isinstance(call.args[0], str):
            return name(str(call.args[0]))
        if call.name == "dedent" and call.args and isinstance(call.args[0], str):
            return str(call.args[0])
        if call.path.startswith(f"{EDITOR}.") and "()" not in call.path and "connection" not in call.path:
            machine.emit(Doubt(call.node, "dynamic", f"{call.name} changes the schema by what models are at run time", REMEDY))
            foreign.hint(machine, call)
        elif foreign.is_foreign(call):
            _foreign(machine, call)
        return call


def _foreign(machine: Interpreter, call: Call) -> None:
    """A function of another file: what it may do to the schema is in doubt where it is given the connection."""
    message = f"what {foreign.label(call)}"
    is_given = any(
        isinstance(each, (Symbol, Call)) and each.path.startswith((EDITOR, CONNECTION)) for each in [*call.args, *call.kwargs.values()]
    )
    if is_given or foreign.SECURITY.search(call.name):
        machine.emit(Doubt(call.node, "dynamic", message, REMEDY))
        message = ""
    foreign.hint(machine, call, message)


def _execute(machine: Interpreter, call: Call) -> Value:
    """SQL that is run as it is."""
    given = call.get("sql", 0)
    if isinstance(given, Call) and given.name in {"SQL", "Statement"} and given.args:
        given = given.args[0]
    if isinstance(given, Unknown) and not (given.sketch and only_data(given.sketch)):
        machine.emit(Doubt(call.node, "dynamic", f"a part of this SQL cannot be told: {given.why}", REMEDY))
        machine.emit(Hint(call.node, sql=given.sketch))
    if isinstance(given, str):
        text = bound(given, call.get("params", 1))
        machine.emit(Sql(text, call.node, only_data(text)))
        return Rows(str(text).strip().rstrip(";"))
    return call


def bound(text: str, parameters: Value) -> str:
    """A text with its ``%s`` parameters filled in; NULL stands for one that is known only at run time."""
    if not isinstance(parameters, (list, tuple)) or not parameters:
        return text
    values = [
        literal(str(each)) if isinstance(each, str) else str(each) if isinstance(each, (int, float)) else "NULL" for each in parameters
    ]
    pieces = str(text).split("%s")
    if len(pieces) != len(values) + 1:
        return text
    filled = "".join(piece + value for piece, value in zip(pieces, [*values, ""], strict=True))
    return filled.replace("%%", "%") if not isinstance(text, Text) else Text([Part(filled.replace("%%", "%"), text.parts[0].node)])
