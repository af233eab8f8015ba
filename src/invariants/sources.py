"""Source code into routes: which files are code, which of them are wanted, and the stage that puts them together."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from invariants.facts import code, web
from invariants.facts.settings import RouteGuard
from invariants.store import Store, Unit

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
ROUNDS = 24
"""So many times files are read because others need them."""
CODE = (
    code.Module, code.Import, code.Alias, code.Constant, code.Function, code.Base, code.Parameter, code.Step, code.Argument, code.Dependence,
    code.Decorator, code.Directive, web.Router, web.Mount, web.Endpoint, web.Use, web.Setting,
)  # fmt: skip
"""What the stage reads of a file."""

Read = Callable[[Mapping[str, str]], dict[str, Unit]]
"""Reads files, each by the frontend named, and answers their units."""


class Manifests(NamedTuple):
    """The files that say what names of modules mean: the ids of their contents, and their texts once they are needed."""

    ids: list[str]
    read: Callable[[], dict[str, str]]



def language(path: str) -> str | None:
    """The language of a file of source code that may be served; null of others, and of tests."""
    ending = path[path.rfind(".") :] if "." in path else ""
    parts = path.split("/")
    platform = next((kind for name, kind in PLATFORMS.items() if f"/{path}".endswith(f"/{name}")), None)
    if platform and not SKIPPED & set(parts):
        return platform
    if ending not in LANGUAGES or SKIPPED & set(parts) or TESTS & set(parts[:-1]) or any(word in parts[-1] for word in TESTED):
        return None
    return None if parts[-1].startswith("test_") and ending == ".py" else LANGUAGES[ending]


def is_manifest(path: str) -> bool:
    """A file that says what names of modules mean."""
    name = path.rpartition("/")[2]
    return (name in MANIFESTS or (name.startswith("tsconfig.") and name.endswith(".json"))) and not SKIPPED & set(path.split("/"))


def units(read: Read, languages: Mapping[str, str], manifests: Manifests, own: Sequence[Unit], store: Store) -> list[Unit]:
    """The units of code: of the files that may register routes, and of the routes that all files make together."""
    found = read({path: f"{kind}.scanned" if kind in LANGUAGES.values() else kind for path, kind in languages.items()})
    if not found:
        return []
    said = store.facts(RouteGuard)
    key = _digest([*map(str, found.values()), *sorted(manifests.ids), *map(str, own)])
    unit = Unit("routes", key, next(iter(found.values())).digest)
    if unit not in store:
        store.activate([*own, *found.values()])
        store.add(unit, _facts(read, languages, found, manifests, [each for facts in said.values() for each in facts], store))
    return [*found.values(), unit]


def _facts(
    read: Read, languages: Mapping[str, str], found: dict[str, Unit], manifests: Manifests, said: list[RouteGuard], store: Store
) -> list[Any]:
    """The routes, once every file that they need was read."""
    from invariants.replay.web.corpus import Corpus
    from invariants.replay.web.routes import Routes

    corpus = Corpus(languages)
    for path, facts in store.facts(*CODE).items():
        if path in languages:
            corpus.add(path, facts)
    if not any(file.facts[web.Endpoint] for file in corpus.files.values()):
        return []
    documents = manifests.read()
    for _ in range(ROUNDS):
        corpus.wanted.clear()
        routes = list(Routes(corpus, documents, said).facts())
        if not (wanted := sorted(corpus.wanted)):
            break
        new = read({path: languages[path] for path in wanted})
        store.activate([*found.values(), *new.values()])
        facts = store.facts(*CODE, within=set(wanted))
        for path in wanted:
            corpus.add(path, facts.get(path, []))
    return routes


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()
