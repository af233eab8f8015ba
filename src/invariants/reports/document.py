"""The report for programs: one JSON document, versioned, sorted and the same to the byte for the same answer."""

import json
from typing import Any

from invariants.facts.place import Place
from invariants.finding import Finding, Outcome, PackSummary

SCHEMA = "invariants/1"


def render(outcome: Outcome) -> str:
    """The document, as docs/schemas/findings.json describes it."""
    document = {
        "schema": SCHEMA,
        "findings": [finding(each) for each in outcome.findings],
        "carved_out": [
            {**finding(each.finding), "reason": each.reason, "owner": each.owner, "expires": each.expires} for each in outcome.carved
        ],
        "packs": {each.pack: _pack(each) for each in outcome.packs},
        "vacuous": list(outcome.vacuous),
        "detected": list(outcome.detected),
        "notes": list(outcome.notes),
        "errors": list(outcome.errors),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def finding(finding: Finding) -> dict[str, Any]:
    """A finding as programs read it."""
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "database": finding.database or None,
        "verdict": finding.verdict,
        "level": finding.level,
        "message": finding.message,
        **_place(finding.place),
        "fingerprint": finding.fingerprint,
        "related": [{"message": label, **_place(place)} for place, label in finding.related],
    }


def _pack(pack: PackSummary) -> dict[str, Any]:
    return {
        "noun": pack.noun,
        "total": pack.total,
        "held": pack.held,
        "broken": pack.broken,
        "unverified": pack.unverified,
        "carved_out": pack.carved_out,
        "vacuous": pack.vacuous_reason,
        "next_expiry_days": pack.next_expiry_days,
        "counts": dict(pack.counts),
    }
