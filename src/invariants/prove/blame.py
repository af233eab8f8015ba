"""Which policy let a crossing through: the one without which it does not happen."""

from collections.abc import Iterator, Set
from functools import partial

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Catalog, Policy
from invariants.prove.database import Database, Refused, literal
from invariants.prove.duel import DEPARTED, Attacker, Places
from invariants.prove.outcomes import CHECKED, Crossing
from invariants.prove.values import Who


def blamed(database: Database, catalog: Catalog, attacker: Attacker, places: Places, crossing: Crossing) -> str:
    """The name of the policy; the first that applies, where none is to blame alone; empty where none applies."""
    policies = list(_applying(catalog, crossing))
    if len(policies) < 2:
        return policies[0].name if policies else ""
    changed = partial(_changed, catalog.tables[crossing.table].sql, places.before[_victim(attacker, crossing)], crossing)
    alone = (policy for policy in policies if not _crosses(database, attacker, crossing, changed(policy)))
    return next(alone, policies[0]).name


def _applying(catalog: Catalog, crossing: Crossing) -> Iterator[Policy]:
    """The permissive policies that let statements like this one through; those about its very command come first."""
    command = {"move": "update"}.get(crossing.command, crossing.command)
    own = [each for each in catalog.policies if each.table == crossing.table and each.permissive and each.command in {command, "all"}]
    yield from sorted(own, key=lambda each: each.command == "all")


def _crosses(database: Database, attacker: Attacker, crossing: Crossing, changed: str) -> bool:
    """The statement still finds rows, or still is let through, once policies are changed."""
    try:
        database.run(f"rollback to savepoint attempt; {DEPARTED}; {changed}; {'; '.join(attacker.arrival)}; {crossing.statement}")
    except Refused:
        return False
    return database.count > 0


def _changed(table: str, theirs: Set[str], crossing: Crossing, policy: Policy) -> str:
    """What closes a policy; and, where the statement would find rows of the attacker's own, hides all but the victim's."""
    closed = f"alter policy {quote(policy.name)} on {table} {_closed(crossing, policy)}"
    if crossing.command not in {"update", "delete"}:
        return closed
    only = f"create policy {quote('invariants only')} on {table} as restrictive for {crossing.command}"
    check = " with check (true)" if crossing.command == "update" else ""
    return f"{closed}; {only} using (tableoid::text || ctid::text in ({', '.join(map(literal, sorted(theirs)))})){check}"


def _victim(attacker: Attacker, crossing: Crossing) -> Who:
    if crossing.victim == "nobody":
        return ""
    return "B" if attacker.who == "A" else "A"


def _closed(crossing: Crossing, policy: Policy) -> str:
    """What lets nothing pass the side of a policy that a crossing had to; the other side may have passed by another policy."""
    if crossing.command in CHECKED:
        return "with check (false)"
    return "using (false) with check (true)" if policy.command in {"update", "all"} else "using (false)"
