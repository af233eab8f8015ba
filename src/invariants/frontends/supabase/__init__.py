"""Supabase's `config.toml`: which functions are served without a look at the caller's token."""

import tomllib
from collections.abc import Iterable

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.facts.web import Setting


def read(path: str, content: bytes) -> Iterable[Setting | Unread]:
    """What a file says of each function's token."""
    try:
        text = content.decode()
        told = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return (
            [Unread(Place(path, 1, 1, 1, 1), "syntax", "it does not parse as TOML", "Mend the syntax.")] if b"verify_jwt" in content else []
        )
    functions = told.get("functions")
    return [
        Setting(_place(path, text, name), "supabase", f"verify_jwt {name}", 0, str(entry["verify_jwt"]).lower())
        for name, entry in (functions.items() if isinstance(functions, dict) else [])
        if isinstance(entry, dict) and "verify_jwt" in entry
    ]


def _place(path: str, text: str, name: str) -> Place:
    """The line at which a function's table begins."""
    lines = text.splitlines()
    heads = (number for number, line in enumerate(lines, 1) if line.strip().strip("[]").replace('"', "") == f"functions.{name}")
    line = next(heads, 1)
    return Place(path, line, 1, line, len(lines[line - 1]) + 1 if lines else 1)
