"""Which application of a repository in C# a file belongs to, and what of another file stands before its routes."""

from functools import cached_property
from posixpath import dirname

from invariants.facts.web import Setting
from invariants.replay.web.corpus import Corpus

STARTS = "application"


class Applications:
    """The applications of a repository: folders with a file that starts one."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def before(self, file: str, said: str) -> bool | None:
        """Whether what a file says of a whole application is before the routes of another file; null where that cannot be told.

        A file of no application, of a library that several may use, can be meant for each of them.
        """
        own, other = self.of(file), self.of(said)
        if own == other or len(self._folders) == 1:
            return True
        return None if own is None or other is None else False

    def of(self, file: str) -> str | None:
        """The folder of the application that a file belongs to, the nearest; null of what several may use."""
        folder = dirname(file)
        while folder not in self._folders:
            if not folder:
                return None
            folder = dirname(folder)
        return folder

    def told(self, file: str, name: str) -> list[str]:
        """What is said under a name for the application of a file, or may be."""
        said = [(path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name == name]
        return [each.symbol for path, each in said if each.framework == "aspnet" and self.before(file, path) is not False]

    @cached_property
    def _folders(self) -> frozenset[str]:
        files = self._corpus.files.items()
        return frozenset(
            dirname(path) for path, own in files for each in own.facts[Setting] if each.framework == "aspnet" and each.name == STARTS
        )
