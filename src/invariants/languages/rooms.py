"""The room of a language: the modules in it that know frameworks, and how a file is read that may be too large or nested too deep."""

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.languages.words import Words, says, whole

LARGEST = 2_000_000
"""How large a file may be, in bytes; what is larger was made by a program."""


@cache
def known(package: str) -> list[Any]:
    """The modules of a package that know frameworks."""
    return [import_module(f"{package}.{each.name}") for each in iter_modules(import_module(package).__path__)]


def registers(package: str, content: bytes) -> bool:
    """Whether a file may register routes of a framework that a package knows, by the words in it."""
    return says(content, _words(package))


@cache
def _words(package: str) -> Words:
    return whole(word for each in known(package) for word in each.TRIGGERS)


def read(path: str, facts: Callable[[], list[Any]], *, is_made: bool, may_register: Callable[[], bool]) -> Iterable[Any]:
    """The facts of a file; of one that a program made, that it was not read, where it may register routes."""
    at = Place(path, 1, 1, 1, 1)
    if is_made:
        return [Unread(at, "size", "the file is too large to have been written by hand", "Exclude it.")] if may_register() else []
    try:
        return facts()
    except RecursionError:
        return [Unread(at, "syntax", "it is nested too deep", "Split the expression.")]
