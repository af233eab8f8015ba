"""``invariants rules``: every rule there is, the repository's own included."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from invariants.finding import Rule


@click.command("rules")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="How rules are shown.")
def command(form: str) -> int:
    """List every rule."""
    from invariants.reports.terminal import dumped, one_line

    rules = sorted(all_rules(Path.cwd()), key=lambda rule: (rule.pack, rule.id))
    if form == "json":
        fields = ("id", "pack", "title", "why", "fix", "level", "over", "supports", "path")
        click.echo(dumped([{field: getattr(rule, field) for field in fields} for rule in rules], 1))
        return 0
    width = max(len(rule.id) for rule in rules)
    pack = ""
    for rule in rules:
        if rule.pack != pack:
            click.echo(f"{'' if not pack else chr(10)}{one_line(rule.pack)}")
            pack = rule.pack
        click.echo(f"  {rule.id.ljust(width)}  {rule.level.ljust(7)}  {one_line(rule.title)}")
    return 0


def all_rules(start: Path) -> "list[Rule]":
    """The rules that come with the package, and the own ones of the repository around a folder."""
    from invariants.rule import OWN, built_in_rules, own_rules
    from invariants.snapshots import find_root

    rules = built_in_rules()
    root = find_root(start)
    files = sorted((root / OWN).glob("*.sql"))
    texts = [(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files]
    return [*rules, *own_rules(texts, rules)]
