"""Attempts summed up by table, and each crossing as evidence against the rule nearest its cause."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from invariants.finding import Constrained, Evidence, Proven
from invariants.prove.catalog import Catalog
from invariants.prove.outcomes import CHECKED, Crossing, Held, Outcome, Unseeded
from invariants.prove.tenancy import Tenancy

Kind = Literal["table", "policy", "view", "function", "role", "column"]


class Cause(NamedTuple):
    """The rule that a crossing breaks, and the subject that breaks it."""

    rule: str
    subject: str
    kind: Kind


def cause(crossing: Crossing, catalog: Catalog, tenancy: Tenancy) -> Cause:
    """The rule nearest the cause: the door, the rights, row security, the role, the key, and at last the policy."""
    table = catalog.tables[crossing.table]
    if crossing.through and not (table.secured or table.parent or table.name in tenancy.keys):
        return Cause("rls-child-covered", table.name, "table")
    if crossing.through and all(view.name != crossing.through for view in catalog.views):
        return Cause("definer-function-confined", crossing.through, "function")
    if crossing.through and not catalog.reads_as_caller(crossing.through, table.name):
        return Cause("view-invoker-secured", crossing.through, "view")
    if crossing.command == "truncate":
        return Cause("tenant-grant-minimal", table.name, "table")
    if not table.secured:
        rule = "partition-covered" if table.parent else "rls-enabled" if table.name in tenancy.keys else "rls-child-covered"
        return Cause(rule, table.name, "table")
    if not crossing.cause:
        return Cause("role-subject-to-rls", crossing.role, "role")
    if crossing.victim == "nobody" and table.name in tenancy.keys:
        return Cause("tenant-key-required", f"{table.name}.{tenancy.keys[table.name][0]}", "column")
    own = next(policy for policy in catalog.policies if policy.table == table.name and policy.name == crossing.cause)
    rule = "rls-write-checked" if crossing.command in CHECKED and own.check else "rls-policy-isolates"
    return Cause(rule, f"{table.name}/{crossing.cause}", "policy")


def doubt(table: str, catalog: Catalog) -> Cause:
    """What stays unproven where a table could not be seeded."""
    policy = next((each.name for each in catalog.policies if each.table == table and each.permissive), "")
    if policy:
        return Cause("rls-policy-isolates", f"{table}/{policy}", "policy")
    return Cause("rls-policy-present" if catalog.tables[table].secured else "rls-enabled", table, "table")


def proven(database: str, outcomes: Iterable[Outcome], catalog: Catalog, tenancy: Tenancy) -> Iterator[Proven]:
    """What became of each table, in the order of their names."""
    held: dict[str, list[Held]] = defaultdict(list)
    crossed: dict[str, list[Crossing]] = defaultdict(list)
    unseeded: dict[str, str] = {}
    for each in outcomes:
        if isinstance(each, Held):
            held[each.table].append(each)
        elif isinstance(each, Crossing):
            crossed[each.table].append(each)
        elif isinstance(each, Unseeded):
            unseeded[each.table] = each.reason
    for table in sorted({*held, *crossed, *unseeded}):
        tried: list[Held | Crossing] = [*held[table], *crossed[table]]
        stray = next((each.reason for each in held[table] if not each.certain), "")
        verdict = _verdict(bool(crossed[table]), table in unseeded, bool(stray))
        commands = tuple(sorted({each.command for each in tried}))
        ways = tuple(_ways(crossed[table], catalog, tenancy))
        barred = tuple(_constrained(held[table]))
        parent = catalog.tables[table].parent or ""
        yield Proven(database, table, verdict, unseeded.get(table, stray), len(tried), commands, ways, barred, parent)


def _verdict(crossed: bool, unseeded: bool, stray: bool) -> Literal["crossed", "held", "undecided", "unseeded"]:
    if crossed:
        return "crossed"
    if unseeded:
        return "unseeded"
    return "undecided" if stray else "held"


def _ways(crossings: Sequence[Crossing], catalog: Catalog, tenancy: Tenancy) -> Iterator[Evidence]:
    """One crossing for each way: the same command by the same door in another session, or from the other side, is no other way."""
    seen = set()
    for each in crossings:
        found = cause(each, catalog, tenancy)
        way = (each.role, each.command, each.through, each.victim, found)
        if way not in seen:
            seen.add(way)
            yield _evidence(each, found)


def _evidence(crossing: Crossing, found: Cause) -> Evidence:
    finding = (found.rule, found.subject)
    return Evidence(
        crossing.role, crossing.command, crossing.through, crossing.victim, crossing.standing, _statements(crossing), crossing.row, finding
    )


def _constrained(held: Sequence[Held]) -> Iterator[Constrained]:
    seen = set()
    for each in held:
        if each.past and (each.role, each.command) not in seen:
            seen.add((each.role, each.command))
            yield Constrained(each.role, each.command, _statements(each), each.reason)


def _statements(attempt: Crossing | Held) -> tuple[str, ...]:
    """What to run to see it again."""
    return (*attempt.session, attempt.statement)
