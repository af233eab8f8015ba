"""The report for programs: one JSON document, versioned, sorted and the same to the byte for the same answer.

Its form is published as ``docs/schemas/report.json``, which is made of the types here.
"""

from typing import Annotated, Literal, TypedDict

from invariants.facts.place import Place
from invariants.finding import Carved, Finding, Level, Outcome, PackSummary, Patch, Verdict
from invariants.reports.frames import Lines
from invariants.reports.presentation import Presentation
from invariants.reports.terminal import dumped


class Span(TypedDict):
    """Where something stands; lines and columns count characters from 1, the end column is exclusive."""

    path: Annotated[str, "Relative to the root, with `/`; empty for what no file says, such as the tables that a platform brings."]
    line: Annotated[int, "The line it begins on."]
    column: Annotated[int, "The column it begins at."]
    end_line: Annotated[int, "The line it ends on."]
    end_column: Annotated[int, "The column after its last character."]


class Related(Span):
    """Another place that explains a finding."""

    message: Annotated[str, "What happened there."]


class Added(TypedDict):
    """A line to add to a file that is there."""

    path: Annotated[str, "The file, relative to the root."]
    line: Annotated[int, "The line that it is to stand above, and be indented as."]
    text: Annotated[str, "What it says."]


class Mending(TypedDict):
    """What mends a finding; `invariants fix` writes it, statements as a migration."""

    statements: Annotated[list[str], "The SQL, in order; lines of comment may stand before a statement."]
    undo: Annotated[list[str], "What takes them back, in order."]
    insertions: Annotated[list[Added], "Lines of other files."]


class Reported(Span):
    """One subject that breaks one rule, or of which that could not be decided."""

    rule: Annotated[str, "The rule's id."]
    subject: Annotated[
        str,
        "What it is about; with the rule, and the database where there are several, it identifies the finding whatever line it stands on.",
    ]
    database: Annotated[str | None, "The database it is about, if any."]
    verdict: Annotated[Verdict, "Whether the rule is broken, or could not be verified."]
    level: Annotated[Level, "How grave it is."]
    message: Annotated[str, "A clause about the subject, without a full stop."]
    fingerprint: Annotated[str, "SHA-256, in hexadecimal, of what identifies it."]
    related: Annotated[list[Related], "Other places that explain it, in order."]
    patch: Annotated[Mending | None, "What mends it; null where that cannot be told."]


class Excepted(Reported):
    """A finding that a carve-out excuses."""

    reason: Annotated[str, "Why, in its owner's words."]
    owner: Annotated[str, "Who answers for it."]
    expires: Annotated[str | None, "The last day that the carve-out holds, as YYYY-MM-DD."]


class Pack(TypedDict):
    """How much the rules of a pack ranged over, and what became of it. Each subject counts once, by its worst finding."""

    noun: Annotated[str, "What most of the range is counted in."]
    total: Annotated[int, "How much there was to look at."]
    held: Annotated[int, "Of that, how much holds."]
    broken: Annotated[int, "Of that, how much is broken."]
    unverified: Annotated[int, "Of that, how much could not be decided."]
    carved_out: Annotated[int, "Of that, how much is excused."]
    owed: Annotated[int, "Of that, how much the baseline holds."]
    vacuous: Annotated[str | None, "Why there was nothing to look at; null where there was something."]
    next_expiry_days: Annotated[int | None, "Days until the first carve-out used here expires; 0 is its last day."]
    counts: Annotated[dict[str, int], "The range by noun."]


class Report(TypedDict):
    """The report of `invariants check --format json`."""

    schema: Annotated[
        Literal["invariants/1"],
        "The version of this form. It changes when something is taken away or means something else, not when something is added.",
    ]
    findings: Annotated[list[Reported], "Sorted by path, line, column, rule and subject."]
    carved_out: Annotated[list[Excepted], "Findings that carve-outs excuse."]
    debt: Annotated[list[Reported], "Findings that the baseline holds: known, to be paid, and not failing."]
    packs: Annotated[dict[str, Pack], "The packs that were judged, by name."]
    vacuous: Annotated[list[str], "The ids of rules that had nothing to look at."]
    detected: Annotated[list[str], "What was detected or configured, as sentences."]
    notes: Annotated[list[str], "What went another way than usual without making the verdict doubtful."]
    errors: Annotated[list[str], "What could not be checked: any of them makes the run exit 2."]


def render(outcome: Outcome, _lines: Lines, _how: Presentation) -> str:
    """The document."""
    report: Report = {
        "schema": "invariants/1",
        "findings": [finding(each) for each in outcome.findings],
        "carved_out": [_carved(each) for each in outcome.carved],
        "debt": [finding(each) for each in outcome.debt],
        "packs": {each.pack: _pack(each) for each in outcome.packs},
        "vacuous": list(outcome.vacuous),
        "detected": list(outcome.detected),
        "notes": list(outcome.notes),
        "errors": list(outcome.errors),
    }
    return dumped(report, 2) + "\n"


def _span(place: Place) -> Span:
    return {
        "path": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def finding(finding: Finding) -> Reported:
    """A finding as programs read it."""
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "database": finding.database or None,
        "verdict": finding.verdict,
        "level": finding.level,
        "message": finding.message,
        **_span(finding.place),
        "fingerprint": finding.fingerprint,
        "related": [{"message": label, **_span(place)} for place, label in finding.related],
        "patch": finding.patch and _mending(finding.patch),
    }


def _mending(patch: Patch) -> Mending:
    insertions: list[Added] = [{"path": each.path, "line": each.line, "text": each.text} for each in patch.insertions]
    return {"statements": list(patch.statements), "undo": list(patch.undo), "insertions": insertions}


def _carved(carved: Carved) -> Excepted:
    return {**finding(carved.finding), "reason": carved.reason, "owner": carved.owner, "expires": carved.expires}


def _pack(pack: PackSummary) -> Pack:
    return {
        "noun": pack.noun,
        "total": pack.total,
        "held": pack.held,
        "broken": pack.broken,
        "unverified": pack.unverified,
        "carved_out": pack.carved_out,
        "owed": pack.owed,
        "vacuous": pack.vacuous_reason,
        "next_expiry_days": pack.next_expiry_days,
        "counts": dict(pack.counts),
    }
