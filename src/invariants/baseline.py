"""The baseline: findings that were there when somebody looked, owed since then, and subtracted from what fails a run."""

from collections.abc import Iterable, Mapping, Sequence

from invariants.facts.settings import Debt
from invariants.finding import Finding, Rule
from invariants.store import Store


def read(store: Store) -> list[Debt]:
    """What the active snapshot's baseline holds."""
    return [debt for found in store.facts(Debt).values() for debt in found]


def subtract(debts: Iterable[Debt], findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[list[Finding], list[Debt]]:
    """The findings that are owed, and the entries that hold nothing any more."""
    standing: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if may_be_owed(rules[finding.rule]):
            standing.setdefault((finding.rule, finding.subject), []).append(finding)
    owed: dict[Finding, None] = {}
    paid = []
    for debt in debts:
        held = _held(debt, standing.get((debt.rule, debt.subject), ()))
        owed.update(dict.fromkeys(held))
        if not held:
            paid.append(debt)
    return list(owed), paid


def may_be_owed(rule: Rule) -> bool:
    """What a change does, and what is wrong with an exception, was never there before."""
    return not rule.against and not rule.id.startswith("carveout-")


def _held(debt: Debt, findings: Sequence[Finding]) -> Sequence[Finding]:
    """The one finding that an entry is about; without a database, where it is the only one of its subject."""
    if debt.database:
        return [each for each in findings if each.database == debt.database]
    return findings if len(findings) == 1 else ()
