"""The decision on a policy set, compared with what an attacker can do to PostgreSQL under the same policies."""

import time
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
INSIST = "select * from insist(:wanted, :who, :asked, :tenants, :users, :modes, :mine, :inserted, :updated, :told, :volatile)"
MEMBERS = ("memberships", "my_tenants", "is_member", "ranked")
STATES = {
    "": ("",),
    "delete from memberships": MEMBERS,
    "delete from memberships where tenant_id::text like '%d'": MEMBERS,
    "delete from memberships where tenant_id::text not like '%d'": MEMBERS,
    "delete from memberships where tenant_id::text not like '%b'": MEMBERS,
    "delete from memberships where user_id::text not like '%-0001-%'": MEMBERS,
    "delete from admins": ("admin",),
    "update users set is_admin = not is_admin": ("u.is_admin",),
    "update memberships set rank = 'guest'": MEMBERS,
}
"""What else the other tables may hold, and the words of policies to which it matters."""
COLUMNS = ("tenant_id", "owner", "project_id", "plan_id", "status", "is_public", "seen_by", "due")
VOLATILE = ("random()", "toss()", "is_lucky", "nextval")
ROUNDS = 10
"""So often is tried what is answered another thing each time."""
Key = tuple[str, str, str]
"""A role, a command, and the side of the policies that it passes."""


@dataclass
class Outcome:
    """What was decided and what PostgreSQL let pass, by role, command and side."""

    policies: PolicySet
    decided: dict[Key, str] = field(default_factory=dict)
    reasons: dict[Key, str] = field(default_factory=dict)
    crossed: dict[Key, str] = field(default_factory=dict)
    is_late: bool = False
    """The time ran out before everything was tried."""

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

    def __init__(self, connect: Callable[[], Connection], patience: float = 60) -> None:
        self.patience = patience
        self.owner = connect()
        self.owner.run(SCHEMA)
        self.owner.run(ATTACK)
        self.others = {kinds: connect() for kinds in product((False, True), repeat=3)}

    def close(self) -> None:
        for each in (self.owner, *self.others.values()):
            each.close()

    def attack(self, policies: PolicySet, outcome: Outcome, insists: bool = True) -> None:
        """Fill in what crossed; what held is tried row by row only by who insists, since that takes long."""
        self.owner.run(str(policies))
        try:
            for is_on in (True, False) if "flags" in str(policies) else (True,):
                self.owner.run(f"update flags set is_on = {is_on}")
                self._attack(policies)
            found: list[Any] = self.owner.run("select role, command, side, session from crossing")
            outcome.crossed = {(role, command, side): session for role, command, side, session in found}
            if insists and outcome.alarms():
                self._insist(policies, outcome)
        finally:
            names = "".join(f"drop policy {each.name} on {each.table};" for each in policies.policies)
            self.owner.run(f"truncate crossing; {names}")

    def _insist(self, policies: PolicySet, outcome: Outcome) -> None:
        """Try what is said to be open and let nothing pass: row by row, with whatever the other tables may hold."""
        text = str(policies)
        values = {
            "wanted": policies.table,
            "mine": _sides(text),
            "told": [each for each in COLUMNS if each in text or each == "tenant_id"],
            "volatile": [command for command in ("select", "delete", "update") if _is_volatile(policies, command)],
        }
        until = time.monotonic() + self.patience
        rounds = range(ROUNDS if values["volatile"] else 1)
        for _, is_on, state in product(rounds, (True, False) if "flags" in text else (True,), _states(text)):
            self.owner.run(f"update flags set is_on = {is_on}")
            for role in _roles(policies):
                alike = ROLES if len(_roles(policies)) == 1 else (role,)
                words = {"inserted": policies.words("insert", role), "updated": policies.words("update", role)}
                for connection, session in reversed([*self._sessions(text, "123456")]):
                    outcome.is_late = time.monotonic() > until
                    asked = [f"{command} {side}" for who, command, side in outcome.alarms() if who == role and not outcome.is_late]
                    for way in self._ways(connection, state, who=role, asked=asked, **values, **session, **words):
                        for each in alike:
                            outcome.crossed.setdefault((each, way[0], way[1]), f"{way[2]} {state}")

    @staticmethod
    def _ways(connection: Connection, state: str, **values: Any) -> list[Any]:
        if not values["asked"]:
            return []
        connection.run("begin")
        try:
            if state:
                connection.run(state)
            found: list[Any] = connection.run(INSIST, **values)
            return found
        finally:
            connection.run("rollback")

    def _attack(self, policies: PolicySet) -> None:
        """As every role, unless the policies make no difference between roles; from both sides, where the sides differ."""
        text = str(policies)
        roles = _roles(policies)
        mine = _sides(text)
        for connection, session in self._sessions(text, "1234"):
            for role in roles:
                words = {"inserted": policies.words("insert", role), "updated": policies.words("update", role)}
                connection.run(CALL, wanted=policies.table, who=role, mine=mine, **session, **words)
        for role in set(ROLES) - set(roles):
            self.owner.run(f"insert into crossing select '{role}', command, side, session from crossing on conflict do nothing")

    def _sessions(self, text: str, members: str) -> Iterator[tuple[Connection, dict[str, list[str]]]]:
        asks_user, asks_mode = any(word in text for word in USERS), "app.mode" in text
        for (tenant, user, mode), connection in self.others.items():
            if (user and not asks_user) or (mode and not asks_mode):
                continue
            yield (
                connection,
                {
                    "tenants": ["set", "empty"] if tenant else ["never"],
                    "users": [*members, "empty"] if user else ["never"],
                    "modes": ["support", "empty"] if mode else ["never"],
                },
            )


def _roles(policies: PolicySet) -> tuple[str, ...]:
    """The roles to attack as: one of those that the policies do not tell apart."""
    return ROLES if any(each.roles for each in policies.policies) or "current_user" in str(policies) else ROLES[:1]


def _is_volatile(policies: PolicySet, command: str) -> bool:
    """What it is answered is another thing each time."""
    asked = "".join(str(each) for each in policies.policies if each.command in {"all", command})
    return any(word in asked for word in VOLATILE)


def _states(text: str) -> list[str]:
    return [state for state, words in STATES.items() if any(word in text for word in words)]


def _sides(text: str) -> list[str]:
    """The tenants to attack from, where that makes a difference."""
    return ["a", "b"] if ">=" in text or "00000000000b" in text.lower() else ["a"]


def compare(arena: Arena, policies: PolicySet) -> Outcome:
    """Both sides of one policy set."""
    outcome = Outcome(policies)
    decide(policies, outcome)
    arena.attack(policies, outcome)
    return outcome
