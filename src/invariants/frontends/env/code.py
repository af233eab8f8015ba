"""Files of code, whatever their language: which of them are read, and what is said of those that cannot be."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from invariants.facts.env import Blind, Unresolved
from invariants.frontends.env.text import LARGEST, unread

Fact = TypeVar("Fact")
LEFT_OUT = "Leave it out, with `exclude` in .invariants/env.toml."


def tails(accessors: Sequence[str]) -> list[str]:
    """The last names of functions: ``need`` of ``env.need``, ``lib/env.need`` and ``env::need``."""
    return [re.split(r"[./]|::", each)[-1] for each in accessors]


def calls(content: bytes, accessors: Sequence[str]) -> bool:
    """Whether a file may call a function that reads for it; told without parsing it."""
    names = [re.escape(each.encode()) for each in tails(accessors)]
    return bool(names) and re.search(rb"(?<![\w$])(?:" + b"|".join(names) + rb")(?![\w$])", content) is not None


def facts(path: str, content: bytes, wanted: bool, read: Callable[[], Iterable[Fact]]) -> Iterator[Fact | Unresolved | Blind]:
    """The facts of one file, if it is wanted and was written by hand."""
    if not wanted:
        return
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for source code", LEFT_OUT)
        return
    try:
        yield from read()
    except RecursionError:
        yield from unread(path, "it is nested too deep", LEFT_OUT)
