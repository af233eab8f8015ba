"""Files into facts: settings, migrations, and the databases that they make. What the store holds already is not made again."""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple

from invariants import code, databases, declarations, environment, exposure, layouts, recalled, settings, sources, stage
from invariants.bodies import opened, packed
from invariants.facts import env
from invariants.facts import settings as said
from invariants.facts.ddl import Include
from invariants.facts.place import Place
from invariants.facts.source import Foreign, Unread
from invariants.finding import ConfigError
from invariants.layouts import Layout
from invariants.looks import Apart
from invariants.snapshots import Sealed, Snapshot, Unreadable
from invariants.store import Store, Unit
from invariants.workers import Workers

MANY = 24
"""From so many files on that are dear to read, it pays to begin processes that read them."""
SCANNED = frozenset({"python.scanned", "typescript.scanned", "rust.scanned", "csharp.scanned"})
"""The frontends that tell by the words in a file whether it matters."""
DEAR = frozenset({"alembic", "django", "python", "typescript", "rust", "csharp", *SCANNED})

SOURCES = (
    "ahead.py",
    "facts",
    "postgres",
    "python",
    "languages",
    "frontends",
    "layouts",
    "replay",
    "settings",
    "bodies.py",
    "databases.py",
    "declarations.py",
    "dotenv.py",
    "environment.py",
    "exposure.py",
    "guards.py",
    "includes.py",
    "relations.py",
    "sources.py",
    "stage.py",
    "surroundings.py",
    "views.sql",
    "vocabulary.py",
)


class File(NamedTuple):
    """A file to read, by the frontend of its language."""

    path: str
    language: str


Stale = tuple[File, bytes]
"""A file that is to be read, and what is in it."""


def digest() -> str:
    """What facts are made by."""
    return code.digest(SOURCES, code.PARSERS)


def units(snapshot: Snapshot, store: Store) -> list[Unit]:
    """The units of a snapshot; what was stale of them has been read."""
    with Workers() as workers:
        found, own, files = _databases(snapshot, store, workers)
        return [*found, *_of_code(snapshot, files, own, store, workers)]


def parts(snapshot: Snapshot, store: Store, around: Sequence[str]) -> recalled.Units:
    """The same, by their numbers. Where only SQL has changed, which says nothing of code, that is not gone through again."""
    with Workers() as workers:
        found, own, files = _databases(snapshot, store, workers)
        named = {each.path for facts in store.facts(env.Target).values() for each in facts}
        apart = Apart(snapshot, [path for path in snapshot.paths() if not path.endswith(".sql") or path in named])
        beside = ["code", *around, *map(str, own.values()), *(path for path in files if not path.endswith(".sql"))]
        code = recalled.units(apart, store, beside, lambda each: recalled.Units.of(_of_code(each, files, own, store, workers), store))
        return recalled.Units.of(found, store).beside(code)


def _databases(snapshot: Snapshot, store: Store, workers: Workers) -> tuple[list[Unit], dict[str, Unit], dict[str, Unit]]:
    """The units of databases and settings; of these, the settings and the migrations by their paths. The settings are active."""
    own = _settings(snapshot, store)
    store.activate(own.values())
    globs = [each for found in store.facts(said.Migrations).values() for each in found]
    found = (
        _configured(globs, snapshot, store) if globs else [*layouts.find(list(snapshot.paths()), _lenient(snapshot)), *_sealed(snapshot)]
    )
    files = _files([File(path, layout.language) for layout in found for path in layout.files], snapshot, store, workers)
    store.activate([*own.values(), *files.values()])
    while new := _included(files, snapshot, store, workers):
        files |= new
        store.activate([*own.values(), *files.values()])
    if not globs:
        found = layouts.keep(found, {path for path, facts in store.facts(Foreign).items() if facts})
    strays = _files(
        [File(path, "sql.stray") for path in layouts.outside(found, snapshot.paths()) if path not in files], snapshot, store, workers
    )
    source = "configured" if globs else "detected"
    made = [databases.database(layout, source, files, [str(own.get(settings.CONFIG))], store) for layout in found if layout.files]
    store.activate(own.values())
    return [*own.values(), *files.values(), *strays.values(), *made], own, files


def _of_code(snapshot: Snapshot, files: Container[str], own: Mapping[str, Unit], store: Store, workers: Workers) -> list[Unit]:
    """The units of code, of the routes that it makes, and of the variables that it reads; ``files`` are migrations."""
    languages = {path: kind for path in snapshot.paths() if path not in files and (kind := sources.language(path))}
    scanned = _begun((File(*each) for each in sources.scanned(languages).items()), snapshot, store, workers)
    variables = environment.begun(snapshot, store, digest(), workers)
    code = _code(scanned, languages, own, snapshot, store, workers) if languages else None
    exposed = _exposed(variables, own, snapshot, store)
    routes = code.units(store) if code else []
    return [*variables.units, exposed, *routes]


def _exposed(variables: environment.Reading, own: Mapping[str, Unit], snapshot: Snapshot, store: Store) -> Unit:
    """The unit of what browsers load of the variables that are read."""
    for unit, facts in variables.coming:
        store.add(unit, facts)
    units = [*own.values(), *variables.units]
    store.activate(units)
    made = exposure.unit(snapshot, store, units, _manifests(snapshot), digest())
    store.activate(own.values())
    return made


def _manifests(snapshot: Snapshot) -> sources.Manifests:
    """The files that say what names of modules mean."""
    paths = [path for path in snapshot.paths() if sources.is_manifest(path)]
    read = _lenient(snapshot)
    return sources.Manifests(
        [_content_id(path, snapshot) for path in paths], lambda: {path: read(path).decode("utf-8-sig", "replace") for path in paths}
    )


def _code(
    scanned: sources.Reading, languages: Mapping[str, str], own: Mapping[str, Unit], snapshot: Snapshot, store: Store, workers: Workers
) -> stage.Code:
    """The files of code, those that may register routes read."""

    def read(kinds: Mapping[str, str], here: bool) -> sources.Reading:
        return _begun((File(*each) for each in kinds.items()), snapshot, store, None if here else workers)

    configured = [unit for path, unit in own.items() if path == settings.CONFIG]  # what the other settings say makes no other routes
    return stage.begun(scanned, read, languages, _manifests(snapshot), configured, store)


def _content_id(path: str, snapshot: Snapshot) -> str:
    try:
        return f"{path} {snapshot.content_id(path)}"
    except Unreadable as error:
        return f"{path} {error.reason}"


def _settings(snapshot: Snapshot, store: Store) -> dict[str, Unit]:
    """The units of the repository's own word."""
    present = set(snapshot.paths())
    found = {}
    for path in settings.FILES:
        if path in present:
            try:
                unit = found[path] = Unit(path, snapshot.content_id(path), digest())
                if unit not in store:
                    store.add(unit, settings.read(path, snapshot.read(path)))
            except Unreadable as error:
                raise ConfigError(path, 0, error.message, error.remedy) from error
    return found


def _configured(globs: Sequence[said.Migrations], snapshot: Snapshot, store: Store) -> list[Layout]:
    """The databases that the configuration names."""
    databases: dict[int, list[said.Migrations]] = {}
    for each in globs:
        databases.setdefault(each.position, []).append(each)
    entries = [(own[0].database or "", [each.pattern for each in own], own[0].runner) for own in databases.values()]
    try:
        found = layouts.configured(entries, list(snapshot.paths()), _lenient(snapshot))
    except layouts.Unmatched as error:
        line = next(each.at.line for each in globs if each.pattern == error.pattern)
        raise ConfigError(settings.CONFIG, line, f"{error.pattern!r} matches no file", "mend the pattern, or remove it") from error
    names = [layout.name for layout in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(settings.CONFIG, globs[0].at.line, f"two databases are called {twice!r}", "give each of them a `name`")
    searched = [each for facts in store.facts(said.SearchPath).values() for each in facts]
    schemas = {position: tuple(each.schema_name for each in searched if each.position == position) for position in databases}
    return [layout._replace(search_path=schemas[position]) for position, layout in zip(databases, found, strict=True)]


def _lenient(snapshot: Snapshot) -> layouts.Read:
    """Reading for detection: what is not there or cannot be read tells nothing. It is reported once it counts as a migration."""

    def read(path: str) -> bytes:
        try:
            return snapshot.read(path)
        except (Unreadable, KeyError):
            return b""

    return read


def _sealed(snapshot: Snapshot) -> Iterator[Layout]:
    """The folders that may hold migrations and cannot be looked into: databases of which nothing can be told."""
    for path in snapshot.paths():
        if layout := layouts.sealed(path):
            try:
                snapshot.read(path)
            except Sealed:
                yield layout
            except Unreadable:
                continue


def _files(files: Iterable[File], snapshot: Snapshot, store: Store, workers: Workers) -> dict[str, Unit]:
    """The unit of each file, those that were stale read first."""
    begun = _begun(files, snapshot, store, workers)
    deque(begun.coming, maxlen=0)
    return begun.units


def _begun(files: Iterable[File], snapshot: Snapshot, store: Store, workers: Workers | None) -> sources.Reading:
    """The unit of each file; those that are stale are being read from now on, or here as they are asked for."""
    found: dict[str, Unit] = {}
    paths: list[str] = []
    stale = _stale(files, snapshot, store, found, paths)
    first = _first_dear(stale)
    pays = sum(file.language in DEAR for file, _ in first) >= MANY
    coming = chain(first, stale)
    read = workers.read(_facts, coming, pays=pays) if workers else map(_facts, list(coming))
    return sources.Reading(found, frozenset(paths), _kept(zip(paths, read, strict=True), found, store))


def _first_dear(stale: Iterator[Stale]) -> list[Stale]:
    """Files, up to the one from which on it pays to begin processes that read them."""
    first: list[Stale] = []
    dear = 0
    while dear < MANY and (each := next(stale, None)) is not None:
        first.append(each)
        dear += each[0].language in DEAR
    return first


def _stale(files: Iterable[File], snapshot: Snapshot, store: Store, found: dict[str, Unit], paths: list[str]) -> Iterator[Stale]:
    """The files that are to be read, their ``paths`` noted; what needs no reading is kept at once. The unit of each is ``found``."""
    for file in files:
        try:
            unit = Unit(file.path, f"{file.language} {snapshot.content_id(file.path)}", digest())
            if unit not in store and file.path not in found:
                content = snapshot.read(file.path)
                if _matters(file, content):
                    paths.append(file.path)
                    yield file, content
                else:
                    store.add(unit, declarations.read(file.path, content))
        except Unreadable as error:
            unit = Unit(file.path, f"{error.reason} {error.message}", digest())
            if unit not in store and file.path not in found:
                store.add(unit, [Unread(_first(file.path), error.reason, error.message, error.remedy)])
        found[file.path] = unit


def _kept(read: Iterable[tuple[str, list[Any]]], units: Mapping[str, Unit], store: Store) -> Iterator[tuple[str, list[Any]]]:
    """The facts of files, which the store keeps as they come."""
    for path, facts in read:
        store.add(units[path], facts)
        yield path, opened(path, facts)


def _included(files: Mapping[str, Unit], snapshot: Snapshot, store: Store, workers: Workers) -> dict[str, Unit]:
    """The units of the files that those read so far include."""
    wanted = {each.target for found in store.facts(Include).values() for each in found} - files.keys()
    present = wanted & set(snapshot.paths()) if wanted else set()
    return _files([File(path, "sql") for path in sorted(present)], snapshot, store, workers)


def _matters(file: File, content: bytes) -> bool:
    """Whether a file has to be read; told without parsing it."""
    return file.language not in SCANNED or bool(_frontend(file).matters(file.path, content))


def _facts(stale: Stale) -> list[Any]:
    file, data = stale
    return [*packed(_frontend(file).read(file.path, data)), *declarations.read(file.path, data)]


def _frontend(file: File) -> Any:
    return import_module(f"invariants.frontends.{file.language}")


def _first(path: str, line: int = 1) -> Place:
    return Place(path, line, 1, line, 1)
