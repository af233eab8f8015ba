"""Modules: which file a name of one means, in each language."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from posixpath import dirname, join, normpath
from typing import Any

from invariants.replay.web.crates import Crates

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".svelte")
INDEXES = tuple(f"/index{ending}" for ending in ENDINGS)
COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
COMMA = re.compile(r",(\s*[}\]])")
ENTRIES = ("source", "types", "module", "main")
CONDITIONS = ("source", "import", "default", "require", "types", "node")
DEEP = 8
Rule = tuple[str, str, Any]
"""Names of this pattern stand for what these targets make of them, below a folder."""


FETCHED = re.compile(
    r"(?:jsr:|npm:|https?://(?:esm\.sh/(?:v\d+/)?|deno\.land/x/|cdn\.skypack\.dev/|cdn\.jsdelivr\.net/npm/))/?(?P<name>(?:@[\w.-]+/)?[\w.-]+)"
)
"""A package that Deno fetches by its address."""


def package(source: str) -> str:
    """The package that a module is taken from, by the name that npm has for it: `https://esm.sh/jose@5` is `jose`."""
    found = FETCHED.match(source)
    return found["name"] if found is not None else source


class Modules:
    """The modules of a repository: paths of source files, and what manifests say about names."""

    def __init__(self, paths: frozenset[str], manifests: Mapping[str, str]) -> None:
        self.paths = paths
        self.manifests = frozenset(manifests)
        self._documents = {path: parsed(text) for path, text in manifests.items() if path.endswith(".json")}
        self._crates = Crates(paths, manifests)
        self._known = cache(self._found)
        self._named = cache(self._script)
        self._file = cache(self._lying)
        self._rules = cache(self._set_for)

    def find(self, file: str, source: str) -> str | None:
        """The file that a module's name means in a file; null where it is none of the repository's."""
        return self._known(file, source)

    def _found(self, file: str, source: str) -> str | None:
        if file.endswith(".py"):
            return self._python(file, source)
        if file.endswith(".rs"):
            return self._crates.find(file, source)
        if file.endswith(".cs"):
            return None  # a namespace is made by many files
        return self._named(dirname(file), source)

    def submodule(self, file: str, name: str) -> str | None:
        """The module of this name inside the package whose file this is."""
        if not file.endswith("__init__.py"):
            return None
        return self._module(join(dirname(file), name))

    def packages(self, file: str) -> frozenset[str]:
        """What the package depends on that a file of JavaScript belongs to."""
        return frozenset(self._taken(file))

    def version(self, file: str, name: str) -> str:
        """Which versions of something that package takes, as it says it; empty where it does not."""
        said = self._taken(file).get(name)
        return said if isinstance(said, str) else ""

    def _taken(self, file: str) -> dict[str, Any]:
        paths = (join(folder, "package.json") for folder in _upwards(dirname(file)))
        document = _dictionary(next((self._documents[path] for path in paths if path in self._documents), None))
        return {**_dictionary(document.get("devDependencies")), **_dictionary(document.get("dependencies"))}

    def _python(self, file: str, source: str) -> str | None:
        stripped = source.lstrip(".")
        parts = stripped.replace(".", "/")
        if level := len(source) - len(stripped):
            folder = dirname(file)
            for _ in range(level - 1):
                folder = dirname(folder)
            return self._module(join(folder, parts) if parts else folder)
        folder = dirname(file)
        while True:
            for root in (folder, join(folder, "src")):
                if found := self._module(join(root, parts)):
                    return found
            if not folder:
                return self._elsewhere(parts)
            folder = dirname(folder)

    def _elsewhere(self, parts: str) -> str | None:
        """A package that stands in a folder of its own, where only one answers to its name."""
        found = self._roots.get(parts.split("/", maxsplit=1)[0], set())
        answers = {path for root in found if (path := self._module(join(root, parts)))}
        return answers.pop() if len(answers) == 1 else None

    @cached_property
    def _roots(self) -> dict[str, set[str]]:
        """Where packages of each name lie."""
        roots: dict[str, set[str]] = defaultdict(set)
        for path in self.paths:
            if path.endswith("/__init__.py"):
                folder = dirname(path)
                roots[folder.rpartition("/")[2]].add(dirname(folder))
        return roots

    def _module(self, stem: str) -> str | None:
        return next((path for path in (f"{stem}.py", f"{stem}/__init__.py".lstrip("/")) if path in self.paths), None)

    def _script(self, folder: str, source: str) -> str | None:
        """What files of one folder mean by a name is the same."""
        if source.startswith("."):
            return self._file(normpath(join(folder, source)))
        return next(filter(None, map(self._file, self._mapped(folder, source))), None) or self._workspace(source)

    def _lying(self, stem: str) -> str | None:
        """A path as it is, with an ending, as a folder, or as a compiled name of a source."""
        bare = re.sub(r"\.[cm]?jsx?$", "", stem)
        candidates = [stem, *(bare + each for each in ENDINGS), *(stem + each for each in (*ENDINGS, *INDEXES))]
        return next((each for each in candidates if each in self.paths), None)

    def _mapped(self, folder: str, source: str) -> Iterator[str]:
        """What the settings of the compiler nearest to a folder make of a name; by custom, @/, ~/ and $lib/ lead to the sources."""
        for root, pattern, targets in self._rules(folder):
            yield from _substituted(root, pattern, targets, source)
        if source.startswith("#"):
            yield from self._inside(folder, source)
        if source[:2] in {"@/", "~/"}:
            for above in _upwards(folder):
                yield from (join(above, source[2:]), join(above, "src", source[2:]))
        if source.startswith("$lib/"):
            yield from (join(above, "src/lib", source[5:]) for above in _upwards(folder))

    def _inside(self, folder: str, source: str) -> Iterator[str]:
        """What the manifests above a folder make of a name that packages have for parts of themselves: `#app/utils/auth`."""
        for above in _upwards(folder):
            told = _dictionary(_dictionary(self._documents.get(join(above, "package.json"))).get("imports"))
            for pattern, value in told.items():
                yield from _substituted(above, pattern, list(_targets(value)), source)

    def _set_for(self, folder: str) -> list[Rule]:
        """What the settings of the compiler say for a folder, the nearest first."""
        paths = (join(above, name) for above in _upwards(folder) for name in ("tsconfig.json", "jsconfig.json"))
        return [rule for path in paths for rule in self._said(path)]

    def _said(self, path: str, depth: int = 0) -> Iterator[Rule]:
        """What a file of settings says, and what it extends."""
        document = self._documents.get(path)
        if not isinstance(document, dict) or depth > DEEP:
            return
        options = _dictionary(document.get("compilerOptions"))
        base = options.get("baseUrl")
        root = normpath(join(dirname(path), base if isinstance(base, str) else "."))
        yield from ((root, *each) for each in sorted(_dictionary(options.get("paths")).items(), key=lambda each: -len(each[0])))
        if isinstance(base, str):
            yield root, "*", ["*"]
        extended = document.get("extends")
        for each in extended if isinstance(extended, list) else [extended]:
            if isinstance(each, str) and each.startswith("."):
                parent = normpath(join(dirname(path), each))
                yield from self._said(parent if parent in self._documents else f"{parent}.json", depth + 1)

    def _workspace(self, source: str) -> str | None:
        """A package of the repository, by the name that its manifest gives it."""
        name = "/".join(source.split("/")[: 2 if source.startswith("@") else 1])
        folder = self._packages.get(name)
        if folder is None:
            return None
        rest = source[len(name) :].lstrip("/")
        return next(filter(None, map(self._file, self._entries(folder, rest))), None)

    def _entries(self, folder: str, rest: str) -> Iterator[str]:
        document = _dictionary(self._documents[join(folder, "package.json")])
        exports = document.get("exports")
        told = exports if not rest and isinstance(exports, str) else _dictionary(exports).get(f"./{rest}" if rest else ".")
        yield from (normpath(join(folder, each)) for each in _targets(told))
        for pattern, value in _dictionary(exports).items():
            for target in _targets(value):
                yield from _substituted(folder, pattern.removeprefix("./"), [target], rest)
        if rest:
            yield from (join(folder, rest), join(folder, "src", rest))
        else:
            yield from (normpath(join(folder, document[key])) for key in ENTRIES if isinstance(document.get(key), str))
            yield from (join(folder, "src/index"), join(folder, "index"), join(folder, "src"))

    @cached_property
    def _packages(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path, document in self._documents.items():
            name = _dictionary(document).get("name")
            if path.endswith("package.json") and isinstance(name, str):
                found.setdefault(name, dirname(path))
        return found


def parsed(text: str) -> Any:
    """JSON, with comments and commas at the end as compilers allow them; null where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(COMMA.sub(r"\1", COMMENT.sub(lambda found: found[1] or "", text)))
    except (ValueError, RecursionError):
        return None


def _substituted(root: str, pattern: str, targets: Any, source: str) -> Iterator[str]:
    before, star, after = pattern.partition("*")
    fits = source.startswith(before) and source.endswith(after) if star else source == pattern
    if fits and isinstance(targets, list):
        middle = source[len(before) : len(source) - len(after)] if star else ""
        yield from (normpath(join(root, each.replace("*", middle))) for each in targets if isinstance(each, str))


def _targets(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < DEEP:
        for key in CONDITIONS:
            yield from _targets(value.get(key), depth + 1)


def _dictionary(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _upwards(folder: str) -> Iterator[str]:
    yield folder
    while folder:
        folder = dirname(folder)
        yield folder
