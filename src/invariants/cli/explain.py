"""``invariants explain``: a rule's page, offline."""

from pathlib import Path

import click

from invariants.cli import completion
from invariants.finding import Rule


@click.command("explain")
@click.argument("rule", shell_complete=completion.rules)
def command(rule: str) -> int:
    """Say what a rule holds, why, and how to mend what breaks it."""
    known = {each.id: each for each in all_rules(Path.cwd())}
    if rule not in known:
        near = _near(rule, list(known))
        raise click.ClickException(f"there is no rule {rule}{f'; did you mean {near}?' if near else ''}")
    from invariants.reports.terminal import lines

    click.echo(lines(page(known[rule])))
    return 0


def all_rules(start: Path) -> list[Rule]:
    """The rules that come with the package, and the own ones of the repository around a folder."""
    from invariants.rule import OWN, built_in_rules, own_rules
    from invariants.snapshots import find_root

    rules = built_in_rules()
    root = find_root(start)
    files = sorted((root / OWN).glob("*.sql"))
    texts = [(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files]
    return [*rules, *own_rules(texts, rules)]


def _near(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, 1)), "")


def page(rule: Rule) -> str:
    """The page as text."""
    fix = "\n".join(f"    {line}" for line in rule.fix.splitlines())
    parts = [
        f"{rule.id} ({rule.pack}, {rule.level})",
        rule.title,
        rule.why,
        f"Fix:\n\n{fix}",
        f"Ranges over: {rule.over}",
        *(["Asked only where there is a base to compare with: --staged, --since."] if rule.against else []),
        *([f"Supports: {', '.join(rule.supports)}"] if rule.supports else []),
        f"The rule itself ({rule.path}):\n\n" + "\n".join(f"    {line}" for line in rule.query.strip().splitlines()),
    ]
    return "\n\n".join(parts)
