"""A change against its base: the base judged for itself, and what of the change's findings is new.

Findings are compared by what they are about, never by where they stand: what a change breaks two files away is new, and what was broken
before is not, however far it moved. What a base is found to break is kept, so that it is judged once; mostly it never is, because it was
the change of the run before.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from sqlite3 import sqlite_version
from typing import Any, NamedTuple

from invariants import code, vocabulary
from invariants.checkpoints import Checkpoints
from invariants.facts import scope, settings
from invariants.facts.place import PLATFORM, Place
from invariants.finding import Finding, Rule
from invariants.judge import Judgement, judge
from invariants.packs import Item, Ranges
from invariants.rule import OWN, built_in
from invariants.store import Store, Unit


class Side(NamedTuple):
    """A snapshot that was read, and its rules."""

    units: Sequence[Unit]
    rules: Sequence[Rule]


class Standing(NamedTuple):
    """What a snapshot comes to by itself, whatever it is compared with: rules that judge changes have no part in it."""

    found: frozenset[Item]
    """What its findings are about."""
    ranges: Mapping[str, frozenset[Item]]
    """What each rule ranges over."""


class Base(NamedTuple):
    """The base, judged."""

    revision: str
    side: Side
    standing: Standing | None
    """None where nothing that matters has changed, so that every finding is an old one."""


def judged(store: Store, revision: str, base: Side, change: Side, today: date) -> Base:
    """Judge the base, unless the change leaves everything as it was or it is known what the base comes to."""
    if set(base.units) == set(change.units) and list(base.rules) == list(change.rules):
        return Base(revision, base, None)
    kept, key = _standings(store), _key(base, today)
    standing = kept.newest([key])
    if not isinstance(standing, Standing):
        store.activate(base.units)
        judgement = judge(store, base.rules, {rule.id for rule in base.rules}, today)
        standing = _standing(judgement)
        if not judgement.errors:
            kept.keep(key, standing)
    return Base(revision, base, standing)


def keep(store: Store, base: Base, change: Side, judgement: Judgement, today: date) -> None:
    """Keep what a change comes to, which is the base of the next one, where that there was a base made no difference to it."""
    if base.standing is not None and not judgement.errors and _is_apart(change.rules, judgement):
        _standings(store).keep(_key(change, today), _standing(judgement))


def show(store: Store, base: Base, change: Side, files: Container[str]) -> None:
    """Show the facts of the change beside those of its base, and what left the range of a rule between them."""
    before = _kept(store, "base", _rules(store, base.side))
    after = _kept(store, "change", [scope.Base(PLATFORM, base.revision), *_rules(store, change)])
    store.activate([*change.units, after], [*base.side.units, before])
    known = base.standing.ranges if base.standing else {}
    ranges = Ranges(store, change.rules).by_rule() if known else {}
    store.append(_kept(store, "departures", _departures(known, ranges, files)))


def is_new(base: Base, finding: Finding) -> bool:
    """Nothing that the base was found to break is about the same."""
    return base.standing is not None and identity(finding) not in base.standing.found


def _standings(store: Store) -> Checkpoints:
    return Checkpoints(store.path, "standing")


def _key(side: Side, today: date) -> str:
    """What a standing is made of: the facts, the rules, the day, and what asks them."""
    made = code.digest(("", str(built_in())), code.PARSERS)
    parts = [made, sqlite_version, today.isoformat(), *map(repr, sorted(side.units)), *map(repr, side.rules)]
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def _standing(judgement: Judgement) -> Standing:
    standing = {rule.id for rule in judgement.rules if not rule.against}
    found = frozenset(identity(each) for each in judgement.findings if each.rule in standing)
    return Standing(found, {rule: items for rule, items in judgement.ranges.items() if rule in standing})


def _is_apart(rules: Sequence[Rule], judgement: Judgement) -> bool:
    """Whether a judgement is of all rules, and none of them found, or could see, what only a change shows."""
    against = {rule.id for rule in rules if rule.against}
    found = (*judgement.findings, *judgement.debt, *(each.finding for each in judgement.carved))
    texts = (f"{rule.query} {rule.over}" for rule in rules if not rule.against)
    return judgement.is_whole and not any(each.rule in against for each in found) and not any(map(vocabulary.compares, texts))


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
