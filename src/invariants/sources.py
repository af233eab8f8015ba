"""Source code into routes: which files are code, which of them are wanted, and the stage that puts them together."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from invariants.bodies import Body
from invariants.facts import code, web
from invariants.facts.place import Place
from invariants.facts.settings import Confinement, RouteGuard
from invariants.store import Store, Unit

if TYPE_CHECKING:
    from invariants.replay.web.modules import Modules

LANGUAGES = {
    ".py": "python",
    ".rs": "rust",
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"), "typescript"),
}
"""The frontend of each extension."""
PLATFORMS = {"vercel.json": "vercel", "supabase/config.toml": "supabase"}
"""Manifests of platforms that say what is served or called, and their frontends."""
MANIFESTS = ("package.json", "tsconfig.json", "jsconfig.json", "Cargo.toml")
SKIPPED = frozenset({"node_modules", "site-packages", ".venv", "venv", "dist", "build", ".next", "vendor", "target", "__pycache__", ".git"})
"""Folders of what others wrote or programs made."""
TESTS = frozenset({"test", "tests", "__tests__", "e2e", "spec", "fixtures", "__mocks__", "examples", "testing"})
TESTED = (".test.", ".spec.", ".stories.", "conftest.py")
IS_TESTED = re.compile("|".join(map(re.escape, TESTED)))
OTHERS = SKIPPED | TESTS
SAYING = tuple(PLATFORMS)
SETS = re.compile(r"\bset_config\b|^\s*set\s", re.IGNORECASE)
ROUNDS = 24
"""So many times files are read because others need them."""
AHEAD = 2
"""So many steps from the files with routes, what they will need is read before it is asked for."""
BATCH = 16
"""What so many files name is looked for before the first of it is read."""
NAMING = {
    code.Alias: "symbol",
    code.Base: "symbol",
    code.Decorator: "symbol",
    web.Use: "symbol",
    web.Mount: "child",
    web.Endpoint: "handler",
}
"""What names something of another file, and where."""
CODE = (
    code.Module, code.Import, code.Alias, code.Constant, code.Function, code.Base, code.Decorator, code.Directive, web.Router, web.Mount,
    web.Endpoint, web.Use, web.Setting,
)  # fmt: skip
"""What the stage reads of a file, beside the bodies of its functions."""
REGISTRATIONS = (web.Router, web.Mount, web.Use, web.Endpoint, web.Setting)

Fresh = dict[str, list[Any]]
"""The facts of files that were read just now."""
Facts = Iterator[tuple[str, list[Any]]]


class Reading(NamedTuple):
    """Files that are being read: their units, those of them that the store has not, and the facts of these as they come.

    The store has the facts of a file once they have come.
    """

    units: dict[str, Unit]
    stale: frozenset[str]
    coming: Facts


Read = Callable[[Mapping[str, str], bool], Reading]
"""Begins to read files, each by the frontend named; or reads them here, because they are needed at once."""


class Manifests(NamedTuple):
    """The files that say what names of modules mean: the ids of their contents, and their texts once they are needed."""

    ids: list[str]
    read: Callable[[], dict[str, str]]


@cache
def language(path: str) -> str | None:
    """The language of a file of source code that may be served; null of others, and of tests."""
    ending = path[path.rfind(".") :]
    if path.endswith(SAYING) and (platform := _platform(path)):
        return platform
    if ending not in LANGUAGES:
        return None
    *folders, name = path.split("/")
    if not OTHERS.isdisjoint(folders) or name in SKIPPED or IS_TESTED.search(name):
        return None
    return None if ending == ".py" and (name.startswith("test_") or name == "tests.py") else LANGUAGES[ending]


def _platform(path: str) -> str | None:
    """The platform whose manifest a file is."""
    found = next((kind for name, kind in PLATFORMS.items() if f"/{path}".endswith(f"/{name}")), None)
    return found if SKIPPED.isdisjoint(path.split("/")) else None


def is_aside(path: str) -> bool:
    """A file of code that is taken for one of tests or examples, so that it is not looked at: nobody serves its routes."""
    return path[path.rfind(".") :] in LANGUAGES and not SKIPPED & set(path.split("/")) and language(path) is None


@cache
def is_manifest(path: str) -> bool:
    """A file that says what names of modules mean."""
    name = path.rpartition("/")[2]
    return (name in MANIFESTS or (name.startswith("tsconfig.") and name.endswith(".json"))) and not SKIPPED & set(path.split("/"))


def scanned(languages: Mapping[str, str]) -> dict[str, str]:
    """By what files are read first: those of code only where they hold words that say that they may register routes."""
    return {path: f"{kind}.scanned" if kind in LANGUAGES.values() else kind for path, kind in languages.items()}


def units(begun: Reading, read: Read, languages: Mapping[str, str], manifests: Manifests, own: Sequence[Unit], store: Store) -> list[Unit]:
    """The units of code: of the files that may register routes, and of the routes that all files make together."""
    fresh = dict(begun.coming)
    found = begun.units
    if not found:
        return []
    key = _digest([*map(str, found.values()), *sorted(manifests.ids), *map(str, own)])
    unit = Unit("routes", key, next(iter(found.values())).digest)
    if unit not in store:
        told = _told(Stage(read, languages, manifests, store), fresh, found, own, store)
        store.add(unit, told)
    return [*found.values(), unit]


def _told(stage: "Stage", fresh: Fresh, found: Mapping[str, Unit], own: Sequence[Unit], store: Store) -> list[Any]:
    """What follows from all files together; nothing of how it was found is left."""
    said, confined = store.facts(RouteGuard), store.facts(Confinement)
    stage.begin(fresh, [each for path, each in found.items() if path not in fresh])
    fresh.clear()
    names = sorted({each.name for facts in confined.values() for each in facts})
    store.activate([*own, *found.values()])
    routes = stage.routes([each for facts in said.values() for each in facts])
    return [*routes, *stage.references(names), *settings(store.facts(code.Query)), stage.extent()]


def settings(facts: Mapping[str, list[Any]]) -> list[Any]:
    """What the SQL in code sets in a database session."""
    asked = [each for path in sorted(facts) for each in facts[path] if SETS.search(each.body)]
    if not asked:
        return []
    from invariants.replay.context import said

    return [setting for each in asked for setting in said(each)]


class Stage:
    """What all files of code make together, those read that it turns out to need."""

    def __init__(self, read: Read, languages: Mapping[str, str], manifests: Manifests, store: Store) -> None:
        from invariants.replay.web.corpus import Corpus

        self._read = read
        self._languages = languages
        self._store = store
        self._manifests = manifests
        self._corpus = Corpus(languages, self._facts)
        self._ready: Fresh = {}
        """The facts of files that may be needed."""
        self._due: set[str] = set()
        """Files that are being read."""
        self._coming: Facts = iter(())
        """Their facts."""

    def begin(self, fresh: Fresh, kept: Collection[Unit]) -> None:
        """Take the files that may register routes; of those ``kept`` the store has the facts."""
        for path, facts in sorted([*fresh.items(), *self._store.kept(kept, *CODE).items()], key=lambda each: each[0]):
            if facts:
                self._corpus.add(path, facts)

    @cached_property
    def _modules(self) -> "Modules":
        """What names of modules mean."""
        from invariants.replay.web.modules import Modules

        return Modules(self._corpus.paths, self._manifests.read())

    def _facts(self, path: str) -> list[Any]:
        """The facts of one file that was not read for itself. One that nobody foresaw waits for none that was foreseen."""
        if path in self._due:
            self._wait(path)
        elif path not in self._ready:
            begun = self._read({path: self._languages[path]}, True)
            self._ready |= self._held(begun) | dict(begun.coming)
        return self._ready.pop(path)

    def _prepare(self, paths: Collection[str]) -> None:
        """Have these files read whole, those that are not yet."""
        new = set(paths) - self._ready.keys() - self._due
        begun = self._read({path: self._languages[path] for path in sorted(new)}, False)
        self._ready |= self._held(begun)
        self._due |= begun.stale
        self._coming = chain(self._coming, begun.coming)

    def _held(self, begun: Reading) -> Fresh:
        """The facts of the files that the store has."""
        held = {path: unit for path, unit in begun.units.items() if path not in begun.stale}
        kept = self._store.kept(held.values(), *CODE)
        return {path: kept.get(path, []) for path in held}

    def _wait(self, path: str | None = None) -> None:
        """Take what has been read, until this file is there; without one, all."""
        while self._due and path not in self._ready:
            each, facts = next(self._coming)
            self._ready[each] = facts
            self._due.remove(each)

    def routes(self, said: list[RouteGuard]) -> list[Any]:
        """The routes. A file that is read on the way and registers something itself has them put together again."""
        from invariants.replay.web.followed import Followed
        from invariants.replay.web.routes import Routes

        if not any(file.facts[web.Endpoint] or file.facts[web.Mount] for file in self._corpus.files.values()):
            return []
        self._foresee()
        followed = Followed(self._corpus, self._modules, said)
        for left in reversed(range(ROUNDS)):
            known = set(self._corpus.files)
            routes = Routes(followed)
            served = routes.served()
            if left and self._registers(known):
                continue
            found = list(routes.facts(served))
            if not self._registers(known):
                break
        return found

    def _foresee(self) -> None:
        """Has what will be needed read together, which is faster: what files with routes name of others, and what these do."""
        taking = [path for path, file in self._corpus.files.items() if file.facts[web.Endpoint]]
        for _ in range(AHEAD):
            known = self._corpus.files.keys() | self._ready.keys() | self._due
            found: list[str] = []
            for start in range(0, len(taking), BATCH):
                named = {target for path in taking[start : start + BATCH] for target in self._taken(path, self._looked_at(path))}
                found += sorted(named - known)
                self._prepare(named - known)
                known |= named
            taking = found

    def _looked_at(self, path: str) -> list[Any]:
        """What a file says, whether it is needed yet or not."""
        if path in self._corpus.files:
            file = self._corpus.files[path]
            return [*chain(*file.facts.values()), *file.bodies.values()]
        self._wait(path)
        return self._ready[path]

    def _taken(self, path: str, facts: list[Any]) -> Iterator[str]:
        """The files of the repository that one takes what it names from."""
        named = {getattr(each, NAMING[type(each)]).partition(".")[0] for each in facts if type(each) in NAMING}
        named.update(*(each.names.split(" ") for each in facts if isinstance(each, Body)))
        for each in facts:
            if isinstance(each, code.Import) and not each.typed_only and (each.local in named or each.local == "*" or each.exported):
                target = self._modules.find(path, each.source)
                if target and target in self._languages:
                    yield target

    def _registers(self, known: Collection[str]) -> bool:
        """Whether what is said of routes may be another thing, now that more files are known."""
        new = {path: self._corpus.files[path].facts for path in self._corpus.files.keys() - known}
        return any(self._languages[path] != "typescript" or any(facts[each] for each in REGISTRATIONS) for path, facts in new.items())

    def extent(self) -> web.Extent:
        """How much was parsed."""
        self._wait()
        return web.Extent(Place(min(self._languages), 1, 1, 1, 1), len(self._languages), len(self._corpus.files) + len(self._ready))

    def references(self, names: Sequence[str]) -> list[Any]:
        """Who takes what is confined; every file is read for that."""
        if not names:
            return []
        from invariants.replay.web.confinement import Confinement as Followed

        code_files = {path for path, kind in self._languages.items() if kind in LANGUAGES.values()}
        self._prepare(code_files - self._corpus.files.keys())
        for path in sorted(code_files):
            self._corpus.get(path)
        return list(Followed(self._corpus, self._modules).references(names))


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()
