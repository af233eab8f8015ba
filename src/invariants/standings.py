"""What a snapshot comes to by itself: what it is found to break, and what its rules range over, kept beside the cache.

A base is judged once. Mostly it never is, since it was the change of the run before: what a change comes to is kept as well, where that
it was compared with something made no difference to it.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from invariants import code, vocabulary
from invariants.checkpoints import Checkpoints
from invariants.finding import Finding, Rule
from invariants.judge import Judgement
from invariants.packs import Item
from invariants.rule import built_in
from invariants.sides import Side
from invariants.store import Store


class Standing(NamedTuple):
    """What a side comes to; rules that judge changes have no part in it."""

    found: frozenset[Item]
    """What its findings are about."""
    ranges: Mapping[str, frozenset[Item]]
    """What each rule ranges over."""


def recalled(store: Store, side: Side, today: date) -> Standing | None:
    """What is kept of a side."""
    found = _kept(store).newest([_key(side, today)])
    return found if isinstance(found, Standing) else None


def keep(store: Store, side: Side, today: date, standing: Standing) -> None:
    """Keep what a side comes to."""
    _kept(store).keep(_key(side, today), standing)


def standing(judgement: Judgement) -> Standing:
    """What a judgement of all rules comes to."""
    own = {rule.id for rule in judgement.rules if not rule.against}
    found = frozenset(identity(each) for each in judgement.findings if each.rule in own)
    return Standing(found, {rule: items for rule, items in judgement.ranges.items() if rule in own})


def is_apart(rules: Sequence[Rule], judgement: Judgement) -> bool:
    """Whether a change was judged as if there were no base: by all rules, none of which found, or could see, what only a change shows."""
    against = {rule.id for rule in rules if rule.against}
    found = (*judgement.findings, *judgement.debt, *(each.finding for each in judgement.carved))
    texts = (f"{rule.query} {rule.over}" for rule in rules if not rule.against)
    return judgement.is_whole and not any(each.rule in against for each in found) and not any(map(vocabulary.compares, texts))


def identity(finding: Finding) -> Item:
    """What a finding is about."""
    return finding.database, f"{finding.rule} {finding.subject}"


def _kept(store: Store) -> Checkpoints:
    return Checkpoints(store.path, "standing")


def _key(side: Side, today: date) -> str:
    """What a standing is made of: the facts, the rules, the day, and what asks them."""
    made = code.digest(("", str(built_in())), code.PARSERS)
    parts = [made, sys.version, today.isoformat(), side.digest, *map(repr, side.rules)]
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()
