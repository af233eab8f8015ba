"""The decision on a policy set, compared with what an attacker can do to PostgreSQL under the same policies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from pg8000.native import Connection

from invariants.facts import settings
from invariants.facts.place import PLATFORM
from invariants.replay.isolation.policies import Judge, disjuncts
from invariants.replay.machine import Machine
from replay.isolation.generation import SCHEMA, PolicySet
from replay.statements import run

ATTACK = (Path(__file__).parent / "attack.sql").read_text()
ROLES = ("app", "app_reader")
KNOWN = [
    settings.TenantKey(PLATFORM, "", "tenant_id", "configured", ""),
    settings.TenantRoot(PLATFORM, "", "public.tenants", "configured"),
    *(settings.AppRole(PLATFORM, "", role, "configured") for role in ROLES),
]
USERS = ("me()", "user_id", "is_admin", "my_tenants", "is_member", "ranked")
"""Words of policies that ask for the session's user."""
CALL = "select attack(:wanted, :who, :tenants, :users, :modes, :mine, :inserted, :updated)"
Key = tuple[str, str, str]
"""A role, a command, and the side of the policies that it passes."""


@dataclass
class Outcome:
    """What was decided and what PostgreSQL let pass, by role, command and side."""

    policies: PolicySet
    decided: dict[Key, str] = field(default_factory=dict)
    reasons: dict[Key, str] = field(default_factory=dict)
    crossed: dict[Key, str] = field(default_factory=dict)

    def unsound(self) -> list[Key]:
        """What was said to isolate, and does not."""
        return [key for key in self.crossed if self.decided.get(key, "denies") in {"isolates", "denies"}]

    def alarms(self) -> list[Key]:
        """What was said to be open, and nothing passed."""
        return [key for key, word in self.decided.items() if word == "open" and key not in self.crossed]

    def doubts(self) -> list[Key]:
        """What could not be told."""
        return [key for key, word in self.decided.items() if word == "unverified"]


@cache
def machine() -> Machine:
    """The schema, replayed once."""
    return run(SCHEMA)


def decide(policies: PolicySet, outcome: Outcome) -> None:
    """Fill in the decision on every role, command and side."""
    catalog = machine().catalog
    mark = catalog.journal.mark()
    try:
        machine().run(str(policies), PLATFORM)
        judge = Judge(catalog, "", KNOWN)
        table = catalog.relations.named(catalog.schemas.named("public").oid, policies.table)  # type: ignore[union-attr]
        assert table is not None
        for policy in [each for each in judge.tenancy.policies(table.oid) if each.permissive]:
            for side, text in (("using", policy.using), ("check", policy.check)):
                for term in disjuncts(text) if text is not None else ():
                    _note(judge, outcome, policy, side, term)
    finally:
        catalog.journal.undo(mark)


def _note(judge: Judge, outcome: Outcome, policy: Any, side: str, term: str) -> None:
    gravity = ("open", "unverified", "isolates", "denies")
    for each in judge.verdicts(policy, side, term):
        key = (each.role, each.command, "check" if each.writes else "using")
        if gravity.index(each.verdict.word) < gravity.index(outcome.decided.get(key, "denies")) or key not in outcome.decided:
            outcome.decided[key] = each.verdict.word
            outcome.reasons[key] = f"{policy.name} {term}: {each.verdict.reason} ({each.verdict.witness})"


class Arena:
    """A PostgreSQL database with both tenants' rows, and a connection for each choice of settings that were never made."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self.owner = connect()
        self.owner.run(SCHEMA)
        self.owner.run(ATTACK)
        self.others = {kinds: connect() for kinds in product((False, True), repeat=3)}

    def close(self) -> None:
        for each in (self.owner, *self.others.values()):
            each.close()

    def attack(self, policies: PolicySet, outcome: Outcome) -> None:
        """Fill in what crossed."""
        self.owner.run(str(policies))
        try:
            for is_on in (True, False) if "flags" in str(policies) else (True,):
                self.owner.run(f"update flags set is_on = {is_on}")
                self._attack(policies)
            found: list[Any] = self.owner.run("select role, command, side, session from crossing")
            outcome.crossed = {(role, command, side): session for role, command, side, session in found}
        finally:
            names = "".join(f"drop policy {each.name} on {each.table};" for each in policies.policies)
            self.owner.run(f"truncate crossing; {names}")

    def _attack(self, policies: PolicySet) -> None:
        """As every role, unless the policies make no difference between roles; from both sides, where the sides differ."""
        text = str(policies)
        roles = ROLES if any(each.roles for each in policies.policies) or "current_user" in text else ROLES[:1]
        mine = ["a", "b"] if ">=" in text or "00000000000b" in text else ["a"]
        for connection, session in self._sessions(text):
            for role in roles:
                words = {"inserted": policies.words("insert", role), "updated": policies.words("update", role)}
                connection.run(CALL, wanted=policies.table, who=role, mine=mine, **session, **words)
        for role in set(ROLES) - set(roles):
            self.owner.run(f"insert into crossing select '{role}', command, side, session from crossing on conflict do nothing")

    def _sessions(self, text: str) -> Iterator[tuple[Connection, dict[str, list[str]]]]:
        asks_user, asks_mode = any(word in text for word in USERS), "app.mode" in text
        for (tenant, user, mode), connection in self.others.items():
            if (user and not asks_user) or (mode and not asks_mode):
                continue
            yield (
                connection,
                {
                    "tenants": ["set", "empty"] if tenant else ["never"],
                    "users": ["1", "2", "3", "empty"] if user else ["never"],
                    "modes": ["support", "empty"] if mode else ["never"],
                },
            )


def compare(arena: Arena, policies: PolicySet) -> Outcome:
    """Both sides of one policy set."""
    outcome = Outcome(policies)
    decide(policies, outcome)
    arena.attack(policies, outcome)
    return outcome
