"""The whole story, top to bottom: a snapshot's files are read into facts, migrations replayed, rules asked, carve-outs subtracted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from time import perf_counter

from invariants import comparison, detection, present, reading, sides
from invariants.comparison import Base
from invariants.facts.settings import Level
from invariants.facts.web import Extent
from invariants.finding import ConfigError, Finding, Outcome, Rule
from invariants.judge import Judgement, judge
from invariants.mending.patches import Sources, patched
from invariants.options import Options, Pair, is_within, taken
from invariants.rule import OWN, built_in_rules, own_rules
from invariants.sides import Side
from invariants.snapshots import Snapshot, Unreadable
from invariants.store import QueryError, Store, Unit
from invariants.wording import in_days

SOON = 14
"""A carve-out that expires in so many days, or sooner, is warned of."""

NAMED = 3
"""So many entries of the baseline that are paid are named, and the others counted."""


class Run:
    """One snapshot, its facts and its rules; and those of its base, where there is one."""

    def __init__(self, options: Options, told: Callable[[str], object] = str, snapshots: Pair | None = None) -> None:
        """``told`` is called with the name of each stage as it begins; ``snapshots`` are judged in place of those that are asked for."""
        self._told = told
        self._began = perf_counter()
        self.options = options
        self.stages: list[tuple[str, float]] = []
        self._notes: list[str] = []
        self.snapshot, base = snapshots or taken(options)
        with self._stage("store"):
            self.store = Store.of(options.root, cached=options.cached)
        with self._stage("read base"):
            self._base = self._judgeable(base) if base else None
        with self._stage("read"):
            self._change = self._side(self.snapshot)
        with self._stage("present"):
            self._base, self._change = self._base and self._now(self._base), self._now(self._change)

    @property
    def rules(self) -> Sequence[Rule]:
        return self._change.rules

    def outcome(self) -> Outcome:
        """Judge, and say everything that was found out."""
        today = self.options.day
        selected = _selected(self.rules, self.options)
        with self._stage("judge base"):
            base = self._compared(today)
        with self._stage("judge"):
            judgement = judge(self.store, self.rules, selected, today)
            if base is not None:
                comparison.keep(self.store, base, self._change, judgement, today)
        with self._stage("save"):
            self.store.save()
        with self._stage("detect"):
            detected = tuple(detection.sentences(self.store))
        found = [each for each in judgement.findings if _reported(each, self.options.paths)]
        new = [each for each in found if base is None or comparison.is_new(base, each)]
        with self._stage("mend"):
            mended = patched(self.store, new, sources_of(self.snapshot, datetime.combine(today, time(), UTC)))
        return Outcome(
            findings=tuple(mended),
            carved=tuple(each for each in judgement.carved if _reported(each.finding, self.options.paths)),
            debt=tuple(each for each in judgement.debt if _reported(each, self.options.paths)),
            packs=judgement.packs,
            detected=detected,
            paid=judgement.paid,
            errors=judgement.errors,
            rules=judgement.rules,
            vacuous=judgement.vacuous,
            notes=(*self.store.notes, *self._notes, *_soon(judgement), *_paid(judgement), *_old(len(found) - len(new), self.options)),
            stages=tuple(self.stages),
            elapsed=perf_counter() - self._began,
            extent=self._extent(),
        )

    def _extent(self) -> tuple[int, int]:
        """How many files of code there are, and how many were parsed."""
        told = [each for facts in self.store.facts(Extent).values() for each in facts]
        return sum(each.files for each in told), sum(each.parsed for each in told)

    def _side(self, snapshot: Snapshot) -> Side:
        return sides.read(snapshot, self.store)._replace(rules=_rules(snapshot, self.store))

    def _now(self, side: Side) -> Side:
        """A side with what is only true of this run."""
        self.store.show(side.units)
        return side.beside(self.store, present.unit(self.store, self.options.root, self.options.day))

    def _judgeable(self, base: Snapshot) -> Side:
        """The base as it was; nothing in it counts where its own configuration cannot be used, so that a change can mend that."""
        try:
            return self._side(base)
        except ConfigError as error:
            self._notes.append(f"{self.options.base} cannot be judged, so that every finding counts as new: {error}")
            return Side(frozenset(), "")

    def _compared(self, today: date) -> Base | None:
        if self._base is None:
            self.store.show(self._change.units)
            return None
        base = comparison.judged(self.store, self.options.base or "", self._base, self._change, today)
        comparison.show(self.store, base, self._change, set(self.snapshot.paths()))
        return base

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self._told(name)
        start = perf_counter()
        yield
        self.stages.append((name, perf_counter() - start))


def check(options: Options) -> Outcome:
    """Judge a snapshot."""
    return Run(options).outcome()


def _paid(judgement: Judgement) -> Iterator[str]:
    """Entries of the baseline that hold nothing any more."""
    names = [f"{debt.rule} {debt.subject}" for debt in judgement.paid]
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"paid, and still in the baseline: {', '.join(names[:NAMED])}{more}; `invariants baseline prune` removes what is paid"


def _old(number: int, options: Options) -> Iterator[str]:
    """How many findings are not the change's."""
    if number:
        many = f"{number} findings stand on {options.base} too and are not shown"
        yield f"1 finding stands on {options.base} too and is not shown" if number == 1 else many


def sources_of(snapshot: Snapshot, moment: datetime) -> Sources:
    """The files that migrations are written beside; what cannot be read says nothing."""

    def read(path: str) -> bytes:
        try:
            return snapshot.read(path)
        except Unreadable:
            return b""

    return Sources(frozenset(snapshot.paths()), read, moment)


def _rules(snapshot: Snapshot, store: Store) -> list[Rule]:
    """The rules that come with the package, and the repository's own, guarded where they are new."""
    rules = built_in_rules()
    paths = [path for path in snapshot.paths() if path.startswith(OWN) and path.endswith(".sql")]
    own = list(own_rules(((path, _text(snapshot, path)) for path in paths), rules))
    for rule in own:
        unit = Unit(rule.path, snapshot.content_id(rule.path), reading.digest())
        if unit not in store:
            _guard(rule, store)
            store.add(unit, [])
    for level in [each for found in store.facts(Level).values() for each in found]:
        if level.rule not in {rule.id for rule in [*rules, *own]}:
            raise ConfigError(level.at.file, level.at.line, f"there is no rule {level.rule}", "`invariants rules` lists them")
    return [*rules, *own]


def _text(snapshot: Snapshot, path: str) -> str:
    try:
        return snapshot.read(path).decode()
    except UnicodeDecodeError as error:
        raise ConfigError(path, 0, "it is not UTF-8", "save it as UTF-8") from error
    except Unreadable as error:
        raise ConfigError(path, 0, error.message, error.remedy) from error


def _guard(rule: Rule, store: Store) -> None:
    """Refuse what would make a rule silently hold."""
    from invariants.guards import faults, vocabulary

    if fault := next(faults(rule.query, vocabulary()), None):
        raise ConfigError(rule.path, 0, fault, "mend the query")
    try:
        store.ask(f"explain {rule.query}")
        store.ask(f"select 1 from {rule.over} limit 0")  # noqa: S608
    except QueryError as error:
        raise ConfigError(rule.path, 0, str(error), "mend the query; `invariants facts` lists what there is") from error


def _selected(rules: Sequence[Rule], options: Options) -> set[str]:
    """The rules that a run answers for, from the names of rules and packs."""
    known = {rule.id for rule in rules} | {rule.pack for rule in rules}
    for name in (*options.only, *options.skip):
        if name not in known:
            raise ConfigError(name, 0, "there is no such rule or pack", "`invariants rules` lists them")
    only, skip = options.only or tuple(known), options.skip
    return {rule.id for rule in rules if {rule.id, rule.pack} & set(only) and not {rule.id, rule.pack} & set(skip)}


def _reported(finding: Finding, paths: tuple[str, ...]) -> bool:
    return not paths or any(path == "." or is_within(finding.place.file, path) for path in paths)


def _soon(judgement: Judgement) -> Iterator[str]:
    """The packs whose carve-outs are about to expire."""
    for pack in judgement.packs:
        days = pack.next_expiry_days
        if days is not None and days <= SOON:
            yield f"a carve-out of {pack.pack} expires {in_days(days)}"


__all__ = ["Options", "Run", "check", "sources_of"]
