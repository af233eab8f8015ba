"""Supabase's `config.toml`: which functions are served without a look at the caller's token, or begin in a file of another name."""

import re
import tomllib
from collections.abc import Iterable

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Setting

INDEX = re.compile(r"(?:^|/)index\.[jt]sx?$")
"""A file that is found to be a function's by its name."""


def read(path: str, content: bytes) -> Iterable[Setting | Endpoint | Unread]:
    """What a file says of each function's token and file."""
    try:
        text = content.decode()
        told = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        is_about = b"verify_jwt" in content or b"entrypoint" in content
        return [Unread(Place(path, 1, 1, 1, 1), "syntax", "it does not parse as TOML", "Mend the syntax.")] if is_about else []
    functions = told.get("functions")
    named = [(name, each) for name, each in (functions.items() if isinstance(functions, dict) else []) if isinstance(each, dict)]
    return [
        *(
            Setting(_place(path, text, name), "supabase", f"verify_jwt {name}", 0, str(entry["verify_jwt"]).lower())
            for name, entry in named
            if "verify_jwt" in entry
        ),
        *(
            Endpoint(_place(path, text, name), "", 0, "supabase", "http", "ANY", f"/functions/v1/{name}", "")
            for name, entry in named
            if "entrypoint" in entry and INDEX.search(str(entry["entrypoint"])) is None
        ),
    ]


def _place(path: str, text: str, name: str) -> Place:
    """The line at which a function's table begins."""
    lines = text.splitlines()
    heads = (number for number, line in enumerate(lines, 1) if line.strip().strip("[]").replace('"', "") == f"functions.{name}")
    line = next(heads, 1)
    return Place(path, line, 1, line, len(lines[line - 1]) + 1 if lines else 1)
