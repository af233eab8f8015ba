"""The story of a proof: migrations run on a scratch PostgreSQL, two tenants seeded, one let loose on the other, crossings reported."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from time import perf_counter
from typing import Any, NamedTuple

from invariants import carveouts, databases, detection
from invariants.check import Run
from invariants.facts.place import Place
from invariants.finding import Evidence, Finding, Level, Outcome, Proof, Proven, Verdict
from invariants.judge import fingerprint, order
from invariants.prove.applying import Problem, apply, bring
from invariants.prove.attacking import committed
from invariants.prove.catalog import read
from invariants.prove.clues import clues
from invariants.prove.database import Database, literal
from invariants.prove.outcomes import Seeded
from invariants.prove.planning import Plans
from invariants.prove.rights import is_above
from invariants.prove.server import Scratch, embedded, given
from invariants.prove.tenancy import Words, tenancy
from invariants.prove.verdicts import doubt, proven
from invariants.store import Store

Progress = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many parts of it are."""

DONE = {
    "select": "showed",
    "update": "changed",
    "delete": "deleted",
    "truncate": "deleted",
    "insert": "planted",
    "move": "moved a row to become",
}
CONFIG = ".invariants/config.toml"
UNPROVEN = {"unseeded": "was not attacked", "undecided": "was attacked in vain, but not because its rows are kept apart"}
NAMED = ("db_table", "db_view", "db_function", "db_role")
"""What is found by its name alone."""
STANDINGS = {
    "unset": "with nothing set",
    "empty": "with every setting empty",
    "tenant": "as a user of one tenant",
    "constant": "with settings that policies name",
}


class Part(NamedTuple):
    """The proof of one database."""

    database: str
    tables: tuple[Proven, ...]
    script: tuple[str, ...]
    problems: tuple[Problem, ...]
    doubts: tuple["Doubt", ...]
    roles: tuple[str, ...]
    owned: int
    """How many tables hold rows of tenants."""


class Doubt(NamedTuple):
    """What the attack itself cannot answer, as a finding will say it."""

    rule: str
    subject: str
    kind: str
    message: str
    verdict: Verdict


def prove(run: Run, url: str | None, progress: Progress) -> Proof:
    """Run the migrations of every database that the repository has, and attack each."""
    began = perf_counter()
    parts = []
    known = run.store.ask("select database, runner from db_database order by database")[1]
    if known:
        progress("starting PostgreSQL", 0, 1)
        with given(url) if url else embedded() as server:
            for database, runner in known:
                with server() as scratch:
                    parts.append(_part(run.store, database, runner, scratch, progress))
    return Report(run, parts).proof(began)


def _part(store: Store, database: str, runner: str, scratch: Scratch, progress: Progress) -> Part:
    """One database: made, seeded, attacked."""
    progress(f"{database}: running its migrations", 0, 1)
    with closing(scratch.connect()) as connection:
        problems = [each for each in bring(connection, runner) if each.grave]
        platform = frozenset(read(connection).tables)
    with closing(scratch.connect()) as connection:
        problems += apply(connection, runner, databases.statements(store, database, runner))
        plans, doubts = _plans(connection, _words(store, database)._replace(platform=platform))
    progress(f"{database}: seeding two tenants", 0, 1)
    outcomes = list(committed(scratch.connect, plans, lambda done, total: progress(f"{database}: attacking", done, total)))
    tables = tuple(proven(database, outcomes, plans.catalog, plans.tenancy))
    for each in tables:
        if each.verdict in UNPROVEN:
            found = doubt(each.table, plans.catalog)
            message = f"{each.table} {UNPROVEN[each.verdict]}: {each.reason}"
            doubts.append(Doubt(found.rule, found.subject, found.kind, message, "unverified"))
    script = tuple(text for each in outcomes if isinstance(each, Seeded) for text in each.script)
    return Part(database, tables, script, tuple(problems), tuple(doubts), plans.tenancy.roles, len(plans.owned))


def _words(store: Store, database: str) -> Words:
    """What configuration and detection say about a database's tenants."""
    about = f"database in ('', {literal(database)})"

    def names(relation: str, condition: str = about) -> list[str]:
        return [name for (name,) in store.ask(f"select distinct name from {relation} where {condition} order by name")[1]]  # noqa: S608

    root = next(iter(names("settings_tenant_root")), None)
    session = names("settings_session_source", "source = 'configured'")
    return Words(frozenset(names("settings_tenant_key")), root, tuple(names("settings_app_role")), tuple(session))


def _plans(connection: Database, words: Words) -> tuple[Plans, list[Doubt]]:
    """What is attacked, and by whom: never by a role that stands above row security, nor by one that is not there."""
    catalog = read(connection)
    found = clues(catalog)
    there = {name for (name,) in connection.run("select rolname from pg_roles")}
    above = {role for role in words.roles if is_above(connection, role)}
    doubts = [
        Doubt("role-subject-to-rls", role, "role", "it stands above row security: every row is its own", "broken") for role in sorted(above)
    ]
    for role in sorted(set(words.roles) - there):
        message = "no migration creates it or grants it anything: nothing was tried as it"
        doubts.append(Doubt("role-subject-to-rls", role, "role", message, "unverified"))
    words = words._replace(roles=tuple(role for role in words.roles if role in there - above))
    return Plans(catalog, tenancy(catalog, found, words), found), doubts


class Report:
    """The parts of a proof as findings, at their places in the repository."""

    def __init__(self, run: Run, parts: Sequence[Part]) -> None:
        self._run = run
        self._store = run.store
        self._parts = parts
        self._levels: dict[str, str] = dict(self._store.ask("select rule, level from settings_level")[1])
        self._rules = {rule.id: rule for rule in run.rules}

    def proof(self, began: float) -> Proof:
        """Findings, those carved out taken off, and what else there is to say."""
        found = sorted((each for part in self._parts for each in self._findings(part)), key=order)
        today = self._run.options.today if self._run.options.today != date.min else date.today()  # noqa: DTZ011
        choices = dict(self._store.ask("select name, value from settings_choice")[1])
        needs_expiry = choices.get("check.expires") == "required"
        _, carved = carveouts.subtract(carveouts.read(self._store), found, self._rules, today, needs_expiry=needs_expiry)
        excused = {each.finding for each in carved}
        outcome = Outcome(
            findings=tuple(each for each in found if each not in excused),
            carved=tuple(carved),
            debt=(),
            paid=(),
            packs=(),
            detected=tuple(detection.sentences(self._store)),
            errors=tuple(self._errors()),
            rules=tuple(sorted(self._rules.values())),
            vacuous=(),
            notes=(*self._store.notes, *self._notes()),
            stages=(),
            elapsed=perf_counter() - began,
        )
        tables = tuple(table for part in self._parts for table in part.tables)
        return Proof(tables, tuple((part.database, part.script) for part in self._parts), outcome)

    def _errors(self) -> Iterator[str]:
        """What makes a proof no proof."""
        if not self._parts:
            yield "no migrations were found: there is nothing to prove"
        elif not any(part.owned for part in self._parts):
            yield f"no table with a tenant key was found: name the key, as `[tenancy] keys = [...]` in {CONFIG}"
        for part in self._parts:
            if part.owned and not part.roles:
                yield f"nobody could attack {part.database}: name the application's roles, as `[tenancy] roles = [...]` in {CONFIG}"

    def _notes(self) -> Iterator[str]:
        for part in self._parts:
            for problem in dict.fromkeys(each for each in part.problems if not each.grave or not each.at.file):
                where = f"{problem.at.file}:{problem.at.line}: " if problem.at.file else "what the platform brings: "
                yield f"{where}{problem.message}"

    def _findings(self, part: Part) -> Iterator[Finding]:
        ways: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        for table in part.tables:
            for evidence in table.evidence:
                ways[evidence.finding].append(evidence)
        for (rule, subject), evidence_ in ways.items():
            yield from self._finding(part, rule, subject, _message(evidence_), "broken")
        for each in part.doubts:
            yield from self._finding(part, each.rule, each.subject, each.message, each.verdict)
        refused: dict[str, list[Problem]] = defaultdict(list)
        for problem in part.problems:
            if problem.grave and problem.at.file:
                refused[problem.at.file].append(problem)
        for path, problems in refused.items():
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            yield from self._finding(part, "migration-readable", path, f"{problems[0].message}{more}", "unverified", problems[0].at)

    def _finding(self, part: Part, rule: str, subject: str, message: str, verdict: Verdict, at: Place | None = None) -> Iterator[Finding]:
        """A finding, unless its rule is switched off."""
        level: Any = self._levels.get(rule, self._rules[rule].level)
        if level != "off":
            several = len(self._parts) > 1
            print_ = fingerprint(rule, subject, part.database if several else "")
            graver: Level = level
            yield Finding(
                rule, subject, part.database, verdict, graver, message, at or self._place(part.database, rule, subject), (), print_
            )

    def _place(self, database: str, rule: str, subject: str) -> Place:
        """Where a subject was made; the first migration where that is not known."""
        table, _, policy = subject.partition("/")
        owner, _, column = subject.rpartition(".")
        numbers = [
            *self._asked("check_at" if rule == "rls-write-checked" else "using_at", "db_policy", database, table_name=table, name=policy),
            *(at for each in NAMED for at in self._asked("at", each, database, name=subject)),
            *self._asked("at", "db_column", database, table_name=owner, name=column),
            *self._asked("at", "db_database", database),
        ]
        places = self._store.places(numbers)
        return next(places[number] for number in numbers if places[number].file)

    def _asked(self, column: str, relation: str, database: str, **values: str) -> list[int]:
        condition = " and ".join(f"{name} = {literal(value)}" for name, value in {"database": database, **values}.items())
        return [at for (at,) in self._store.ask(f"select {column} from {relation} where {condition}")[1]]  # noqa: S608


def _message(ways: Sequence[Evidence]) -> str:
    """The first way, and how many others there are."""
    first = ways[0]
    whose = "another tenant's row" if first.victim == "tenant" else "a row of no tenant"
    statement = first.statements[-1] if len(first.statements[-1]) < 200 else f"{first.statements[-1][:197]}..."
    more = f" (and {len(ways) - 1} more {'ways' if len(ways) > 2 else 'way'})" if len(ways) > 1 else ""
    return f"as {first.role}, {STANDINGS[first.standing]}, `{statement}` {DONE[first.command]} {whose}{more}"
