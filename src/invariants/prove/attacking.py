"""The attack: every session of every role against every table, each attempt taken back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing

from invariants.prove import catalog as catalogs
from invariants.prove import sessions
from invariants.prove.attempts import Target
from invariants.prove.blame import blamed
from invariants.prove.catalog import Function, Table
from invariants.prove.clues import clues
from invariants.prove.database import Database
from invariants.prove.doors import Doors
from invariants.prove.duel import Attacker, Duel, Places
from invariants.prove.outcomes import Crossing, Held, Outcome, Seeded, Unseeded
from invariants.prove.planning import Plans
from invariants.prove.reach import Reach
from invariants.prove.rights import NONE, Rights, callable_by, connecting, rights
from invariants.prove.rows import Seeds
from invariants.prove.seeding import Seeder
from invariants.prove.sessions import Identities
from invariants.prove.tenancy import Tenancy
from invariants.prove.values import Who

Progress = Callable[[int, int], None]
"""Told how many of how many sessions have attacked."""
PATIENCE = "2s"
"""A statement that takes longer is given up."""


class Used(Exception):
    """Settings were set on this connection before: a session that never set them can no longer be had on it."""


def attack(connection: Database, tenancy: Tenancy, before: str = "") -> Iterator[Outcome]:
    """Seed two tenants and attack, in a transaction of its own that is rolled back in the end, with what ``before`` made in it.

    The connection is a superuser's, in no transaction, and fresh as far as the settings go that policies read: PostgreSQL never
    forgets one that was set, and :class:`Used` is raised where one was, even by seeding, where a trigger asks who is there.
    """
    connection.run("begin")
    try:
        connection.run(before)
        found = catalogs.read(connection)
        plans = Plans(found, tenancy, clues(found))
        seeds = seeded(connection, plans)
        settings = sorted({source.claim.setting for source in tenancy.sources})
        if not connection.is_free(settings):
            raise Used(f"{', '.join(settings)} were set on this connection before; attack on a new one")
        yield from (Unseeded(table, reason) for table, reason in seeds.faults.items())
        yield from Assault(connection, plans, seeds).outcomes()
    finally:
        connection.run("rollback")


def committed(connect: Callable[[], Database], plans: Plans, progress: Progress | None = None) -> Iterator[Outcome]:
    """The same in a database that is thrown away: the seeds stay, and a second connection attacks, on which nothing was ever set.

    What is set on a new connection all the same, the database itself sets for everybody who connects.
    """
    with closing(connect()) as database:
        database.run("begin")
        seeds = seeded(database, plans)
        database.run("commit")
    yield Seeded(tuple(seeds.script))
    yield from (Unseeded(table, reason) for table, reason in seeds.faults.items())
    with closing(connect()) as database:
        database.run("begin")
        yield from Assault(database, plans, seeds, blames=True, progress=progress).outcomes()


def seeded(connection: Database, plans: Plans) -> Seeds:
    """Rows of two tenants, made in the transaction that is open."""

    def dressed(seeder: Seeder, who: Who) -> str:
        session = sessions.dressed(plans.tenancy.sources, Identities(plans, seeder.rows), who)
        return "".join(f"{each}; " for each in session.statements)

    return Seeder(connection, plans, dressed).seeds()


class Assault:
    """All attempts at the rows that were seeded, in the transaction that is open."""

    def __init__(self, database: Database, plans: Plans, seeds: Seeds, *, blames: bool = False, progress: Progress | None = None) -> None:
        self.database = database
        self._progress = progress
        self._blames = blames
        self.plans = plans
        self.seeds = seeds
        self.tables = [plans.catalog.tables[name] for name in sorted(plans.owned) if seeds.rows.get((name, "B"))]
        self._rights: dict[str, Mapping[str, Rights]] = {}
        self._functions: dict[str, Sequence[Function]] = {}
        self._places = {table.name: Places(database, plans, seeds, table) for table in self.tables}
        self._reach = Reach(plans.catalog)
        self._doors = Doors(database, plans, seeds, self._places, self._reach)
        self._crossed: set[tuple[str, ...]] = set()

    def outcomes(self) -> Iterator[Outcome]:
        """What every attempt came to; sessions in which nothing was ever set come first, since they cannot come later."""
        self.database.run(f"set local statement_timeout = '{PATIENCE}'; set local lc_messages = 'C'")
        everyone = sorted(self._attackers(), key=lambda attacker: attacker.session.standing != "unset")
        for number, attacker in enumerate(everyone):
            if self._progress:
                self._progress(number, len(everyone))
            yield from self._stand(attacker)

    def _attackers(self) -> Iterator[Attacker]:
        identities = Identities(self.plans, self.seeds.rows)
        for role in self.plans.tenancy.roles:
            relations = [*(table.sql for table in self.tables), *(view.sql for view in self._doors.views)]
            self._rights[role] = rights(self.database, role, relations)
            self._functions[role] = callable_by(self.database, role, self._doors.functions)
            login = connecting(self.database, role)
            tenants: Sequence[Who] = ("A", "B")
            for who in tenants:
                for session in sessions.sessions(self.plans.tenancy.sources, self.plans.clues, identities, who, role):
                    if who == "A" or session.standing != "constant":  # a word opens both ways or none: the rows are alike
                        yield Attacker(role, who, session, login)

    def _stand(self, attacker: Attacker) -> Iterator[Outcome]:
        """Every table, in one session."""
        before = "; ".join(["savepoint session", *attacker.arrival, "savepoint attempt"])
        self.database.run(before)
        try:
            for outcome in self._tried(attacker):
                if not isinstance(outcome, Crossing):
                    yield outcome
                elif not self._is_known(outcome):
                    yield self._blamed(attacker, outcome)
        finally:
            self.database.run("rollback to savepoint session; release savepoint session")

    def _blamed(self, attacker: Attacker, crossing: Crossing) -> Crossing:
        """A crossing of the table itself, with the policy that let it through, where somebody asks."""
        table = self.plans.catalog.tables[crossing.table]
        owns = self._rights[crossing.role].get(table.sql, NONE).owns
        is_elsewhere = bool(crossing.through) and not self._doors.reads_as_caller(crossing.through, crossing.table)
        if not self._blames or is_elsewhere or not table.secured or (owns and not table.forced):
            return crossing
        return crossing._replace(cause=blamed(self.database, self.plans.catalog, attacker, self._places[crossing.table], crossing))

    def _tried(self, attacker: Attacker) -> Iterator[Outcome]:
        for table in self.tables:
            if self._matters(attacker, table.name):
                yield from self._table(attacker, table)
        for view in self._doors.views:
            if self._matters(attacker, view.name):
                yield from self._doors.view(attacker, view, self._rights[attacker.role].get(view.sql, NONE))
        for function in self._functions[attacker.role]:
            if self._matters(attacker, function.name):
                yield from self._doors.function(attacker, function)

    def _matters(self, attacker: Attacker, name: str) -> bool:
        """A session may find there what a plainer one does not."""
        session = attacker.session
        return session.standing != "constant" or bool(session.varied & self._reach.settings(name))

    def _table(self, attacker: Attacker, table: Table) -> Iterator[Outcome]:
        held = self._rights[attacker.role].get(table.sql, NONE)
        victim: Who = "B" if attacker.who == "A" else "A"
        target = Target(table, self.plans.owned[table.name], attacker.who, victim, self.seeds, self.plans.clues.columns)
        yield from Duel(self.database, attacker, target, held, self._places[table.name]).outcomes()

    def _is_known(self, crossing: Crossing) -> bool:
        """A plainer session crossed in the same way before."""
        key = (crossing.table, crossing.role, crossing.command, crossing.victim, crossing.through)
        known = key in self._crossed and crossing.standing == "constant"
        self._crossed.add(key)
        return known


__all__ = ["Assault", "Crossing", "Held", "Outcome", "Unseeded", "Used", "attack", "seeded"]
