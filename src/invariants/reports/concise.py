"""The report for editors and for grep: one line a finding, then the last lines."""

from invariants.finding import Finding, Outcome
from invariants.reports.closing import closing
from invariants.reports.frames import Lines
from invariants.reports.presentation import Presentation
from invariants.reports.terminal import one_line


def render(outcome: Outcome, _lines: Lines, _how: Presentation) -> str:
    """``path:line:column: level[rule] subject: message``."""
    return "\n".join([*map(_line, outcome.findings), *closing(outcome)]) + "\n"


def _line(finding: Finding) -> str:
    place = finding.place
    said = f"{finding.level}[{finding.rule}] {finding.sentence}"
    return one_line(f"{place.file}:{place.line}:{place.column}: {said}")
