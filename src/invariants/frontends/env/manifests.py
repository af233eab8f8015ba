"""Files of YAML that give variables, document by document; of one that cannot be read, that is said."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from invariants.facts.env import Blind, Giver, Unresolved
from invariants.frontends.env import yaml
from invariants.frontends.env.text import LARGEST, first, unread

Fact = TypeVar("Fact")
Unread = Unresolved | Blind


def malformed(path: str, error: yaml.Broken) -> Iterator[Unread]:
    """What is said of a file that is no YAML."""
    yield from unread(path, f"it is no YAML: {error}", "Mend the syntax.", error.line)


def facts(
    path: str,
    content: bytes,
    what: str,
    document: Callable[[str, yaml.Node], Iterator[Fact]],
    broken: Callable[[str, yaml.Broken], Iterator[Unread]] = malformed,
) -> Iterator[Fact | Giver | Unread]:
    """The facts of one file, which is a ``what``."""
    if len(content) > LARGEST:
        yield from unread(path, f"it is too large for a {what}", "Split it.")
        return
    try:
        documents = yaml.documents(content.decode("utf-8-sig", "replace"))
    except yaml.Broken as error:
        yield from broken(path, error)
        return
    yield Giver(first(path), path)
    for each in documents:
        yield from document(path, each)
