"""What platforms print of their variables, read for names, kinds and days. Values are dropped as soon as they are parsed.

The forms are those of the platforms' own commands:

``vercel env ls --format json`` prints ``envs`` as its API has them, ``vercel env pull`` writes a file (vercel/vercel, packages/cli).
``supabase secrets list`` prints a table of NAME and DIGEST by way of Markdown (supabase/cli, internal/secrets/list), or JSON.
``fly secrets list --json`` (fly.io/docs/flyctl/secrets-list) had ``Name`` before, and has ``name`` since 2025 (superfly/docs 2215).
``gh secret list --json`` and ``gh variable list --json`` print the fields that are asked for (cli.github.com/manual).
``heroku config --json`` prints the app's config vars as they are (heroku/cli, src/commands/config).
``railway variables --json`` prints names and values (docs.railway.com/cli/variable); sealed ones are null since 5.47.
``doppler secrets --json`` prints raw, computed and their visibility for each (docs.doppler.com, Secret Visibility).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from invariants import dotenv
from invariants.finding import ConfigError

SCHEMA = "invariants-snapshot/1"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
REMEDY = "give it what the platform's own command prints; `invariants explain env-targets-match` and docs/env.md list the commands"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
VERCEL = {"sensitive": True, "encrypted": False, "plain": False, "secret": False}


class Held(NamedTuple):
    """A variable that a platform has."""

    name: str
    environments: tuple[str, ...]
    """Where it has it; none where the platform does not say."""
    type: str
    sealed: bool | None
    """It is shown to nobody; None where the platform does not say."""
    updated: str
    """The day of its last change, as YYYY-MM-DD; empty where the platform does not say."""


class _Strange(Exception):
    """It is not what the platform prints."""


def read(platform: str, path: str, data: bytes) -> list[Held]:
    """What a platform has; :class:`~invariants.finding.ConfigError`, which quotes nothing, where that cannot be told."""
    try:
        text = data.decode("utf-8-sig")
        found = sorted(READERS[platform](text))
    except UnicodeDecodeError as error:
        raise ConfigError(path, 0, "it is not UTF-8", REMEDY) from error
    except (_Strange, RecursionError):
        raise ConfigError(path, 0, f"it is not what {platform} prints of its variables", REMEDY) from None
    if any(not NAME.match(each.name) for each in found):
        raise ConfigError(path, 0, "a name in it is none of a variable", REMEDY)
    return found


def snapshot(platform: str, taken: str, variables: Iterable[Held]) -> str:
    """The file that is committed: a variable a line, sorted, so that its changes are read line by line."""
    lines = ",".join(f"\n    {json.dumps(_entry(each))}" for each in sorted(variables))
    head = f'{{\n  "schema": "{SCHEMA}",\n  "platform": {json.dumps(platform)},\n  "taken": "{taken}",\n  "variables": ['
    return f"{head}{lines}{chr(10) + '  ' if lines else ''}]\n}}\n"


def _entry(held: Held) -> dict[str, Any]:
    said: dict[str, Any] = {"name": held.name}
    if held.environments:
        said["environments"] = list(held.environments)
    for key in ("type", "updated"):
        said |= {key: value} if (value := getattr(held, key)) else {}
    return said | ({} if held.sealed is None else {"sealed": held.sealed})


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise _Strange from None


def _rows(document: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list, their keys in lower case."""
    if not isinstance(document, list):
        raise _Strange
    for each in document:
        row = {str(key).lower(): value for key, value in each.items()} if isinstance(each, dict) else {}
        if not isinstance(row.get("name", row.get("key")), str):
            raise _Strange
        yield row


def _mapping(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _Strange
    return document


def _day(value: Any) -> str:
    """A day, from milliseconds or from an ISO date; empty where it is none, or the first of all, by which Go says that there is none."""
    try:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        day = datetime.fromtimestamp(value / 1000, UTC).date() if is_number else date.fromisoformat(str(value)[:10])
    except (ValueError, OverflowError, OSError):
        return ""
    return "" if day == date.min else day.isoformat()


def _vercel(text: str) -> Iterator[Held]:
    if not text.lstrip().startswith("{"):
        yield from _pulled(text)
        return
    for row in _rows(_mapping(_json(text)).get("envs")):
        target = row.get("target") or []
        targets = [*([target] if isinstance(target, str) else target), *(row.get("customenvironmentids") or [])]
        environments = tuple(sorted(map(str, targets)))
        kind = str(row.get("type", ""))
        yield Held(str(row["key"]), environments, kind, VERCEL.get(kind), _day(row.get("updatedat") or row.get("createdat")))


def _pulled(text: str) -> Iterator[Held]:
    """A pulled file says which are sensitive by what stands for their values, or by nothing at all."""
    for each in dotenv.pairs(text):
        if isinstance(each, dotenv.Fault):
            raise _Strange
        if each.is_last:
            is_sensitive = each.value == "[SENSITIVE]"
            yield Held(each.name, (), "sensitive" if is_sensitive else "", True if is_sensitive else False if each.value else None, "")


def _supabase(text: str) -> Iterator[Held]:
    """JSON, or the table that is printed for people."""
    if text.lstrip().startswith(("[", "{")):
        document = _json(text)
        for row in _rows(document.get("secrets", document) if isinstance(document, dict) else document):
            yield Held(str(row["name"]), (), "secret", True, _day(row.get("updated_at")))
        return
    for line in COLOUR.sub("", text).split("\n"):
        cells = [cell.strip("` ") for cell in re.split(r"[|│]", line) if cell.strip("`\r ")]
        if len(cells) > 1 and cells[0].upper() != "NAME" and not set(cells[0]) <= set("-─┼"):
            yield Held(cells[0], (), "secret", True, "")


def _fly(text: str) -> Iterator[Held]:
    for row in _rows(_json(text)):
        yield Held(str(row["name"]), (), "secret", True, _day(row.get("createdat", row.get("created_at"))))


def _github(text: str) -> Iterator[Held]:
    """A secret has no value here; a variable shows it to everybody who may read the repository."""
    for row in _rows(_json(text)):
        is_variable = "value" in row
        yield Held(str(row["name"]), (), "variable" if is_variable else "", False if is_variable else None, _day(row.get("updatedat")))


def _heroku(text: str) -> Iterator[Held]:
    for name in _mapping(_json(text)):
        yield Held(name, (), "", None, "")


def _railway(text: str) -> Iterator[Held]:
    for name, value in _mapping(_json(text)).items():
        kind = "system" if name.startswith("RAILWAY_") else "sealed" if value is None else ""
        yield Held(name, (), kind, None if kind == "system" else value is None, "")


def _doppler(text: str) -> Iterator[Held]:
    for name, value in _mapping(_json(text)).items():
        visibility = str(value.get("computedVisibility") or value.get("rawVisibility") or "") if isinstance(value, dict) else ""
        yield Held(name, (), visibility, {"restricted": True, "unmasked": False}.get(visibility), "")


READERS: dict[str, Callable[[str], Iterator[Held]]] = {
    "vercel": _vercel,
    "supabase": _supabase,
    "fly": _fly,
    "github": _github,
    "heroku": _heroku,
    "railway": _railway,
    "doppler": _doppler,
}
