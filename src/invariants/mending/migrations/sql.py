"""Migrations in SQL, each runner's in its own layout."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from invariants.finding import Edit
from invariants.mending.migrations import journals
from invariants.mending.migrations.folder import WORDS, Folder, Step, base, beside, next_name, next_version, remark
from invariants.mending.schema import Unmended

SECTIONS = {
    "dbmate": ("-- migrate:up\n", "-- migrate:down\n"),
    "goose": ("-- +goose Up\n", "-- +goose Down\n"),
    "sql-migrate": ("-- +migrate Up\n", "-- +migrate Down\n"),
}
"""The lines that divide a file into what is run and what takes it back."""
UP = re.compile(r"^[ \t]*--[\s-]*up\s+migration.*$", re.IGNORECASE | re.MULTILINE)
DOWN = re.compile(r"^[ \t]*--[\s-]*down\s+migration.*$", re.IGNORECASE | re.MULTILINE)
FLYWAY = re.compile(r"V(?P<before>(?:\d+[._])*)(?P<last>\d+)__")
BREAKPOINT = "--> statement-breakpoint\n"
REFUSED = {
    "sqitch": "sqitch's plan names whoever adds a step: add one with `sqitch add`, and put the statements into it",
    "liquibase": "its changelog names the files that run: add a changeset with the statements",
    "dump": "its schema is written down by a tool: put the statements where that takes it from",
    "schema": "its files have no order, so that none comes after the others: put the statements into them",
}


def write(folder: Folder, steps: Sequence[Step], moment: datetime) -> tuple[Edit, ...]:
    """The files of the next migration."""
    if folder.runner in REFUSED:
        raise Unmended(REFUSED[folder.runner])
    return tuple(WRITERS.get(folder.runner, _plain)(folder, steps, moment))


def _up(steps: Sequence[Step], divider: str = "") -> str:
    """The statements, each finding's under its name."""
    parts = [f"{remark(step)}\n" + f"{divider}".join(f"{each};\n" for each in step.statements) for step in steps]
    return ("\n" + divider).join(parts)


def _down(steps: Sequence[Step]) -> str:
    return "".join(f"{each};\n" for step in reversed(steps) for each in step.undo)


def _new(folder: Folder, path: str, text: str) -> Edit:
    if path in folder.paths:
        raise Unmended(f"there is a {path} already")
    return Edit(path, None, text)


def _numbered(names: Sequence[str], moment: datetime) -> str:
    """The next name; a number is what puts it last."""
    name = next_name(names, moment)
    if name is None:
        raise Unmended("its migrations bear no numbers, so that none can be named to come after the others")
    return name


@lru_cache(maxsize=64)
def _next_file(files: tuple[str, ...], moment: datetime) -> str:
    """What comes after files in one folder; each finding asks for it."""
    return _numbered([_stem(path) for path in files], moment)


def _stem(path: str) -> str:
    """A file's name without what every name ends in."""
    return base(path).removesuffix(".sql").removesuffix(".up")


def _plain(folder: Folder, steps: Sequence[Step], moment: datetime) -> Iterator[Edit]:
    """Files in one folder."""
    last = folder.files[-1]
    name = _next_file(folder.files, moment)
    if last.endswith(".up.sql"):
        yield _new(folder, beside(last, f"{name}.up.sql"), _up(steps))
        yield _new(folder, beside(last, f"{name}.down.sql"), _down(steps))
    else:
        yield _new(folder, beside(last, f"{name}.sql"), _sectioned(folder, last, steps))


def _sectioned(folder: Folder, last: str, steps: Sequence[Step]) -> str:
    """The text of a file, divided as the last one is."""
    text = folder.text(last) or ""
    up, down = SECTIONS.get(folder.runner, ("", ""))
    if not up and (found := UP.search(text)):
        up, down = f"{found[0]}\n", f"{other[0]}\n" if (other := DOWN.search(text)) else ""
    return f"{up}{_up(steps)}" + (f"\n{down}{_down(steps)}" if down else "")


def _atlas(folder: Folder, steps: Sequence[Step], moment: datetime) -> Iterator[Edit]:
    [made] = _plain(folder, steps, moment)
    yield made
    yield journals.atlas(folder, made)


def _flyway(folder: Folder, steps: Sequence[Step], moment: datetime) -> Iterator[Edit]:
    versioned = [(path, match) for path in folder.files if (match := FLYWAY.match(base(path)))]
    if not versioned:
        raise Unmended("none of its migrations has a version")
    last, match = versioned[-1]
    name = f"V{match['before']}{next_version(match['last'], moment)}__{'_'.join(WORDS)}.sql"
    yield _new(folder, beside(last, name), _up(steps))


def _folders(folder: Folder, steps: Sequence[Step], moment: datetime) -> Iterator[Edit]:
    """A folder a migration: Prisma, Hasura, Diesel, Drizzle from version 1."""
    last = folder.files[-1]
    above = last.rpartition("/")[0]
    name = _folder_name(folder, moment)
    if base(last) == "up.sql":
        yield _new(folder, beside(above, f"{name}/up.sql"), _up(steps))
        yield _new(folder, beside(above, f"{name}/down.sql"), _down(steps))
        return
    divider = BREAKPOINT if folder.runner == "drizzle" else ""
    yield _new(folder, beside(above, f"{name}/migration.sql"), _up(steps, divider))
    if (edit := journals.folder_snapshot(folder, above, beside(above, name))) is not None:
        yield edit


def _folder_name(folder: Folder, moment: datetime) -> str:
    """Diesel writes its moments with hyphens."""
    names = [base(path.rpartition("/")[0]) for path in folder.files]
    if re.match(r"\d{4}-\d\d-\d\d-\d{6}_", names[-1]):
        digits = next_version(re.sub(r"\D", "", names[-1].partition("_")[0]), moment)
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}-{digits[8:]}_{'_'.join(WORDS)}"
    return _numbered(names, moment)


def _drizzle(folder: Folder, steps: Sequence[Step], moment: datetime) -> Iterator[Edit]:
    """A file, its line in the journal, and the snapshot that the next one is compared with."""
    if base(folder.files[-1]) == "migration.sql":
        yield from _folders(folder, steps, moment)
        return
    name = _next_file(folder.files, moment)
    yield _new(folder, beside(folder.files[-1], f"{name}.sql"), _up(steps, BREAKPOINT))
    yield from journals.drizzle(folder, name, moment)


def _graphile(folder: Folder, steps: Sequence[Step], _moment: datetime) -> Iterator[Edit]:
    """What is current runs again and again: it first takes away what it makes."""
    path = f"{folder.folder}/current.sql".removeprefix("/")
    before = folder.text(path)
    if before is None:
        raise Unmended("it has no current.sql: put the statements into what is current")
    drops = [re.sub(r"^drop (policy|index)", r"drop \1 if exists", each) for step in steps for each in step.undo if each.startswith("drop")]
    gap = "\n" if before.strip() else ""
    yield Edit(path, before, f"{before}{gap}{''.join(f'{each};{chr(10)}' for each in drops)}{_up(steps)}")


WRITERS: Mapping[str, Callable[[Folder, Sequence[Step], datetime], Iterator[Edit]]] = {
    "atlas": _atlas,
    "flyway": _flyway,
    "prisma": _folders,
    "hasura": _folders,
    "diesel": _folders,
    "drizzle": _drizzle,
    "graphile-migrate": _graphile,
}
"""Those that do otherwise than to put numbered files into a folder."""
