"""The policies of one database, judged table by table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from invariants.facts import db, settings
from invariants.replay.isolation.policies import Guard, by_table, reached, terms
from invariants.replay.isolation.sources import Sources, settings_named
from invariants.replay.isolation.terms import Scope

Rows = Mapping[type, Sequence[Any]]


def judged(database: str, facts: Iterable[Any], known: Iterable[Any]) -> Iterator[Any]:
    """The verdict on every disjunct of every permissive policy, and the settings and functions that policies go by.

    ``known`` are the settings facts, configured and detected, of which those of this database count.
    """
    rows = _rows([*facts, *(each for each in known if getattr(each, "database", "") in {"", database})])
    sources = _sources(rows)
    roles = _roles(rows)
    keys = _keys(rows)
    required = {(each.table_name, each.name) for each in rows[db.Column] if each.not_null}
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in rows[db.PolicyRole]:
        names[each.table_name, each.policy_name].add(each.role)
    told: dict[Any, Any] = {}
    predicates = frozenset(each.name for each in rows[settings.Predicate])
    for table, policies in by_table(rows[db.Policy]).items():
        own = keys.get(table, frozenset())
        scope = Scope(
            table, own, frozenset(key for key in own if (table, key) in required), sources, predicates, frozenset(roles), told=told
        )
        yield from _sources_used(policies, bodies=sources.bodies)
        guards = [Guard(policy, reached(frozenset(names[table, policy.name]), roles)) for policy in policies]
        yield from terms(guards, scope)


def _rows(facts: Iterable[Any]) -> Rows:
    found: dict[type, list[Any]] = defaultdict(list)
    for fact in facts:
        found[type(fact)].append(fact)
    return found


def _sources(rows: Rows) -> Sources:
    """What the configuration says, and the SQL functions without arguments that may be seen through."""
    bodies: dict[str, str] = {}
    for function in rows[db.Function]:
        if function.language == "sql" and not function.signature:
            bodies[function.name] = function.body
            bodies.setdefault(function.name.partition(".")[2], function.body)
    return Sources(frozenset(each.name for each in rows[settings.SessionSource]), bodies)


def _sources_used(policies: Sequence[db.Policy], bodies: Mapping[str, str]) -> Iterator[settings.SessionSource]:
    """The settings that policies go by, by themselves or through the functions they call."""
    for policy in policies:
        for text in (policy.using_text, policy.check_text):
            for name in sorted(settings_named(text, bodies)) if text else ():
                yield settings.SessionSource(policy.at, name, "detected")


def _keys(rows: Rows) -> dict[str, frozenset[str]]:
    """The tenant keys of each table; the root's own primary key is its tenant key."""
    names = {each.name for each in rows[settings.TenantKey]}
    found: dict[str, set[str]] = defaultdict(set)
    for column in rows[db.Column]:
        if column.name in names:
            found[column.table_name].add(column.name)
    roots = {each.name for each in rows[settings.TenantRoot]}
    primary = {(each.table_name, each.name) for each in rows[db.Constraint] if each.kind == "primary"}
    for member in rows[db.ConstraintColumn]:
        if member.table_name in roots and (member.table_name, member.constraint_name) in primary:
            found[member.table_name].add(member.column_name)
    return {table: frozenset(columns) for table, columns in found.items()}


def _roles(rows: Rows) -> dict[str, frozenset[str]]:
    """The application's roles, each with the roles it inherits from; everyone, where none is known."""
    parents: dict[str, set[str]] = defaultdict(set)
    for membership in rows[db.Membership]:
        parents[membership.member].add(membership.role)
    names = sorted({each.name for each in rows[settings.AppRole]}) or ["public"]
    return {name: _closure(name, parents) for name in names}


def _closure(name: str, parents: Mapping[str, set[str]]) -> frozenset[str]:
    reached_roles, waiting = {name}, [name]
    while waiting:
        new = parents.get(waiting.pop(), set()) - reached_roles
        reached_roles |= new
        waiting += new
    return frozenset(reached_roles)
