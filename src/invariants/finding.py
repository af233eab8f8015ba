"""What a run answers: rules, findings, and how much was looked at. Values only; reports render them."""

from typing import Literal, NamedTuple

from invariants.facts.place import Place
from invariants.facts.settings import Debt

Level = Literal["error", "warning", "note"]
Verdict = Literal["broken", "unverified"]

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""From the gravest to the mildest."""


class Rule(NamedTuple):
    """One invariant: a query that must return no rows, and what its file says about it."""

    id: str
    pack: str
    title: str
    """The invariant, stated as a truth."""
    why: str
    """Paragraphs, divided by blank lines."""
    fix: str
    """The lines of the Fix block, without their indentation."""
    level: Level
    """The file's own, unless configured."""
    over: str
    """The relation it ranges over: where that is empty, the rule is vacuous."""
    noun: str
    """What its range is counted in, in the plural: tables, views, roles ..."""
    supports: tuple[str, ...]
    """Standards, as ``soc2:CC6.1`` or ``cwe:639``."""
    query: str
    path: str
    """Where its file is: relative to the root for a repository's own rules, ``rules/<pack>/<rule>.sql`` for those built in."""
    against: str = ""
    """``base`` where it judges a change, which only a run with a base knows of."""
    lacks: str = ""
    """What is missing where it is vacuous, if that is not its range: ``manifest``."""


class Edit(NamedTuple):
    """A file as it would be."""

    path: str
    """Relative to the root."""
    before: str | None
    """What it says now; None where it is not there."""
    after: str


class Insertion(NamedTuple):
    """A line to add to a file that is there."""

    path: str
    """Relative to the root."""
    line: int
    """The line that it is to stand above, from 1, and be indented as."""
    text: str


class Patch(NamedTuple):
    """What mends a finding: statements for a migration, or lines for other files."""

    statements: tuple[str, ...]
    """SQL, each statement without its semicolon; lines of comment may stand before it."""
    undo: tuple[str, ...]
    """What takes them back, in the order to run it."""
    edits: tuple[Edit, ...] = ()
    """A migration of these statements alone, as the runner would find it; none where it cannot be told how to write one."""
    insertions: tuple[Insertion, ...] = ()


class Finding(NamedTuple):
    """One row of a rule; ``(rule, subject)``, and the database where there are several, say which."""

    rule: str
    subject: str
    database: str
    """The database it is about; empty where it is about none."""
    verdict: Verdict
    level: Level
    message: str
    """A clause about the subject, without a full stop."""
    place: Place
    related: tuple[tuple[Place, str], ...]
    """Other places that explain it, each with what happened there; in order."""
    fingerprint: str
    """SHA-256, in hexadecimal, of what identifies it."""
    patch: Patch | None = None
    """What mends it, where that can be told."""
    binding: str = ""
    """What binds rows of its table to a tenant, as the repository's policies say it; empty where that is not asked, or not known."""

    @property
    def claim(self) -> str:
        """The message, which says so where nothing could be decided."""
        return f"unverified: {self.message}" if self.verdict == "unverified" else self.message

    @property
    def sentence(self) -> str:
        """The claim and what it is about, without a full stop."""
        return f"{self.subject}: {self.claim}"


class Carved(NamedTuple):
    """A finding that a carve-out excuses."""

    finding: Finding
    reason: str
    owner: str
    expires: str | None
    """The last day that the carve-out holds, as YYYY-MM-DD."""
    place: Place
    """The carve-out's stanza."""


class PackSummary(NamedTuple):
    """How much a pack's rules ranged over, and what became of it. Each subject counts once, by its worst finding."""

    pack: str
    noun: str
    """What most of the range is counted in, in the plural: ``tables``."""
    total: int
    held: int
    broken: int
    unverified: int
    carved_out: int
    owed: int
    """Those whose finding the baseline holds."""
    vacuous_reason: str | None
    """Why there was nothing to look at, as in ``no tenant table``; None where there was something."""
    next_expiry_days: int | None
    """Days until the first of the carve-outs used here expires; 0 is today, its last day."""
    counts: tuple[tuple[str, int], ...]
    """The range by noun, the largest first: ``(("tables", 41), ("views", 3))``. Adds up to ``total``."""


class Outcome(NamedTuple):
    """Everything a run found out."""

    findings: tuple[Finding, ...]
    """Sorted by path, line, column, rule and subject; carved-out ones are not among them."""
    carved: tuple[Carved, ...]
    debt: tuple[Finding, ...]
    """Findings that the baseline holds: known, to be paid, and not failing. They are not among the others."""
    packs: tuple[PackSummary, ...]
    detected: tuple[str, ...]
    """What was detected or configured, as plain sentences."""
    paid: tuple[Debt, ...]
    """Entries of the baseline that hold nothing any more."""
    errors: tuple[str, ...]
    """What could not be checked, as plain sentences: any of them makes the run exit 2."""
    rules: tuple[Rule, ...]
    """Every enabled rule, hit or not, sorted by id."""
    vacuous: tuple[str, ...]
    """The ids of rules that had nothing to look at."""
    notes: tuple[str, ...]
    """What went another way than usual without making the verdict doubtful, such as a cache that was locked."""
    stages: tuple[tuple[str, float], ...]
    """How many seconds each stage took, in order."""
    elapsed: float
    extent: tuple[int, int] = (0, 0)
    """How many files of code there are, and how many of them were parsed to tell the routes."""


class Evidence(NamedTuple):
    """How a row crossed from one tenant to another: what to run to see it again."""

    role: str
    command: str
    """select, insert, update, delete, move or truncate."""
    through: str
    """The view or function that was used; empty for the table itself."""
    victim: Literal["tenant", "nobody"]
    """Whose the row was: another tenant's, or no tenant's."""
    standing: str
    """unset, empty, tenant or constant: what the session's settings said."""
    statements: tuple[str, ...]
    """The settings, the role, and the statement."""
    row: str
    finding: tuple[str, str]
    """The rule and the subject that it is evidence for."""


class Constrained(NamedTuple):
    """A way to another tenant's rows that policies leave open, and that a constraint happens to bar."""

    role: str
    command: str
    statements: tuple[str, ...]
    """The settings, the role, and the statement."""
    reason: str
    """What PostgreSQL answered."""


class Proven(NamedTuple):
    """What became of one table with tenants' rows."""

    database: str
    table: str
    verdict: Literal["crossed", "held", "undecided", "unseeded"]
    reason: str
    """Why it could not be seeded or decided; empty otherwise."""
    attempts: int
    commands: tuple[str, ...]
    """What was tried."""
    evidence: tuple[Evidence, ...]
    """One for each way in which rows crossed."""
    constrained: tuple[Constrained, ...]
    """One for each role and command that policies let through, and only constraints refused."""
    partition_of: str
    """The table that it is a partition or inheritance child of; empty for none."""


class Proof(NamedTuple):
    """What running the migrations and attacking their database showed."""

    tables: tuple[Proven, ...]
    seeds: tuple[tuple[str, tuple[str, ...]], ...]
    """By database: the statements that made the rows of two tenants."""
    outcome: Outcome
    """Its findings, and what else a report shows."""


class ConfigError(Exception):
    """The repository's configuration, or one of its rules, cannot be used; the run exits 2.

    ``path`` is the file at fault, relative to the root, ``line`` its line from 1 (0: none), ``remedy`` what to do about it.
    """

    def __init__(self, path: str, line: int, message: str, remedy: str) -> None:
        super().__init__(f"{path}:{line}: {message}; {remedy}" if line else f"{path}: {message}; {remedy}")
        self.path = path
        self.line = line
        self.message = message
        self.remedy = remedy
