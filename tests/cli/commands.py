"""Running the command line as people do."""

import atexit
import gc
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from invariants.cli.main import main

Answer = subprocess.CompletedProcess[str]


def run(root: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Answer:
    """A command in a folder, with a cache of its own beside it, in this process: to start one takes longer than most commands do."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
    environment = surroundings(root) if variables is None else variables
    with chdir(root), patch.dict(os.environ, environment, clear=True), redirect_stdout(out), redirect_stderr(err):
        status = _exited(arguments)
    return Answer(arguments, status, _told(out), _told(err))


def started(root: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Answer:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "invariants", *arguments]
    environment = surroundings(root) if variables is None else variables
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def surroundings(root: Path) -> dict[str, str]:
    """The variables that a command is given."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return environment | {"NO_COLOR": "1", "INVARIANTS_CACHE_DIR": str(root.parent / "cache"), "COLUMNS": "200"}


def _exited(arguments: tuple[str, ...]) -> int:
    """What the command exits with, once what it does to a process that is all its own is taken back."""
    threshold = gc.get_threshold()
    try:
        with patch.object(sys, "argv", ["invariants", *arguments]):
            main()
    except SystemExit as exited:
        return int(exited.code or 0)
    finally:
        gc.set_threshold(*threshold)
        atexit.unregister(gc.freeze)
    raise AssertionError("a command exits")


def _told(stream: TextIOWrapper) -> str:
    stream.flush()
    said: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return said.decode()
