"""The commands with their arguments and options, as click knows them."""

from collections.abc import Iterator

import click

from invariants.cli.main import group
from scripts.docs.markdown import fence, prose, table

INTRODUCTION = """\
# Commands

Every command exits with **0** where what it asks holds, **1** on findings, **2** where it could not check: usage, configuration, a broken
rule, a fault of its own. `-C DIR` before any command runs it as if started there, `--help` after one says what is below.
"""


def pages() -> dict[str, str]:
    """The one page, by its path."""
    found = [block for path, command in commands().items() for block in _command(path, command)]
    return {"commands.md": "\n\n".join([INTRODUCTION.strip(), *found]) + "\n"}


def places() -> dict[str, str]:
    """Where each command is described."""
    return {path: f"commands.md#{path.replace(' ', '-')}" for path in commands() if " " in path}


def commands() -> dict[str, click.Command]:
    """Every command by what is typed."""
    return dict(_below("invariants", group))


def _below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _below(f"{path} {name}", found)


def _command(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    yield f"## {path} {{ #{path.replace(' ', '-')} }}"
    yield prose(_sentence(command.help or ""))
    yield fence(usage, "sh")
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    if options:
        yield table(("Option", "What it does"), [(_names(each, context), _said(each, context)) for each in options])


def _names(option: click.Option, context: click.Context) -> str:
    metavar = "" if option.is_flag else f" {option.make_metavar(context)}"
    names = [*option.opts, *option.secondary_opts]
    return ", ".join(f"`{name}{metavar}`" for name in names)


def _said(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    return prose(_sentence(record[1] if record else ""))


def _sentence(text: str) -> str:
    return " ".join(text.split())
