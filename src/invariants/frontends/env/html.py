"""Pages of HTML, which browsers begin with: the scripts that they load."""

from collections.abc import Iterator

from invariants.facts.env import Load
from invariants.frontends.env import jsloads


def read(path: str, content: bytes) -> Iterator[Load]:
    """The facts of one file."""
    yield from jsloads.page(path, content)
