"""Python: what a file's functions do, what its frameworks register, and the SQL that it holds."""

import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from invariants.facts.code import Module as File
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.frontends.python import frameworks
from invariants.languages.words import Words, says, whole

EXTENSIONS = (".py",)
LIMIT = 2_000_000
"""A file of more bytes than this was not written by hand."""


@cache
def _frameworks() -> list[ModuleType]:
    names = sorted(each.name for each in pkgutil.iter_modules(frameworks.__path__))
    found = [import_module(f"{frameworks.__name__}.{name}") for name in names]
    return [each for each in found if hasattr(each, "TRIGGERS")]


@cache
def _words() -> Words:
    return whole(word for each in _frameworks() for word in each.TRIGGERS)


def registers(_: str, content: bytes) -> bool:
    """Whether a file may register routes, by the words in it."""
    return says(content, _words())


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file."""
    if len(content) > LIMIT:
        yield _unread(path, content, 1, "size", f"it is longer than {LIMIT} bytes", "Split the file.")
        return
    try:
        yield from list(_facts(path, content))
    except SyntaxError as error:
        yield _unread(path, content, error.lineno or 1, "syntax", f"it does not parse: {error.msg}", "Mend the file.")
    except (ValueError, UnicodeDecodeError):
        yield _unread(path, content, 1, "bytes", "it is not text", "Mend the file.")
    except (RecursionError, MemoryError):
        yield _unread(path, content, 1, "syntax", "it is nested too deep", "Split the expression.")


def _unread(path: str, content: bytes, line: int, reason: Any, clause: str, remedy: str) -> Unread:
    """A file of which nothing is known, at a line that it has."""
    last = content.count(b"\n") + 1
    line = min(max(line, 1), last)
    return Unread(Place(path, line, 1, line, 1), reason, clause, remedy)


def _facts(path: str, content: bytes) -> Iterator[Any]:
    from invariants.frontends.python.blanks import blanks
    from invariants.frontends.python.directives import directives
    from invariants.frontends.python.errors import errors
    from invariants.frontends.python.functions import functions
    from invariants.frontends.python.imports import aliases, constants, imports
    from invariants.frontends.python.making import located, variables
    from invariants.frontends.python.queries import queries
    from invariants.frontends.python.replacing import replaced
    from invariants.frontends.python.steps import steps
    from invariants.frontends.python.syntax import Module

    module = Module(path, content)
    yield File(Place(path, 1, 1, 1, 1), "python", "server")
    for part in (imports, aliases, variables, located, constants, blanks, errors, replaced, functions, steps, directives, queries):
        yield from part(module)
    for framework in _frameworks():
        yield from framework.read(module)
