"""Source code into routes: the files that may register some are read, then those that these need, and all of them are put together."""

import re
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from invariants.ahead import Ahead
from invariants.bodies import Body
from invariants.facts import code, web
from invariants.facts.place import Place
from invariants.facts.settings import Confinement, RouteGuard
from invariants.sources import LANGUAGES, Facts, Manifests, Read, Reading
from invariants.store import Store, Unit

if TYPE_CHECKING:
    from invariants.replay.web.corpus import File
    from invariants.replay.web.modules import Modules

SETS = re.compile(r"\bset_config\b|^\s*set\s", re.IGNORECASE)
ROUNDS = 24
"""So many times files are read because others need them."""
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
    code.Element, code.Base, code.Decorator, code.Directive, code.Kept,
    web.Router, web.Mount, web.Endpoint, web.Use, web.Setting, web.PathTest,
)  # fmt: skip
"""What the stage reads of a file, beside what is packed."""
REGISTRATIONS = (web.Router, web.Mount, web.Use, web.Endpoint, web.Setting)


class Code(NamedTuple):
    """The files of code, the unit of the routes that they make, and the stage that makes it, where the store has it not."""

    files: list[Unit]
    routes: Unit
    stage: "Stage | None"

    def units(self, store: Store) -> list[Unit]:
        """The units of the files that may register routes, and of the routes that all files make together."""
        if self.stage:
            store.add(self.routes, _told(self.stage, self.files, store))
        return [*self.files, self.routes]


def begun(reading: Reading, read: Read, languages: Mapping[str, str], manifests: Manifests, own: Sequence[Unit], store: Store) -> Code:
    """Code, of which the files that may register routes have been read, and those that are needed first are being read."""
    found = list(reading.units.values())
    key = _digest([*map(str, found), *sorted(manifests.ids), *map(str, own)])
    unit = Unit("routes", key, found[0].digest)
    stage = None if unit in store else Stage(read, languages, manifests, store)
    if stage:
        stage.begin(reading)
    else:
        deque(reading.coming, maxlen=0)
    return Code(found, unit, stage)


def _told(stage: "Stage", files: Sequence[Unit], store: Store) -> list[Any]:
    """What follows from all files together, and what the active settings say of them."""
    said, confined = store.facts(RouteGuard), store.facts(Confinement)
    names = sorted({each.name for facts in confined.values() for each in facts})
    store.activate(files)
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
        self._named = cache(self._names)
        self._ready: dict[str, list[Any]] = {}
        """The facts of files that may be needed."""
        self._due: set[str] = set()
        """Files that are being read."""
        self._coming: deque[Facts] = deque()
        """Their facts."""

    def begin(self, reading: Reading) -> None:
        """Take the files that may register routes, and have read what is needed first."""
        self._ready = self._held(reading)
        for path, facts in reading.coming:
            self._ready[path] = facts
            if any(isinstance(each, web.Endpoint) for each in facts):
                self._named(path)
        for path in sorted(self._ready):
            if facts := self._ready.pop(path):
                self._corpus.add(path, facts)
        files = self._corpus.files
        registering = [path for path, file in files.items() if any(file.facts[kind] for kind in REGISTRATIONS)]
        registering.sort(key=lambda path: bool(files[path].facts[web.Endpoint]))  # what stands before all routes is needed for the first
        self._ahead = Ahead(registering, frozenset(files), self._named, self._prepare)
        self._ahead.begin()
        self._corpus.near = self._ahead.near

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
            reading = self._read({path: self._languages[path]}, True)
            self._ready |= self._held(reading) | dict(reading.coming)
        return self._ready.pop(path)

    def _prepare(self, paths: Collection[str]) -> None:
        """Have these files read whole, those that are not yet."""
        new = set(paths) - self._corpus.files.keys() - self._ready.keys() - self._due
        reading = self._read({path: self._languages[path] for path in sorted(new)}, False)
        self._ready |= self._held(reading)
        self._due |= reading.stale
        self._coming.append(reading.coming)

    def _held(self, reading: Reading) -> dict[str, list[Any]]:
        """The facts of the files that the store has."""
        held = {path: unit for path, unit in reading.units.items() if path not in reading.stale}
        kept = self._store.kept(held.values(), *CODE)
        return {path: kept.get(path, []) for path in held}

    def _wait(self, path: str | None = None) -> None:
        """Take what has been read, until this file is there; without one, all."""
        while self._due and path not in self._ready:
            for each, facts in self._coming[0]:
                self._ready[each] = facts
                self._due.remove(each)
                if each == path:
                    return
            self._coming.popleft()

    def routes(self, said: list[RouteGuard]) -> list[Any]:
        """The routes. A file that is read on the way and registers something itself has them put together again."""
        from invariants.replay.web.followed import Followed
        from invariants.replay.web.routes import Routes

        if not any(file.facts[web.Endpoint] or file.facts[web.Mount] for file in self._corpus.files.values()):
            return []
        followed = Followed(self._corpus, self._modules, said)
        for left in reversed(range(ROUNDS)):
            known = set(self._corpus.files)
            routes = Routes(followed)
            served = routes.served()
            self._ahead.finish()
            if left and self._registers(known):
                continue
            found = list(routes.facts(served))
            if not self._registers(known):
                break
        return found

    def _looked_at(self, path: str) -> list[Any]:
        """What a file says, whether it is needed yet or not."""
        if path in self._corpus.files:
            file = self._corpus.files[path]
            return [*chain(*file.facts.values()), *file.bodies.values()]
        self._wait(path)
        return self._ready[path]

    def _names(self, path: str) -> frozenset[str]:
        """The files of the repository that one takes what it names from."""
        facts = self._looked_at(path)
        named = {getattr(each, NAMING[type(each)]).partition(".")[0] for each in facts if type(each) in NAMING}
        named.update(*(each.names.split(" ") for each in facts if isinstance(each, Body)))
        taken = [each for each in facts if isinstance(each, code.Import) and not each.typed_only]
        meant = (each for each in taken if each.local in named or each.local == "*" or each.exported)
        found = {self._modules.find(path, each.source) for each in meant}
        return frozenset(each for each in found if each and each in self._languages)

    def _registers(self, known: Collection[str]) -> bool:
        """Whether what is said of routes may be another thing, now that more files are known."""
        new = {path: self._corpus.files[path] for path in self._corpus.files.keys() - known}
        is_said = (any(_says(own, each) for kind in REGISTRATIONS for each in own.facts[kind]) for own in new.values())
        return any(self._languages[path] not in {"typescript", "csharp"} or says for path, says in zip(new, is_said, strict=True))

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
        self._prepare(code_files)
        for path in sorted(code_files):
            self._corpus.get(path)
        return list(Followed(self._corpus, self._modules).references(names))


def _says(own: "File", registration: Any) -> bool:
    """Whether something that a file registers is asked for by other files; what it says of its own names is found with them."""
    if not isinstance(registration, web.Setting):
        return True
    if registration.name == web.REWRITES:
        return any(each.kind == "next" for each in own.steps.get(registration.symbol, []))
    return not registration.name.startswith((web.BLANK, web.TEXT, web.HANDED, web.EXCHANGED))


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()
