"""Code frames for a page: the lines about a place, the span marked."""

from collections.abc import Iterator, Sequence

from invariants.facts.place import Place
from invariants.reports.frames import Lines
from invariants.reports.markup import Markup, element, joined
from invariants.reports.masking import masked

CONTEXT = 2
"""Lines shown before and after."""
LONGEST = 12
"""Lines of one place that are shown."""
WIDEST = 400


def excerpt(place: Place, label: str, lines: Lines) -> Markup:
    """A place as people find it, its lines, and what is to be said of it."""
    if not place.file:
        return element("figure", element("figcaption", "What the platform brings, and no file says."), class_="frame")
    where = element("span", f"{place.file}:{place.line}:{place.column}", class_="path")
    said = element("span", label, class_="label") if label else Markup()
    rows = list(_rows(place, lines(place.file)))
    code = element("pre", *rows, tabindex="0") if rows else element("p", "The file cannot be shown.", class_="absent")
    return element("figure", element("figcaption", where, said), code, class_="frame")


def _rows(place: Place, lines: Sequence[str]) -> Iterator[Markup]:
    last = min(place.end_line, place.line + LONGEST - 1)
    for number in range(max(1, place.line - CONTEXT), min(len(lines), last + CONTEXT) + 1):
        text = masked(place.file, lines[number - 1].rstrip("\r\n")[:WIDEST])
        is_marked = place.line <= number <= last
        content = _marked(text, *_span(place, number, text)) if is_marked else joined(text)
        yield element("span", content, "\n", class_="hit" if is_marked else "", data_line=str(number))


def _span(place: Place, number: int, text: str) -> tuple[int, int]:
    """The part of a line that belongs to the place, at least one character of it where it has any."""
    start = min(place.column - 1, max(0, len(text) - 1)) if number == place.line else len(text) - len(text.lstrip())
    stop = place.end_column - 1 if number == place.end_line else len(text.rstrip())
    return start, max(start + 1, min(stop, len(text)))


def _marked(text: str, start: int, stop: int) -> Markup:
    return joined(text[:start], element("mark", text[start:stop]), text[stop:])
