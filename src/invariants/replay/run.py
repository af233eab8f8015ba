"""One database from its migrations' statements to its facts: replayed, exported, its tenants told, its policies judged."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from invariants.facts import db, settings
from invariants.facts.ddl import Handed, Include, Statement
from invariants.facts.source import Unread
from invariants.postgres.grammar import parse_one
from invariants.replay import bodies, context, tenancy
from invariants.replay.catalog import Catalog, Session
from invariants.replay.ddl import machine as new_machine
from invariants.replay.export import Export
from invariants.replay.isolation.grounds import NONE, Answers
from invariants.replay.isolation.policies import Judge
from invariants.replay.losses import truncated
from invariants.replay.machine import Machine
from invariants.replay.obscured import obscured, suspect
from invariants.replay.parts import exported, parts
from invariants.replay.platform import prepare
from invariants.replay.readings import Readings
from invariants.replay.session import finish, start

Fact = NamedTuple


class Migration(NamedTuple):
    """A migration file and the facts that its frontend found in it, in order."""

    path: str
    facts: Sequence[Fact]


@dataclass
class Progress:
    """A database after the first of its migrations. It can be kept, and gone on from by a later run."""

    catalog: Catalog
    fresh: Session
    """What the session of each migration is at first."""
    done: int
    """How many migrations have run."""
    facts: list[Fact]
    """What they say of themselves: that they ran, what they set, what they took away."""
    unread: list[Unread]
    bodies: bodies.Bodies
    """What the bodies of its functions say."""
    answers: Answers = NONE
    """What was answered of its policies when its facts were told."""


def begin(runner: str, search_path: Sequence[str] = ()) -> Progress:
    """A database before its first migration. ``search_path`` holds the schemas that the runner's connection searches, where it says so."""
    machine = new_machine()
    prepare(machine, runner)
    if search_path:
        start(machine.catalog, search_path)
    machine.catalog.journal.forget()
    return Progress(machine.catalog, machine.catalog.session, 0, [], machine.unread, {})


def advance(progress: Progress, database: str, migrations: Iterable[Migration], *, settled: bool = False) -> None:
    """Run more migrations. Where they are ``settled``, they have no order of their own: each statement runs as soon as it can."""
    machine = _machine(progress)
    migrations = list(migrations)
    statements = [each for migration in migrations for each in migration.facts if isinstance(each, Statement)]
    if settled:
        _settle(machine, statements)
        machine.losses.clear()
    for migration in migrations:
        progress.facts += _run(machine, database, migration, progress.done, is_settled=settled)
        finish(machine.catalog, progress.fresh)
        machine.catalog.journal.forget()
        progress.done += 1
    progress.facts += obscured(statements, machine.unread, database)
    progress.bodies = bodies.told(iter(machine.catalog.functions), progress.bodies)


def _machine(progress: Progress) -> Machine:
    """The machine that goes on with a database."""
    machine = new_machine()
    machine.catalog, machine.unread = progress.catalog, progress.unread
    return machine


class Told(NamedTuple):
    """The facts of a database."""

    facts: list[Fact]
    parts: dict[str, list[Fact] | None]
    """Those that are kept by themselves, by what they go by; None where they are kept already."""


def told(
    progress: Progress,
    database: str,
    runner: str,
    configured: Sequence[Fact],
    state: str = "",
    is_kept: Callable[[str], bool] = lambda _: False,
) -> Told:
    """The facts of a database whose migrations have run. ``configured`` are the repository's settings; what they leave out is detected.

    ``state`` tells this database, in this state, from all others.
    """
    catalog = progress.catalog
    readings = Readings(catalog, database, progress.bodies)
    facts: list[Fact] = [*progress.facts, *Export(catalog, database).facts(), *readings.facts()]
    facts += context.settings(catalog, database, progress.bodies)
    found = list(exported(catalog, database))
    known = _tenancy(database, runner, [*facts, *(fact for each in found for fact in each.facts)], configured)
    judge = Judge(catalog, database, [*configured, *known], progress.answers)
    made = parts(found, _machine(progress), judge, readings, state)
    own = {each.key: None if is_kept(each.key) else each.tell() for each in made}
    progress.answers = judge.memory.kept()
    return Told([*facts, *known, *progress.unread], own)


def replay(database: str, runner: str, migrations: Iterable[Migration], configured: Sequence[Fact]) -> list[Fact]:
    """The facts of one database, from its first migration to its last."""
    progress = begin(runner)
    advance(progress, database, migrations)
    facts, own = told(progress, database, runner, configured)
    return [*facts, *(fact for each in own.values() for fact in each or ())]


def _settle(machine: Machine, statements: list[Statement]) -> None:
    """Apply the statements of a folder that has no order of its own, each as soon as what it names is there."""
    while statements:
        waiting = []
        for statement in statements:
            known = len(machine.unread)
            machine.replay_statement(statement)
            if any(each.reason == "unknown" for each in machine.unread[known:]):
                waiting.append(statement)
                del machine.unread[known:]
        if len(waiting) == len(statements):
            break
        statements = waiting
    for statement in statements:
        machine.replay_statement(statement)


def _run(machine: Machine, database: str, migration: Migration, position: int, *, is_settled: bool) -> Iterator[Fact]:
    statements = [each for each in migration.facts if isinstance(each, Statement)]
    if statements:
        at = statements[0].at
        at = at._replace(end_line=at.line, end_column=at.column)
        yield db.Migration(at, database, migration.path, position, len(statements), repeatable=False)
    for each in migration.facts:
        if isinstance(each, Statement):
            if not is_settled:
                machine.replay_statement(each)
            yield from _context(each, database, migration.path)
            yield from _lost(machine, each, database, migration.path)
        elif isinstance(each, Handed):
            yield from suspect(machine, each, database)
    machine.unread += [_not_followed(each) for each in migration.facts if isinstance(each, Include)]


def _lost(machine: Machine, statement: Statement, database: str, path: str) -> Iterator[db.Loss]:
    """What a statement took away."""
    lost = [*machine.losses, *(truncated(statement.body, statement.at) if statement.kind == "truncate_stmt" else ())]
    machine.losses.clear()
    for each in lost:
        yield db.Loss(each.at, database, path, each.table, each.column, each.is_view, each.message)


def _context(statement: Statement, database: str, path: str) -> Iterator[db.ContextSetting]:
    """The settings that a migration itself sets; those inside function bodies are the functions'."""
    if statement.kind == "variable_set_stmt" or (statement.kind == "select_stmt" and "set_config" in statement.body.lower()):
        yield from context.found(parse_one(statement.body).node, statement.at, database, path)


def _not_followed(include: Include) -> Unread:
    message = f"it runs {include.target}, which is not a file of the repository"
    return Unread(include.at, "unknown", message, "move its statements into a migration")


def _tenancy(database: str, runner: str, facts: Sequence[Fact], configured: Sequence[Fact]) -> list[Fact]:
    """The tenant keys, root and application roles that configuration does not name."""
    rows = _by_class(facts)
    classes = (db.Table, db.Column, db.Constraint, db.ConstraintColumn, db.Role, db.Grant, db.PolicyRole, db.Policy)
    schema: Any = tenancy.Schema(database, runner, *(rows[each] for each in classes))  # type: ignore[arg-type]
    return list(_detected(schema, _by_class(configured)))


def _detected(schema: tenancy.Schema, configured: dict[type, list[Fact]]) -> Iterator[Fact]:
    keys = [each.name for each in configured[settings.TenantKey] if isinstance(each, settings.TenantKey)]
    if not keys:
        detected = tenancy.keys(schema)
        yield from detected
        keys = [each.name for each in detected]
    if not configured[settings.TenantRoot] and keys and (root := tenancy.root(schema, keys)):
        yield root
    if not configured[settings.AppRole]:
        yield from tenancy.app_roles(schema)


def _by_class(facts: Iterable[Fact]) -> dict[type, list[Fact]]:
    found: dict[type, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[type(fact)].append(fact)
    return found
