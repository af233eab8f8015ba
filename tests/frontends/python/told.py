"""What the frontend for Python tells of a source, short enough to compare."""

import textwrap
from typing import Any

from invariants.frontends.python import read

PATH = "app/api.py"


def facts(source: str) -> list[Any]:
    return list(read(PATH, textwrap.dedent(source).lstrip().encode()))


def of(kind: type[Any], source: str) -> list[tuple[Any, ...]]:
    """The facts of a class, without their places."""
    return [tuple(each[1:]) for each in facts(source) if type(each) is kind]
