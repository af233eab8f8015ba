"""What all the files of a repository say, by file and by function."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache, partial
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from invariants.bodies import Body, Opened
from invariants.facts import code, web

RECENT = 8_000
"""So many functions stay unpacked: those that were asked about last."""
F = TypeVar("F")
Step = tuple[str, int]
"""A function, and the place of a step in it."""


class Key(NamedTuple):
    """A function, or whatever else has a name in a file; without a file, a name of a library."""

    file: str
    name: str

    def __str__(self) -> str:
        """The defining file without extension, a dot, the name."""
        return f"{self.file.rsplit('.', 1)[0]}.{self.name}".rstrip(".") if self.file else self.name


class Told(Generic[F]):
    """Facts about what functions do, by the name of the function."""

    def __init__(self, inside: Callable[[str], "Inside"], kind: str) -> None:
        self._inside = inside
        self._kind = kind

    def __contains__(self, key: str) -> bool:
        return bool(getattr(self._inside(key), self._kind))

    def get(self, key: str, default: list[F]) -> list[F]:
        """The facts; the default, where there are none."""
        return getattr(self._inside(key), self._kind) or default


class ToldOfSteps(Generic[F]):
    """Facts about what functions do, by the name of the function and the place of a step."""

    def __init__(self, inside: Callable[[str], "Inside"], kind: str) -> None:
        self._inside = inside
        self._kind = kind

    def get(self, key: Step, default: list[F]) -> list[F]:
        """The facts; the default, where there are none."""
        found: dict[int, list[F]] = getattr(self._inside(key[0]), self._kind)
        return found.get(key[1], default)


class Inside:
    """What one function does; nothing, where there is none."""

    def __init__(self, opened: Opened | None) -> None:
        self._opened = opened

    def _facts(self, kind: type[F]) -> list[F]:
        return self._opened.facts(kind) if self._opened else []

    @cached_property
    def parameters(self) -> list[code.Parameter]:
        return self._facts(code.Parameter)

    @cached_property
    def steps(self) -> list[code.Step]:
        return sorted(self._facts(code.Step), key=attrgetter("position"))

    @cached_property
    def arguments(self) -> dict[int, list[code.Argument]]:
        """What calls are given, by the places of the calls."""
        return grouped(self._facts(code.Argument), attrgetter("position"))

    @cached_property
    def handed(self) -> frozenset[int]:
        """The places of the calls that are given what comes next."""
        return frozenset(at for at, own in self.arguments.items() if any(each.kind == "symbol" and each.value == "next" for each in own))

    @cached_property
    def _looked_at(self) -> list[code.Dependence]:
        return self._facts(code.Dependence)

    @cached_property
    def dependences(self) -> dict[int, list[code.Dependence]]:
        """What the conditions of branches look at, by the places of the branches."""
        return grouped((each for each in self._looked_at if not each.given), attrgetter("position"))

    @cached_property
    def given(self) -> dict[int, list[code.Dependence]]:
        """What the calls in the conditions of branches are given, by the places of the branches."""
        return grouped((each for each in self._looked_at if each.given), attrgetter("position"))


class File:
    """What one file says. What its functions do is unpacked once it is asked for."""

    def __init__(self, facts: Iterable[Any], inside: Callable[[str], Inside]) -> None:
        by_class: dict[type[Any], list[Any]] = defaultdict(list, grouped(facts, type))
        self.facts = by_class
        self.language = next((each.language for each in by_class[code.Module]), "")
        self.aliases = {each.name: each for each in by_class[code.Alias]}
        self.functions = {each.name: each for each in by_class[code.Function] if self.is_one(each.name)}
        self.constants = {each.name: each.value for each in by_class[code.Constant]}
        self.lists = grouped(by_class[code.Element], attrgetter("name"))
        self.tests = grouped(by_class[web.PathTest], attrgetter("function_name"))
        self.decorators = grouped(by_class[code.Decorator], lambda each: each.function_name)
        self.imports = {each.local: each for each in by_class[code.Import] if each.local not in {"", "*"}}
        self.exports = {each.exported: each for each in by_class[code.Import] if each.exported not in {None, "*"}}
        self.stars = [each for each in by_class[code.Import] if "*" in {each.local, each.exported}]
        self.bases = grouped(by_class[code.Base], lambda each: each.class_name)
        self.bodies = {each.function_name: each for each in by_class.pop(Body, [])}
        self.inside = inside
        self.parameters: Told[code.Parameter] = Told(inside, "parameters")
        self.steps: Told[code.Step] = Told(inside, "steps")
        self.arguments: ToldOfSteps[code.Argument] = ToldOfSteps(inside, "arguments")
        self.dependences: ToldOfSteps[code.Dependence] = ToldOfSteps(inside, "dependences")
        self.given: ToldOfSteps[code.Dependence] = ToldOfSteps(inside, "given")

    @cached_property
    def named(self) -> frozenset[str]:
        """What the names of functions begin with: those of functions, and of what holds some."""
        return frozenset(each.partition(".")[0] for each in self.functions)

    def is_one(self, name: str) -> bool:
        """Whether a name stands for one thing alone, as far as the file says."""
        return name not in self.aliases or self.aliases[name].symbol != "" or self.language != "typescript"

    def is_handed(self, step: code.Step) -> bool:
        """A call that is given what comes next, and passes on by itself (`requireUser(req, res, next)`)."""
        return step.kind == "call" and step.position in self.inside(step.function_name).handed

    def run_by(self, step: code.Step) -> str:
        """The function that a call is given, or written to run, and that passes on (`storage.run(context, () => next())`); else empty."""
        if step.kind == "call" and step.symbol.startswith(f"{step.function_name}.(") and self._passes_on(step.symbol):
            return step.symbol
        given = self.arguments.get((step.function_name, step.position), []) if step.kind == "call" else []
        inner = [each.value for each in given if each.kind == "function" and each.value in self.functions]
        return next(filter(self._passes_on, reversed(inner)), "")

    def settled_by(self, step: code.Step) -> str:
        """The function that settles a promise which a step makes; empty where it is given none that is written here."""
        given = self.arguments.get((step.function_name, step.position), [])
        return next((each.value for each in given if each.kind == "function" and each.value in self.functions), "")

    def _passes_on(self, name: str) -> bool:
        return any(each.kind == "next" for each in self.steps.get(name, []))


def grouped(facts: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    """Facts by what the key tells of each, in their order."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for each in facts:
        found[key(each)].append(each)
    return dict(found)


class Corpus:
    """The files of a repository that were read, and those that are read as soon as something needs them."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], Iterable[Any]]) -> None:
        self.paths = frozenset(paths)
        self.files: dict[str, File] = {}
        self._added: list[tuple[str, File]] = []
        self.near: Callable[[str], object] = str
        """Is told of each file before its routes are put together."""
        self._read = read
        self._named: dict[type[Any], tuple[dict[str, list[tuple[str, Any]]], int]] = {}
        self._inside = lru_cache(RECENT)(self._unpacked)

    def add(self, path: str, facts: Iterable[Any]) -> None:
        """One more file that was read."""
        self.files[path] = File(facts, partial(self._inside, path))
        self._added.append((path, self.files[path]))

    def since(self, known: int) -> list[tuple[str, File]]:
        """The files that were read after so many."""
        return self._added[known:]

    def _unpacked(self, path: str, name: str) -> Inside:
        """What a function does; nothing, where there is none of this name."""
        body = self.files[path].bodies.get(name)
        return Inside(Opened(path, body) if body else None)

    def named(self, kind: type[F]) -> dict[str, list[tuple[str, F]]]:
        """The facts of a kind in all files that were read so far, each with its file, by name."""
        found, known = self._named.get(kind) or (defaultdict(list), 0)
        if known != len(self.files):
            for path, own in self.since(known):
                for each in own.facts.get(kind, ()):
                    found[each.name].append((path, each))
            self._named[kind] = found, len(self.files)
        return found

    def get(self, path: str) -> File | None:
        """A file of the repository."""
        found = self.files.get(path)
        if found is None and path in self.paths:
            self.add(path, self._read(path))
            return self.files[path]
        return found
