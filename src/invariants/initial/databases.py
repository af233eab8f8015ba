"""Which databases there are, and what runs their migrations."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from invariants.initial.values import Notice, some
from invariants.store import Store
from invariants.wording import counted

TOPIC = "databases"
FEW = 3
"""So many folders are named one by one in a pattern of paths."""
UNKNOWN = (
    "no migrations were found: say where they are, as `[[database]] migrations = [...]` (SQL of PostgreSQL, Alembic and Django are read)"
)


NAMED = 'if it runs them in another order than that of their names, name it, as `[[database]] runner = "..."`'
RUN = {
    "plain": "run in the order of their names",
    "schema": "which make tables and have no order of their own",
    "dump": "a dump of the schema",
}
"""What is said of those that no known runner runs."""


class Database(NamedTuple):
    """A database, as the configuration would name it."""

    name: str
    runner: str
    patterns: tuple[str, ...]
    """The paths of its migrations."""
    evidence: str


def databases(store: Store) -> list[Database]:
    """The databases that the active facts know of."""
    found = store.ask("select database, runner, folder, source from db_database order by database")[1]
    return [_database(store, *row) for row in found]


def notices(found: Sequence[Database]) -> Iterator[Notice]:
    """What is said of them."""
    for each in found:
        yield Notice(TOPIC, each.evidence)
        if each.runner == "plain":
            yield Notice(TOPIC, f"what runs {each.name} was not recognised: {NAMED}", is_known=False)
    if not found:
        yield Notice(TOPIC, UNKNOWN, is_known=False)


def _database(store: Store, name: str, runner: str, folder: str, source: str) -> Database:
    quoted = name.replace("'", "''")
    paths = [path for (path,) in store.ask(f"select path from db_migration where database = '{quoted}' order by position")[1]]  # noqa: S608
    patterns = _patterns(folder, runner, paths)
    evidence = f"{name}: {counted(len(paths), 'migrations')} in {some(patterns)}, {RUN.get(runner, f'run by {runner}')} ({source})"
    return Database(name, runner, patterns, evidence)


def _patterns(folder: str, runner: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Globs that match these paths, and those that are added to them later."""
    inside = f"{folder}/" if folder else ""
    if runner == "django":
        return (f"{inside}**/migrations/[0-9]*.py",)
    if len(paths) == 1 and runner in {"dump", "schema"}:
        return tuple(paths)
    names = {path.rpartition("/")[2] for path in paths}
    folders = list(dict.fromkeys(path.rpartition("/")[0] for path in paths))
    if len(names) == 1 and all(path.removeprefix(inside).count("/") == 1 for path in paths):
        return (f"{inside}*/{names.pop()}",)
    ends = "[!_]*.py" if runner == "alembic" else "*.sql"
    if len(folders) > FEW:
        return (f"{inside}**/{ends}",)
    return tuple(f"{each}/{ends}" if each else ends for each in folders)
