"""The group of commands, and what every one of them does about errors: 0 holds, 1 findings, 2 could not check."""

import atexit
import gc
import os
import sys
from pathlib import Path

import click

from invariants.version import version

COMMANDS = ("baseline", "carveouts", "check", "env", "explain", "facts", "fix", "init", "prove", "query", "routes", "rules")


class _Closed(Exception):
    """Nobody reads on. A shell says 141; click would exit with 1, which means findings."""


class _Commands(click.Group):
    """Commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _Closed from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = __import__(f"invariants.cli.{cmd_name}", fromlist=["command"])
        command: click.Command = module.command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "directory", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Run as if started in this directory.")
@click.version_option(version(), prog_name="invariants")
def group(directory: Path | None) -> None:
    """Decides from your repository whether tenants are kept apart."""
    if directory is not None:
        os.chdir(directory)


GARBAGE = 1_000_000
"""Objects made before the collector looks for cycles: a run makes next to none, and to look for them took a tenth of its time."""


def main() -> None:
    """Run a command and exit as the contract says."""
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # what is left goes with the process: to look for cycles in it once more takes as long as to judge
    try:
        sys.exit(group.main(prog_name="invariants", standalone_mode=False))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except _Closed:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:  # noqa: BLE001  (a crash must exit with 2, never with 1)
        sys.exit(_failed(error))


def _failed(error: Exception) -> int:
    """What the configuration or git is at fault for is said plainly; anything else is a fault of ours."""
    from invariants.finding import ConfigError
    from invariants.git import GitError
    from invariants.reports.terminal import lines

    if isinstance(error, ConfigError | GitError):
        click.echo(f"error: {lines(str(error))}", err=True)
        return 2
    if os.environ.get("INVARIANTS_DEBUG"):
        raise error
    click.echo(f"internal error: {type(error).__name__}: {lines(str(error))}", err=True)
    click.echo(
        "This is a fault of invariants, not of your repository. Run again with INVARIANTS_DEBUG=1 and report what it prints.", err=True
    )
    return 2
