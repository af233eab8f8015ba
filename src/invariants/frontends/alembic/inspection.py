"""What SQLAlchemy's inspector is asked, as queries on PostgreSQL's catalog."""

from invariants.python.questions import literal
from invariants.python.values import Ask, Call, Rows, Value


def ask(call: Call) -> Value:
    """The question that a call puts to the database; None where it is none of the inspector's."""
    args = [each for each in call.args if isinstance(each, str)]
    named = call.kwargs.get("table_name")
    table = str(args[0]) if args else named if isinstance(named, str) else None
    schema = call.kwargs.get("schema", args[1] if len(args) > 1 and call.name != "has_index" else None)
    where = f"= {literal(schema)}" if isinstance(schema, str) else "= current_schema()"
    if call.name == "get_table_names":
        return Rows(f"SELECT table_name FROM information_schema.tables WHERE table_schema {where}", "table_name")
    if call.name == "get_schema_names":
        return Rows("SELECT schema_name FROM information_schema.schemata", "schema_name")
    if table is None:
        return None
    return _about(call.name, table, where)


def _about(method: str, table: str, where: str) -> Value:
    if method == "has_table":
        return Ask(f"EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema {where} AND table_name = {literal(table)})")
    if method == "has_schema":
        return Ask(f"EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = {literal(table)})")
    if method == "get_columns":
        return Rows(
            f"SELECT column_name AS name FROM information_schema.columns WHERE table_schema {where} AND table_name = {literal(table)}"
        )
    if method == "get_indexes":
        return Rows(f"SELECT indexname AS name FROM pg_indexes WHERE schemaname {where} AND tablename = {literal(table)}")
    kinds = {"get_foreign_keys": "FOREIGN KEY", "get_unique_constraints": "UNIQUE", "get_check_constraints": "CHECK"}
    if method not in kinds:
        return None
    return Rows(
        "SELECT constraint_name AS name FROM information_schema.table_constraints "
        f"WHERE table_schema {where} AND table_name = {literal(table)} AND constraint_type = {literal(kinds[method])}"
    )
