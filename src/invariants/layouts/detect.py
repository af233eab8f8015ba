"""Detecting migration folders by the marks their runners leave: names of files, manifests, journals."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from invariants.layouts.folders import is_aside
from invariants.layouts.idle import Idle, Kept, idle
from invariants.layouts.order import FLYWAY, Read, base, flyway, is_down, journal, lexical, numeric, sqitch

Language = Literal["sql", "alembic", "django"]
SUPABASE = re.compile(r"^[0-9]+_.*\.sql$")
NUMBERED = re.compile(r"^[0-9]+[._-]?.*\.sql$")
PAIRED = re.compile(r"^[0-9]+_.*\.up\.sql$")
MIGRATION_WORD = re.compile(r"migrat|^drizzle$|^versions$|^changelog|^alterations$", re.IGNORECASE)
DJANGO = re.compile(r"^\d{4}_\w+\.py$")
REVISES = re.compile(rb"^down_revision\b", re.MULTILINE)
"""What a revision of Alembic's says of the one before it."""
MARKS = (("goose", b"+goose"), ("dbmate", b"migrate:up"), ("sql-migrate", b"+migrate"), ("liquibase", b"liquibase formatted"))
HOMES = frozenset({"db", "database", "sql", "schema", "supabase", "prisma", "drizzle"})
DECLARED = {"structure.sql", "schema.sql"}
"""What the schema is, written down by a tool and run by none."""
DECLARATIVE = "/supabase/schemas/"
"""What the schema should be: migrations are made from it."""
DUMPS = ("db/structure.sql", "structure.sql", "db/schema.sql", "schema.sql", "database/schema.sql", "sql/schema.sql")


class Layout(NamedTuple):
    """One database's migrations: its name is the folder that holds them; ``files`` are in the order they run.

    Where a graph of revisions tells the order (Alembic, Django), ``files`` are in the order of their names until it is known.
    """

    name: str
    runner: str
    folder: str
    files: tuple[str, ...]
    language: Language = "sql"
    skipped: tuple[str, ...] = ()
    """Files of the folder that the runner will not run."""
    idle: tuple[Idle, ...] = ()
    """Those of them, and of the others, that should run and do not."""
    search_path: tuple[str, ...] = ()
    """The schemas that the runner's connection looks names up in; empty where it leaves them to PostgreSQL."""


class Tree:
    """The files of a snapshot by folder; ``read`` is for small manifests only."""

    def __init__(self, paths: Iterable[str], read: Read) -> None:
        self.paths = set(paths)
        self.read = read
        self.sql: dict[str, list[str]] = defaultdict(list)
        self.python: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            folder = path.rpartition("/")[0]
            if path.endswith(".sql") and not is_aside(folder):
                self.sql[folder].append(path)
            elif path.endswith(".py") and not is_aside(folder):
                self.python[folder].append(path)

    def has(self, folder: str, name: str) -> bool:
        return join(folder, name) in self.paths

    def folders(self) -> list[str]:
        return sorted(self.sql)


def join(folder: str, name: str) -> str:
    """A path below a folder, the root being the empty one."""
    return f"{folder}/{name}" if folder else name


def parent(folder: str) -> str:
    """The folder above."""
    return folder.rpartition("/")[0]


def find(paths: Sequence[str], read: Read) -> list[Layout]:
    """The databases of a repository; schema dumps only where nothing else was found."""
    tree = Tree(paths, read)
    claimed: set[str] = set()
    found: list[Layout] = []
    for detector in (_prisma, _up_folders, _graphile, _sqitch, _drizzle, _flyway, _folders):
        for layout in detector(tree):
            if not claimed & {*layout.files, layout.folder + "/"}:
                claimed |= {*layout.files, *layout.skipped, layout.folder + "/"}
                found.append(layout)
    found += [*_alembic(tree), *_django(tree)]
    return sorted((judged(layout, tree) for layout in found or [*_dumps(tree)]), key=lambda layout: layout.name)


def judged(layout: Layout, tree: Tree) -> Layout:
    """A layout with the files in it that do not run."""
    inside = f"{layout.folder}/" if layout.folder else ""
    below = [path for folder in tree.folders() if f"{folder}/".startswith(inside) for path in tree.sql[folder]]
    return layout._replace(idle=idle(Kept(layout.runner, layout.folder, layout.files, layout.skipped, lexical(below), tree.read)))


def outside(layouts: Sequence[Layout], paths: Iterable[str]) -> list[str]:
    """The SQL files of the product that no runner runs and that are not known to be there for another end."""
    inside = {path for layout in layouts for path in (*layout.files, *layout.skipped, *(each.path for each in layout.idle))}
    others = (path for path in paths if path.endswith(".sql") and path not in inside and not is_down(path)) if layouts else ()
    return [path for path in others if not (is_aside(parent(path)) or base(path) in DECLARED or DECLARATIVE in f"/{path}")]


def _grandparents(tree: Tree, name: str) -> Mapping[str, list[str]]:
    """Folders whose sub-folders each hold a file of that name."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in tree.folders():
        if join(folder, name) in tree.paths:
            found[parent(folder)].append(join(folder, name))
    return found


def _prisma(tree: Tree) -> Iterator[Layout]:
    """Prisma, and Drizzle from version 1: a folder a migration."""
    for folder, files in _grandparents(tree, "migration.sql").items():
        lock = join(folder, "migration_lock.toml")
        provider = tree.read(lock) if lock in tree.paths else b""
        if b"provider" in provider and not re.search(rb'provider\s*=\s*"(?:postgresql|postgres|cockroachdb)"', provider):
            continue
        snapshot = any(tree.has(parent(file), "snapshot.json") for file in files)
        yield Layout(folder, "drizzle" if snapshot else "prisma", folder, lexical(files))


def _up_folders(tree: Tree) -> Iterator[Layout]:
    """Hasura and Diesel: ``<version>_<name>/up.sql``."""
    for folder, files in _grandparents(tree, "up.sql").items():
        runner = "diesel" if any("diesel.toml" in path for path in tree.paths if path.count("/") <= folder.count("/")) else "hasura"
        ordered = tuple(sorted(files, key=lambda path: (_version(parent(path)), path)))
        yield Layout(folder, runner, folder, ordered, skipped=tuple(join(parent(file), "down.sql") for file in files))


def _version(folder: str) -> str:
    """The digits that a folder's name begins with, dashes aside."""
    match = re.match(r"[\d-]+", base(folder))
    return match.group().replace("-", "").zfill(20) if match else ""


def _graphile(tree: Tree) -> Iterator[Layout]:
    """graphile-migrate: what is committed, then what is current."""
    for folder in tree.folders():
        if base(folder) != "committed":
            continue
        above = parent(folder)
        current = [join(above, "current.sql")] if tree.has(above, "current.sql") else lexical(tree.sql.get(join(above, "current"), ()))
        yield Layout(above, "graphile-migrate", above, (*lexical(tree.sql[folder]), *current))


def _sqitch(tree: Tree) -> Iterator[Layout]:
    for plan in sorted(path for path in tree.paths if base(path) == "sqitch.plan"):
        folder = parent(plan)
        files = tuple(path for path in sqitch(folder, tree.read(plan)) if path in tree.paths)
        if files:
            yield Layout(folder or ".", "sqitch", folder, files)


def _drizzle(tree: Tree) -> Iterator[Layout]:
    """A journal that lists fewer files than it leaves out was abandoned: something else runs them."""
    for folder in tree.folders():
        manifest = join(folder, "meta/_journal.json")
        listed = journal(folder, tree.read(manifest)) if manifest in tree.paths else None
        if listed is None or listed[1] not in {"pg", "postgresql", "postgres"}:
            continue
        files = tuple(path for path in listed[0] if path in tree.paths)
        skipped = tuple(sorted(set(tree.sql[folder]) - set(files)))
        if len(skipped) < len(files):
            yield Layout(folder, "drizzle", folder, files, skipped=skipped)


def _flyway(tree: Tree) -> Iterator[Layout]:
    """Versioned files, sub-folders taken in."""
    marked = [folder for folder in tree.folders() if any(FLYWAY.match(base(path)) and base(path)[0] == "V" for path in tree.sql[folder])]
    roots = [folder for folder in marked if not any(other != folder and folder.startswith(other + "/") for other in marked)]
    for root in roots:
        files = [path for folder in tree.folders() if folder == root or folder.startswith(root + "/") for path in tree.sql[folder]]
        ordered = flyway(files)
        yield Layout(root, "flyway", root, ordered, skipped=tuple(sorted(set(files) - set(ordered))))


def _folders(tree: Tree) -> Iterator[Layout]:
    """Folders that are named for migrations, or whose files are numbered."""
    for folder in tree.folders():
        files = tree.sql[folder]
        numbered = [path for path in files if NUMBERED.match(base(path)) and not is_down(path)]
        named = MIGRATION_WORD.search(base(folder)) is not None
        if not named and (len(numbered) < 2 or len(numbered) * 2 < len(files)):
            continue
        yield _folder(tree, folder, files)


def _folder(tree: Tree, folder: str, files: list[str]) -> Layout:
    forward = [path for path in files if not is_down(path)]
    name = folder or "."
    if folder.endswith("supabase/migrations"):
        kept = [path for path in forward if SUPABASE.match(base(path))]
        return Layout(name, "supabase", folder, lexical(kept), skipped=tuple(sorted(set(files) - set(kept))))
    if any(PAIRED.match(base(path)) for path in files):
        runner = "golang-migrate" if all(PAIRED.match(base(path)) for path in forward) else "sqlx"
        return Layout(name, runner, folder, numeric(forward), skipped=tuple(sorted(set(files) - set(forward))))
    if tree.has(folder, "atlas.sum"):
        return Layout(name, "atlas", folder, lexical(forward))
    runner = _marked(tree, forward)
    ordered = lexical(forward) if runner in {"dbmate", "liquibase"} else numeric(forward)
    return Layout(name, runner, folder, ordered, skipped=tuple(sorted(set(files) - set(forward))))


def _marked(tree: Tree, files: list[str]) -> str:
    """The runner that the comments of the first file name."""
    content = tree.read(min(files))[:65536] if files else b""
    return next((runner for runner, mark in MARKS if mark in content), "plain")


def _alembic(tree: Tree) -> Iterator[Layout]:
    """Folders of revisions: beside Alembic's environment, or wherever that is, with files that say what they revise."""
    for folder in sorted(each for each in tree.python if base(each) == "versions"):
        files = [path for path in tree.python[folder] if base(path) != "__init__.py"]
        if files and (tree.has(parent(folder), "env.py") or any(REVISES.search(tree.read(path)) for path in files)):
            yield Layout(folder, "alembic", folder, lexical(files), "alembic")


def _django(tree: Tree) -> Iterator[Layout]:
    """All applications of a project share its database."""
    projects: dict[str, list[str]] = defaultdict(list)
    for folder in sorted(tree.python):
        files = [path for path in tree.python[folder] if DJANGO.match(base(path))]
        if base(folder) == "migrations" and files and tree.has(folder, "__init__.py"):
            projects[_project(tree, folder)] += files
    for project, files in projects.items():
        yield Layout(project or ".", "django", project, lexical(files), "django")


def _project(tree: Tree, folder: str) -> str:
    """The nearest folder above that has a manage.py; else the root."""
    while folder:
        folder = parent(folder)
        if tree.has(folder, "manage.py"):
            return folder
    return ""


def _dumps(tree: Tree) -> Iterator[Layout]:
    """Without migrations: a schema dump, else every folder whose SQL makes tables; without numbers it has no order of its own."""
    for dump in DUMPS:
        for path in sorted(path for path in tree.paths if (path == dump or path.endswith("/" + dump)) and not is_aside(parent(path))):
            yield Layout(path, "dump", parent(path), (path,))
            return
    for folder in tree.folders():
        files = [
            path for path in tree.sql[folder] if not is_down(path) and re.search(rb"(?i)create\s+(unlogged\s+)?table", tree.read(path))
        ]
        if files:
            numbered = all(NUMBERED.match(base(path)) for path in tree.sql[folder])
            yield Layout(folder or ".", "plain" if numbered else "schema", folder, numeric(tree.sql[folder]))


def keep(layouts: Iterable[Layout], foreign: set[str]) -> list[Layout]:
    """The layouts that are PostgreSQL's: half of the files or more in another dialect make a database another's."""
    return [layout for layout in layouts if not layout.files or sum(path in foreign for path in layout.files) * 2 < len(layout.files)]


def sealed(path: str) -> Layout | None:
    """The database of a folder that cannot be looked into, where its name, or its folder's, says that it may hold migrations."""
    above, _, name = path.lower().rpartition("/")
    is_home = name in HOMES or ("." not in name and any(map(MIGRATION_WORD.search, (name, base(above)))))
    return Layout(path, "plain", path, (path,)) if is_home and not is_aside(parent(path)) else None
