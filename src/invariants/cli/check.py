"""``invariants check``: the gate."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from invariants.cli import completion, output, progress
from invariants.finding import LEVELS, Level, Outcome
from invariants.reports.terminal import one_line

if TYPE_CHECKING:
    from invariants.snapshots import Snapshot

SINCE = "Judge the work tree, and report what is new against this commit itself; REV... is the commit where HEAD parted from REV."
PARTIAL = "a partial run, uploaded as SARIF, would close every other alert; run it whole, or say --allow-partial-sarif"


@click.command("check")
@click.argument("paths", nargs=-1)
@click.option("--staged", is_flag=True, help="Judge what is staged, and report what is new against HEAD.")
@click.option("--since", metavar="REV", help=SINCE)
@click.option(
    "--only", multiple=True, metavar="RULE|PACK", shell_complete=completion.rules_and_packs, help="Report these rules or packs only."
)
@click.option(
    "--skip", multiple=True, metavar="RULE|PACK", shell_complete=completion.rules_and_packs, help="Report all but these rules or packs."
)
@click.option("--fail-on", type=click.Choice(LEVELS), default="error", show_default=True, help="The mildest level that fails the run.")
@click.option("--strict", is_flag=True, help="A pack that had nothing to look at fails the run (to have no carve-outs is no fault).")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FMT[:FILE]",
    shell_complete=completion.formats,
    help=f"{', '.join(output.FORMATS)}; repeatable.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that expiries are judged by; today unless given.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--stats", is_flag=True, help="Say how long each stage took, and how much code was read.")
@click.option("--sarif-suppressed", is_flag=True, help="Put carved-out findings into SARIF, as suppressed.")
@click.option("--allow-partial-sarif", is_flag=True, help="Write SARIF of a partial run.")
@click.option("--sarif-category", default="", metavar="NAME", help="What tells this analysis from others of the same commit, in SARIF.")
def command(
    *,
    paths: tuple[str, ...],
    staged: bool,
    since: str | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    fail_on: Level,
    strict: bool,
    formats: tuple[str, ...],
    as_of: "click.DateTime | None",
    no_cache: bool,
    stats: bool,
    sarif_suppressed: bool,
    allow_partial_sarif: bool,
    sarif_category: str,
) -> int:
    """Decide whether every promise holds. PATHS filter what is reported, never what is looked at."""
    from invariants.answers import answered
    from invariants.options import Options
    from invariants.snapshots import find_root

    if staged and since is not None:
        raise click.UsageError("--staged judges the index, --since the work tree: take one of them")
    outputs = output.parse(formats)
    is_part = staged or since is not None or only or skip or paths
    if is_part and not allow_partial_sarif and any(each.format == "sarif" for each in outputs):
        raise click.UsageError(PARTIAL)
    root = find_root(Path.cwd())
    today = as_of.date() if as_of is not None else date.min  # type: ignore[attr-defined]
    tree, base = ("index", "HEAD") if staged else ("work", since)
    with progress.shown(sys.stderr, wanted=output.is_terminal(sys.stderr)) as told:
        outcome, snapshot = answered(Options(root, tree, base, only, skip, _relative(paths, root), today, not no_cache), told)
    how = output.presentation(root, today, suppressed=sarif_suppressed, category=sarif_category)
    output.write(outputs, outcome, output.lines_of(snapshot), how)
    if stats:
        _stats(snapshot, outcome)
    return status(outcome, fail_on, strict=strict)


def _relative(paths: Sequence[str], root: Path) -> tuple[str, ...]:
    """Paths as the root sees them."""
    found = []
    for path in paths:
        full = (Path.cwd() / path).resolve()
        if not full.is_relative_to(root):
            raise click.UsageError(f"{path} is not in {root}")
        found.append(full.relative_to(root).as_posix())
    return tuple(found)


def _stats(snapshot: "Snapshot", outcome: Outcome) -> None:
    """How long each stage took, how much code was not looked at, and the rules that had nothing to look at."""
    from invariants.sources import is_aside

    for stage, seconds in outcome.stages:
        click.echo(f"{stage:<10} {seconds * 1000:8.1f} ms", err=True)
    files, parsed = outcome.extent
    if files:
        click.echo(f"skipped    {files - parsed} of {files} files of code ({(files - parsed) / files:.0%}) were not parsed", err=True)
    if aside := sum(map(is_aside, snapshot.paths())):
        click.echo(f"skipped    {aside} more are taken for tests or examples, and not looked at", err=True)
    for rule in outcome.vacuous:
        click.echo(f"vacuous    {rule}", err=True)


def status(outcome: Outcome, fail_on: Level, *, strict: bool) -> int:
    """0 holds, 1 findings at or above the level, 2 could not check."""
    if outcome.errors:
        for error in outcome.errors:
            click.echo(f"error: {one_line(error)}", err=True)
        return 2
    failing = LEVELS[: LEVELS.index(fail_on) + 1]
    if any(finding.level in failing for finding in outcome.findings):
        return 1
    vacuous = [pack.pack for pack in outcome.packs if pack.vacuous_reason is not None and pack.pack != "carveouts"]
    if strict and vacuous:
        sys.stderr.write(f"--strict: there was nothing to look at for {', '.join(vacuous)}\n")
        return 1
    return 0
