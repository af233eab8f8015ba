"""Code frames: the lines a finding is about, as the Rust compiler shows them."""

from collections.abc import Callable, Sequence

from invariants.facts.place import Place
from invariants.reports.masking import masked
from invariants.reports.terminal import Paint, Style, one_line, plain

Lines = Callable[[str], Sequence[str]]
"""The lines of a file of the snapshot, by its path; none where it cannot be read."""
WIDEST = 160


def frame(place: Place, label: str, lines: Lines, paint: Paint, style: Style, margin: int) -> list[str]:
    """One place: its first line, marked, and what is to be said of it."""
    text = _line(place, lines)
    if text is None:
        return []
    bar = paint(Style.BLUE, "|")
    start, length = _span(place, text)
    marks = " " * start + paint(style, "^" * length + (f" {one_line(label)}" if label else ""))
    number = paint(Style.BLUE, str(place.line).rjust(margin))
    return [f"{number} {bar} {plain(text)[:WIDEST]}", f"{' ' * margin} {bar} {marks}"]


def _line(place: Place, lines: Lines) -> str | None:
    found = lines(place.file)
    if not 0 < place.line <= len(found):
        return None
    line = found[place.line - 1][: 2 * WIDEST].rstrip("\r\n").replace("\t", " ")  # a line may have megabytes
    return masked(place.file, line)


def _span(place: Place, text: str) -> tuple[int, int]:
    """Where the marks begin, and how many there are: to the end of the span or of the line, white space left out."""
    start = min(place.column - 1, max(len(text) - 1, 0))
    stop = place.end_column - 1 if place.end_line == place.line else len(text.rstrip())
    escaped = len(plain(text[:start])) - start
    return min(start + escaped, WIDEST), max(1, min(stop, len(text.rstrip()), WIDEST) - start)


def header(place: Place, paint: Paint, margin: int) -> str:
    """``--> path:line:column``, a link on a terminal."""
    where = f"{one_line(place.file)}:{place.line}:{place.column}" if place.file else "what the platform brings"
    where = paint.link(place.file, where)
    return f"{' ' * margin}{paint(Style.BLUE, '-->')} {where}"
