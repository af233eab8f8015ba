"""The story of a fix: what can be mended becomes a migration, lines in code or in the manifest, and is judged before it is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from invariants.check import Options, Run, sources_of
from invariants.finding import ConfigError, Edit, Finding, Insertion
from invariants.mending.lines import added
from invariants.mending.patches import Mended, Sources, drafted, folder, mended
from invariants.mending.schema import Schema, Unmended
from invariants.options import Pair
from invariants.snapshots import Snapshot, blob_id
from invariants.store import Store
from invariants.upkeep import Upkeep

STILL = "it would still be found with its patch, so that the patch is left out"
DOUBTFUL = "the policy that it would be given could not be told to isolate there"


class Repair(NamedTuple):
    """What would be written, and what not."""

    edits: tuple[Edit, ...]
    mended: tuple[Finding, ...]
    """What is found no more: what was patched, and what went with it."""
    unmended: tuple[tuple[Finding, str], ...]
    """Findings that stay, and why."""
    brought: tuple[Finding, ...]
    """Findings that are there only once all of it is written."""
    errors: tuple[str, ...]


class Laid:
    """A snapshot with files laid over it."""

    def __init__(self, below: Snapshot, edits: Iterable[Edit]) -> None:
        self.root = below.root
        self._below = below
        self._files = {edit.path: edit.after.encode() for edit in edits}

    def paths(self) -> Iterable[str]:
        return sorted({*self._below.paths(), *self._files})

    def content_id(self, path: str) -> str:
        return blob_id(self._files[path]) if path in self._files else self._below.content_id(path)

    def read(self, path: str) -> bytes:
        return self._files[path] if path in self._files else self._below.read(path)


def repair(options: Options, *, baseline: bool = False, moment: datetime | None = None) -> Repair:
    """What mends the findings of the work tree; those of the baseline too where that is asked for."""
    run = Run(options)
    outcome = run.outcome()
    findings = [*outcome.findings, *(outcome.debt if baseline else ())]
    sources = sources_of(run.snapshot, moment or datetime.now(UTC))
    bench = _Bench(run.store, sources)
    upkeep = Upkeep(run.store, sources)
    bench.take(mended(run.store, list(upkeep.take(findings))))
    known = {_identity(each) for each in (*outcome.findings, *outcome.debt, *(each.finding for each in outcome.carved))}
    found, brought = list[Finding](), list[Finding]()
    while edits := [*bench.edits(), *upkeep.edits()]:
        run.store.save()
        laid = Run(options._replace(cached=False), snapshots=Pair(Laid(run.snapshot, edits))).outcome()
        found, brought = [*laid.findings, *laid.debt], [each for each in laid.findings if _identity(each) not in known]
        vain = upkeep.drop({(each.rule, each.subject) for each in found}, STILL)
        if not bench.drop(found, brought) and not vain:
            break
    if not edits:
        return Repair((), (), (*bench.left, *upkeep.left), (), outcome.errors)
    still = {_identity(each) for each in found}
    left = [(each, reason) for each, reason in (*bench.left, *upkeep.left) if _identity(each) in still]
    kept = {_identity(each) for each, _ in left}
    return Repair(
        tuple(edits), tuple(each for each in findings if _identity(each) not in kept), tuple(left), tuple(brought), outcome.errors
    )


class _Bench:
    """What is being mended, by database."""

    def __init__(self, store: Store, sources: Sources) -> None:
        self._store = store
        self._sources = sources
        self._open: dict[str, list[Mended]] = defaultdict(list)
        self.left: list[tuple[Finding, str]] = []

    def take(self, answers: Iterable[Mended]) -> None:
        for each in answers:
            try:
                added(_lines(each), self._sources.read)
                reason = each.reason
            except Unmended as unmended:
                reason = str(unmended)
            if each.patch is None or reason:
                self.left.append((each.finding, reason))
            else:
                self._open[each.finding.database].append(each)

    def done(self) -> Iterator[Mended]:
        for each in self._open.values():
            yield from each

    def edits(self) -> list[Edit]:
        """One migration a database, and the files with lines added; why there is none where none can be written."""
        found: list[Edit] = []
        for database, taken in sorted(self._open.items()):
            own = [each for each in taken if each.patch and each.patch.statements]
            try:
                found += drafted(folder(self._store, database, self._sources), own, self._sources) if own else ()
            except Unmended as unmended:
                self._open[database] = [each for each in taken if each not in own]
                self.left += [(each.finding, str(unmended)) for each in own]
        return [*found, *added((line for each in self.done() for line in _lines(each)), self._sources.read)]

    def drop(self, found: Sequence[Finding], brought: Sequence[Finding]) -> bool:
        """Leave out patches that do not mend, or that are found themselves in what they write; whether there was any such."""
        still = {_identity(each) for each in found}
        subjects = {(each.database, each.subject) for each in found}
        reasons = [(each, STILL if _identity(each.finding) in still else "") for each in self.done()]
        reasons = [(each, reason or self._doubt(each, subjects) or _harm(each, brought)) for each, reason in reasons]
        vain = [(each, reason) for each, reason in reasons if reason]
        for each, reason in vain:
            self._open[each.finding.database].remove(each)
            self.left.append((each.finding, reason))
        return bool(vain)

    def _doubt(self, each: Mended, subjects: set[tuple[str, str]]) -> str:
        """Whether a policy that a patch creates is found itself."""
        table, database = each.finding.subject, each.finding.database
        own = {subject.partition("/")[2] for name, subject in subjects if name == database and subject.startswith(f"{table}/")}
        known = Schema(self._store, database).policies.get(table, frozenset()) if own else frozenset()
        return DOUBTFUL if own - known else ""


def _lines(mended: Mended) -> tuple[Insertion, ...]:
    return mended.patch.insertions if mended.patch else ()


def _harm(mended: Mended, brought: Sequence[Finding]) -> str:
    """What is found only with the lines that a patch adds to a file."""
    files = {line.path for line in _lines(mended)}
    return next((f"with it {each.subject} would break {each.rule}" for each in brought if each.place.file in files), "")


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.subject, finding.database


def lay(root: Path, edits: Sequence[Edit]) -> None:
    """Write files, none where one is refused: new ones where nothing is, others that are still as they were read, none through a link."""
    try:
        for edit in edits:
            _accept(root, edit)
        for edit in edits:
            path = root / edit.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x" if edit.before is None else "w", encoding="utf-8", newline="") as file:
                file.write(edit.after)
    except OSError as error:
        raise ConfigError(edit.path, 0, f"it cannot be written: {error.strerror}", "see who may write there") from error


def _accept(root: Path, edit: Edit) -> None:
    """Refuse what would write elsewhere than it seems, or over what somebody has changed."""
    path, by_hand = root / edit.path, "write it by hand; --diff shows it"
    if path.is_symlink() or not path.parent.resolve().is_relative_to(root.resolve()):
        raise ConfigError(edit.path, 0, "a link leads from it to elsewhere", by_hand)
    if edit.before is not None and path.read_bytes() != edit.before.encode():
        raise ConfigError(edit.path, 0, "it is not on disk as git has it: its line ends differ", by_hand)
