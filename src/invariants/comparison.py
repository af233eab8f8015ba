"""A change against its base: the base judged for itself, and what of the change's findings is new.

Findings are compared by what they are about, never by where they stand: what a change breaks two files away is new, and what was broken
before is not, however far it moved.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from invariants import standings
from invariants.facts import scope, settings
from invariants.facts.place import PLATFORM, Place
from invariants.finding import Finding, Rule
from invariants.judge import Judgement, judge
from invariants.packs import Item, Ranges
from invariants.rule import OWN
from invariants.sides import Side
from invariants.standings import Standing
from invariants.store import Store, Unit


class Base(NamedTuple):
    """The base, judged."""

    revision: str
    side: Side
    standing: Standing | None
    """None where nothing that matters has changed, so that every finding is an old one."""


def judged(store: Store, revision: str, base: Side, change: Side, today: date) -> Base:
    """Judge the base, unless the change leaves everything as it was or it is known what the base comes to."""
    if base.digest == change.digest and list(base.rules) == list(change.rules):
        return Base(revision, base, None)
    return Base(revision, base, standings.recalled(store, base, today) or _standing(store, base, today))


def keep(store: Store, base: Base, change: Side, judgement: Judgement, today: date) -> None:
    """Keep what a change comes to, which is the base of the next one."""
    if base.standing is not None and not judgement.errors and standings.is_apart(change.rules, judgement):
        standings.keep(store, change, today, standings.standing(judgement))


def show(store: Store, base: Base, change: Side, files: Container[str]) -> None:
    """Show the facts of the change beside those of its base, and what left the range of a rule between them."""
    before = _kept(store, "base", _rules(store, base.side))
    after = _kept(store, "change", [scope.Base(PLATFORM, base.revision), *_rules(store, change)])
    store.show(change.units | store.numbers([after]), base.side.units | store.numbers([before]))
    known = base.standing.ranges if base.standing else {}
    ranges = Ranges(store, change.rules).by_rule() if known else {}
    store.append(_kept(store, "departures", _departures(known, ranges, files)))


def is_new(base: Base, finding: Finding) -> bool:
    """Nothing that the base was found to break is about the same."""
    return base.standing is not None and standings.identity(finding) not in base.standing.found


def _standing(store: Store, base: Side, today: date) -> Standing:
    store.show(base.units)
    judgement = judge(store, base.rules, {rule.id for rule in base.rules}, today)
    standing = standings.standing(judgement)
    if not judgement.errors:
        standings.keep(store, base, today, standing)
    return standing


def _rules(store: Store, side: Side) -> list[scope.Rule]:
    levels = {each.rule: each.level for each in store.held(side.units, settings.Level)}
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
    """A unit of what was found out in this run."""
    facts = list(facts)
    unit = Unit(name, blake2b(repr(facts).encode(), digest_size=20).hexdigest(), "comparison")
    if unit not in store:
        store.add(unit, facts)
    return unit
