"""Adding a command to a shell script that is a hook."""

import re

COMMAND = "invariants check --staged || exit $?"
"""It stands before all other commands: after them it would hide how they end, or never be reached."""
SHELL = re.compile(r"^#!.*\b(?:ba|da|z|k|)sh\b")
PREAMBLE = re.compile(r"^(?:#!|set\s+[-+]|\.\s+.*husky\.sh)")


def added(text: str) -> str | None:
    """The script with the command first; None where it is no shell's."""
    lines = text.splitlines(keepends=True)
    if lines and lines[0].startswith("#!") and not SHELL.match(lines[0]):
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    number = _preamble(lines)
    if number and not lines[number - 1].endswith("\n"):
        lines[number - 1] += end
    return "".join([*lines[:number], COMMAND + end, *lines[number:]])


def _preamble(lines: list[str]) -> int:
    """How many lines prepare the shell."""
    found = 0
    for number, line in enumerate(lines, 1):
        if PREAMBLE.match(line):
            found = number
        elif line.strip() and not line.startswith("#"):
            break
    return found
