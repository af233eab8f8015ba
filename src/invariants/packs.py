"""How much the rules of a pack ranged over: the denominator that makes an empty pass visible."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from invariants.finding import Carved, Finding, PackSummary, Rule
from invariants.rule import range_words
from invariants.store import QueryError, Store

SUBJECTS = ("table_name", "module", "name", "path")
"""The column that names what a row of a relation counts as, the first of these that it has: a policy and a column count as their table, a
route by its name, a migration by its path."""

Item = tuple[str, str]
"""A database and a subject in it."""


class Ranges:
    """What each rule ranges over."""

    def __init__(self, store: Store, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.errors: list[str] = []
        self._store = store
        self._items: dict[str, frozenset[Item]] = {}
        for rule in rules:
            if rule.over not in self._items:
                self._items[rule.over] = self._asked(rule)

    @property
    def vacuous(self) -> tuple[str, ...]:
        """The rules that range over nothing."""
        return tuple(rule.id for rule in self.rules if not self._items[rule.over])

    def by_rule(self) -> dict[str, frozenset[Item]]:
        """What each rule ranges over."""
        return {rule.id: self._items[rule.over] for rule in self.rules}

    def of(self, pack: str) -> dict[Item, str]:
        """What the rules of a pack range over, each with what it is counted in."""
        return {item: rule.noun for rule in self.rules if rule.pack == pack for item in self._items[rule.over]}

    def _asked(self, rule: Rule) -> frozenset[Item]:
        try:
            columns, _ = self._store.ask(f"select * from {rule.over} limit 0")  # noqa: S608
            subject = next((name for name in SUBJECTS if name in columns), "rule || ' ' || subject")
            database = "database" if "database" in columns and subject in columns else "''"
            return frozenset(self._store.ask(f"select distinct {database}, {subject} from {rule.over}")[1])  # noqa: S608
        except QueryError as error:
            self.errors.append(f"{rule.path}: @over {rule.over}: {error}")
            return frozenset()


MARKS = ("carved out", "owed", "unverified", "broken")
"""What may become of a subject that does not hold, from the mildest."""


class Fates(NamedTuple):
    """What became of the findings of a run."""

    findings: tuple[Finding, ...]
    carved: tuple[Carved, ...]
    debt: tuple[Finding, ...]

    def marked(self) -> Iterator[tuple[Finding, str]]:
        """Every finding with its mark, the mildest first."""
        found = [(each.finding, "carved out") for each in self.carved]
        found += [(each, "owed") for each in self.debt]
        found += [(each, each.verdict) for each in self.findings]
        yield from sorted(found, key=lambda each: MARKS.index(each[1]))


def summary(pack: str, ranges: Ranges, fates: Fates, today: date) -> PackSummary:
    """What became of everything that a pack ranges over; each subject counts by its worst finding."""
    rules = {rule.id: rule for rule in ranges.rules if rule.pack == pack}
    items = ranges.of(pack)
    state: dict[Item, str] = {}
    for finding, mark in fates.marked():
        if finding.rule not in rules:
            continue
        item = next((each for each in _candidates(finding) if each in items), (finding.database, finding.subject))
        items.setdefault(item, rules[finding.rule].noun)
        state[item] = mark
    counts = Counter(items.values()).most_common()
    counted = Counter(state.values())
    return PackSummary(
        pack=pack,
        noun=counts[0][0] if counts else next(iter(rules.values())).noun,
        total=len(items),
        held=len(items) - len(state),
        broken=counted["broken"],
        unverified=counted["unverified"],
        carved_out=counted["carved out"],
        owed=counted["owed"],
        vacuous_reason=None if items else _nothing(rules.values()),
        next_expiry_days=min((_days(each, today) for each in fates.carved if each.finding.rule in rules and each.expires), default=None),
        counts=tuple(counts),
    )


def _candidates(finding: Finding) -> Iterator[Item]:
    """What a subject may count as: itself, a policy's table, a column's table."""
    subject = finding.subject
    yield finding.database, subject
    for number, letter in enumerate(subject):
        if letter == "/":
            yield finding.database, subject[:number]
    yield finding.database, subject.rpartition(".")[0]


def _days(carved: Carved, today: date) -> int:
    return (date.fromisoformat(carved.expires or "") - today).days


def _nothing(rules: Collection[Rule]) -> str:
    """What a vacuous pack lacks, by what most of its rules range over, those that judge changes left out."""
    standing = [rule for rule in rules if not rule.against] or rules
    return f"no {Counter(map(range_words, standing)).most_common(1)[0][0]}"
