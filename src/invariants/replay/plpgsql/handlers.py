"""DO, CALL and SELECT as statements of a migration."""

from typing import Any
from weakref import WeakKeyDictionary

from invariants.facts.place import Place
from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings, walk
from invariants.replay import tables
from invariants.replay.errors import Failure, Unknown
from invariants.replay.machine import Handler, Machine
from invariants.replay.plpgsql import calls, invocation
from invariants.replay.plpgsql.effects import Effects
from invariants.replay.plpgsql.interpreter import Interpreter
from invariants.replay.plpgsql.query import compiled_query
from invariants.replay.plpgsql.scope import Budget, Scope, World
from invariants.replay.plpgsql.variables import Locals

BUDGETS: WeakKeyDictionary[Machine, Budget] = WeakKeyDictionary()
"""What the statement at work on each machine has used up; statements inside it use up the same."""
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
HARMLESS = {"cron", "net", "vault", "pgsodium", "graphql", "extensions", "timescaledb_information", "supabase_functions"}
"""Schemas of extensions whose functions touch no table's schema or security."""


def world(machine: Machine) -> World:
    """A world for a statement of a migration, or for one inside it."""
    budget = BUDGETS.get(machine)
    if budget is None or budget.depth == 0:
        budget = BUDGETS[machine] = Budget()
    return World(machine, machine.catalog.at, invocation.call, budget)


def within(machine: Machine, work: Any) -> None:
    """Do some work one level deeper."""
    it = world(machine)
    with it.budget.deeper():
        try:
            work(it)
        except UNFORESEEN as error:
            raise Unknown(f"it does what is not understood here ({error})", "report it; carve the migration out until then") from error


def _do(machine: Machine, node: Any) -> None:
    given = {each.def_elem.defname: each.def_elem for each in node.args}
    language = given["language"].arg.string.sval if "language" in given else "plpgsql"
    if language.lower() != "plpgsql":
        raise Unknown(f"a DO block in {language} is not run here", "write it in PL/pgSQL, or carve it out")
    text = given["as"].arg.string.sval
    start = _body_start(machine.text, machine.offset(given["as"].location))

    def place(offset: int) -> Place:
        return machine.place(start + offset)

    def run(it: World) -> None:
        local = Locals(machine.catalog)
        it.variables = local
        Interpreter(it, local, invocation.body_of(text), place).start()

    within(machine, run)


def _body_start(text: str, location: int) -> int:
    """Where a body begins, behind its opening quote, in bytes."""
    source = text.encode()
    if source[location : location + 1] != b"$":
        return location + 1
    return source.index(b"$", location + 1) + 1


def _call(machine: Machine, node: Any) -> None:
    call = calls.of(node.funccall)

    def run(it: World) -> None:
        scope = Scope(it)
        named = {name: argument(scope) for name, argument in call.named}
        if it.call(it, call.schema, call.name, call.values(scope), named) is None:
            _unknown(call.schema, call.name)

    within(machine, run)


def _select(machine: Machine, node: Any) -> None:
    """A SELECT is run for the functions in it that change the schema or the session."""
    if node.HasField("into_clause"):
        _into(machine, node)
        return
    called = [strings(each.funcname) for each in walk(node) if isinstance(each, pb.FuncCall)]
    asked = Effects(machine.catalog)
    if any(parts[-1] == "set_config" or asked.of_function(parts) for parts in called):
        within(machine, lambda it: compiled_query(node)(Scope(it)))
    for target in node.target_list:
        if target.res_target.val.WhichOneof("node") == "func_call":
            parts = strings(target.res_target.val.func_call.funcname)
            if len(parts) > 1 and not asked.knows(parts):
                _unknown(parts[-2], parts[-1])


def _into(machine: Machine, node: Any) -> None:
    """SELECT ... INTO makes a table, as CREATE TABLE AS does."""
    made = pb.CreateTableAsStmt(objtype=pb.OBJECT_TABLE)
    made.into.CopyFrom(node.into_clause)
    made.query.select_stmt.CopyFrom(node)
    made.query.select_stmt.ClearField("into_clause")
    tables.HANDLERS["create_table_as_stmt"](machine, made)


def _unknown(schema: str, name: str) -> None:
    if schema in HARMLESS | {"pg_catalog"}:
        return
    if not schema:
        raise Failure("42883", f"procedure {name} does not exist")
    raise Unknown(f"what {schema}.{name}() does is not known here", "make it in a migration, or carve this one out")


HANDLERS: dict[str, Handler] = {"do_stmt": _do, "call_stmt": _call, "select_stmt": _select}
