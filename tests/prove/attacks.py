"""Attacks on small schemas, as the tests tell them."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from invariants.prove import catalog
from invariants.prove.attacking import committed
from invariants.prove.clues import clues
from invariants.prove.database import Database
from invariants.prove.outcomes import Crossing, Held, Outcome, Unseeded
from invariants.prove.planning import Plans
from invariants.prove.tenancy import Words, tenancy
from invariants.prove.verdicts import cause
from server import Database as Scratch
from server import connected

TENANTS = """
    create role app_user;
    create table tenants (id uuid primary key, name text not null);
    create function tenant() returns uuid language sql stable as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
"""
"""What every case begins with."""


class Attacked(NamedTuple):
    """What attacks came to."""

    outcomes: Sequence[Outcome]
    plans: Plans

    def crossings(self, table: str) -> set[str]:
        """What crossed into a table: the command, who is robbed where he is nobody, and the view or function that was used."""
        return {_told(each) for each in self.outcomes if isinstance(each, Crossing) and each.table == f"public.{table}"}

    def held(self, table: str) -> set[str]:
        """The commands that were tried on a table, and held."""
        return {each.command for each in self.outcomes if isinstance(each, Held) and each.table == f"public.{table}" and not each.through}

    def past(self, table: str) -> set[str]:
        """The commands that row security let through, and only a constraint refused."""
        return {each.command for each in self.outcomes if isinstance(each, Held) and each.table == f"public.{table}" and each.past}

    def untried(self, table: str) -> dict[str, str]:
        """The commands on a table of which nothing is known, and why."""
        strays = [each for each in self.outcomes if isinstance(each, Held) and each.table == f"public.{table}" and not each.certain]
        return {each.command: each.reason for each in strays}

    def unseeded(self) -> dict[str, str]:
        return {each.table.removeprefix("public."): each.reason for each in self.outcomes if isinstance(each, Unseeded)}

    def causes(self, table: str) -> set[tuple[str, str]]:
        """The rules that crossings into a table break, and by which subject."""
        found = [each for each in self.outcomes if isinstance(each, Crossing) and each.table == f"public.{table}"]
        return {cause(each, self.plans.catalog, self.plans.tenancy)[:2] for each in found}

    def first(self, table: str, command: str) -> Crossing:
        return next(
            each for each in self.outcomes if isinstance(each, Crossing) and (each.table, each.command) == (f"public.{table}", command)
        )


def _told(crossing: Crossing) -> str:
    nobody = " of nobody" if crossing.victim == "nobody" else ""
    through = f" by {crossing.through.removeprefix('public.')}" if crossing.through else ""
    return f"{crossing.command}{nobody}{through}"


def attacked(scratch: Scratch, schema: str, keys: Sequence[str] = ("tenant_id",), session: Sequence[str] = ("app.tenant_id",)) -> Attacked:
    """Make a schema on top of the tenants', and attack it as ``app_user``."""
    scratch.run(TENANTS + schema)
    [[name, folder]] = scratch.run("select current_database(), current_setting('unix_socket_directories')")
    words = Words(frozenset(keys), "public.tenants", ("app_user",), tuple(session))

    def connect() -> Database:
        return Database(connected(Path(folder), name))

    with closing(connect()) as database:
        found = catalog.read(database)
        known = clues(found)
    plans = Plans(found, tenancy(found, known, words), known)
    return Attacked(list(committed(connect, plans)), plans)
