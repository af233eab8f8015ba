"""The report for a pipeline's summary page, in GitHub's Markdown: what was looked at, the worst findings, how to mend them, carve-outs."""

import re
from collections.abc import Iterable, Iterator, Sequence

from invariants.finding import LEVELS, Carved, Finding, Outcome, PackSummary, Rule
from invariants.reports.closing import range_of, tally
from invariants.reports.frames import Lines
from invariants.reports.presentation import Presentation
from invariants.reports.remedies import first_paragraph
from invariants.reports.terminal import one_line

ROOM = 300_000
"""Bytes for findings, as many for carve-outs and for debt: GitHub refuses a summary of more than 1 MiB altogether."""
MARKUP = re.compile(r"[\\`*_\[\]<>&|~$@#!]|:(?=\S)|(?<=www)\.|^[-+=]")
"""What would be markup, or a link, a mention or a reference to GitHub."""
NUMBERED = re.compile(r"^(\d+)(?=[.)])")
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def render(outcome: Outcome, _lines: Lines, how: Presentation) -> str:
    """The page."""
    verdict = ", ".join(words for _, words in tally(outcome.findings)) or "all held"
    parts = [
        f"## invariants: {escaped(how.name)}: {'could not check' if outcome.errors else verdict}",
        *_list("Could not check", outcome.errors),
        "\n".join(_packs(outcome.packs)),
        *_findings("Findings", outcome.findings),
        *(_remedy(rule) for rule in outcome.rules if any(each.rule == rule.id for each in outcome.findings)),
        *_carveouts(outcome.carved),
        *_findings("In the baseline, to be paid", outcome.debt),
        *_list("What this went by", (*outcome.detected, *outcome.notes)),
    ]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text that means itself in Markdown, in a table too."""
    marked = MARKUP.sub(lambda match: ENTITIES.get(match.group(), f"\\{match.group()}"), one_line(text).strip())
    return NUMBERED.sub(r"\1\\", marked)


def _packs(packs: Iterable[PackSummary]) -> Iterator[str]:
    yield from ("| pack | looked at | held | broken | unverified | carved out | baseline |", "|---|---|--:|--:|--:|--:|--:|")
    for pack in packs:
        if pack.vacuous_reason is not None:
            yield f"| {escaped(pack.pack)} | vacuous: {escaped(pack.vacuous_reason)} | | | | | |"
        else:
            counts = " | ".join(str(count) for count in (pack.held, pack.broken, pack.unverified, pack.carved_out, pack.owed))
            yield f"| {escaped(pack.pack)} | {escaped(range_of(pack))} | {counts} |"


def _findings(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    """The worst first, as many as there is room for."""
    if findings:
        worst = sorted(findings, key=lambda each: (LEVELS.index(each.level), each.verdict == "unverified"))
        rows = [_row(each.level, each.rule, _code(each.subject), escaped(each.claim), _code(_where(each))) for each in worst]
        yield "\n".join([f"### {title}", "", "| level | rule | subject | what | where |", "|---|---|---|---|---|", *_fitting(rows)])


def _where(finding: Finding) -> str:
    return f"{finding.place.file}:{finding.place.line}" if finding.place.file else "the platform"


def _remedy(rule: Rule) -> str:
    """Why a rule matters and how to mend what breaks it, folded away."""
    title = f"<details><summary><code>{rule.id}</code>: {escaped(rule.title)}</summary>"
    return f"{title}\n\n{escaped(first_paragraph(rule.why))}\n\n{_fenced(rule.fix)}\n\n</details>"


def _fenced(text: str) -> str:
    """A block of code, in a fence longer than any within."""
    lines = "\n".join(map(one_line, text.splitlines()))
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", lines)), default=0))
    return f"{fence}\n{lines}\n{fence}"


def _carveouts(carved: Sequence[Carved]) -> Iterator[str]:
    if carved:
        rows = [
            _row(each.finding.rule, _code(each.finding.subject), escaped(each.reason), escaped(each.owner), each.expires or "never")
            for each in carved
        ]
        yield "\n".join(["### Carved out", "", "| rule | subject | reason | owner | expires |", "|---|---|---|---|---|", *_fitting(rows)])


def _fitting(rows: Sequence[str]) -> Iterator[str]:
    """Rows for which there is room, and how many there are besides."""
    room = ROOM
    for number, row in enumerate(rows):
        room -= len(row.encode("utf-8", "backslashreplace")) + 1
        if room < 0:
            yield f"\n{len(rows) - number} more are not shown here: there is no room for them."
            return
        yield row


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    return f"<code>{escaped(text)}</code>"


def _list(title: str, sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield "\n".join([f"### {title}", "", *(f"- {escaped(each)}" for each in sentences)])
