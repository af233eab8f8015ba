"""Confined modules and symbols: who takes them, and which clients load them by way of others."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from invariants.facts.code import Import, Module
from invariants.facts.web import Reference
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.modules import Modules
from invariants.replay.web.symbols import Symbols

PACKAGE = re.compile(r"/(?:index|__init__)$")


class Confinement:
    """Follows the imports of every file of a repository."""

    def __init__(self, corpus: Corpus, modules: Modules) -> None:
        self._corpus = corpus
        self._modules = modules
        self._symbols = Symbols(corpus, modules)

    def references(self, names: Iterable[str]) -> Iterator[Reference]:
        """Who takes what is confined under these names."""
        for name in names:
            takers = {path: taken for path, taken in self._taken() if self._means(path, taken, name)}
            yield from (Reference(taken.at, path, name, self._side(path)) for path, taken in takers.items())
            for path, taken in self._clients(takers):
                yield Reference(taken.at, path, name, "client")

    def _taken(self) -> Iterator[tuple[str, Import]]:
        for path, file in sorted(self._corpus.files.items()):
            yield from ((path, taken) for taken in file.facts[Import] if not taken.typed_only)

    def _means(self, path: str, taken: Import, name: str) -> bool:
        """Whether an import takes what is confined: the module, something in it, or the symbol."""
        target = self._modules.find(path, taken.source)
        if target is None or target == path:
            return False
        module = _stem(str(Key(target, "")))
        if module == name or module.endswith(f"/{name}"):
            return True
        if taken.name in {"", "*"}:
            return name.rpartition(".")[0] == module
        found = self._symbols.exported(target, taken.name)
        return f"{_stem(str(Key(found.file, '')))}.{found.name}" == name or _stem(str(Key(found.file, ""))) == name

    def _side(self, path: str) -> Literal["server", "client"]:
        sides = {each.side for each in self._corpus.files[path].facts[Module]}
        return "client" if "client" in sides else "server"

    def _clients(self, takers: Iterable[str]) -> Iterator[tuple[str, Import]]:
        """The entries of clients that load a taker by way of others; each with the import that leads there."""
        above = self._importers()
        reached = set(takers)
        pending = [each for each in reached if not self._ends_bundle(each)]
        while pending:
            for path, taken in above[pending.pop()]:
                if path not in reached:
                    reached.add(path)
                    if self._side(path) == "client":
                        yield path, taken
                    pending += [] if self._ends_bundle(path) else [path]

    def _ends_bundle(self, path: str) -> bool:
        """Whether clients that import a file get only references to what runs on the server (use server)."""
        return any(each.side == "server" for each in self._corpus.files[path].facts[Module])

    def _importers(self) -> dict[str, list[tuple[str, Import]]]:
        found: dict[str, list[tuple[str, Import]]] = defaultdict(list)
        for path, taken in self._taken():
            if target := self._modules.find(path, taken.source):
                found[target].append((path, taken))
        return found


def _stem(path: str) -> str:
    return PACKAGE.sub("", path)
