"""What all the files of a repository say, by file and by function."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from invariants.facts import code


class Key(NamedTuple):
    """A function, or whatever else has a name in a file; without a file, a name of a library."""

    file: str
    name: str

    def __str__(self) -> str:
        """The defining file without extension, a dot, the name."""
        return f"{self.file.rsplit('.', 1)[0]}.{self.name}".rstrip(".") if self.file else self.name


class File:
    """What one file says."""

    def __init__(self, facts: Iterable[Any]) -> None:
        by_class: dict[type[Any], list[Any]] = defaultdict(list)
        for fact in facts:
            by_class[type(fact)].append(fact)
        self.facts = by_class
        self.language = next((each.language for each in by_class[code.Module]), "")
        self.functions = {each.name: each for each in by_class[code.Function]}
        self.aliases = {each.name: each for each in by_class[code.Alias]}
        self.constants = {each.name: each.value for each in by_class[code.Constant]}
        self.decorators = _grouped(by_class[code.Decorator], lambda each: each.function_name)
        self.imports = {each.local: each for each in by_class[code.Import] if each.local not in {"", "*"}}
        self.exports = {each.exported: each for each in by_class[code.Import] if each.exported not in {None, "*"}}
        self.stars = [each for each in by_class[code.Import] if "*" in {each.local, each.exported}]
        self.bases = _grouped(by_class[code.Base], lambda each: each.class_name)
        self.steps = _grouped(by_class[code.Step], lambda each: each.function_name)
        for steps in self.steps.values():
            steps.sort(key=lambda each: each.position)
        told = by_class[code.Dependence]
        self.dependences = _grouped((each for each in told if not each.given), lambda each: (each.function_name, each.position))
        self.given = _grouped((each for each in told if each.given), lambda each: (each.function_name, each.position))
        self.arguments = _grouped(by_class[code.Argument], lambda each: (each.function_name, each.position))

    def is_handed(self, step: code.Step) -> bool:
        """A call that is given what comes next, and passes on by itself (`requireUser(req, res, next)`)."""
        given = self.arguments.get((step.function_name, step.position), []) if step.kind == "call" else []
        return any(each.kind == "symbol" and each.value == "next" for each in given)


def _grouped(facts: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for each in facts:
        found[key(each)].append(each)
    return dict(found)


class Corpus:
    """The files of a repository that were read, and those that are read as soon as something needs them."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], Iterable[Any]]) -> None:
        self.paths = frozenset(paths)
        self.files: dict[str, File] = {}
        self._read = read

    def add(self, path: str, facts: Iterable[Any]) -> None:
        """One more file that was read."""
        self.files[path] = File(facts)

    def get(self, path: str) -> File | None:
        """A file of the repository."""
        if path not in self.files and path in self.paths:
            self.add(path, self._read(path))
        return self.files.get(path)
