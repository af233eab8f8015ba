"""The statements that one tenant's session tries on a table to reach another's rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Column, Table
from invariants.prove.database import literal, names
from invariants.prove.rights import Rights
from invariants.prove.rows import Row, Seeds, belonging, condition, insertion
from invariants.prove.values import Who

Command = Literal["select", "insert", "update", "delete", "move", "truncate"]

TOUCHES = {"update", "delete", "truncate"}
"""Commands that cross by changing a row that is there; the others do by leaving one that was not."""


class Attempt(NamedTuple):
    """One statement to try. It names no row, so that no right to read is needed: what it did is seen from outside."""

    command: Command
    statement: str
    plants: bool = False
    """Every row that it writes says that it is the victim's."""


class Target(NamedTuple):
    """A table, whose rows are attacked and by whom."""

    table: Table
    ties: tuple[str, ...]
    """The columns that tie a row to its tenant."""
    attacker: Who
    victim: Who
    seeds: Seeds
    mentioned: frozenset[str]
    """The columns that policies mention."""

    def rows(self, who: Who) -> Sequence[Row]:
        return self.seeds.rows.get((self.table.name, who), ())

    def tie(self, who: Who) -> dict[str, str | None]:
        """What ties a row to a tenant."""
        own = self.rows(who)
        return {name: own[0].values[name] for name in self.ties} if own else {}


def reading(target: Target, victim: Who, held: Rights) -> str | None:
    """A SELECT of the victim's rows, by the columns that may be read; None where nothing tells them apart."""
    readable = [column.name for column in target.table.columns if column.name in held.select]
    found = target.tie(victim)
    if not found or not readable:
        return None
    if not set(found) <= set(readable):
        theirs = target.rows(victim)[0].values
        others = [row.values for who in ("A", "B", "") if who != victim for row in target.rows(who)]
        telling = next((name for name in readable if theirs[name] is not None and all(row[name] != theirs[name] for row in others)), None)
        if telling is None:
            return None
        return f"select {names(readable)} from {target.table.sql} where {condition({telling: theirs[telling]})}"
    return f"select {names(readable)} from {target.table.sql} where {belonging(target.rows(victim), target.ties)}"


def writing(target: Target, held: Rights) -> Iterator[Attempt]:
    """Every statement that may write the victim's rows, or write a row that is the victim's."""
    seen = set()
    for attempt in _writing(target, held):
        if attempt.statement not in seen:
            seen.add(attempt.statement)
            yield attempt


def untried(target: Target, held: Rights) -> Iterator[tuple[Command, str]]:
    """The commands that a role has the rights for, and that may lack a row to try them with; and why."""
    name = target.table.name
    if held.insert and not any(target.seeds.spares.get((name, who)) for who in (target.victim, target.attacker)):
        yield "insert", f"no row of {name} could be made to insert"
    if set(target.ties) <= held.update and not target.rows(target.attacker):
        yield "move", f"no row of {name} could be made that is its own to give away"


def _writing(target: Target, held: Rights) -> Iterator[Attempt]:
    sql = target.table.sql
    own, theirs = target.rows(target.attacker), target.rows(target.victim)
    if theirs and (column := _harmless(target, held.update)):
        yield Attempt("update", f"update {sql} set {quote(column)} = {literal(theirs[0].values[column])}")
    if own and theirs and set(target.ties) <= held.update:
        yield from _moves(target, held, "update", target.attacker)
        yield from _moves(target, held, "move", target.victim)
        yield from _moves(target, held, "move", "") if target.rows("") else ()
    if held.delete:
        yield Attempt("delete", f"delete from {sql}")
    if held.truncate:
        yield Attempt("truncate", f"truncate {sql}")
    yield from _insertions(target, held, target.victim)
    yield from _insertions(target, held, "") if target.rows("") else ()


def _harmless(target: Target, columns: frozenset[str]) -> str | None:
    """The column whose change is least likely to matter to any policy, key, reference or check."""
    table = target.table
    ranked = [(_weight(target, column), place, column.name) for place, column in enumerate(table.columns) if column.name in columns]
    return min(ranked)[2] if ranked and min(ranked)[0] < 100 else None


def _weight(target: Target, column: Column) -> int:
    table = target.table
    return (
        100 * (column.filled in {"generated", "identity"})
        + 50 * any(column.name in key.columns for key in table.keys)
        + 20 * (column.name in target.ties)
        + 10 * any(column.name in reference.columns for reference in table.references)
        + 5 * (column.name in target.mentioned)
        + 2 * any(column.name in check.columns for check in table.checks)
    )


def _moves(target: Target, held: Rights, command: Command, to: Who) -> Iterator[Attempt]:
    """The tenant key set to one tenant's; and the references with it, where those are bound to tenants too."""
    tie = target.tie(to)
    references = {name for reference in target.table.references for name in reference.columns} & held.update
    whole = tie | {name: target.rows(to)[0].values[name] for name in sorted(references - tie.keys())}
    for values in (tie, whole):
        pairs = ", ".join(f"{quote(name)} = {literal(text)}" for name, text in values.items())
        yield Attempt(command, f"update {target.table.sql} set {pairs}", plants=command == "move")


def _insertions(target: Target, held: Rights, whose: Who) -> Iterator[Attempt]:
    """Rows of another's, or of nobody's; rows of the attacker's with that key; and rows that leave the key to its default."""
    table, tie = target.table, target.tie(whose)
    theirs, own = target.seeds.spares.get((table.name, whose), ()), target.seeds.spares.get((table.name, target.attacker), ())
    for values in [*theirs, *(spare | tie for spare in own if tie)]:
        if allowed := _allowed(table, values, held.insert):
            yield Attempt("insert", insertion(table, allowed), plants=tie.keys() <= allowed.keys())
    if any(table.column(name).default for name in target.ties):
        for spare in theirs:
            if allowed := _allowed(table, {name: text for name, text in spare.items() if name not in target.ties}, held.insert):
                yield Attempt("insert", insertion(table, allowed))


def _allowed(table: Table, values: Mapping[str, str | None], columns: frozenset[str]) -> dict[str, str | None] | None:
    """The values without those of columns that may be left out and must not be named; None where one may not be left out.

    What a view does not show of its table is left out, and PostgreSQL asked whether it may be.
    """
    found = {name: text for name, text in values.items() if name in columns}
    missing = [column for column in table.columns if column.name in values and column.name not in found]
    return found if found and all(column.default or not column.not_null or column.filled for column in missing) else None
