"""Rust: what code says, and what each framework's registrations mean."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.languages.words import Words, says, whole

EXTENSIONS = (".rs",)
LARGEST = 2_000_000
"""How large a file may be, in bytes; what is larger was made by a program."""


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file."""
    at = Place(path, 1, 1, 1, 1)
    if len(content) > LARGEST:
        return [Unread(at, "size", "the file is too large to have been written by hand", "Exclude it.")] if registers(path, content) else []
    from invariants.frontends.rust import facts
    from invariants.frontends.rust.syntax import Source

    try:
        reader = facts.read(Source(path, content))
        return [*facts.facts(reader), *(fact for each in known() for fact in each.read(reader))]
    except RecursionError:
        return [Unread(at, "syntax", "it is nested too deep", "Split the expression.")]


def registers(_path: str, content: bytes) -> bool:
    """Whether a file may register routes, by the words in it."""
    return says(content, _words())


@cache
def known() -> list[Any]:
    """The modules that know frameworks."""
    package = import_module("invariants.frontends.rust.frameworks")
    return [import_module(f"{package.__name__}.{each.name}") for each in iter_modules(package.__path__)]


@cache
def _words() -> Words:
    return whole(word for each in known() for word in each.TRIGGERS)
