"""``invariants rules``: every rule there is, the repository's own included."""

from pathlib import Path

import click


@click.command("rules")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="How rules are shown.")
def command(form: str) -> int:
    """List every rule."""
    from invariants.cli.explain import all_rules
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
