"""The policies of a table taken together, for the application's roles: permissive ones ORed, restrictive ones ANDed.

CREATE POLICY, PostgreSQL manual: "Policies Applied by Command Type".
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from invariants.facts import db
from invariants.facts.place import Place
from invariants.postgres.grammar import GrammarError, parse_expression, write_expression
from invariants.replay.isolation.terms import Scope, Side, Verdict, disjuncts, judge

COMMANDS: Mapping[Side, frozenset[str]] = {
    "using": frozenset({"select", "update", "delete"}),
    "check": frozenset({"insert", "update"}),
}
"""The commands that look at each side."""


class Guard(NamedTuple):
    """A policy, and the roles of the application that it applies to."""

    policy: db.Policy
    roles: frozenset[str]


def terms(guards: Sequence[Guard], scope: Scope) -> Iterator[db.PolicyTerm]:
    """The verdict on every disjunct of every permissive policy of one table."""
    restrictive = [guard for guard in guards if not guard.policy.permissive]
    for guard in guards:
        if guard.policy.permissive:
            for side in COMMANDS:
                yield from _side(guard, side, restrictive, scope._replace(side=side))


def _side(guard: Guard, side: Side, restrictive: Sequence[Guard], scope: Scope) -> Iterator[db.PolicyTerm]:
    text = guard.policy.using_text if side == "using" else guard.policy.check_text
    if text is None:
        return
    for term, verdict in _verdicts(text, scope):
        yield _fact(guard.policy, side, term, _narrowed(verdict, guard, side, restrictive, scope))


def _verdicts(text: str, scope: Scope) -> list[tuple[str, Verdict]]:
    """Every disjunct with its verdict; products repeat one expression on table after table, which is judged once."""
    key = (text, scope.keys, scope.required, scope.side, scope.table if "." in text else "")
    found: list[tuple[str, Verdict]] | None = scope.told.get(key)
    if found is None:
        found = scope.told[key] = _judged(text, scope)
    return found


def _judged(text: str, scope: Scope) -> list[tuple[str, Verdict]]:
    try:
        terms_ = list(disjuncts(parse_expression(text)))
        return [(write_expression(each) if len(terms_) > 1 else text, judge(each, scope)) for each in terms_]
    except GrammarError as error:
        return [(text, Verdict("unverified", f"its expression could not be read: {error.message}"))]


def _fact(policy: db.Policy, side: Side, term: str, verdict: Verdict) -> db.PolicyTerm:
    at: Place = policy.using_at if side == "using" else policy.check_at
    return db.PolicyTerm(at, policy.database, policy.table_name, policy.name, side, verdict.word, term, verdict.reason)


def _narrowed(verdict: Verdict, guard: Guard, side: Side, restrictive: Sequence[Guard], scope: Scope) -> Verdict:
    """A verdict, given what the restrictive policies still ask for each command and role that the policy lets in."""
    if not guard.roles:
        return Verdict("denies", "no role of the application is subject to it")
    if verdict.word in {"isolates", "denies"}:
        return verdict
    binding = [_binding(command, role, side, restrictive, scope) for command in _commands(guard.policy, side) for role in guard.roles]
    if binding and all(binding):
        return Verdict("isolates", f"the restrictive policy {binding[0]} binds it")
    return verdict


def _commands(policy: db.Policy, side: Side) -> frozenset[str]:
    return COMMANDS[side] if policy.command == "all" else COMMANDS[side] & {policy.command}


def _binding(command: str, role: str, side: Side, restrictive: Sequence[Guard], scope: Scope) -> str | None:
    """The restrictive policy that isolates a command for a role, if one does."""
    for guard in restrictive:
        policy = guard.policy
        if role in guard.roles and policy.command in {"all", command} and _isolates(policy, side, scope):
            return policy.name
    return None


def _isolates(policy: db.Policy, side: Side, scope: Scope) -> bool:
    text = policy.check_text if side == "check" and policy.check_text is not None else policy.using_text
    return text is not None and all(verdict.word in {"isolates", "denies"} for _, verdict in _verdicts(text, scope))


def reached(policy_roles: frozenset[str], roles: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The application's roles that a policy applies to; ``roles`` maps each to itself and the roles it inherits from."""
    return frozenset(role for role, held in roles.items() if "public" in policy_roles or policy_roles & held)


def by_table(policies: Sequence[db.Policy]) -> Mapping[str, list[db.Policy]]:
    """Policies, table by table."""
    found: dict[str, list[db.Policy]] = defaultdict(list)
    for policy in policies:
        found[policy.table_name].append(policy)
    return found
