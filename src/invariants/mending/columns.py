"""Tenant keys that refuse NULL and lead an index."""

from collections.abc import Callable, Mapping

from invariants.finding import Patch
from invariants.mending.schema import Schema, Unmended
from invariants.wording import identifier, qualified

LONGEST = 63
"""Bytes of a name."""


def _required(schema: Schema, subject: str) -> Patch:
    """A key that may be NULL no more. Only PostgreSQL knows whether rows are without one."""
    table, column = subject.rsplit(".", 1)
    if any(each.on_delete == "set null" and column in each.columns for each in schema.foreign_keys.get(table, ())):
        raise Unmended("a foreign key sets it to NULL when the tenant is deleted: say first what is to become of such rows")
    if _is_meant(schema, table, column):
        raise Unmended("policies or indexes of its table speak of rows without a tenant, so that they are meant")
    name, key = qualified(table), identifier(column)
    alter = f"alter table {name} alter column {key}"
    remark = f"-- Refused while {name} has rows without a tenant: those where {key} is null.\n"
    return Patch((f"{remark}{alter} set not null",), (f"{alter} drop not null",))


def _is_meant(schema: Schema, table: str, column: str) -> bool:
    """Whether anything about the table asks for rows whose key is NULL."""
    texts = schema.rows(
        "select using_text || ' ' || coalesce(check_text, '') from db_policy where database = {database} and table_name = {table} "
        "union all select check_text from db_policy where database = {database} and table_name = {table} and using_text is null "
        "union all select predicate from db_index where database = {database} and table_name = {table} "
        "union all select expression from db_constraint where database = {database} and table_name = {table}",
        table=table,
    )
    return any(f"{identifier(column)} IS NULL" in text for (text,) in texts if text)


def _indexed(schema: Schema, subject: str) -> Patch:
    """An index that begins with the key. Made concurrently it could not share a transaction with other statements."""
    table, column = subject.rsplit(".", 1)
    place = table.partition(".")[0]
    name = _free(schema, place, table.partition(".")[2], column)
    index = f"create index {identifier(name)} on {qualified(table)} ({identifier(column)})"
    remark = "-- Writes to the table wait while it is built; on a large table, build it concurrently instead.\n"
    return Patch((remark + index,), (f"drop index {qualified(f'{place}.{name}')}",))


def _free(schema: Schema, place: str, table: str, column: str) -> str:
    """A name as PostgreSQL gives it, that nothing in the schema has."""
    begun = f"{table}_{column}".encode()[: LONGEST - 7].decode(errors="ignore")
    names = [f"{begun}_idx", *(f"{begun}_idx{number}" for number in range(1, 100))]
    return next(name for name in names if f"{place}.{name}" not in schema.indexes)


MENDERS: Mapping[str, Callable[[Schema, str], Patch]] = {"tenant-key-required": _required, "tenant-key-indexed": _indexed}
