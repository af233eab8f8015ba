"""Files of NAME=value lines: what they give, and, where they are examples, what they declare."""

import re
from collections.abc import Iterator
from typing import Literal

from invariants import dotenv
from invariants.facts.env import Blind, Declaration, Dotenv, Entry, Giver, Kind, Unresolved
from invariants.frontends.env.names import is_name, sounds_secret
from invariants.frontends.env.text import LARGEST, first, named, unread
from invariants.frontends.env.values import KEYS, entry

Fact = Giver | Dotenv | Entry | Declaration | Blind | Unresolved
EXAMPLE = re.compile(r"[.-]?(?:examples?|sample|template|tmpl|dist|defaults?|schema)(?=[.-]|$)|(?<=^)(?:example|sample)\.", re.IGNORECASE)
COMMENTED = re.compile(r"^[ \t]*#[ \t]?(?:export[ \t]+)?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
DECORATOR = re.compile(r"@(\w+)(?:=([^\s@]+))?")


def read(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of one file."""
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a file of settings", "Split it, or give it another name.")
        return
    if b"\0" in content:
        yield from unread(path, "it holds NUL bytes", "Save it as UTF-8.")
        return
    text = content.decode("utf-8-sig", "replace")
    actual = _actual(path)
    yield Giver(first(path), path)
    yield Dotenv(first(path), path, actual != path, actual)
    yield from _entries(path, text)
    if actual != path:
        yield from _declared(path, text)


def _entries(path: str, text: str) -> Iterator[Entry | Blind]:
    for each in dotenv.pairs(text):
        if isinstance(each, dotenv.Fault) or not is_name(each.name):
            yield Blind(first(path, each.line), "", "this line is no NAME=value", "Mend the line; a value with spaces or quotes is quoted.")
        elif each.value is None:
            yield Blind(first(path, each.line), "", f"{each.name} has no =", f"Write {each.name}=, or remove the line.")
        elif each.is_last:
            at = named(path, each.line, each.column, each.name)
            yield entry(at, "", each.name, each.value, sealed=_sealed(each.value))


def _sealed(value: str) -> bool | None:
    """What `vercel env pull` says of a variable: sensitive ones come without their value."""
    return True if value == "[SENSITIVE]" else None


def _actual(path: str) -> str:
    """The file that an example is copied to: ``.env.local.example`` to ``.env.local``; the file itself where it is no example."""
    folder, slash, name = path.rpartition("/")
    plain = EXAMPLE.sub("", name)
    if plain == name:
        return path
    plain = plain if ".env" in plain else f".{plain.strip('.-')}" if plain.strip(".-") == "env" else plain
    return f"{folder}{slash}{plain.rstrip('.-') or '.env'}"


def _declared(path: str, text: str) -> Iterator[Declaration]:
    """What an example declares: every name, those in comments as optional; decorators say more (.env.schema)."""
    lines = text.split("\n")
    origin: Literal["schema", "example"] = "schema" if ".schema" in path.rpartition("/")[2] else "example"
    for each in dotenv.pairs(text):
        if isinstance(each, dotenv.Pair) and each.is_last and is_name(each.name):
            comment = _above(lines, each.line)
            said = dict(DECORATOR.findall(comment)) if origin == "schema" else {}
            at = named(path, each.line, each.column, each.name)
            yield Declaration(at, each.name, _kind(each.name, said), _is_required(said), origin, _prose(comment))
    if origin == "example":
        for match in COMMENTED.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            column = match.start(1) - text.rfind("\n", 0, match.start(1))
            name = match[1]
            yield Declaration(named(path, line, column, name), name, _kind(name, {}), False, origin, _prose(_above(lines, line)))


def _above(lines: list[str], line: int) -> str:
    """The comment directly above a line."""
    start = line - 1
    while start > 0 and lines[start - 1].lstrip().startswith("#") and not COMMENTED.match(lines[start - 1]):
        start -= 1
    return "\n".join(text.strip().lstrip("#").strip() for text in lines[start : line - 1])


def _prose(comment: str) -> str:
    """What a comment says in words; one that quotes a real key says nothing."""
    kept = [line for line in comment.split("\n") if line and not line.startswith("@") and any(map(str.isalnum, line))]
    return "" if KEYS.search(comment) else " ".join(kept)[:200]


def _kind(name: str, said: dict[str, str]) -> Kind | None:
    """What varlock's decorators say (@sensitive, @public), else what the name does."""
    if "sensitive" in said:
        return "config" if said["sensitive"] == "false" else "secret"
    if "public" in said:
        return "public" if said["public"] != "false" else None
    return "secret" if sounds_secret(name) else None


def _is_required(said: dict[str, str]) -> bool:
    return "optional" not in said and said.get("required") != "false"
