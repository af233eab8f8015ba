"""A proof for people and for programs: by table what crossed, and what to run to see it again, what held, and what was not seeded."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from invariants.finding import Evidence, Proof, Proven
from invariants.reports.json import finding
from invariants.reports.terminal import Paint, Style, dumped, one_line
from invariants.wording import counted

SCHEMA = "invariants/proof/1"
COLORS = {"crossed": Style.RED, "held": Style.GREEN, "undecided": Style.YELLOW, "unseeded": Style.YELLOW}
WORDS = {"crossed": "crossed", "held": "held", "undecided": "undecided", "unseeded": "could not seed"}


def render(proof: Proof, *, colored: bool = False) -> str:
    """The report for people, ending in a line feed."""
    paint = Paint(colored=colored)
    outcome = proof.outcome
    parts = [paint(Style.DIM, one_line(sentence)) for sentence in (*outcome.detected, *outcome.notes)]
    parts += ["", *(line for table in proof.tables for line in _table(table, paint))]
    for each in outcome.findings:
        level = paint(COLORS["crossed" if each.verdict == "broken" else "unseeded"], f"{each.level}[{each.rule}]")
        parts.append(f"{level}: {one_line(each.subject)}: {one_line(each.message)}")
        parts.append(f"  --> {one_line(each.place.file)}:{each.place.line}:{each.place.column}")
    parts += [f"carved out: {each.finding.rule} {one_line(each.finding.subject)}: {one_line(each.reason)}" for each in outcome.carved]
    parts += [f"{paint(Style.RED, 'error')}: {one_line(error)}" for error in outcome.errors]
    return "\n".join([*parts, _counts(proof)]) + "\n"


def _table(table: Proven, paint: Paint) -> Iterator[str]:
    verdict = paint(COLORS[table.verdict], WORDS[table.verdict])
    said = one_line(table.reason) or f"{table.attempts} attempts: {', '.join(table.commands)}"
    yield f"{paint(Style.BOLD, one_line(table.table))} {verdict}: {said}"
    yield from (f"  {each.command} as {one_line(each.role)} met a constraint only: {one_line(each.reason)}" for each in table.constrained)
    for each in table.evidence:
        yield from _evidence(each, paint)
    if table.evidence:
        yield ""


def _evidence(each: Evidence, paint: Paint) -> Iterator[str]:
    through = f" through {one_line(each.through)}" if each.through else ""
    whose = "a row of another tenant" if each.victim == "tenant" else "a row without a tenant"
    yield f"  {each.command} as {one_line(each.role)}{through}: {whose} ({each.finding[0]})"
    yield from (f"    {one_line(line)};" for line in ("begin", *each.statements, "rollback"))
    yield f"    {paint(Style.DIM, '-- ' + one_line(each.row))}"


def _counts(proof: Proof) -> str:
    counts = Counter(table.verdict for table in proof.tables)
    said = [f"{counts[verdict]} {WORDS[verdict]}" for verdict in ("held", "crossed", "undecided", "unseeded") if counts[verdict]]
    size, attempts = len(proof.tables), sum(table.attempts for table in proof.tables)
    tried = f"{counted(size, 'tables')}: {', '.join(said) or 'none attacked'} · {counted(attempts, 'attempts')}"
    return f"{tried} · {proof.outcome.elapsed:.2f} s"


def document(proof: Proof) -> str:
    """The report for programs."""
    outcome = proof.outcome
    found = {
        "schema": SCHEMA,
        "tables": [_entry(table) for table in proof.tables],
        "findings": [finding(each) for each in outcome.findings],
        "carved_out": [{**finding(each.finding), "reason": each.reason, "owner": each.owner} for each in outcome.carved],
        "seeds": {database: list(script) for database, script in proof.seeds},
        "detected": list(outcome.detected),
        "notes": list(outcome.notes),
        "errors": list(outcome.errors),
    }
    return dumped(found, 2) + "\n"


def _entry(table: Proven) -> dict[str, Any]:
    return {
        "database": table.database,
        "table": table.table,
        "partition_of": table.partition_of or None,
        "verdict": table.verdict,
        "reason": table.reason or None,
        "attempts": table.attempts,
        "commands": list(table.commands),
        "crossings": [_crossing(each) for each in table.evidence],
        "constrained": [{**each._asdict(), "statements": list(each.statements)} for each in table.constrained],
    }


def _crossing(each: Evidence) -> dict[str, Any]:
    rule, subject = each.finding
    return {
        "command": each.command,
        "role": each.role,
        "through": each.through or None,
        "victim": each.victim,
        "standing": each.standing,
        "statements": list(each.statements),
        "row": each.row,
        "rule": rule,
        "subject": subject,
    }
