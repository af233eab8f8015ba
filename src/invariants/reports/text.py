"""The report for people: findings as the Rust compiler shows them, then what was looked at and what became of it."""

from collections.abc import Iterable, Iterator

from invariants.finding import Finding, Outcome, Rule
from invariants.reports.closing import COLORS, closing
from invariants.reports.frames import Lines, frame, header
from invariants.reports.presentation import Presentation
from invariants.reports.remedies import by_database, first_paragraph, remedy, stanza
from invariants.reports.terminal import Paint, Style, one_line


def render(outcome: Outcome, lines: Lines, how: Presentation) -> str:
    """The whole report, ending in a line feed."""
    paint = Paint(colored=how.colored, base=how.base)
    rules = {rule.id: rule for rule in outcome.rules}
    parts = [*_detected(outcome, paint)]
    explained: set[str] = set()
    for finding in by_database(outcome.findings):
        parts += _finding(finding, rules.get(finding.rule), lines, paint, is_first=finding.rule not in explained)
        explained.add(finding.rule)
    return "\n".join([*parts, *_summary(outcome, paint)]) + "\n"


def _detected(outcome: Outcome, paint: Paint) -> Iterator[str]:
    for sentence in (*outcome.detected, *outcome.notes):
        yield paint(Style.DIM, one_line(sentence))
    if outcome.detected:
        yield ""


def _finding(finding: Finding, rule: Rule | None, lines: Lines, paint: Paint, *, is_first: bool) -> Iterator[str]:
    style = COLORS[finding.level]
    where = f"{finding.subject} ({finding.database})" if finding.database else finding.subject
    said = f": {one_line(where)}: {one_line(finding.claim)}"
    yield f"{paint(style, f'{finding.level}[{finding.rule}]')}{paint(Style.BOLD, said)}"
    places = [finding.place, *(place for place, _ in finding.related)]
    margin = max(len(str(place.line)) for place in places) + 1
    yield header(finding.place, paint, margin)
    yield f"{' ' * margin} {paint(Style.BLUE, '|')}"
    yield from frame(finding.place, "", lines, paint, style, margin)
    for place, label in finding.related:
        yield header(place, paint, margin)
        yield from frame(place, label, lines, paint, Style.BLUE, margin)
    yield f"{' ' * margin} {paint(Style.BLUE, '|')}"
    yield from _help(finding, rule, paint, margin, is_first=is_first)
    yield ""


def _help(finding: Finding, rule: Rule | None, paint: Paint, margin: int, *, is_first: bool) -> Iterator[str]:
    """Why, how to mend it and how to except it; in full at a rule's first finding, and what is the finding's own at each."""
    if rule is None:
        return
    lead = f"{' ' * margin} {paint(Style.BLUE, '=')} "
    if is_first:
        yield f"{lead}{paint(Style.BOLD, 'why')}: {one_line(first_paragraph(rule.why))}"
    if finding.patch or is_first:
        yield from _block(f"{lead}{paint(Style.BOLD, 'fix')}:", remedy(rule, finding), margin)
    if is_first:
        yield from _block(f"{lead}{paint(Style.BOLD, 'carve-out')} (.invariants/carveouts.toml):", stanza(finding), margin)
    yield f"{lead}{paint(Style.BOLD, 'help')}: invariants explain {finding.rule}"


def _block(title: str, content: Iterable[str], margin: int) -> Iterator[str]:
    yield title
    for line in content:
        yield f"{' ' * (margin + 5)}{one_line(line)}".rstrip()


def _summary(outcome: Outcome, paint: Paint) -> Iterator[str]:
    rows = sorted({(finding.subject, finding.rule, finding.verdict, finding.level) for finding in outcome.findings})
    shown = {subject: one_line(subject) for subject, *_ in rows}
    widths = [max(map(len, shown.values()), default=0), max((len(rule) for _, rule, *_ in rows), default=0)]
    for subject, rule, verdict, level in rows:
        yield f"{shown[subject].ljust(widths[0])}  {rule.ljust(widths[1])}  {paint(COLORS[level], verdict)}"
    yield from closing(outcome, paint)
