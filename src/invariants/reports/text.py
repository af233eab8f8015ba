"""The report for people: findings as the Rust compiler shows them, then what was looked at and what became of it."""

import re
from collections.abc import Iterable, Iterator

from invariants.finding import Finding, Outcome, PackSummary, Rule
from invariants.reports.frames import Lines, frame, header
from invariants.reports.terminal import Paint, Style, plain

SOON = 90
"""Days before which an expiry is worth mentioning."""
COLORS = {"error": Style.RED, "warning": Style.YELLOW, "note": Style.CYAN}


def render(outcome: Outcome, lines: Lines, *, colored: bool = False) -> str:
    """The whole report, ending in a line feed."""
    paint = Paint(colored=colored)
    rules = {rule.id: rule for rule in outcome.rules}
    parts = [*_detected(outcome, paint)]
    explained: set[str] = set()
    several = len({finding.database for finding in outcome.findings}) > 1
    for finding in (each if several else each._replace(database="") for each in outcome.findings):
        parts += _finding(finding, rules.get(finding.rule), lines, paint, is_first=finding.rule not in explained)
        explained.add(finding.rule)
    return "\n".join([*parts, *_summary(outcome, paint)]) + "\n"


def _detected(outcome: Outcome, paint: Paint) -> Iterator[str]:
    for sentence in (*outcome.detected, *outcome.notes):
        yield paint(Style.DIM, plain(sentence))
    if outcome.detected:
        yield ""


def _finding(finding: Finding, rule: Rule | None, lines: Lines, paint: Paint, *, is_first: bool) -> Iterator[str]:
    style = COLORS[finding.level]
    where = f"{finding.subject} ({finding.database})" if finding.database else finding.subject
    unverified = "unverified: " if finding.verdict == "unverified" else ""
    said = f": {plain(where)}: {unverified}{plain(finding.message)}"
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
    """Why, how to mend it and how to except it; in full at a rule's first finding only."""
    if rule is None:
        return
    lead = f"{' ' * margin} {paint(Style.BLUE, '=')} "
    if is_first:
        yield f"{lead}{paint(Style.BOLD, 'why')}: {_first_paragraph(rule.why)}"
        yield from _block(f"{lead}{paint(Style.BOLD, 'fix')}:", tailored(rule.fix, finding.subject).splitlines(), margin)
        yield from _block(f"{lead}{paint(Style.BOLD, 'carve-out')} (.invariants/carveouts.toml):", stanza(finding), margin)
    yield f"{lead}{paint(Style.BOLD, 'help')}: invariants explain {finding.rule}"


def _first_paragraph(why: str) -> str:
    return " ".join(why.split("\n\n", maxsplit=1)[0].split())


def _block(title: str, content: Iterable[str], margin: int) -> Iterator[str]:
    yield title
    for line in content:
        yield f"{' ' * (margin + 5)}{plain(line)}".rstrip()


def tailored(fix: str, subject: str) -> str:
    """A rule's fix with its example's names replaced by the subject's: ``orders`` stands for the table, ``tenant_rows`` for the policy."""
    table, _, policy = subject.partition("/")
    name = ".".join(_identifier(part) for part in table.split(".")[:2])
    for example, actual in (("orders", name), ("order_totals", name), (r"close_account\(uuid\)", name)):
        fix = re.sub(rf"\b{example}(?!\w)", lambda _, actual=actual: actual, fix)  # type: ignore[misc]
    return re.sub(r"\btenant_rows\b", lambda _: _identifier(policy), fix) if policy else fix


def _identifier(name: str) -> str:
    """A name as SQL writes it, quoted where its case or signs need it."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_$]*", name) else '"' + name.replace('"', '""') + '"'


def stanza(finding: Finding) -> list[str]:
    """A carve-out to paste; the reason is for a person to write."""
    quoted = finding.subject.replace("\\", "\\\\").replace('"', '\\"')
    database = [f'database = "{finding.database}"'] if finding.database else []
    return ["[[carveout]]", f'rule = "{finding.rule}"', f'subject = "{quoted}"', *database, 'reason = ""', 'owner = ""']


def _summary(outcome: Outcome, paint: Paint) -> Iterator[str]:
    rows = sorted({(finding.subject, finding.rule, finding.verdict, finding.level) for finding in outcome.findings})
    widths = [max((len(plain(row[column])) for row in rows), default=0) for column in (0, 1)]
    for subject, rule, verdict, level in rows:
        yield f"{plain(subject).ljust(widths[0])}  {rule.ljust(widths[1])}  {paint(COLORS[level], verdict)}"
    width = max((len(pack.pack) for pack in outcome.packs), default=0)
    for pack in outcome.packs:
        yield f"{pack.pack.ljust(width)}  {summary(pack)}"
    for error in outcome.errors:
        yield f"{paint(Style.RED, 'error')}: {plain(error)}"
    yield f"{_counts(outcome, paint)} · {outcome.elapsed:.2f} s"


def summary(pack: PackSummary) -> str:
    """``41 tables: 39 held, 1 broken, 1 carved out (expires in 9 days)``."""
    if pack.vacuous_reason is not None:
        return f"vacuous: {pack.vacuous_reason}"
    range_ = (
        ", ".join(f"{count} {noun if count != 1 else noun.removesuffix('s')}" for noun, count in pack.counts) or f"{pack.total} {pack.noun}"
    )
    parts = [f"{pack.held} held"]
    parts += [f"{count} {word}" for count, word in ((pack.broken, "broken"), (pack.unverified, "unverified")) if count]
    if pack.carved_out:
        days = pack.next_expiry_days
        soon = "" if days is None or days > SOON else f" (expires in {days} days)"
        parts.append(f"{pack.carved_out} carved out{soon}")
    if pack.owed:
        parts.append(f"{pack.owed} in the baseline")
    return f"{range_}: {', '.join(parts)}"


def _counts(outcome: Outcome, paint: Paint) -> str:
    parts = []
    for level in ("error", "warning", "note"):
        count = sum(finding.level == level for finding in outcome.findings)
        if count:
            parts.append(paint(COLORS[level], f"{count} {level}{'' if count == 1 else 's'}"))
    if outcome.debt:
        parts.append(paint(Style.DIM, f"{len(outcome.debt)} owed"))
    return ", ".join(parts) or paint(Style.GREEN, "all held")
