"""The order in which each runner applies the files of a folder."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

NUMBER = re.compile(r"\d+")
FLYWAY = re.compile(r"^(?P<kind>[VRBU])(?P<version>[0-9._]*)__(?P<words>.*)\.sql$")
DOWN = re.compile(r"(?:^|[./_-])(?:down|undo|rollback|revert)\.sql$", re.IGNORECASE)
Read = Callable[[str], bytes]


def base(path: str) -> str:
    """The file's name."""
    return path.rpartition("/")[2]


def is_down(path: str) -> bool:
    """A file that takes a migration back."""
    return DOWN.search(path) is not None


def lexical(paths: Iterable[str]) -> tuple[str, ...]:
    """By name, byte for byte."""
    return tuple(sorted(paths, key=lambda path: path.encode()))


def numeric(paths: Iterable[str]) -> tuple[str, ...]:
    """By the number that each name begins with, then by name; by name alone where some begin with none."""
    known = list(paths)
    numbers = {path: NUMBER.match(base(path)) for path in known}
    if not all(numbers.values()):
        return lexical(known)
    return tuple(sorted(known, key=lambda path: (int(numbers[path].group()), path.encode())))  # type: ignore[union-attr]


def flyway(paths: Iterable[str]) -> tuple[str, ...]:
    """Versioned migrations by version, then repeatable ones by description; undo migrations never run."""
    versioned: list[tuple[list[int], str]] = []
    repeatable: list[tuple[str, str]] = []
    for path in paths:
        match = FLYWAY.match(base(path))
        if match and match["kind"] == "V":
            versioned.append(([int(part) for part in re.split(r"[._]", match["version"]) if part], path))
        elif match and match["kind"] == "R":
            repeatable.append((match["words"], path))
    return tuple(path for _, path in sorted(versioned)) + tuple(path for _, path in sorted(repeatable))


def is_repeatable(runner: str, path: str) -> bool:
    """A file that runs again whenever it changes, or that says what the schema is and not how it came to be."""
    if runner == "flyway":
        return base(path).startswith("R__")
    if runner == "graphile-migrate":
        return "/committed/" not in f"/{path}"
    return runner in {"dump", "schema"}


def journal(folder: str, content: bytes) -> tuple[tuple[str, ...], str] | None:
    """The files that a Drizzle journal lists, in its order, and its dialect; None where it cannot be read."""
    try:
        document: Any = json.loads(content)
        entries = [f"{folder}/{entry['tag']}.sql" for entry in document["entries"]]
        return tuple(entries), str(document.get("dialect", "postgresql"))
    except (ValueError, KeyError, TypeError):
        return None


def sqitch(folder: str, content: bytes) -> tuple[str, ...]:
    """The deploy scripts of a plan, in its order."""
    lines = (line.strip() for line in content.decode(errors="replace").split("\n"))
    names = (line.split()[0] for line in lines if line and not line.startswith(("%", "#", "@")))
    return tuple(f"{folder}/deploy/{name}.sql".removeprefix("/") for name in names)
