"""``invariants baseline``: findings that were there before anybody looked, owed until they are paid."""

from pathlib import Path

import click

from invariants.facts.settings import Debt
from invariants.finding import Finding, Outcome


@click.group("baseline")
def command() -> None:
    """Keep what is broken already as debt, so that only what is new fails."""


@command.command("write")
@click.option("--grow", is_flag=True, help="Take in findings that are new; without it a baseline that is there only shrinks.")
def write(*, grow: bool) -> int:
    """Write .invariants/baseline.json from all that is found in the work tree."""
    from invariants.settings import BASELINE

    root, known, found, outcome = _looked()
    if _is_broken(outcome):
        return 2
    may_grow = grow or not (root / BASELINE).exists()
    kept = found if may_grow else [debt for debt in known if debt not in outcome.paid]
    _save(root, kept)
    click.echo(f"{BASELINE}: {_counted(len(kept))} owed, {len(outcome.paid)} paid since")
    if not may_grow and outcome.findings:
        click.echo(f"{_counted(len(outcome.findings))} not in it: pay them, or take them in with --grow", err=True)
    return 0


@command.command("prune")
def prune() -> int:
    """Remove from .invariants/baseline.json what is paid."""
    from invariants.settings import BASELINE

    root, known, _, outcome = _looked()
    if _is_broken(outcome):
        return 2
    for debt in outcome.paid:
        click.echo(f"paid: {debt.rule} {debt.subject}")
    if outcome.paid:
        _save(root, [debt for debt in known if debt not in outcome.paid])
    click.echo(f"{BASELINE}: {_counted(len(known) - len(outcome.paid))} owed" if known else "there is no baseline")
    return 0


def _looked() -> tuple[Path, list[Debt], list[Debt], Outcome]:
    """The root, what the baseline holds, what it would hold if it were written now, and what the whole set of rules finds."""
    from invariants import baseline
    from invariants.check import Options, Run
    from invariants.snapshots import find_root

    run = Run(Options(find_root(Path.cwd())))
    outcome = run.outcome()
    several = run.store.ask("select count(distinct database) from db_database")[1][0][0] > 1
    rules = {rule.id: rule for rule in run.rules}
    found = [_debt(each, several=several) for each in (*outcome.findings, *outcome.debt) if baseline.may_be_owed(rules[each.rule])]
    return run.options.root, baseline.read(run.store), found, outcome


def _debt(finding: Finding, *, several: bool) -> Debt:
    return Debt(finding.place, finding.rule, finding.subject, finding.database if several else "")


def _is_broken(outcome: Outcome) -> bool:
    """A run that could not ask everything tells nothing about what is owed."""
    for error in outcome.errors:
        click.echo(f"error: {error}", err=True)
    return bool(outcome.errors)


def _save(root: Path, debts: list[Debt]) -> None:
    from invariants.cli.output import save
    from invariants.settings import BASELINE, baseline

    (root / BASELINE).parent.mkdir(exist_ok=True)
    save(root / BASELINE, baseline.text(debts))


def _counted(number: int) -> str:
    return "1 finding is" if number == 1 else f"{number} findings are"
