"""Where a report goes: the formats of a run, the terminal, and files."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TextIO

import click

from invariants.finding import Outcome
from invariants.reports.frames import Lines
from invariants.reports.lines import FileLines
from invariants.reports.places import moved
from invariants.reports.presentation import Presentation
from invariants.snapshots import Snapshot, Unreadable

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html")
"""Each is the module of that name in ``reports``."""
HOSTED = ("sarif", "github", "gitlab")
"""Those for a host of repositories, which knows files by their paths from the top of the repository."""


class Output(NamedTuple):
    """A format, and the file it goes to; standard output where there is none."""

    format: str
    file: Path | None


def parse(values: Sequence[str]) -> list[Output]:
    """``FMT[:FILE]`` options; text to standard output where none is given, and not more than one there."""
    found = [_parse(value) for value in values] or [Output("text", None)]
    if sum(output.file is None for output in found) > 1:
        raise click.UsageError("--format: only one report can go to standard output; give the others a file, as in sarif:out.sarif")
    files = [output.file for output in found if output.file]
    if twice := next((file for file in files if files.count(file) > 1), None):
        raise click.UsageError(f"--format: two reports cannot go to {twice}")
    return found


def _parse(value: str) -> Output:
    name, _, file = value.partition(":")
    if name not in FORMATS:
        raise click.UsageError(f"--format: {name!r} is not one of {', '.join(FORMATS)}")
    return Output(name, Path(file) if file else None)


def is_colored(stream: TextIO) -> bool:
    """NO_COLOR wins over FORCE_COLOR, and both over whether it is a terminal (no-color.org, force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def is_terminal(stream: TextIO) -> bool:
    """Somebody looks at it, through something that knows colours and links."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def lines_of(snapshot: Snapshot) -> Lines:
    """The lines of the snapshot's files, each read once."""

    @lru_cache(maxsize=256)
    def lines(path: str) -> Sequence[str]:
        try:
            return FileLines(snapshot.read(path))
        except (Unreadable, KeyError):
            return ()

    return lines


def write(outputs: Sequence[Output], outcome: Outcome, lines: Lines, how: Presentation) -> None:
    """Render every report, then write: a fault in one leaves no half of them."""
    emit([(output, _rendered(output, outcome, lines, how)) for output in outputs])


def emit(rendered: Sequence[tuple[Output, str]]) -> None:
    """Write reports where they go."""
    for output, text in rendered:
        if output.file is None:
            _print(text, sys.stdout.encoding if output.format == "text" else "utf-8")
        else:
            save(output.file, text)


def _rendered(output: Output, outcome: Outcome, lines: Lines, how: Presentation) -> str:
    """A report; colours and links are for standard output only."""
    report = import_module(f"invariants.reports.{output.format}")
    outcome, lines = moved(outcome, lines, how.folder if output.format in HOSTED else "")
    text: str = report.render(outcome, lines, how if output.file is None else how._replace(colored=False, base=""))
    return text


def _print(text: str, encoding: str) -> None:
    """What the encoding has no sign for is written out."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode(encoding, "backslashreplace"))
    sys.stdout.buffer.flush()


def save(file: Path, text: str) -> None:
    """Write a file for somebody, or say why not."""
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}") from error


def presentation(root: Path, today: date, *, suppressed: bool, category: str) -> Presentation:
    """How reports are wanted here: colours by the environment, links on a terminal."""
    from invariants.version import version

    base = _file_url(root) if is_terminal(sys.stdout) else ""
    day = today if today != date.min else date.today()  # noqa: DTZ011
    return Presentation(root.name, day, version(), _folder(root), is_colored(sys.stdout), base, suppressed, category)


def _file_url(root: Path) -> str:
    """With the name of this machine, so that nobody's terminal opens a file of another."""
    from urllib.parse import quote

    return f"file://{os.uname().nodename}{quote(str(root))}"


def _folder(root: Path) -> str:
    """Where the root is in its repository; nothing where it is the top of it, or in none."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return "" if root == top else root.relative_to(top).as_posix()
