"""SARIF 2.1.0, as GitHub's code scanning and others read it (OASIS, sarif-v2.1.0)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from invariants.facts.place import Place
from invariants.finding import Carved, Finding, Outcome, Rule
from invariants.reports.fingerprint import line_hashes
from invariants.reports.frames import Lines

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/invariants-dev/invariants"
LEVELS = {"error": "8.5", "warning": "5.0", "note": "2.0"}
"""security-severity by level: high, medium, low."""
KINDS = {"tables": "type", "functions": "function", "views": "type", "columns": "member", "policies": "member"}


def render(outcome: Outcome, lines: Lines, version: str, *, suppressed: bool = False) -> str:
    """One run: every enabled rule, every finding; carved-out ones only where asked for, marked as suppressed."""
    index = {rule.id: number for number, rule in enumerate(outcome.rules)}
    writer = _Results(index, {rule.id: rule for rule in outcome.rules}, lines)
    results = [writer.result(finding) for finding in outcome.findings]
    results += [writer.suppressed(each) for each in outcome.carved] if suppressed else []
    if outcome.debt:
        results = [{**each, "baselineState": "new"} for each in results]
        results += [{**writer.result(each), "baselineState": "unchanged"} for each in outcome.debt]
    run = {
        "tool": {"driver": _driver(outcome.rules, version)},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [_notification(each) for each in outcome.errors]}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


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
        "helpUri": f"{HOME}/blob/main/{rule.path}",
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "tags": ["security", rule.pack, *_tags(rule)][:10],
            "precision": "high",
            "problem.severity": {"note": "recommendation"}.get(rule.level, rule.level),
            "security-severity": LEVELS[rule.level],
        },
    }


def _tags(rule: Rule) -> Iterator[str]:
    for standard in rule.supports:
        scheme, _, number = standard.partition(":")
        yield f"external/cwe/cwe-{number}" if scheme == "cwe" else standard


def _notification(error: str) -> dict[str, Any]:
    return {"level": "error", "message": {"text": error}}


class _Results:
    """Results, and the line hashes of the files they are in, each computed once."""

    def __init__(self, index: Mapping[str, int], rules: Mapping[str, Rule], lines: Lines) -> None:
        self.index = index
        self.rules = rules
        self.lines = lines
        self._hashes: dict[str, dict[int, str]] = {}

    def result(self, finding: Finding) -> dict[str, Any]:
        rule = self.rules.get(finding.rule)
        related = [_related(number, place, label) for number, (place, label) in enumerate(finding.related, 1)]
        result: dict[str, Any] = {
            "ruleId": finding.rule,
            "ruleIndex": self.index.get(finding.rule, -1),
            "level": finding.level,
            "message": {"text": _message(finding)},
            "locations": [_location(finding, rule)],
            "partialFingerprints": self._fingerprints(finding),
            "properties": {"verdict": finding.verdict, **({"database": finding.database} if finding.database else {})},
        }
        return {**result, "relatedLocations": related} if related else result

    def suppressed(self, carved: Carved) -> dict[str, Any]:
        suppression = {"kind": "external", "status": "accepted", "justification": f"{carved.reason} ({carved.owner})"}
        return {**self.result(carved.finding), "suppressions": [suppression]}

    def _fingerprints(self, finding: Finding) -> dict[str, str]:
        path = finding.place.file
        if path not in self._hashes:
            self._hashes[path] = line_hashes("".join(self.lines(path)))
        line = self._hashes[path].get(finding.place.line)
        return {**({"primaryLocationLineHash": line} if line else {}), "invariants/v1": finding.fingerprint}


def _message(finding: Finding) -> str:
    """One sentence that stands alone; then links to the places that explain it."""
    unverified = "cannot be verified: " if finding.verdict == "unverified" else ""
    first = f"{finding.subject}: {unverified}{finding.message}."
    links = " ".join(f"[{_escaped(label)}]({number})." for number, (_, label) in enumerate(finding.related, 1))
    return f"{_escaped(first)} {links}".strip()


def _escaped(text: str) -> str:
    """Square brackets would be links (sarif-v2.1.0, section 3.11.6)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(finding: Finding, rule: Rule | None) -> dict[str, Any]:
    kind = KINDS.get(rule.noun, "resource") if rule else "resource"
    return {
        "physicalLocation": _physical(finding.place),
        "logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": kind}],
    }


def _related(number: int, place: Place, label: str) -> dict[str, Any]:
    return {"id": number, "physicalLocation": _physical(place), "message": {"text": label}}


def _physical(place: Place) -> dict[str, Any]:
    """The one line that must change: a pull request shows an alert only if all its lines are in the diff."""
    one_line = place.end_line == place.line and place.end_column > place.column
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": place.end_column if one_line else place.column + 1,
    }
    return {"artifactLocation": {"uri": quote(place.file, safe="/")}, "region": region}
