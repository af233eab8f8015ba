"""Carve-outs subtracted: each excuses exactly what it names, as long as it holds and nothing is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from invariants.facts.place import Place
from invariants.finding import Carved, Finding, Rule
from invariants.store import Store

RELATION = "settings_carveout"
"""Rules that range over it are asked last, when it is known what carve-outs excuse."""

QUERY = f"""
select c.at, c.rule, c.subject, c.database, c.at_most, c.reason, c.owner, c.expires, c.fault,
    exists (select 1 from base_{RELATION} as b where b.rule = c.rule and b.subject = c.subject and b.database = c.database) as landed
from {RELATION} as c order by c.position"""  # noqa: S608


class Carveout(NamedTuple):
    """A stanza, and what has become of it."""

    at: int
    place: Place
    rule: str
    subject: str
    database: str
    at_most: int | None
    reason: str
    owner: str
    expires: str | None
    fault: str | None
    landed: bool
    """It stands on the base too."""
    excused: int | None = 0
    expired: bool = False

    @property
    def holds(self) -> bool:
        """It excuses what it names."""
        return self.fault is None and not self.expired

    def names(self, finding: Finding) -> bool:
        """It is written for this finding."""
        return matches(self.rule, self.subject, self.database, finding)


def matches(rule: str, subject: str, database: str, finding: Finding) -> bool:
    """A finding of that rule, about that subject or one that the pattern fits."""
    if finding.rule != rule or database not in {"", finding.database}:
        return False
    return finding.subject == subject or ("*" in subject and _pattern(subject).fullmatch(finding.subject) is not None)


def _pattern(subject: str) -> re.Pattern[str]:
    """A subject in which ``*`` stands for any characters, and everything else for itself."""
    return re.compile(".*".join(map(re.escape, subject.split("*"))), re.DOTALL)


def read(store: Store) -> list[Carveout]:
    """The carve-outs of the active snapshot, in the order of their stanzas."""
    rows = store.ask(QUERY)[1]
    places = store.places(row[0] for row in rows)
    return [Carveout(row[0], places[row[0]], *row[1:]) for row in rows]


def subtract(
    carveouts: Iterable[Carveout], findings: Sequence[Finding], rules: Mapping[str, Rule], today: date, *, needs_expiry: bool
) -> tuple[list[Carveout], list[Carved]]:
    """The carve-outs with what has become of them, and the findings that they excuse, each by the first that names it."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    settled = []
    carved: dict[Finding, Carved] = {}
    for carveout in carveouts:
        is_spent = carveout.landed and _judges_changes(carveout, rules)
        named = [] if is_spent else [each for each in by_rule.get(carveout.rule, []) if carveout.names(each)]
        fault = carveout.fault or _fault(carveout, len(named), rules, needs_expiry=needs_expiry)
        judged = carveout._replace(fault=fault, expired=_expired(carveout.expires, today))
        if judged.holds:
            judged = judged._replace(excused=None if _judges_changes(carveout, rules) else len(named))
            for each in named:
                carved.setdefault(each, Carved(each, judged.reason, judged.owner, judged.expires, judged.place))
        settled.append(judged)
    return settled, list(carved.values())


def _judges_changes(carveout: Carveout, rules: Mapping[str, Rule]) -> bool:
    """Its rule judges changes: it excuses the one that it comes with, and no later one."""
    return carveout.rule in rules and rules[carveout.rule].against == "base"


def settle(store: Store, carveouts: Iterable[Carveout]) -> None:
    """Tell the store what has become of them, for the rules about carve-outs."""
    store.settle(RELATION, ((each.at, {"excused": each.excused, "expired": each.expired, "fault": each.fault}) for each in carveouts))


def _fault(carveout: Carveout, named: int, rules: Mapping[str, Rule], *, needs_expiry: bool) -> str | None:
    """What is wrong with a stanza that is well formed."""
    if carveout.rule not in rules:
        return f"there is no rule {carveout.rule}"
    if carveout.rule.startswith("carveout-"):
        return "what is wrong with a carve-out is not carved out"
    if carveout.at_most is not None and named > carveout.at_most:
        return f"its pattern excuses {named} subjects, more than at_most = {carveout.at_most}"
    if needs_expiry and carveout.expires is None:
        return "it does not say until when it holds, and the configuration asks for that"
    return None


def _expired(expires: str | None, today: date) -> bool:
    """Its last day has passed. What is no date is a fault, not an expiry."""
    try:
        return expires is not None and date.fromisoformat(expires) < today
    except ValueError:
        return False
