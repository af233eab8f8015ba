"""``invariants fix``: the next migration, lines in code, and the manifest and its examples, of what can be mended safely."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from invariants.cli import completion, output
from invariants.reports.terminal import Paint, Style, one_line, plain

if TYPE_CHECKING:
    from invariants.finding import Edit
    from invariants.repair import Repair

HELP = {
    "diff": "Show what would be written, and write nothing; exits with 1 where there is anything.",
    "baseline": "Mend what the baseline holds too.",
    "as-of": "The day that expiries are judged by, and that migrations are named by; now unless given.",
}


@click.command("fix")
@click.option("--diff", is_flag=True, help=HELP["diff"])
@click.option(
    "--only", multiple=True, metavar="RULE|PACK", shell_complete=completion.rules_and_packs, help="Mend these rules or packs only."
)
@click.option(
    "--skip", multiple=True, metavar="RULE|PACK", shell_complete=completion.rules_and_packs, help="Mend all but these rules or packs."
)
@click.option("--baseline", is_flag=True, help=HELP["baseline"])
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=HELP["as-of"])
def command(*, diff: bool, only: tuple[str, ...], skip: tuple[str, ...], baseline: bool, as_of: datetime | None) -> int:
    """Mend what can be mended safely: by the next migration, by lines in code, and by the manifest of variables and its examples.

    A migration that has landed is never edited.
    """
    from invariants.check import Options
    from invariants.repair import lay, repair
    from invariants.snapshots import find_root

    root = find_root(Path.cwd())
    options = Options(root, only=only, skip=skip)
    if as_of is not None:
        options = options._replace(today=as_of.date())
    found = repair(options, baseline=baseline, moment=as_of.replace(tzinfo=UTC) if as_of is not None else None)
    if found.errors:
        for error in found.errors:
            click.echo(f"error: {one_line(error)}", err=True)
        return 2
    if diff:
        click.echo("".join(_diffed(edit, Paint(colored=output.is_colored(sys.stdout))) for edit in found.edits), nl=False)
    else:
        lay(root, found.edits)
    for line in _told(found, is_written=not diff):
        click.echo(line, err=diff)
    return 1 if diff and found.edits else 0


def _diffed(edit: "Edit", paint: Paint) -> str:
    """A file as a patch that `git apply` takes."""
    from difflib import unified_diff

    before = "" if edit.before is None else edit.before
    names = "/dev/null" if edit.before is None else f"a/{edit.path}", f"b/{edit.path}"
    styles = {"+": Style.GREEN, "-": Style.RED, "@": Style.BLUE}
    made = unified_diff(before.splitlines(keepends=True), edit.after.splitlines(keepends=True), *names)
    ended = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in made)
    lines = (_kept(edit.path, line) for each in ended for line in each.removesuffix("\n").split("\n"))
    shown = (plain(line) if line[0] in styles else one_line(line) for line in lines)
    return "".join(f"{paint(styles[line[0]], line) if line[:1] in styles else line}\n" for line in shown)


def _kept(path: str, line: str) -> str:
    """A line of a patch. What stands around a change may be somebody's secret: it is masked, and `git apply` then refuses the patch."""
    from invariants.frontends.env.names import sounds_secret
    from invariants.frontends.env.values import kind
    from invariants.reports.masking import masked

    name, assigned, value = line[1:].partition("=")
    like = kind(name.strip(), value.strip().strip("'\""))
    is_real = like in {"random", "issued"} or (like == "plain" and sounds_secret(name)) or not (assigned or line[1:].startswith("#"))
    return line[0] + masked(path, line[1:]) if line[:1] in {" ", "-"} and is_real and not line.startswith("---") else line


def _told(found: "Repair", *, is_written: bool) -> Iterator[str]:
    """The files, what they mend, what they bring to light, and what is left with the reason."""
    from invariants.wording import counted

    for edit in found.edits:
        word = ("created" if edit.before is None else "changed") if is_written else "would be written"
        yield f"{word}: {one_line(edit.path)}"
    for each in found.mended if found.edits else ():
        yield f"mended: {one_line(each.subject)}  {each.rule}"
    for each in found.brought:
        yield f"then found: {one_line(each.subject)}  {each.rule}: {one_line(each.claim)}"
    for finding, reason in found.unmended:
        yield f"not mended: {one_line(finding.subject)}  {finding.rule}: {one_line(reason)}"
    done = counted(len(found.mended), "findings") if found.edits else "nothing"
    yield f"{done} {'mended' if is_written else 'would be mended'}, {len(found.unmended)} left"
