"""Rules asked, carve-outs subtracted, packs summed up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from invariants import baseline, carveouts
from invariants.facts.place import Place
from invariants.facts.settings import Debt
from invariants.finding import LEVELS, Carved, Finding, Level, PackSummary, Rule, Verdict
from invariants.packs import Fates, Item, Ranges, summary
from invariants.store import QueryError, Store

REQUIRED = ("at", "subject", "message")
COLUMNS = (*REQUIRED, "verdict", "database", "also_at", "also")
STEPS = 8
"""At most so many statements of the chain behind a subject are shown with a finding: the first, and the last ones."""


class Judgement(NamedTuple):
    """What the rules say about one snapshot."""

    findings: tuple[Finding, ...]
    carved: tuple[Carved, ...]
    debt: tuple[Finding, ...]
    paid: tuple[Debt, ...]
    packs: tuple[PackSummary, ...]
    rules: tuple[Rule, ...]
    vacuous: tuple[str, ...]
    ranges: Mapping[str, frozenset[Item]]
    """What each rule ranged over."""
    errors: tuple[str, ...]
    is_whole: bool
    """Every rule that is on was answered for."""


class Row(NamedTuple):
    """What a rule answers about one subject."""

    at: int
    subject: str
    message: str
    verdict: Verdict
    database: str
    also_at: int | None
    also: str | None


def judge(store: Store, rules: Sequence[Rule], selected: Iterable[str], today: date) -> Judgement:
    """Ask every rule, and answer for those that are selected. Carve-outs are judged against all of them."""
    bench = _Bench(store)
    enabled = sorted(bench.levelled(rules))
    about_carveouts = [rule for rule in enabled if rule.over == carveouts.RELATION]
    found = bench.asked(rule for rule in enabled if rule not in about_carveouts)
    excuses = carveouts.read(store)
    by_id = {rule.id: rule for rule in rules}
    settled, carved = carveouts.subtract(excuses, found, by_id, today, needs_expiry=bench.needs_expiry)
    carveouts.settle(store, settled)
    excused = {each.finding for each in carved}
    left = [*(each for each in found if each not in excused), *bench.asked(about_carveouts)]
    debt, paid = baseline.subtract(baseline.read(store), left, by_id)
    owed, wanted = set(debt), set(selected)
    shown = [rule for rule in enabled if rule.id in wanted]
    fates = Fates(
        tuple(sorted((each for each in left if each.rule in wanted and each not in owed), key=order)),
        tuple(sorted((each for each in carved if each.finding.rule in wanted), key=lambda each: order(each.finding))),
        tuple(sorted((each for each in owed if each.rule in wanted), key=order)),
    )
    ranges = Ranges(store, shown)
    packs = tuple(summary(pack, ranges, fates, today) for pack in sorted({rule.pack for rule in shown}))
    return Judgement(
        fates.findings,
        fates.carved,
        fates.debt,
        tuple(paid),
        packs,
        tuple(shown),
        ranges.vacuous,
        ranges.by_rule(),
        (*bench.errors, *ranges.errors),
        len(shown) == len(enabled),
    )


def order(finding: Finding) -> tuple[Any, ...]:
    """How findings are sorted."""
    place = finding.place
    return place.file, place.line, place.column, finding.rule, finding.subject, finding.database


def fingerprint(rule: str, subject: str, database: str) -> str:
    """What identifies a finding, whatever line it stands on; the database only where there are several."""
    return sha256("\0".join([rule, subject, *([database] if database else [])]).encode()).hexdigest()


class _Bench:
    """The store on the bench, and what the configuration says about judging."""

    def __init__(self, store: Store) -> None:
        self.errors: list[str] = []
        self._store = store
        self._several = store.ask("select count(distinct database) from db_database")[1][0][0] > 1
        self._levels: dict[str, str] = dict(store.ask("select rule, level from settings_level")[1])
        self._before: dict[str, str] = dict(store.ask("select rule, level from base_scope_rule")[1])
        choices = dict(store.ask("select name, value from settings_choice")[1])
        self._unverified: Level = choices.get("check.unverified", "error")
        self.needs_expiry = choices.get("check.expires") == "required"
        self._history: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for database, subject, at, what in store.ask("select database, object_name, at, what from db_history order by position")[1]:
            self._history[database, subject].append((at, what))

    def levelled(self, rules: Iterable[Rule]) -> Iterable[Rule]:
        """The rules that are on, at the level the configuration gives them."""
        for rule in rules:
            level: Any = self._level(rule)
            if level != "off":
                yield rule._replace(level=level)

    def _level(self, rule: Rule) -> str:
        """A rule that judges changes is not switched off, or lowered, by the change that it judges."""
        level = self._levels.get(rule.id, rule.level)
        before = self._before.get(rule.id, level) if rule.against else level
        return min(level, before, key=(*LEVELS, "off").index)

    def asked(self, rules: Iterable[Rule]) -> list[Finding]:
        """What rules find. One that cannot be asked is an error, and the others are asked all the same."""
        found: list[Finding] = []
        for rule in rules:
            try:
                found += self._findings(rule, _rows(*self._store.ask(rule.query)))
            except QueryError as error:
                self.errors.append(f"{rule.path}: {error}")
        return found

    def _findings(self, rule: Rule, rows: Iterable[Row]) -> Iterable[Finding]:
        by_subject: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            by_subject[row.database, row.subject].append(row)
        steps = {key: self._history.get(key, []) for key in by_subject}
        told = [number for same in by_subject.values() for row in same for number in (row.at, row.also_at) if number is not None]
        places = self._store.places([*told, *(at for chain in steps.values() for at, _ in chain)])
        if any(number not in places for number in told):
            raise QueryError("what it answers is at no place")
        for key, same in by_subject.items():
            yield self._finding(rule, same, steps[key], places)

    def _finding(self, rule: Rule, rows: list[Row], steps: list[tuple[int, str]], places: Mapping[int, Place]) -> Finding:
        """One finding about one subject: its gravest row, the first of those, and what the others say besides."""
        first, *rest = sorted(rows, key=lambda row: (row.verdict == "unverified", places[row.at], row.message))
        related = {places[row.also_at]: row.also for row in [first, *rest] if row.also_at is not None and row.also}
        for row in rest:
            related.setdefault(places[row.at], row.message)
        for at, what in [*steps[:1], *steps[1:][-STEPS:]]:
            related.setdefault(places[at], what)
        related.pop(places[first.at], None)
        return Finding(
            rule.id,
            first.subject,
            first.database,
            first.verdict,
            rule.level if first.verdict == "broken" else max(rule.level, self._unverified, key=LEVELS.index),
            _counted(first, rest),
            places[first.at],
            tuple((place, label) for place, label in related.items() if place.file),
            fingerprint(rule.id, first.subject, first.database if self._several else ""),
        )


def _counted(first: Row, rest: Sequence[Row]) -> str:
    """The first message, and how many others there are."""
    more = len({row.message for row in rest} - {first.message})
    return f"{first.message} (and {more} more)" if more else first.message


def _rows(columns: list[str], rows: list[tuple[Any, ...]]) -> Iterable[Row]:
    """The rows of a rule, each of them whole; :class:`QueryError` where they are not of the form."""
    if missing := [name for name in REQUIRED if name not in columns]:
        raise QueryError(f"it answers no {' and no '.join(missing)}")
    if strange := [name for name in columns if name not in COLUMNS]:
        raise QueryError(f"it answers {' and '.join(strange)}, which means nothing; the columns are {', '.join(COLUMNS)}")
    for values in rows:
        said = dict(zip(columns, values, strict=True))
        for name in REQUIRED:
            if said[name] is None:
                raise QueryError(f"it answers a row without {name}")
        verdict: Any = said.get("verdict") or "broken"
        if verdict not in {"broken", "unverified"}:
            raise QueryError(f"it answers the verdict {verdict!r}, which is neither broken nor unverified")
        yield Row(
            said["at"],
            str(said["subject"]),
            str(said["message"]),
            verdict,
            said.get("database") or "",
            said.get("also_at"),
            said.get("also"),
        )
