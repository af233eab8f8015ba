"""The databases that migrations make, replayed where they are not known yet."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from invariants import includes, layouts
from invariants.checkpoints import Checkpoints
from invariants.facts import db
from invariants.facts import settings as said
from invariants.facts.ddl import Handed, Include, Operation, Parent, Replacement, Revision, Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.layouts import Layout
from invariants.store import Store, Unit

if TYPE_CHECKING:
    from invariants.replay.run import Progress

ORDERED = (Statement, Operation, Handed, Include, Revision, Parent, Replacement)
"""What is read of a migration file to replay it."""
FEW = 200
"""So many statements run again in less time than it takes to keep the database that they make."""
TENANCY = (said.TenantKey, said.TenantRoot, said.AppRole, said.SessionSource, said.Predicate, said.TenantSchema, said.Choice)


def database(layout: Layout, source: Any, files: Mapping[str, Unit], inputs: Sequence[str], store: Store) -> Unit:
    """The unit of the database that a layout's migrations make: of ``files``, those that these run included, and of what else went in."""
    included = store.facts(Include)
    paths = [*layout.files, *(path for path in includes.reached(layout.files, included) if path in files)]
    key = _digest(repr(layout), source, *(str(files[path]) for path in paths), *inputs)
    unit = Unit(f"database {layout.name}", key, files[layout.files[0]].digest)
    if unit not in store:
        store.add(unit, *_facts(unit, layout, source, {path: files[path] for path in paths}, store))
    return unit


def statements(store: Store, database: str, runner: str) -> list[list[Statement]]:
    """The statements of a database's migrations, in the order that they run."""
    own = store.facts(*ORDERED)
    quoted = database.replace("'", "''")
    paths = store.ask(f"select path from db_migration where database = '{quoted}' order by position")[1]  # noqa: S608
    migrations = [(path, includes.spliced(path, own)) for (path,) in paths]
    if runner == "django":
        from invariants.replay.django import resolve

        migrations = resolve(migrations)
    return [[each for each in facts if isinstance(each, Statement)] for _, facts in migrations]


def _facts(unit: Unit, layout: Layout, source: Any, files: Mapping[str, Unit], store: Store) -> tuple[list[Any], list[Unit]]:
    """The facts of a database - its own, those of its migrations, what replay makes of them - and the parts that are kept apart."""
    from invariants.replay.run import told

    paths, problems = _ordered(layout, files, store)
    key = ""
    doubts: list[Unread] = []
    if layout.language == "django":
        progress, doubts = _resolved(layout, paths, store)
    else:
        progress, key = _replayed(layout, paths, files, store)
    configured = [each for facts in store.facts(*TENANCY).values() for each in facts]
    facts, parts = told(progress, layout.name, layout.runner, configured, unit.content, lambda part: unit._replace(content=part) in store)
    if key:
        Checkpoints(store.path).keep(key, progress)
    idle = (db.Idle(_first(each.manifest or each.path, each.line), layout.name, each.path, each.message) for each in layout.idle)
    own = db.Database(_first(paths[0] if paths else layout.files[0]), layout.name, layout.runner, layout.folder, source)
    return [*idle, own, *doubts, *_run(layout, paths, facts), *problems], list(_parts(unit, parts, store))


def _run(layout: Layout, paths: Sequence[str], facts: Sequence[Any]) -> Iterator[Any]:
    """The facts that replay makes, with every migration among them, and which of them run again whenever they change."""
    ran = {each.path for each in facts if isinstance(each, db.Migration)}
    idle = [db.Migration(_first(path), layout.name, path, number, 0, False) for number, path in enumerate(paths) if path not in ran]
    for fact in [*facts, *idle]:
        if isinstance(fact, db.Migration) and layouts.is_repeatable(layout.runner, fact.path):
            yield fact._replace(repeatable=True)
        else:
            yield fact


def _parts(unit: Unit, parts: Mapping[str, list[Any] | None], store: Store) -> Iterator[Unit]:
    """The units of a database's parts, those that are not kept yet added."""
    for content, facts in parts.items():
        part = unit._replace(content=content)
        if facts is not None:
            store.add(part, facts)
        yield part


def _replayed(layout: Layout, paths: Sequence[str], files: Mapping[str, Unit], store: Store) -> "tuple[Progress, str]":
    """The database after its migrations, replayed from the last that a checkpoint is kept of; and what to keep it under, if at all."""
    from invariants.replay.run import Migration, advance, begin

    is_settled = layout.runner == "schema"
    keys = list(_keys(layout, paths, files, store.facts(Include)))
    known: Progress | None = None if is_settled else Checkpoints(store.path).newest(keys)
    progress = known or begin(layout.runner, layout.search_path)
    rest = paths[progress.done :]
    if rest:
        own = store.facts(*ORDERED, within={*rest, *includes.reached(rest, store.facts(Include))} & files.keys())
        migrations = [Migration(path, includes.spliced(path, own)) for path in rest]
        advance(progress, layout.name, migrations, settled=is_settled)
        if not is_settled and (known is None or sum(len(each.facts) for each in migrations) > FEW):
            return progress, keys[-1]
    return progress, ""


def _resolved(layout: Layout, paths: Sequence[str], store: Store) -> "tuple[Progress, list[Unread]]":
    """The database after the operations of Django's migrations, whose SQL depends on all of them; and what of them cannot be told."""
    from invariants.replay.django import resolve
    from invariants.replay.run import Migration, advance, begin

    own = store.facts(*ORDERED)
    migrations = resolve([(path, includes.spliced(path, own)) for path in paths], next(iter(layout.search_path), "public"))
    progress = begin(layout.runner, layout.search_path)
    advance(progress, layout.name, [Migration(*each) for each in migrations])
    found = [each for _, facts in migrations for each in facts]
    progress.facts += [each._replace(database=layout.name) for each in found if isinstance(each, db.Obscured)]
    return progress, [each for each in found if isinstance(each, Unread)]


def _keys(layout: Layout, paths: Sequence[str], files: Mapping[str, Unit], included: includes.Facts) -> Iterator[str]:
    """What went into the database after each of its migrations."""
    key = _digest(layout.name, layout.runner, layout.language, *layout.search_path)
    for path in paths:
        key = _digest(key, *(str(files[each]) for each in (path, *includes.reached([path], included)) if each in files))
        yield key


def _ordered(layout: Layout, files: Mapping[str, Unit], store: Store) -> tuple[Sequence[str], list[Unread]]:
    """The migrations in the order that they run, by the graph of revisions where there is one; last those that could not be read at all."""
    if layout.language == "sql":
        return layout.files, []
    found = store.facts(*ORDERED)
    own = {path: found[path] for path in files if path in found or path in store.facts(Unread)}
    facts = [each for found in own.values() for each in found]
    revisions = [each for each in facts if isinstance(each, Revision)]
    parents = [each for each in facts if isinstance(each, Parent)]
    ordered, problems = layouts.topological(revisions, parents, [each for each in facts if isinstance(each, Replacement)])
    return [*ordered, *(path for path in layout.files if path in own and not own[path])], problems


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()


def _first(path: str, line: int = 1) -> Place:
    return Place(path, line, 1, line, 1)
