"""Which files are code, and which of them are wanted."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from invariants.store import Unit

LANGUAGES = {
    ".py": "python",
    ".rs": "rust",
    ".cs": "csharp",
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"), "typescript"),
}
"""The frontend of each extension."""
PLATFORMS = {"vercel.json": "vercel", "supabase/config.toml": "supabase"}
"""Manifests of platforms that say what is served or called, and their frontends."""
MANIFESTS = ("package.json", "tsconfig.json", "jsconfig.json", "Cargo.toml")
PLACED = ("+page@", "+layout@")
"""Begin the names of SvelteKit's files that leave out some of the layouts around them."""
SKIPPED = frozenset({"node_modules", "site-packages", ".venv", "venv", "dist", "build", ".next", "vendor", "target", "__pycache__", ".git"})
"""Folders of what others wrote or programs made."""
TESTS = frozenset({"test", "tests", "__tests__", "e2e", "spec", "fixtures", "__mocks__", "examples", "testing"})
TESTED = (".test.", ".spec.", ".stories.", "conftest.py")
PROJECT = re.compile(r"(?:^|[.a-z])Tests?$")
"""How projects in C# that only test are called: Shop.Tests, ShopTests."""
IS_TESTED = re.compile("|".join(map(re.escape, TESTED)))
OTHERS = SKIPPED | TESTS
SAYING = tuple(PLATFORMS)

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
    if ending == ".cs" and any(map(PROJECT.search, folders)):
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
    """A file that says what names of modules mean, or by its own name which layouts are around a page (SvelteKit)."""
    name = path.rpartition("/")[2]
    is_one = name in MANIFESTS or name.startswith(PLACED) or (name.startswith("tsconfig.") and name.endswith(".json"))
    return is_one and not SKIPPED & set(path.split("/"))


def scanned(languages: Mapping[str, str]) -> dict[str, str]:
    """By what files are read first: those of code only where they hold words that say that they may register routes."""
    return {path: f"{kind}.scanned" if kind in LANGUAGES.values() else kind for path, kind in languages.items()}
