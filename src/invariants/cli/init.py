"""``invariants init``: the first look at a repository, and the files that it lacks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from invariants.initial.values import Edit, Looked, Notice

UNSEEN = "git ignores {}, so that no run sees what it says: take it out of .gitignore"


@click.command("init")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def command(*, dry_run: bool) -> int:
    """Say what is found in this repository and what is not; write .invariants/, a hook's entry and a workflow. Nothing is overwritten."""
    from invariants.initial.survey import survey, unseen
    from invariants.initial.writing import write
    from invariants.snapshots import find_root

    root = find_root(Path.cwd())
    looked = survey(root)
    _say(_noticed(looked))
    if dry_run:
        _say(_differences(looked.edits))
        return 0
    write(root, looked.edits)
    _say(_written(looked.edits))
    for path in unseen(root, looked.edits):
        click.echo(UNSEEN.format(path), err=True)
    return 0


def _say(lines: Iterator[str]) -> None:
    """Lines that command nothing, whatever names are in them."""
    from invariants.reports.terminal import one_line

    for line in lines:
        click.echo(one_line(line))


def _noticed(looked: "Looked") -> Iterator[str]:
    """What was found, what was not, and what stays as it is."""
    yield from _section("Found", [each for each in looked.notices if each.is_known])
    yield from _section("Not found, or to be decided", [each for each in looked.notices if not each.is_known])
    yield from _section("Left as it is", looked.left)


def _section(title: str, notices: "Sequence[Notice]") -> Iterator[str]:
    if notices:
        yield f"{title}:"
        yield from (f"  {each.topic:<13} {each.text}" for each in notices)
        yield ""


def _differences(edits: "Sequence[Edit]") -> Iterator[str]:
    from invariants.initial.writing import diff

    yield "Nothing was written. Without --dry-run this would be:" if edits else "There is nothing to write."
    for edit in edits:
        yield ""
        yield from diff(edit).splitlines()


def _written(edits: "Sequence[Edit]") -> Iterator[str]:
    yield "Written:" if edits else "There is nothing to write."
    yield from (f"  {edit.path}" for edit in edits)
    if edits:
        yield ""
        yield "Read what is in them, then: invariants check"
