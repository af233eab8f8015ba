"""Types of C#: which file declares what a name means in another, by its namespaces, and what it is where a library has it.

A type is looked for in the files that are called after it, as is the custom, and in those that may register routes. The compiler knows
more files, but to look into each for every name would be to parse all of them.
"""

from collections import defaultdict
from functools import cached_property
from os.path import commonpath

from invariants.facts.web import Router, Setting
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.libraries import typed

MAIN = ":main"


class Namespaces:
    """The types of a repository."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def find(self, file: str, symbol: str) -> Key | None:
        """What a name that begins with a type means; null where no file of the repository has it."""
        parts = symbol.split(".")
        for place, part in enumerate(parts):
            name = part.partition(":")[0]
            wanted = ".".join([*parts[:place], ""])
            found = [each for each in self._declaring(name) if not (part.endswith(MAIN) and each == file)]
            found = [each for each in found if wanted == "" or any(f".{one}.".endswith(f".{wanted}") for one in self._own(each))]
            if found:
                return Key(self._nearest(file, found), ".".join([part.removesuffix(MAIN), *parts[place + 1 :]]))
        return None

    def extension(self, file: str, name: str, *, is_whole: bool) -> Key | None:
        """What a method of this name maps routes on that is called on it, whatever its class; whole: if it answers with all of them."""
        found = [each for each in self._extensions.get(name, ()) if not is_whole or each in self._wholes]
        return max(found, key=lambda each: (each.file == self._nearest(file, [one.file for one in found]), each), default=None)

    def library(self, symbol: str) -> Key | None:
        """The type of a library that is known, by its last name or its whole one."""
        first, dot, rest = symbol.partition(".")
        if symbol in typed().values():
            return Key("", symbol)
        return Key("", f"{typed()[first]}{dot}{rest}") if first in typed() else None

    def _declaring(self, name: str) -> list[str]:
        """The files that declare a type."""
        called = self._stems.get(name.partition("`")[0], ())
        return sorted({*self._types.get(name, ()), *(path for path in called if self._declares(path, name))})

    def _declares(self, path: str, name: str) -> bool:
        own = self._corpus.get(path)
        return own is not None and name in own.functions

    def _nearest(self, file: str, found: list[str]) -> str:
        """Of several files with a type of this name, the one whose namespace is open; then the one that lies nearest."""
        own = self._corpus.get(file)
        opened = {each.source for each in own.stars} if own else set()
        opened |= {each.rpartition(".")[0] for each in self._own(file)}
        return max(found, key=lambda each: (bool(opened & set(self._own(each))), len(commonpath([each, file])), each))

    def _own(self, file: str) -> list[str]:
        """The namespaces that a file declares types in."""
        own: File | None = self._corpus.get(file)
        return [each.source for each in own.stars if each.exported == "*"] if own else []

    @cached_property
    def _extensions(self) -> dict[str, list[Key]]:
        """The routers that methods are given as what they are called on, by the names of the methods."""
        found: dict[str, list[Key]] = defaultdict(list)
        for path, own in self._corpus.files.items():
            for each in own.facts[Router] if path.endswith(".cs") else ():
                if each.name.endswith(":0"):
                    found[each.name.removesuffix(":0").rpartition(".")[2]].append(Key(path, each.name))
        return dict(found)

    @cached_property
    def _wholes(self) -> frozenset[Key]:
        files = self._corpus.files.items()
        return frozenset(Key(path, each.symbol) for path, own in files for each in own.facts[Setting] if each.name == "whole")

    @cached_property
    def _stems(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._corpus.paths:
            if path.endswith(".cs"):
                found[path.rpartition("/")[2].partition(".")[0].partition("{")[0]].append(path)
        return dict(found)

    @cached_property
    def _types(self) -> dict[str, list[str]]:
        """The types that files declare which may register routes."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, own in self._corpus.files.items():
            for name, each in own.functions.items() if path.endswith(".cs") else ():
                if each.kind == "class":
                    found[name].append(path)
        return dict(found)
