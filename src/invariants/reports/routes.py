"""The endpoint-to-posture matrix: every route, who may come in, and whether that is enforced; for people, programs and auditors."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from invariants.reports.html import HEAD, STYLE
from invariants.reports.markup import Markup, element
from invariants.reports.terminal import dumped, one_line, plain
from invariants.wording import counted

NOTHING = "nobody said"
CHIPS = {"enforced": "held", "declared": "broken", "none": "broken", "unverified": "unverified"}
WORDS = {"enforced": "enforced", "declared": "not enforced", "none": "no guard", "unverified": "unverified"}
COLUMNS = ("route", "who may come in", "enforcement", "by", "where")


class Row(NamedTuple):
    """A route of the matrix."""

    name: str
    posture: str | None
    enforcement: str
    reason: str
    guards: tuple[str, ...]
    framework: str
    file: str
    line: int

    @property
    def word(self) -> str:
        """Whether it is enforced, in words; what is open to everybody and says so is public."""
        return "public" if self.posture == "public" and self.enforcement == "declared" else WORDS[self.enforcement]

    @property
    def cells(self) -> tuple[str, ...]:
        """What a reader sees of it."""
        return self.name, self.posture or NOTHING, self.word, " + ".join(self.guards) or self.reason, f"{self.file}:{self.line}"


def text(rows: Sequence[Row], aside: int) -> str:
    """Rows in columns, and how many there are of each kind."""
    cells = [[one_line(cell) for cell in row.cells] for row in rows]
    widths = [max((len(row[number]) for row in cells), default=0) for number in range(len(COLUMNS) - 1)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in cells]
    return "\n".join([*lines, *([""] if lines else []), summary(rows, aside), ""])


def summary(rows: Sequence[Row], aside: int) -> str:
    """How many routes there are of each kind, and in how many files none was looked for."""
    kinds = Counter(row.word for row in rows)
    told = ", ".join(f"{count} {word}" for word, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0])))
    found = f"{counted(len(rows), 'routes')}: {told}" if rows else "no routes were found"
    return f"{found}; not looked at, as tests or examples: {counted(aside, 'code files')}" if aside else found


def json(rows: Sequence[Row]) -> str:
    """An array of objects."""
    return dumped([{**row._asdict(), "guards": list(row.guards)} for row in rows], 1)


def markdown(rows: Sequence[Row], aside: int) -> str:
    """A table, and how many there are of each kind."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row.cells)} |" for row in rows]
    return "\n".join(["# Routes, and who may come in", "", summary(rows, aside), "", *lines, ""])


def _cell(value: str) -> str:
    return escape(one_line(value), quote=False).replace("|", "\\|").replace("`", "\\`").replace("*", "\\*").replace("_", "\\_")


def html(rows: Sequence[Row], name: str, aside: int) -> str:
    """One page that needs nothing else, a part for each framework."""
    title = f"{name}: routes"
    header = element(
        "header",
        element("p", "invariants", class_="kicker"),
        element("h1", name),
        element("p", summary(rows, aside), class_=f"verdict {_mood(rows)}"),
        element("p", "Every door of the application, who may come in, and what was seen to turn others away.", class_="fine"),
    )
    by_framework = groupby(sorted(rows, key=lambda row: (row.framework, row.name)), key=lambda row: row.framework)
    parts = [_part(framework, list(found)) for framework, found in by_framework]
    head = HEAD.format(title=escape(plain(title)), style=STYLE.read_text(encoding="utf-8"))
    return f"{head}{element('body', header, element('main', *parts))}\n</html>\n"


def _mood(rows: Sequence[Row]) -> str:
    words = {row.word for row in rows}
    if words & {"not enforced", "no guard"}:
        return "broken"
    return "unverified" if "unverified" in words else "held"


def _part(framework: str, rows: Sequence[Row]) -> Markup:
    head = element("tr", *(element("th", column, scope="col") for column in COLUMNS))
    table = element("table", element("thead", head), element("tbody", *map(_row, rows)))
    return element("section", element("h2", f"{framework} ", element("span", str(len(rows)), class_="count")), table)


def _row(row: Row) -> Markup:
    name, posture, word, by, where = row.cells
    chip = "note" if word == "public" else CHIPS[row.enforcement]
    cells = (element("code", name), posture, element("span", word, class_=f"chip {chip}"), by, element("span", where, class_="path"))
    return element("tr", *(element("td", cell) for cell in cells))
