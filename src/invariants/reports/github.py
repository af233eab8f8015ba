"""Annotations on a pull request: GitHub's workflow commands.

GitHub shows ten of each level in a step and drops the others in silence (actions/toolkit#734). So the worst ten are annotated, and one
notice says what was looked at and how many more there are; it counts among the ten notices itself.
"""

from collections.abc import Iterator, Mapping

from invariants.finding import LEVELS, Finding, Level, Outcome
from invariants.reports.closing import packs, tally
from invariants.reports.frames import Lines
from invariants.reports.presentation import Presentation
from invariants.reports.terminal import plain

MOST: Mapping[Level, int] = {"error": 10, "warning": 10, "note": 9}
COMMANDS: Mapping[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def render(outcome: Outcome, _lines: Lines, _how: Presentation) -> str:
    """What could not be checked, the worst findings of each level, and one notice."""
    failures = [_command("error", f"could not check: {error}", {"title": "invariants"}) for error in outcome.errors]
    shown: list[str] = failures[: MOST["error"]]
    rest: list[Finding] = []
    for level in LEVELS:
        found = sorted((each for each in outcome.findings if each.level == level), key=_gravity)
        room = MOST[level] - (len(shown) if level == "error" else 0)
        shown += map(_annotation, found[:room])
        rest += found[room:]
    return "".join(f"{line}\n" for line in [*shown, _command("notice", "\n".join(_closing(outcome, rest)), {"title": "invariants"})])


def _gravity(finding: Finding) -> bool:
    """What is broken comes before what is unverified; they are sorted by place already."""
    return finding.verdict == "unverified"


def _closing(outcome: Outcome, rest: list[Finding]) -> Iterator[str]:
    yield ", ".join(words for _, words in tally(outcome.findings)) or "all held"
    if rest:
        yield f"{', '.join(words for _, words in tally(rest))} more than GitHub shows here: see the step's summary or its log"
    yield from packs(outcome)


def _annotation(finding: Finding) -> str:
    """At its first line: beside a change, GitHub shows what lies wholly in it."""
    place = finding.place
    where: dict[str, str | int] = {"file": place.file, "line": place.line, "endLine": place.line} if place.file else {}
    if place.file and place.end_line == place.line:
        where |= {"col": place.column, "endColumn": place.end_column}
    said = finding.sentence
    return _command(COMMANDS[finding.level], said, {**where, "title": finding.rule})


def _command(name: str, message: str, properties: Mapping[str, str | int]) -> str:
    """``::name key=value,key=value::message`` (docs.github.com, "Workflow commands for GitHub Actions")."""
    pairs = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {pairs}::{_data(message)}"


def _data(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
