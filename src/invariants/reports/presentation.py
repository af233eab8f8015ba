"""What a report is told besides the outcome."""

from datetime import date
from typing import NamedTuple


class Presentation(NamedTuple):
    """How a report is wanted."""

    name: str
    """The repository's, as people call it."""
    today: date
    """The day that expiries were judged by."""
    version: str
    """The tool's own."""
    folder: str = ""
    """Where the root is in its repository, for reports to a host; empty where it is the top."""
    colored: bool = False
    base: str = ""
    """The ``file:`` URL of the root, where paths are to be links on a terminal."""
    suppressed: bool = False
    """Carved-out findings are in SARIF, marked so."""
    category: str = ""
    """What tells this analysis from others of the same commit, in SARIF."""
