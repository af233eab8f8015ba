"""C#: what code says, and what each framework's registrations mean."""

from collections.abc import Iterable
from typing import Any

from invariants.languages import rooms

EXTENSIONS = (".cs",)
FRAMEWORKS = f"{__name__}.frameworks"


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file."""
    is_made = len(content) > rooms.LARGEST
    return rooms.read(path, lambda: _facts(path, content), is_made=is_made, may_register=lambda: registers(path, content))


def registers(_path: str, content: bytes) -> bool:
    """Whether a file may register routes, by the words in it."""
    return rooms.registers(FRAMEWORKS, content)


def _facts(path: str, content: bytes) -> list[Any]:
    from invariants.frontends.csharp import facts
    from invariants.frontends.csharp.syntax import Source

    reader = facts.read(Source(path, content))
    return [*facts.facts(reader), *(fact for each in rooms.known(FRAMEWORKS) for fact in each.read(reader))]
