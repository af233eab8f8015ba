"""Tables put under row security, with policies as the repository writes them."""

from collections.abc import Callable, Iterator, Mapping

from invariants.finding import Patch
from invariants.mending.idiom import Model, copied, model
from invariants.mending.schema import DATA, ForeignKey, Schema, Unmended
from invariants.wording import identifier, qualified

Step = tuple[str, str]
"""A statement, and the one that takes it back."""


def patch(steps: Iterator[Step]) -> Patch:
    """Statements in their order, and those that take them back in the other."""
    done, undone = zip(*steps, strict=True)
    return Patch(tuple(done), tuple(reversed(undone)))


def _enabled(schema: Schema, table: str) -> Patch:
    """A table under row security for the first time."""
    return patch(_secured(schema, table, ""))


def _secured(schema: Schema, table: str, near: str) -> Iterator[Step]:
    policies = [*_policies(schema, table, near)]
    yield from _switched_on(schema, table)
    yield from policies


def _switched_on(schema: Schema, table: str) -> Iterator[Step]:
    name = qualified(table)
    yield f"alter table {name} enable row level security", f"alter table {name} disable row level security"
    if schema.is_forced and _may_force(schema, table):
        yield _forcing(name)


def _forcing(name: str) -> Step:
    return f"alter table {name} force row level security", f"alter table {name} no force row level security"


def _may_force(schema: Schema, table: str) -> bool:
    """Functions that policies rely on read as the owner: bound by row security too, they would ask themselves."""
    return schema.runner == "supabase" or table not in schema.relied


def _policies(schema: Schema, table: str, near: str) -> Iterator[Step]:
    """The policies of a table that has none yet; what migrations grant decides which commands they must let in."""
    if table not in schema.let_in:
        yield from copied(schema, table, model(schema, table, schema.granted(table), near), DATA)


def _forced(schema: Schema, table: str) -> Patch:
    if not _may_force(schema, table):
        raise Unmended("policies call a function that reads it as its owner, whom forced row security would bind too")
    return patch(iter([_forcing(qualified(table))]))


def _present(schema: Schema, table: str) -> Patch:
    """Policies for the commands that nobody is let in for."""
    missing = tuple(
        command
        for (command,) in schema.rows(
            "select command from missing_policy where database = {database} and table_name = {table} order by command", table=table
        )
    )
    said = tuple(each for each in missing if each in schema.granted(table))
    found: Model = model(schema, table, said)
    return patch(copied(schema, table, found, missing))


def _partition(schema: Schema, table: str) -> Patch:
    """A partition, like its parent."""
    [(parent,)] = schema.rows("select min(parent) from tenant_partition where database = {database} and name = {table}", table=table)
    return patch(_secured(schema, table, parent))


def _child(schema: Schema, table: str) -> Patch:
    """A table whose rows are seen by whoever sees the row that they hang off."""
    [(parent,)] = schema.rows("select parent from tenant_child where database = {database} and name = {table}", table=table)
    return patch(_hanging(schema, table, parent))


def _hanging(schema: Schema, table: str, parent: str) -> Iterator[Step]:
    policies = [] if table in schema.let_in else [_through(schema, table, _link(schema, table, parent))]
    yield from _switched_on(schema, table)
    yield from policies


def _link(schema: Schema, table: str, parent: str) -> ForeignKey:
    """The foreign key by which every row has a parent that row security keeps apart."""
    if not _is_kept_apart(schema, parent):
        raise Unmended(f"{parent}, which it hangs off, is not kept apart itself")
    if lacking := sorted(_reaching(schema, table) - schema.readers(parent)):
        raise Unmended(f"{', '.join(lacking)} may not read {parent}, through which a policy would ask")
    for each in schema.foreign_keys.get(table, ()):
        if each.target == parent and all(schema.columns[table, column].not_null for column in each.columns):
            return each
    raise Unmended(f"its rows need not lead to a row of {parent}: the column that refers to it may be NULL")


def _is_kept_apart(schema: Schema, table: str) -> bool:
    """Its policies isolate, now or once it is mended too."""
    if table in schema.weak:
        return False
    rule = next((each for each in ("rls-enabled", "rls-child-covered") if (each, table) in schema.findings), "")
    if not rule or table in schema.pending:
        return table in schema.enabled & schema.let_in
    schema.pending.add(table)
    try:
        MENDERS[rule](schema, table)
    except Unmended:
        return False
    finally:
        schema.pending.discard(table)
    return True


def _reaching(schema: Schema, table: str) -> set[str]:
    """The application's roles that migrations grant something on a table."""
    return {grant.role for grant in schema.said.get(table, ()) if grant.privilege in DATA}


def _through(schema: Schema, table: str, key: ForeignKey) -> Step:
    own = identifier(table.rpartition(".")[2])
    alias = "parent" if own != "parent" else "above"
    pairs = zip(key.columns, key.target_columns, strict=True)
    same = " and ".join(f"{alias}.{identifier(theirs)} = {own}.{identifier(ours)}" for ours, theirs in pairs)
    name = identifier(_free(schema, table))
    question = f"exists (select 1 from {qualified(key.target)} as {alias} where {same})"  # noqa: S608
    return f"create policy {name} on {qualified(table)}\n    using ({question})", f"drop policy {name} on {qualified(table)}"


def _free(schema: Schema, table: str, name: str = "parent_rows") -> str:
    return _free(schema, table, f"{name}_") if name in schema.policies.get(table, ()) else name


MENDERS: Mapping[str, Callable[[Schema, str], Patch]] = {
    "rls-enabled": _enabled,
    "rls-forced": _forced,
    "rls-policy-present": _present,
    "partition-covered": _partition,
    "rls-child-covered": _child,
}
