"""A change against its base: the base judged for itself, and what of the change's findings is new.

Findings are compared by what they are about, never by where they stand: what a change breaks two files away is new, and what was broken
before is not, however far it moved.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from invariants.facts import scope, settings
from invariants.facts.place import PLATFORM, Place
from invariants.finding import Finding, Rule
from invariants.judge import judge
from invariants.packs import Item, Ranges
from invariants.rule import OWN
from invariants.store import Store, Unit


class Side(NamedTuple):
    """A snapshot that was read, and its rules."""

    units: Sequence[Unit]
    rules: Sequence[Rule]


class Base(NamedTuple):
    """The base, judged."""

    revision: str
    side: Side
    found: frozenset[Item] | None
    """What its findings are about; None where nothing that matters has changed, so that every finding is an old one."""
    ranges: Mapping[str, frozenset[Item]]


def judged(store: Store, revision: str, base: Side, change: Side, today: date) -> Base:
    """Judge the base, unless the change leaves everything as it was."""
    if set(base.units) == set(change.units) and list(base.rules) == list(change.rules):
        return Base(revision, base, None, {})
    store.activate(base.units)
    judgement = judge(store, base.rules, {rule.id for rule in base.rules}, today)
    return Base(revision, base, frozenset(map(identity, judgement.findings)), judgement.ranges)


def show(store: Store, base: Base, change: Side, files: Container[str]) -> None:
    """Show the facts of the change beside those of its base, and what left the range of a rule between them."""
    before = _kept(store, "base", _rules(store, base.side))
    after = _kept(store, "change", [scope.Base(PLATFORM, base.revision), *_rules(store, change)])
    store.activate([*change.units, after], [*base.side.units, before])
    ranges = Ranges(store, change.rules).by_rule() if base.ranges else {}
    store.append(_kept(store, "departures", _departures(base.ranges, ranges, files)))


def is_new(base: Base, finding: Finding) -> bool:
    """Nothing that the base was found to break is about the same."""
    return base.found is not None and identity(finding) not in base.found


def identity(finding: Finding) -> Item:
    """What a finding is about."""
    return finding.database, f"{finding.rule} {finding.subject}"


def _rules(store: Store, side: Side) -> list[scope.Rule]:
    store.activate(side.units)
    levels = {level.rule: level.level for found in store.facts(settings.Level).values() for level in found}
    return [scope.Rule(_file(rule), rule.id, levels.get(rule.id, rule.level), rule.query) for rule in side.rules]


def _file(rule: Rule) -> Place:
    return Place(rule.path, 1, 1, 1, 1) if rule.path.startswith(OWN) else PLATFORM


def _departures(
    before: Mapping[str, frozenset[Item]], after: Mapping[str, frozenset[Item]], files: Container[str]
) -> Iterator[scope.Departure]:
    for rule in sorted(before.keys() & after.keys()):
        for database, name in sorted(before[rule] - after[rule]):
            yield scope.Departure(Place(name, 1, 1, 1, 1) if name in files else PLATFORM, rule, database, name)


def _kept(store: Store, name: str, facts: Iterable[Any]) -> Unit:
    """A unit of what was found out in this run; it is never written to the cache, which is saved before."""
    facts = list(facts)
    unit = Unit(name, blake2b(repr(facts).encode(), digest_size=20).hexdigest(), "comparison")
    if unit not in store:
        store.add(unit, facts)
    return unit
