"""Where a report goes: the formats of a run, the terminal, and files."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TextIO

import click

from invariants.finding import Outcome
from invariants.reports.frames import Lines
from invariants.snapshots import Snapshot, Unreadable

FORMATS = ("text", "json", "sarif")


class Output(NamedTuple):
    """A format, and the file it goes to; standard output where there is none."""

    format: str
    file: Path | None


def parse(values: Sequence[str]) -> list[Output]:
    """``FMT[:FILE]`` options; text to standard output where none is given, and not more than one there."""
    found = [_parse(value) for value in values] or [Output("text", None)]
    if sum(output.file is None for output in found) > 1:
        raise click.UsageError("--format: only one report can go to standard output; give the others a file, as in sarif:out.sarif")
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
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def lines_of(snapshot: Snapshot) -> Lines:
    """The lines of the snapshot's files, each read once."""

    @lru_cache(maxsize=256)
    def lines(path: str) -> Sequence[str]:
        try:
            return snapshot.read(path).decode(errors="replace").splitlines(keepends=True)
        except (Unreadable, KeyError):
            return ()

    return lines


def write(outputs: Sequence[Output], outcome: Outcome, lines: Lines, *, suppressed: bool) -> None:
    """Render every report, then write: a fault in one leaves no half of them."""
    emit([(output, _renderer(output, suppressed=suppressed)(outcome, lines)) for output in outputs])


def emit(rendered: Sequence[tuple[Output, str]]) -> None:
    """Write reports where they go."""
    for output, text in rendered:
        if output.file is None:
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            _save(output.file, text)


def _save(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"--format: {file} cannot be written: {error.strerror}") from error


def _renderer(output: Output, *, suppressed: bool) -> Callable[[Outcome, Lines], str]:
    if output.format == "json":
        from invariants.reports import document

        return lambda outcome, _: document.render(outcome)
    if output.format == "sarif":
        from invariants.reports import sarif
        from invariants.version import version

        return lambda outcome, lines: sarif.render(outcome, lines, version(), suppressed=suppressed)
    from invariants.reports import text

    colored = output.file is None and is_colored(sys.stdout)
    return lambda outcome, lines: text.render(outcome, lines, colored=colored)
