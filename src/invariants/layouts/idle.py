"""Files among the migrations that their runner does not run, or cannot: by their names, its journal, or the version that they share."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from invariants.layouts.order import FLYWAY, NUMBER, base, is_down, journal

NAMES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "supabase": (re.compile(r"\d+_.*\.sql"), "20250131120000_words.sql"),
    "golang-migrate": (re.compile(r"\d+_.*\.up\.sql"), "000001_words.up.sql"),
    "sqlx": (re.compile(r"\d+_.*\.sql"), "20250131120000_words.sql"),
    "goose": (re.compile(r"\d+_.*\.sql"), "00001_words.sql"),
    "dbmate": (re.compile(r"\d+.*\.sql"), "20250131120000_words.sql"),
    "flyway": (re.compile(r"[VRUB][0-9._]*__.*\.sql|(?:before|after|create)[A-Z]\w*(?:__.*)?\.sql"), "V1__words.sql"),
}
"""What the files of a runner are called; it passes over the others."""

FOLDERS = {"prisma": {"migration.sql"}, "hasura": {"up.sql", "down.sql"}, "diesel": {"up.sql", "down.sql"}}
"""Runners that keep a folder a migration, and the files that they know in it."""


class Idle(NamedTuple):
    """A file, what is wrong with it, and where that is said: a manifest and its line; the file itself where there is none."""

    path: str
    message: str
    manifest: str = ""
    line: int = 1


class Kept(NamedTuple):
    """What a runner finds: its folder, the files that it runs in order, those it leaves out, and the other SQL files below the folder."""

    runner: str
    folder: str
    files: tuple[str, ...]
    skipped: tuple[str, ...]
    below: tuple[str, ...]
    read: Callable[[str], bytes]


def idle(kept: Kept) -> tuple[Idle, ...]:
    """Every file that is in vain, and every name that no file has."""
    return (*_named(kept), *_beside(kept), *_unlisted(kept), *_twice(kept))


def _named(kept: Kept) -> Iterator[Idle]:
    if kept.runner in NAMES:
        pattern, example = NAMES[kept.runner]
        for path in sorted({*kept.files, *kept.skipped}):
            if not pattern.fullmatch(base(path)) and not is_down(path):
                yield Idle(path, f"{kept.runner} does not run a file of this name; it runs such as {example}")


def _beside(kept: Kept) -> Iterator[Idle]:
    if kept.runner in FOLDERS:
        known = FOLDERS[kept.runner]
        for path in kept.below:
            if base(path) not in known and not is_down(path):
                yield Idle(path, f"{kept.runner} does not run it: of each migration's folder it runs {min(known - {'down.sql'})} alone")
    if kept.runner == "sqitch":
        for path in kept.below:
            if path.startswith(f"{kept.folder}/deploy/".removeprefix("/")) and path not in kept.files and "@" not in path:
                yield Idle(path, "the plan does not name it, so that sqitch never runs it")


def _unlisted(kept: Kept) -> Iterator[Idle]:
    """What a Drizzle journal leaves out, and what it lists and is not there."""
    manifest = f"{kept.folder}/meta/_journal.json".removeprefix("/")
    content = kept.read(manifest) if kept.runner == "drizzle" else b""
    listed = journal(kept.folder, content)
    if listed is None:
        return
    there = {*kept.files, *kept.skipped}
    for path in sorted(there - set(listed[0])):
        yield Idle(path, "the journal does not list it, so that drizzle never runs it")
    for path in listed[0]:
        if path not in there:
            at = content.find(b'"' + base(path).removesuffix(".sql").encode() + b'"')
            yield Idle(path, "the journal lists it, and there is no such file", manifest, content.count(b"\n", 0, at) + 1)


def _twice(kept: Kept) -> Iterator[Idle]:
    first: dict[tuple[int, ...], str] = {}
    for path in kept.files:
        version = _version(kept.runner, path)
        if version and first.setdefault(version, path) != path:
            yield Idle(path, f"it has the same version as {first[version]}, and {kept.runner} does not run both")


def _version(runner: str, path: str) -> tuple[int, ...]:
    """What the runner keeps in its table of what has run; nothing where that is the whole name."""
    if runner == "flyway":
        match = FLYWAY.match(base(path))
        return _without_zeros(NUMBER.findall(match["version"])) if match and match["kind"] == "V" else ()
    is_folder = runner in {"hasura", "diesel"}
    name = base(path.rpartition("/")[0]).partition("_")[0].replace("-", "") if is_folder else base(path)
    match = NUMBER.match(name)
    return (int(match.group()),) if match and (is_folder or runner in NAMES) else ()


def _without_zeros(parts: Iterable[str]) -> tuple[int, ...]:
    """Flyway takes 1.0 for 1."""
    numbers = [int(part) for part in parts]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
