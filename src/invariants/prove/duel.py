"""One session against one table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from invariants.postgres.identifiers import quote
from invariants.prove.attempts import TOUCHES, Attempt, Command, Target, reading, untried, writing
from invariants.prove.catalog import Table
from invariants.prove.database import Database, Refused, literal, names
from invariants.prove.outcomes import Crossing, Held, Outcome, Victim
from invariants.prove.planning import Plans
from invariants.prove.rights import Rights
from invariants.prove.rows import Row, Seeds, belonging, condition
from invariants.prove.sessions import Session
from invariants.prove.values import Who

NARROWED = 16
"""So many rows are attacked one by one where they cannot be attacked together."""
DEPARTED = "set local role none; set local session authorization default"


class Attacker(NamedTuple):
    """Who attacks: a role, in a session, of a tenant."""

    role: str
    who: Who
    session: Session
    login: str = ""
    """The role that connects, and becomes the other; empty where that connects itself."""

    @property
    def arrival(self) -> tuple[str, ...]:
        """The statements that make the connection the attacker's."""
        became = (f"set local role {quote(self.role)}",) if self.login else ()
        return (*self.session.statements, f"set local session authorization {quote(self.login or self.role)}", *became)


class Places:
    """Where the rows of a table's owners are: what no attempt of a stranger may change."""

    def __init__(self, database: Database, plans: Plans, seeds: Seeds, table: Table) -> None:
        self.rows: dict[str, Row] = {}
        self._hidden: dict[Who, str] = {}
        conditions: list[str] = []
        owners: tuple[Who, ...] = ("A", "B", "")
        for who in owners:
            own = seeds.rows.get((table.name, who), ())
            self.rows |= {row.place: row for row in own}
            if own:
                theirs = belonging(own, plans.owned[table.name])
                self._hidden[who] = f"delete from {table.sql} where {theirs}"
                conditions.append(f"select {literal(who)}, tableoid::text || ctid::text from {table.sql} where {theirs}")
        self.query = " union all ".join(conditions)
        self.before = self.read(database.run(self.query))

    def read(self, rows: Sequence[Sequence[str]]) -> dict[Who, set[str]]:
        """The places that a query of these found, by whose rows are there."""
        found: dict[Who, set[str]] = {"A": set(), "B": set(), "": set()}
        for who, place in rows:
            found[who].add(place)  # type: ignore[index]
        return found

    def without(self, who: Who) -> str:
        """The statement that takes an owner's rows away; empty where there are none."""
        return self._hidden.get(who, "")

    def shown(self, place: str) -> str:
        """The row that was in a place."""
        return shown(self.rows[place].values) if place in self.rows else f"the row at {place}"


class Duel:
    """One session against one table."""

    def __init__(self, database: Database, attacker: Attacker, target: Target, held: Rights, places: Places, through: str = "") -> None:
        self.database = database
        self.attacker = attacker
        self.target = target
        self.held = held
        self.places = places
        self.through = through

    def outcomes(self) -> Iterator[Outcome]:
        """Every attempt to read and to write."""
        victims: tuple[Who, ...] = (self.target.victim, "")
        for victim in victims:
            if self.target.rows(victim):
                yield self._read(victim)
        yield from self.writes()

    def writes(self) -> Iterator[Outcome]:
        """Every attempt to write."""
        tried = set()
        for attempt in writing(self.target, self.held):
            tried.add(attempt.command)
            yield from self._write(attempt)
        for command, reason in untried(self.target, self.held) if not self.through else ():
            if command not in tried:
                yield self._held(command, f"{command} {self.target.table.sql}", reason, certain=False)

    def _read(self, victim: Who) -> Outcome:
        statement = reading(self.target, victim, self.held)
        if statement is None:
            reason = "it may not read what tells rows apart" if self.held.select else "it may not read it"
            return self._held("select", f"select from {self.target.table.sql}", reason, certain=not self.held.select)
        try:
            rows = self.database.run(f"rollback to savepoint attempt; {statement}")
        except Refused as refused:
            return self._held("select", statement, str(refused), certain=not refused.is_accident)
        if not rows:
            return self._held("select", statement, "no row came")
        columns = [column.name for column in self.target.table.columns if column.name in self.held.select]
        return self._crossing("select", statement, shown(dict(zip(columns, rows[0], strict=True))), victim)

    def _write(self, attempt: Attempt) -> Iterator[Outcome]:
        try:
            found = list(self._tried(attempt, f"rollback to savepoint attempt; {attempt.statement}"))
        except Refused as refused:
            if attempt.command in {"insert", "truncate"} or (refused.code == "42501" and not refused.is_policy):
                yield self._refused(attempt, refused)
                return
            found = list(self._narrowed(attempt))
            if not found:
                yield self._refused(attempt, refused)
        else:
            if not found:
                yield self._held(attempt.command, attempt.statement, "no row of another's changed")
        yield from found

    def _tried(self, attempt: Attempt, text: str) -> Iterator[Crossing]:
        """Run an attempt and look, as a superuser, at what became of everybody's rows."""
        after = self.places.read(self.database.run(f"{text}; {DEPARTED}; {self.places.query}"))
        victims: tuple[Who, ...] = (self.target.victim, "")
        for victim in victims:
            before = self.places.before[victim]
            lost, planted = before - after[victim], after[victim] - before
            if lost and attempt.command in TOUCHES:
                yield self._touched(attempt, min(lost), victim)
            elif attempt.command not in TOUCHES and len(planted) > len(lost):
                yield self._crossing(attempt.command, attempt.statement, f"a row of {shown(self.target.tie(victim))}", victim)

    def _touched(self, attempt: Attempt, place: str, victim: Who) -> Crossing:
        """The crossing, by a statement that names and returns the row where that works too."""
        readable = [column.name for column in self.target.table.columns if column.name in self.held.select]
        if attempt.command in {"update", "delete"} and set(self.target.ties) <= set(readable):
            theirs = belonging(self.target.rows(victim), self.target.ties)
            statement = f"{attempt.statement} where {theirs} returning {names(readable)}"
            try:
                rows = self.database.run(f"rollback to savepoint attempt; {statement}")
            except Refused:
                rows = []
            if rows:
                return self._crossing(attempt.command, statement, shown(dict(zip(readable, rows[0], strict=True))), victim)
        return self._crossing(attempt.command, attempt.statement, self.places.shown(place), victim)

    def _narrowed(self, attempt: Attempt) -> Iterator[Crossing]:
        """The attempt again, on one row at a time, since one row that is refused hides all others."""
        owners: tuple[Who, ...] = (self.target.attacker, "") if attempt.command == "move" else (self.target.victim, "")
        for owner in owners:
            for row in list(self.target.rows(owner))[:NARROWED]:
                found = list(self._alone(attempt, row, owner))
                if found:
                    yield from found
                    break

    def _alone(self, attempt: Attempt, row: Row, owner: Who) -> Iterator[Crossing]:
        try:
            yield from self._tried(attempt, self._only(attempt, row))
        except Refused as refused:
            if refused.is_constraint and attempt.command in TOUCHES:
                reached = f"{shown(row.values)}, which only a constraint kept as it was: {refused.message}"
                yield self._crossing(attempt.command, attempt.statement, reached, owner)

    def _only(self, attempt: Attempt, row: Row) -> str:
        """The attempt where no other row is in its way: a policy hides them, or a condition where there is no row security."""
        table = self.target.table
        if not table.secured:
            readable = {name: text for name, text in row.values.items() if name in (table.primary or self.target.ties)}
            return f"rollback to savepoint attempt; {attempt.statement} where {condition(readable)}"
        kind = "delete" if attempt.command == "delete" else "update"
        check = " with check (true)" if kind == "update" else ""
        only = f"create policy {quote('invariants only')} on {table.sql} as restrictive for {kind}"
        using = f"using (tableoid::text || ctid::text = {literal(row.place)}){check}"
        return f"rollback to savepoint attempt; {DEPARTED}; {only} {using}; {'; '.join(self.attacker.arrival)}; {attempt.statement}"

    def _refused(self, attempt: Attempt, refused: Refused) -> Held:
        """An attempt that PostgreSQL refused. It asks policies about a new row before it asks constraints; triggers come first."""
        table = self.target.table
        is_subject = table.secured and not self.through and (table.forced or not self.held.owns)
        command = "update" if attempt.command == "move" else attempt.command
        asked = is_subject and attempt.plants and command not in table.rewritten
        held = self._held(attempt.command, attempt.statement, str(refused), certain=not refused.is_accident)
        return held._replace(past=asked and refused.is_constraint)

    def _held(self, command: Command, statement: str, reason: str, *, certain: bool = True) -> Held:
        return Held(self.target.table.name, self.attacker.role, command, self.attacker.arrival, statement, reason, self.through, certain)

    def _crossing(self, command: Command, statement: str, row: str, victim: Who) -> Crossing:
        session = self.attacker.session
        whose: Victim = "tenant" if victim else "nobody"
        table, role = self.target.table.name, self.attacker.role
        return Crossing(table, role, command, self.attacker.arrival, statement, row, whose, session.standing, self.through)


def shown(values: Mapping[str, object]) -> str:
    """A row as people read it."""
    return ", ".join(f"{name} = {text}" for name, text in values.items())
