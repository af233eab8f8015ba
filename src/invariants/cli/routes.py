"""``invariants routes``: every route, who may come in, and whether that is enforced."""

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from invariants.cli import output, progress

if TYPE_CHECKING:
    from invariants.reports.routes import Row
    from invariants.store import Store

FORMATS = ("text", "json", "markdown", "html")


@click.command("routes")
@click.option("--format", "formats", multiple=True, metavar="FMT[:FILE]", help=f"{', '.join(FORMATS)}; repeatable.")
@click.option("--staged", is_flag=True, help="The routes of what is staged in git's index.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def command(*, formats: tuple[str, ...], staged: bool, no_cache: bool) -> int:
    """List every route with who may come in, by which guard, and whether that is enforced."""
    outputs = output.parse(formats)
    if wrong := next((each.format for each in outputs if each.format not in FORMATS), None):
        raise click.UsageError(f"--format: routes have no {wrong}; they have {', '.join(FORMATS)}")
    from invariants.check import Options, Run
    from invariants.reports import routes as report
    from invariants.snapshots import find_root
    from invariants.sources import is_aside

    root = find_root(Path.cwd())
    with progress.shown(sys.stderr, wanted=output.is_terminal(sys.stderr)) as told:
        run = Run(Options(root, tree="index" if staged else "work", cached=not no_cache), told)
    run.store.save()
    rows, aside = _rows(run.store), sum(map(is_aside, run.snapshot.paths()))
    rendered = {
        "text": lambda: report.text(rows, aside),
        "json": lambda: report.json(rows),
        "markdown": lambda: report.markdown(rows, aside),
        "html": lambda: report.html(rows, root.resolve().name, aside),
    }
    output.emit([(each, rendered[each.format]()) for each in outputs])
    return 0


def _rows(store: "Store") -> "list[Row]":
    """The matrix, by path."""
    from invariants.reports.routes import Row

    guards: dict[tuple[str, int], list[str]] = defaultdict(list)
    standing = "select route, registered, symbol from web_route_guard where state = 'rejects' order by route, registered, position"
    for name, registered, symbol in store.ask(standing)[1]:
        guards[name, registered].append(symbol)
    found = store.ask("select name, posture, enforcement, reason, framework, file, line, at from route order by path, method, file, line")[
        1
    ]
    return [
        Row(name, posture, enforcement, reason, tuple(dict.fromkeys(guards[name, at])), framework, file, line)
        for name, posture, enforcement, reason, framework, file, line, at in found
    ]
