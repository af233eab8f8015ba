"""``invariants carveouts``: exceptions, each with its reason and somebody who answers for it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from invariants.cli.query import as_json, table

if TYPE_CHECKING:
    from invariants.check import Run
    from invariants.finding import Outcome

STATE = """
select c.rule, c.subject, c.database,
    case when c.fault is not null then 'malformed: ' || c.fault
         when c.expired then 'expired on ' || c.expires
         when c.excused is null then 'excuses the change it came with'
         when c.excused = 0 then 'excuses nothing'
         else 'excuses ' || c.excused end as state,
    c.expires, c.owner, c.reason, c.file, c.line
from settings_carveout as c
order by c.position"""
KEYS = ("rule", "subject", "reason", "owner", "database", "at_most", "expires")
"""The keys of a stanza in the order in which people read them; click tells them in the order in which they were typed."""
IDLE = "select position from settings_carveout where fault is null and (expired or excused = 0)"


@click.group("carveouts")
def command() -> None:
    """List, add and prune the exceptions of .invariants/carveouts.toml."""


@command.command("list")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True, help="How they are shown.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that expiries are judged by; today unless given.")
def list_(form: str, as_of: datetime | None) -> int:
    """Show every carve-out, and what it excuses now."""
    run, _ = _judged(as_of)
    columns, rows = run.store.ask(STATE)
    click.echo(as_json(columns, rows) if form == "json" else table(columns, rows))
    return 0


@command.command("add")
@click.argument("rule")
@click.argument("subject")
@click.option("--reason", required=True, help="Why it is excepted.")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option("--database", help="The one database it is meant for, where several hold the subject.")
@click.option("--at-most", type=click.IntRange(1), help="How many subjects a pattern may excuse.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The last day it holds.")
def add(**said: Any) -> int:
    """Except SUBJECT from RULE, as `check` names them; what is there already stays as it is written."""
    from invariants.settings import CARVEOUTS, read, stanzas

    said["expires"] = said["expires"] and said["expires"].date()
    stanza = {key: said[key] for key in KEYS if said[key] is not None}
    run, outcome = _judged(None)
    file = run.options.root / CARVEOUTS
    text = stanzas.appended(file.read_bytes().decode("utf-8-sig") if file.exists() else "", stanza)
    fault = read(CARVEOUTS, text.encode())[-1].fault
    if fault:
        raise click.UsageError(f"this would excuse nothing: {fault}")
    _check(run, outcome, stanza)
    _save(file, text)
    click.echo(f"{CARVEOUTS}: {stanza['rule']} {stanza['subject']} added")
    return 0


@command.command("prune")
def prune() -> int:
    """Remove carve-outs that have expired or excuse nothing. Malformed ones stay: they are to be mended."""
    from invariants.settings import CARVEOUTS, stanzas

    run, _ = _judged(None)
    positions = {position for (position,) in run.store.ask(IDLE)[1]}
    file = run.options.root / CARVEOUTS
    if positions:
        gone = [row for number, row in enumerate(run.store.ask(STATE)[1]) if number in positions]
        _save(file, stanzas.without(file.read_bytes().decode("utf-8-sig"), positions))
        for rule, subject, _, state, *_ in gone:
            click.echo(f"removed: {rule} {subject} ({state})")
    else:
        click.echo("nothing to remove")
    return 0


def _judged(as_of: datetime | None) -> "tuple[Run, Outcome]":
    from datetime import date

    from invariants.check import Options, Run
    from invariants.snapshots import find_root

    run = Run(Options(find_root(Path.cwd()), today=as_of.date() if as_of else date.min))
    outcome = run.outcome()
    if outcome.errors:
        raise click.ClickException("; ".join(outcome.errors))
    return run, outcome


def _check(run: "Run", outcome: "Outcome", stanza: dict[str, Any]) -> None:
    """Refuse what ``check`` would report at once."""
    from invariants.carveouts import matches

    by_id = {rule.id: rule for rule in run.rules}
    if stanza["rule"] not in by_id:
        raise click.UsageError(f"there is no rule {stanza['rule']}; `invariants rules` lists them")
    if stanza["rule"].startswith("carveout-"):
        raise click.UsageError("what is wrong with a carve-out is not carved out")
    if by_id[stanza["rule"]].against:
        return
    wanted = stanza["rule"], stanza["subject"], stanza.get("database", "")
    found = [each for each in (*outcome.findings, *outcome.debt) if matches(*wanted, each)]
    if not found:
        raise click.UsageError(f"it would excuse nothing: there is no finding {stanza['rule']} for {stanza['subject']}")
    if len(found) > stanza.get("at_most", len(found)):
        raise click.UsageError(f"it would excuse {len(found)} subjects, more than --at-most {stanza['at_most']}")


def _save(file: Path, text: str) -> None:
    from invariants.cli.output import save

    file.parent.mkdir(exist_ok=True)
    save(file, text)
