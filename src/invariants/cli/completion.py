"""What a shell offers to complete; nothing where it cannot be found out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from invariants.cli.output import FORMATS

if TYPE_CHECKING:
    from invariants.finding import Rule


def rules(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """The ids of rules that begin so, the repository's own among them."""
    return sorted(rule.id for rule in _known() if rule.id.startswith(begun))


def rules_and_packs(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """The rules and the packs that begin so."""
    return sorted({name for rule in _known() for name in (rule.id, rule.pack) if name.startswith(begun)})


def formats(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """The formats that begin so."""
    return [name for name in FORMATS if name.startswith(begun)]


def _known() -> "list[Rule]":
    from invariants.cli.rules import all_rules
    from invariants.finding import ConfigError

    try:
        return all_rules(Path.cwd())
    except (ConfigError, OSError, UnicodeDecodeError):
        return []
