"""Which policy let a crossing through: the one without which it does not happen."""

from collections.abc import Iterator

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Catalog, Policy
from invariants.prove.database import Database, Refused
from invariants.prove.duel import DEPARTED, Attacker
from invariants.prove.outcomes import Crossing


def blamed(database: Database, catalog: Catalog, attacker: Attacker, crossing: Crossing) -> str:
    """The name of the policy; the first that applies, where none is to blame alone; empty where none applies."""
    policies = list(_applying(catalog, crossing))
    if len(policies) < 2:
        return policies[0].name if policies else ""
    alone = (policy for policy in policies if not _crosses_without(database, catalog, attacker, crossing, policy))
    return next(alone, policies[0]).name


def _applying(catalog: Catalog, crossing: Crossing) -> Iterator[Policy]:
    """The permissive policies that let statements like this one through; those about its very command come first."""
    command = {"move": "update"}.get(crossing.command, crossing.command)
    own = [each for each in catalog.policies if each.table == crossing.table and each.permissive and each.command in {command, "all"}]
    yield from sorted(own, key=lambda each: each.command == "all")


def _crosses_without(database: Database, catalog: Catalog, attacker: Attacker, crossing: Crossing, policy: Policy) -> bool:
    """The statement still finds rows, or still is let through, once a policy is gone."""
    table = catalog.tables[crossing.table]
    dropped = f"rollback to savepoint attempt; {DEPARTED}; drop policy {quote(policy.name)} on {table.sql}"
    try:
        database.run(f"{dropped}; {'; '.join(attacker.arrival)}; {crossing.statement}")
    except Refused:
        return False
    return database.count > 0
