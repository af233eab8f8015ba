"""Tables put under row security, with policies as the repository writes them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

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
    """A table whose rows are seen by whoever sees all the rows that they hang off."""
    policies = [] if table in schema.let_in else [_through(schema, table, _links(schema, table))]
    return patch(iter([*_switched_on(schema, table), *policies]))


def _links(schema: Schema, table: str) -> list[ForeignKey]:
    """The foreign keys by which a row leads to a tenant: all of them, or a row of two tenants would be seen by one."""
    links = [each for each in schema.foreign_keys.get(table, ()) if each.target != table and each.target in schema.owned]
    for target in sorted({each.target for each in links}):
        if table in _reached(schema, target):
            raise Unmended(f"its policy would ask {target}, and that may ask it in turn")
        if not _is_kept_apart(schema, target):
            raise Unmended(f"{target}, which it hangs off, is not kept apart itself")
        if lacking := sorted(_reaching(schema, table) - schema.readers(target)):
            raise Unmended(f"{', '.join(lacking)} may not read {target}, through which a policy would ask")
    if not any(_is_required(schema, table, each) for each in links):
        raise Unmended(f"its rows need not lead to a row of {links[0].target}: the column that refers to it may be NULL")
    return links


def _is_required(schema: Schema, table: str, key: ForeignKey) -> bool:
    return all(schema.columns[table, column].not_null for column in key.columns)


def _reached(schema: Schema, table: str) -> set[str]:
    """What a table's policies may ask, through one another; those of tables without a key ask what they hang off."""
    found, waiting = {table}, [table]
    while waiting:
        each = waiting.pop()
        above = {key.target for key in schema.foreign_keys.get(each, ())} if each not in schema.keys else set()
        new = (above | schema.asked.get(each, frozenset())) - found
        waiting += new
        found |= new
    return found


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


def _through(schema: Schema, table: str, links: Sequence[ForeignKey]) -> Step:
    questions = [_question(schema, table, each) for each in links]
    name, on = identifier(_free(schema, table)), qualified(table)
    return f"create policy {name} on {on}\n    using ({f'{chr(10)}        and '.join(questions)})", f"drop policy {name} on {on}"


def _question(schema: Schema, table: str, key: ForeignKey) -> str:
    """Whether the row that a key leads to is seen; one that leads nowhere asks nothing."""
    own = identifier(table.rpartition(".")[2])
    alias = "parent" if own != "parent" else "above"
    pairs = zip(key.columns, key.target_columns, strict=True)
    same = " and ".join(f"{alias}.{identifier(theirs)} = {own}.{identifier(ours)}" for ours, theirs in pairs)
    asked = f"exists (select 1 from {qualified(key.target)} as {alias} where {same})"  # noqa: S608
    if _is_required(schema, table, key):
        return asked
    return f"({' or '.join([*(f'{identifier(column)} is null' for column in key.columns), asked])})"


def _free(schema: Schema, table: str, name: str = "parent_rows") -> str:
    return _free(schema, table, f"{name}_") if name in schema.policies.get(table, ()) else name


MENDERS: Mapping[str, Callable[[Schema, str], Patch]] = {
    "rls-enabled": _enabled,
    "rls-forced": _forced,
    "rls-policy-present": _present,
    "partition-covered": _partition,
    "rls-child-covered": _child,
}
