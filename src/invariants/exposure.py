"""Secrets that browsers load by way of other files: reads, followed from file to file up to where a browser begins."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from invariants.facts import env
from invariants.facts.place import Place
from invariants.frontends.env.names import may_be_secret
from invariants.layouts.environment import CODE_OF_BROWSERS
from invariants.snapshots import Snapshot, Unreadable
from invariants.sources import TESTED, TESTS, Manifests
from invariants.store import Store, Unit

if TYPE_CHECKING:
    from invariants.frontends.env.jsdeclarations import Declarations
    from invariants.replay.web.modules import Modules

GUARD = "server-only"
"""A module that fails the build in which a browser would load it."""


class Step(NamedTuple):
    """A file on the way up, and what of it leads to the read, as other files know it."""

    path: str
    names: frozenset[str]
    chain: tuple[str, ...]


def unit(snapshot: Snapshot, store: Store, variables: Iterable[Unit], manifests: Manifests, digest: str) -> Unit:
    """The unit of what browsers load; the active facts are those of the manifest and of ``variables``, the units of what is read."""
    key = "\0".join([*map(str, variables), *sorted(manifests.ids)])
    made = Unit("exposure", blake2b(key.encode(), digest_size=20).hexdigest(), digest)
    if made not in store:
        reads = [each for found in store.facts(env.Read).values() for each in _candidates(found)]
        store.add(made, list(_Graph(snapshot, store, manifests).exposed(reads)) if reads else [])
    return made


def _candidates(found: Sequence[env.Read]) -> Iterator[env.Read]:
    """What of a file's reads may happen in a browser; what a schema checks on the server is not there for one."""
    checked = {each.name for each in found if each.medium == "schema"}
    for each in found:
        is_code = each.at.file.endswith(CODE_OF_BROWSERS) and each.medium == "code" and each.side == "server"
        if is_code and each.name not in checked and not _is_test(each.at.file):
            yield each


def _kept(store: Store) -> set[str]:
    """What the manifest keeps from browsers."""
    said = [each for found in store.facts(env.Variable).values() for each in found]
    return {each.name for each in said if each.kind == "secret" or (each.exposure and "client" not in each.exposure)}


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return bool(TESTS & set(folders)) or any(word in name for word in TESTED)


class _Graph:
    """Who loads whom. A file is looked into only where a way leads through it."""

    def __init__(self, snapshot: Snapshot, store: Store, manifests: Manifests) -> None:
        self._snapshot = snapshot
        self._secret = _kept(store)
        self._manifests = manifests
        self._loads = {path: told.split("\n") for path, told in store.columns(env.Load, "path", "sources") if not _is_test(path)}
        self._sides = {each.path: each.side for found in store.facts(env.Runtime).values() for each in found}
        self._guarded = {path for path, sources in self._loads.items() if GUARD in sources}
        self._known: dict[str, Declarations | None] = {}

    def exposed(self, reads: Iterable[env.Read]) -> Iterator[env.Exposed]:
        """The reads that browsers come to, each by the shortest way."""
        from invariants.replay.web.entries import writer

        for each in reads:
            path = each.at.file
            written = writer(self._modules.packages(path)) if may_be_secret(each.name) else ""
            declarations = self._look(path) if (written or each.name in self._secret) and not self._is_kept(path) else None
            if declarations is not None:
                names = declarations.known_as(declarations.needing(declarations.around(each.at)))
                if chain := self._followed(Step(path, frozenset(names), (path,))):
                    yield env.Exposed(each.at, each.name, Place(chain[0], 1, 1, 1, 1), " > ".join(chain), written)

    @cached_property
    def _modules(self) -> "Modules":
        from invariants.replay.web.modules import Modules

        return Modules(frozenset(self._snapshot.paths()), self._manifests.read())

    @cached_property
    def _above(self) -> Mapping[str, list[str]]:
        """The files that load each file."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, sources in self._loads.items():
            for target in filter(None, (self._modules.find(path, each) for each in sources)):
                if not self._is_kept(path):
                    found[target].append(path)
        return found

    def _followed(self, start: Step) -> tuple[str, ...]:
        """The files from where a browser begins to a read; none where no way leads there."""
        pending, seen = deque([start]), {start.path: start.names}
        while pending:
            step = pending.popleft()
            if self._begins(step):
                return step.chain
            for path in self._above.get(step.path, []):
                names = self._needing(path, step) - seen.get(path, frozenset())
                if names:
                    seen[path] = seen.get(path, frozenset()) | names
                    pending.append(Step(path, names, (path, *step.chain)))
        return ()

    def _begins(self, step: Step) -> bool:
        kept = self._entered(step.path)
        return bool(step.names - kept) if kept is not None else self._sides.get(step.path) == "client" and bool(step.names)

    def _entered(self, path: str) -> frozenset[str] | None:
        """What a file that browsers begin with keeps from them."""
        from invariants.replay.web.entries import kept

        return frozenset() if path.endswith(".html") else kept(path, self._modules.packages(path))

    def _needing(self, path: str, step: Step) -> frozenset[str]:
        """What of a file needs what leads to the read in another one that it loads."""
        from invariants.frontends.env.jsdeclarations import EVERY, RUN

        if path.endswith(".html"):
            return step.names & {RUN}
        if (declarations := self._look(path)) is None:
            return frozenset()
        kept, locals_, passed = self._entered(path) or frozenset(), set[str](), set[str]()
        for each in declarations.taken:
            if self._modules.find(path, each.source) != step.path:
                continue
            is_meant = each.name in step.names or EVERY in step.names or (each.name == EVERY and step.names != {RUN})
            if is_meant and each.exported:
                passed |= step.names - {"default"} if each.exported == EVERY else {each.exported}
            elif each.exported or each.local == RUN or declarations.is_used(each.local, kept):
                locals_ |= ({each.local} if is_meant else set()) - {RUN} | (step.names & {RUN})
        return frozenset(declarations.known_as(declarations.needing(locals_)) | passed)

    def _is_kept(self, path: str) -> bool:
        """No browser loads it: by what it says, or by its name."""
        from invariants.replay.web.entries import SERVED

        return self._sides.get(path) == "server" or path in self._guarded or SERVED.search(path) is not None

    def _look(self, path: str) -> "Declarations | None":
        if path not in self._known:
            from invariants.frontends.env.jsdeclarations import Declarations

            try:
                self._known[path] = Declarations(path, self._snapshot.read(path))
            except (Unreadable, RecursionError):
                self._known[path] = None  # said where the file is read for its variables
        return self._known[path]
