"""What a run would find if a file were there: a configuration is to say what is, and not to change it."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from invariants import reading
from invariants.finding import Rule
from invariants.judge import judge
from invariants.packs import Item
from invariants.snapshots import Snapshot, blob_id
from invariants.store import Store

Found = tuple[frozenset[tuple[str, str, str, str]], Mapping[str, frozenset[Item]]]
"""Rule, subject, database and verdict of each finding; and what each rule ranged over."""


class Overlaid:
    """A snapshot, and files that lie over it."""

    def __init__(self, below: Snapshot, files: Mapping[str, str]) -> None:
        self.root: Path = below.root
        self._below = below
        self._files = {path: text.encode() for path, text in files.items()}

    def paths(self) -> Sequence[str]:
        return sorted({*self._below.paths(), *self._files})

    def content_id(self, path: str) -> str:
        return blob_id(self._files[path]) if path in self._files else self._below.content_id(path)

    def read(self, path: str) -> bytes:
        return self._files[path] if path in self._files else self._below.read(path)


def found(snapshot: Snapshot, store: Store, rules: Sequence[Rule], today: date) -> Found:
    """What the rules find in a snapshot. Its facts are the active ones from then on."""
    store.activate(reading.units(snapshot, store))
    judgement = judge(store, rules, [rule.id for rule in rules], today)
    return frozenset((each.rule, each.subject, each.database, each.verdict) for each in judgement.findings), judgement.ranges
