"""TypeScript and JavaScript: what code says, and what each framework's registrations mean."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.languages.words import Words, says, whole

EXTENSIONS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
"""What files of types alone are called: TypeScript allows no code in them, so that they register nothing."""
LARGEST = 2_000_000
"""How large a file may be, in bytes; what is larger was made by a program."""
LONGEST = 5_000
"""How long lines may be on average, in bytes."""


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file."""
    at = Place(path, 1, 1, 1, 1)
    if is_made(path, content):
        return [Unread(at, "size", "the file is too large to have been written by hand", "Exclude it.")] if registers(path, content) else []
    from invariants.frontends.typescript import facts
    from invariants.frontends.typescript.syntax import Source

    try:
        reader = facts.read(Source(path, content))
        return [*facts.facts(reader), *(fact for each in known() for fact in each.read(reader))]
    except RecursionError:
        return [Unread(at, "syntax", "it is nested too deep", "Split the expression.")]


def is_made(path: str, content: bytes) -> bool:
    """A file that a program wrote: minified, bundled, a declaration of types."""
    if path.endswith((*DECLARATIONS, ".min.js")):
        return True
    lines = content.count(b"\n") + 1
    return len(content) > LARGEST or (len(content) > LONGEST and len(content) / lines > LONGEST)


def registers(path: str, content: bytes) -> bool:
    """Whether a file may register routes, by its name or the words in it."""
    if path.endswith(DECLARATIONS):
        return False
    return says(content, _words()) or _paths().search(path) is not None


@cache
def known() -> list[Any]:
    """The modules that know frameworks."""
    package = import_module("invariants.frontends.typescript.frameworks")
    return [import_module(f"{package.__name__}.{each.name}") for each in iter_modules(package.__path__)]


@cache
def _words() -> Words:
    return whole(word for each in known() for word in each.TRIGGERS)


@cache
def _paths() -> re.Pattern[str]:
    return re.compile("|".join(each.PATHS for each in known() if each.PATHS))
