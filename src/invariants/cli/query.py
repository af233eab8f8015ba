"""``invariants query``: ask the fact database."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from invariants.cli import output, progress


@click.command("query")
@click.argument("select")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True, help="How rows are shown.")
@click.option("--staged", is_flag=True, help="Ask about what is staged in git's index.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(select: str, form: str, *, staged: bool, no_cache: bool) -> int:
    """Ask the facts of this repository with one SELECT; `invariants facts` lists what there is."""
    from invariants.check import Options, Run
    from invariants.snapshots import find_root
    from invariants.store import QueryError

    with progress.shown(sys.stderr, wanted=output.is_terminal(sys.stderr)) as told:
        run = Run(Options(find_root(Path.cwd()), tree="index" if staged else "work", cached=not no_cache), told)
    run.store.save()
    try:
        columns, rows = run.store.ask(select)
    except QueryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(as_json(columns, rows) if form == "json" else table(columns, rows))
    return 0


def as_json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as an array of objects."""
    from invariants.reports.terminal import dumped

    return dumped([dict(zip(columns, row, strict=True)) for row in rows], 1)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows in columns, as wide as they need to be."""
    from invariants.reports.terminal import one_line

    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    cells = [[one_line(cell.replace("\n", " ")) for cell in row] for row in cells]
    widths = [max(len(row[number]) for row in cells) for number in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
