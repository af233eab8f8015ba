"""What a frontend finds in a text, as the tests tell it."""

from collections.abc import Callable, Iterable
from typing import Any

from invariants.facts.env import Entry, Read, Unresolved

Reader = Callable[..., Iterable[Any]]


def reads(reader: Reader, text: str | bytes, path: str = "file", accessors: tuple[str, ...] | None = None) -> list[str]:
    """The variables that are read, in order of place: ``NAME``, ``NAME?`` where there is a default, ``?`` where it cannot be told."""
    content = text.encode() if isinstance(text, str) else text
    found = [each for each in reader(path, content, *([] if accessors is None else [accessors])) if isinstance(each, Read | Unresolved)]
    found.sort(key=lambda each: each.at)
    return [f"{each.name}{'?' * each.is_defaulted}" if isinstance(each, Read) else "?" for each in found]


def entries(reader: Reader, text: str, path: str = "file") -> list[tuple[str, str, str]]:
    """What is given: scope, name, and what its value is like."""
    return [(each.scope, each.name, each.value) for each in reader(path, text.encode()) if isinstance(each, Entry)]


def only(reader: Reader, text: str | bytes, fact: type[Any], path: str = "file") -> list[Any]:
    """The facts of one class."""
    content = text.encode() if isinstance(text, str) else text
    return [each for each in reader(path, content) if isinstance(each, fact)]
