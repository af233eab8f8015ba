"""TypeScript and JavaScript: what code says, and what each framework's registrations mean."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from invariants.languages import rooms

EXTENSIONS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
"""What files of types alone are called: TypeScript allows no code in them, so that they register nothing."""
FRAMEWORKS = f"{__name__}.frameworks"
LONGEST = 5_000
"""How long lines may be on average, in bytes."""


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file."""
    made = is_made(path, content)
    return rooms.read(path, lambda: _facts(path, content), is_made=made, may_register=lambda: registers(path, content))


def _facts(path: str, content: bytes) -> list[Any]:
    from invariants.frontends.typescript import facts
    from invariants.frontends.typescript.syntax import Source

    reader = facts.read(Source(path, content))
    return [*facts.facts(reader), *(fact for each in rooms.known(FRAMEWORKS) for fact in each.read(reader))]


def is_made(path: str, content: bytes) -> bool:
    """A file that a program wrote: minified, bundled, a declaration of types."""
    if path.endswith((*DECLARATIONS, ".min.js")):
        return True
    lines = content.count(b"\n") + 1
    return len(content) > rooms.LARGEST or (len(content) > LONGEST and len(content) / lines > LONGEST)


def registers(path: str, content: bytes) -> bool:
    """Whether a file may register routes, by its name or the words in it."""
    if path.endswith(DECLARATIONS):
        return False
    return rooms.registers(FRAMEWORKS, content) or _paths().search(path) is not None


@cache
def _paths() -> re.Pattern[str]:
    return re.compile("|".join(each.PATHS for each in rooms.known(FRAMEWORKS) if each.PATHS))
