"""A run's last lines: what each pack ranged over and what became of it, what could not be checked, and the counts."""

from collections.abc import Iterator, Sequence

from invariants.finding import LEVELS, Finding, Level, Outcome, PackSummary
from invariants.reports.terminal import Paint, Style, one_line
from invariants.wording import counted, in_days

SOON = 90
"""Days before which an expiry is worth mentioning."""
COLORS = {"error": Style.RED, "warning": Style.YELLOW, "note": Style.CYAN}
PLAIN = Paint(colored=False)


def closing(outcome: Outcome, paint: Paint = PLAIN) -> Iterator[str]:
    """The lines, the denominators first: an empty pass must be visible."""
    yield from packs(outcome)
    for error in outcome.errors:
        yield f"{paint(Style.RED, 'error')}: {one_line(error)}"
    yield f"{_counts(outcome, paint)} · {outcome.elapsed:.2f} s"


def packs(outcome: Outcome) -> Iterator[str]:
    """A line for each pack."""
    width = max((len(pack.pack) for pack in outcome.packs), default=0)
    for pack in outcome.packs:
        yield one_line(f"{pack.pack.ljust(width)}  {summary(pack)}")


def summary(pack: PackSummary) -> str:
    """``41 tables: 39 held, 1 broken, 1 carved out (expires in 9 days)``."""
    if pack.vacuous_reason is not None:
        return f"vacuous: {pack.vacuous_reason}"
    parts = [f"{pack.held} held"]
    parts += [f"{count} {word}" for count, word in ((pack.broken, "broken"), (pack.unverified, "unverified")) if count]
    if pack.carved_out:
        days = pack.next_expiry_days
        soon = "" if days is None or days > SOON else f" (expires {in_days(days)})"
        parts.append(f"{pack.carved_out} carved out{soon}")
    parts += [f"{pack.owed} in the baseline"] if pack.owed else []
    return f"{range_of(pack)}: {', '.join(parts)}"


def range_of(pack: PackSummary) -> str:
    """``12 tables, 1 role``."""
    return ", ".join(counted(count, noun) for noun, count in pack.counts) or f"{pack.total} {pack.noun}"


def tally(findings: Sequence[Finding]) -> Iterator[tuple[Level, str]]:
    """``3 errors``, ``1 warning``: each level that there is, the gravest first."""
    for level in LEVELS:
        count = sum(finding.level == level for finding in findings)
        if count:
            yield level, counted(count, f"{level}s")


def _counts(outcome: Outcome, paint: Paint) -> str:
    parts = [paint(COLORS[level], words) for level, words in tally(outcome.findings)]
    parts += [paint(Style.DIM, f"{len(outcome.debt)} owed")] if outcome.debt else []
    return ", ".join(parts) or paint(Style.GREEN, "all held")
