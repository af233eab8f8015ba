"""The manifest of variables and its examples, kept in step: entries for what is read, lines for what an example lacks."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from invariants import manifest
from invariants.finding import ConfigError, Edit, Finding
from invariants.mending.patches import Sources
from invariants.settings import ENV
from invariants.settings.env import load
from invariants.store import Store

SEEN_TO = "what is there is for a person to see to: the manifest, or the target"
ELSEWHERE = "it is to be set where the target is kept, and told by a new snapshot of it"
CLOSED = "the manifest is written so that no entry can be added below it"
RULES = frozenset({"env-declared", "env-targets-match"})


class Upkeep:
    """The findings that it mends, and those that it leaves, each with the reason."""

    def __init__(self, store: Store, sources: Sources) -> None:
        self._store = store
        self._sources = sources
        self._examples = dict(
            _rows(store, "select t.name, t.path from env_target as t join env_dotenv as d on d.path = t.path where d.is_example")
        )
        self._known = {name for (name,) in _rows(store, "select name from env_variable")}
        self._given = set(_rows(store, "select name, target from target_entry"))
        self.done: list[Finding] = []
        self.left: list[tuple[Finding, str]] = []

    def take(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Takes on the findings of its rules, and answers the others."""
        for each in findings:
            if each.rule not in RULES or each.verdict != "broken":
                yield each
            elif reason := self._reason(each):
                self.left.append((each, reason))
            else:
                self.done.append(each)

    def _reason(self, finding: Finding) -> str:
        """Why a finding is left; empty where it is not."""
        name, _, target = finding.subject.partition("@")
        if not target or (name, target) in self._given:
            return SEEN_TO if target and name in self._known else ""
        return "" if target in self._examples else ELSEWHERE

    def edits(self) -> list[Edit]:
        """The manifest with new entries, and the examples with new lines; why there is none where none can be written."""
        if not self.done:
            return []
        before = self._text(ENV)
        names = {name for each in self.done if (name := each.subject.partition("@")[0]) not in self._known}
        after = manifest.joined(before, manifest.entries(self._store, names))
        try:
            kept = load(ENV, after)
        except ConfigError:
            self.left += [(each, CLOSED) for each in self.done]
            self.done = []
            return []
        targets = sorted({each.subject.partition("@")[2] for each in self.done} & self._examples.keys())
        made = [Edit(ENV, before, after)]
        for path in dict.fromkeys(self._examples[each] for each in targets):
            text = after = self._text(path)
            for each in targets:
                after = manifest.example(kept, each, after) if self._examples[each] == path else after
            made.append(Edit(path, text, after))
        return [each for each in made if each.before != each.after]

    def drop(self, still: Collection[tuple[str, str]], reason: str) -> bool:
        """Leaves what is still found; whether there was any such."""
        vain = [each for each in self.done if (each.rule, each.subject) in still]
        self.done = [each for each in self.done if each not in vain]
        self.left += [(each, reason) for each in vain]
        return bool(vain)

    def _text(self, path: str) -> str:
        return self._sources.read(path).decode("utf-8", "surrogateescape")


def _rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store.ask(query)[1]]
