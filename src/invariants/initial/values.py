"""What a first look answers."""

from collections.abc import Sequence
from typing import NamedTuple


class Notice(NamedTuple):
    """One thing that was found, or that was looked for in vain."""

    topic: str
    """What it is about: databases, tenancy, hooks ..."""
    text: str
    """A clause without a full stop."""
    is_known: bool = True
    """False where it could not be told; then the text says how to say it."""


class Edit(NamedTuple):
    """A file as it is to be."""

    path: str
    """Relative to the root."""
    before: str | None
    """As it is; None where there is none."""
    after: str
    is_program: bool = False
    """It is to be run."""


class Looked(NamedTuple):
    """What one module has to say."""

    notices: Sequence[Notice] = ()
    edits: Sequence[Edit] = ()
    left: Sequence[Notice] = ()
    """Files that are there already, and stay as they are."""


def joined(parts: Sequence[Looked]) -> Looked:
    """What several have to say, in their order."""
    notices = [each for part in parts for each in part.notices]
    return Looked(notices, [each for part in parts for each in part.edits], [each for part in parts for each in part.left])


def some(names: Sequence[str], most: int = 4) -> str:
    """Names, the later of many counted only."""
    more = len(names) - most
    return ", ".join(names) if more < 2 else f"{', '.join(names[:most])} and {more} more"
