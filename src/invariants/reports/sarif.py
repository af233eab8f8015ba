"""SARIF 2.1.0, as GitHub's code scanning and others read it (OASIS, sarif-v2.1.0)."""

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import takewhile
from typing import Any
from urllib.parse import quote

from invariants.facts.place import Place
from invariants.finding import LEVELS, Carved, Edit, Finding, Outcome, Patch, Rule
from invariants.reports.fingerprint import line_hashes
from invariants.reports.frames import Lines
from invariants.reports.places import shown_at
from invariants.reports.presentation import Presentation
from invariants.reports.terminal import dumped

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/invariants-dev/invariants"
MOST = 25_000
"""Results of a run: GitHub rejects a file that has more."""
GRAVITY = {"error": "8.5", "warning": "5.0", "note": "2.0"}
"""security-severity by level: high, medium, low."""
KINDS = {"tables": "type", "functions": "function", "views": "type", "columns": "member", "policies": "member"}


def render(outcome: Outcome, lines: Lines, how: Presentation) -> str:
    """One run: every enabled rule, every finding; carved-out ones only where asked for, marked as suppressed.

    A rule that could not be asked has no results, and GitHub would close its alerts: then execution was not successful.
    """
    writer = _Results(outcome.rules, lines)
    shown = _worst(outcome.findings)
    results = [writer.result(finding) for finding in shown]
    results += [writer.suppressed(each) for each in outcome.carved] if how.suppressed else []
    if outcome.debt:
        results = [{**each, "baselineState": "new"} for each in results]
        results += [{**writer.result(each), "baselineState": "unchanged"} for each in outcome.debt]
    notifications = [*map(_failure, outcome.errors), *_left_out(len(outcome.findings) - len(shown))]
    notifications += [writer.doubt(finding) for finding in shown if finding.verdict == "unverified"]
    run = {
        "tool": {"driver": _driver(outcome.rules, how.version)},
        **({"automationDetails": {"id": f"{how.category.rstrip('/')}/"}} if how.category else {}),
        "invocations": [{"executionSuccessful": not outcome.errors, "toolExecutionNotifications": notifications}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _worst(findings: Sequence[Finding]) -> Sequence[Finding]:
    """All that there may be, in their order; the mildest are left out."""
    if len(findings) <= MOST:
        return findings
    kept = set(sorted(findings, key=lambda each: LEVELS.index(each.level))[:MOST])
    return [each for each in findings if each in kept]


def _left_out(count: int) -> Iterator[dict[str, Any]]:
    if count:
        yield _failure(f"{count} findings are not in this file: GitHub takes {MOST}, and these are the gravest")


def _failure(error: str) -> dict[str, Any]:
    return {"level": "error", "message": {"text": error}}


def _driver(rules: Sequence[Rule], version: str) -> dict[str, Any]:
    return {
        "name": "invariants",
        "version": version,
        "semanticVersion": version,
        "informationUri": HOME,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    why = " ".join(rule.why.split())
    fix = f"\n\n**Fix**\n\n```\n{rule.fix}\n```" if rule.fix else ""
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.title[:1024]},
        "fullDescription": {"text": why[:1024]},
        "help": {"text": f"{why}\n\nFix:\n{rule.fix}", "markdown": f"**{rule.title}**\n\n{rule.why}{fix}"},
        "helpUri": f"{HOME}/blob/main/{'CONTRIBUTING.md#a-new-rule' if rule.path.startswith('.') else quote(rule.path)}",
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "tags": ["security", rule.pack, *_tags(rule)][:10],
            "precision": "high",
            "problem.severity": {"note": "recommendation"}.get(rule.level, rule.level),
            "security-severity": GRAVITY[rule.level],
        },
    }


def _tags(rule: Rule) -> Iterator[str]:
    for standard in rule.supports:
        scheme, _, number = standard.partition(":")
        yield f"external/cwe/cwe-{number}" if scheme == "cwe" else standard


class _Results:
    """Results, and the lines and line hashes of the files they are in, each computed once."""

    def __init__(self, rules: Sequence[Rule], lines: Lines) -> None:
        self._index = {rule.id: number for number, rule in enumerate(rules)}
        self._rules = {rule.id: rule for rule in rules}
        self._lines = lines
        self._hashes: dict[str, dict[int, str]] = {}

    def result(self, finding: Finding) -> dict[str, Any]:
        related = [
            {"id": number, "physicalLocation": self._physical(place), "message": {"text": label}}
            for number, (place, label) in enumerate(finding.related, 1)
        ]
        return {
            **self._rule(finding),
            "level": finding.level,
            "message": {"text": _message(finding)},
            "locations": [self._location(finding)],
            **({"relatedLocations": related} if related else {}),
            **({"fixes": [_fix(finding.patch)]} if finding.patch and finding.patch.edits else {}),
            "partialFingerprints": self._fingerprints(finding),
            "properties": {"verdict": finding.verdict, **({"database": finding.database} if finding.database else {})},
        }

    def suppressed(self, carved: Carved) -> dict[str, Any]:
        suppression = {"kind": "external", "status": "accepted", "justification": f"{carved.reason} ({carved.owner})"}
        return {**self.result(carved.finding), "suppressions": [suppression]}

    def doubt(self, finding: Finding) -> dict[str, Any]:
        """A notification of what could not be read or decided; the result says the same."""
        rule = {"id": finding.rule, **({"index": self._index[finding.rule]} if finding.rule in self._index else {})}
        return {
            "level": "warning",
            "message": {"text": f"{finding.sentence}."},
            "locations": [{"physicalLocation": self._physical(shown_at(finding))}],
            "associatedRule": rule,
        }

    def _rule(self, finding: Finding) -> dict[str, Any]:
        return {"ruleId": finding.rule, **({"ruleIndex": self._index[finding.rule]} if finding.rule in self._index else {})}

    def _location(self, finding: Finding) -> dict[str, Any]:
        rule = self._rules.get(finding.rule)
        kind = KINDS.get(rule.noun, "resource") if rule else "resource"
        return {
            "physicalLocation": self._physical(shown_at(finding)),
            "logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": kind}],
        }

    def _physical(self, place: Place) -> dict[str, Any]:
        """The one line that must change: a pull request shows an alert only if all its lines are in the diff."""
        lines = self._lines(place.file)
        line = lines[place.line - 1].rstrip("\r\n") if place.line <= len(lines) else ""
        end = place.end_column if place.end_line == place.line else len(line) + 1
        region = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.line,
            "endColumn": max(end, place.column + 1),
        }
        return {"artifactLocation": {"uri": quote(place.file, safe="/")}, "region": region}

    def _fingerprints(self, finding: Finding) -> dict[str, str]:
        place = shown_at(finding)
        if place.file not in self._hashes:
            lines = self._lines(place.file)
            self._hashes[place.file] = line_hashes("".join(lines)) if lines else {}
        line = self._hashes[place.file].get(place.line)
        return {**({"primaryLocationLineHash": line} if line else {}), "invariants/v1": finding.fingerprint}


def _fix(patch: Patch) -> dict[str, Any]:
    """A migration, which is a file that is not there yet, and what has to change in others for it; or lines for other files."""
    what = "a migration that mends it" if patch.statements else "what mends it"
    return {"description": {"text": f"Add {what}."}, "artifactChanges": [_change(edit) for edit in patch.edits]}


def _change(edit: Edit) -> dict[str, Any]:
    """The lines that give way to others; of a file that is not there, none do."""
    before, after = _lines(edit.before or ""), _lines(edit.after)
    start = _shared(before, after)
    same = _shared(before[start:][::-1], after[start:][::-1])
    region = {"startLine": start + 1, "startColumn": 1, **_end(before, len(before) - same)}
    replacement = {"deletedRegion": region, "insertedContent": {"text": "".join(after[start : len(after) - same])}}
    return {"artifactLocation": {"uri": quote(edit.path, safe="/")}, "replacements": [replacement]}


def _lines(text: str) -> list[str]:
    return list(StringIO(text, newline="\n"))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same before any that is not."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _end(lines: Sequence[str], line: int) -> dict[str, int]:
    """The place before a line, from 0; where there is none, behind the last one."""
    if line == len(lines) and lines and not lines[-1].endswith("\n"):
        return {"endLine": line, "endColumn": len(lines[-1]) + 1}
    return {"endLine": line + 1, "endColumn": 1}


def _message(finding: Finding) -> str:
    """One sentence that stands alone; then links to the places that explain it."""
    first = f"{finding.sentence}."
    links = " ".join(f"[{_escaped(label)}]({number})." for number, (_, label) in enumerate(finding.related, 1))
    return f"{_escaped(first)} {links}".strip()


def _escaped(text: str) -> str:
    """Square brackets would be links (sarif-v2.1.0, section 3.11.6)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
