"""GitLab's Code Quality report: what a merge request shows of findings, on every tier.

GitLab drops a second entry of the same fingerprint, and everything whose line is not from 1.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from invariants.finding import Finding, Level, Outcome
from invariants.reports.frames import Lines
from invariants.reports.places import shown_at
from invariants.reports.presentation import Presentation
from invariants.reports.terminal import dumped

SEVERITIES: Mapping[Level, str] = {"error": "critical", "warning": "minor", "note": "info"}


def render(outcome: Outcome, _lines: Lines, _how: Presentation) -> str:
    """An array with one entry a finding; what could not be checked is the gravest."""
    entries = [_failure(error) for error in outcome.errors] + [_entry(finding) for finding in outcome.findings]
    return dumped(list(_distinct(entries)), 1) + "\n"


def _entry(finding: Finding) -> dict[str, Any]:
    place = shown_at(finding)
    return {
        "description": finding.sentence,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": SEVERITIES[finding.level],
        "location": {"path": place.file, "lines": {"begin": place.line, "end": place.end_line}},
    }


def _failure(error: str) -> dict[str, Any]:
    return {
        "description": f"could not check: {error}",
        "check_name": "invariants",
        "fingerprint": sha256(error.encode("utf-8", "backslashreplace")).hexdigest(),
        "severity": "blocker",
        "location": {"path": ".invariants/config.toml", "lines": {"begin": 1}},
    }


def _distinct(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Entries of which no two have the same fingerprint; of those that would, the later ones are numbered."""
    seen: Counter[str] = Counter()
    for entry in entries:
        fingerprint = entry["fingerprint"]
        number = seen[fingerprint]
        seen[fingerprint] += 1
        yield entry if not number else {**entry, "fingerprint": sha256(f"{fingerprint} {number}".encode()).hexdigest()}
