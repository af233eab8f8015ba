"""Where a fact stands."""

from typing import NamedTuple


class Place(NamedTuple):
    """A span of a file: lines and columns count characters from 1, the end column is exclusive.

    ``file`` is relative to the root, with ``/``. What the platform brings, and no file says, stands in the file ``""``.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


PLATFORM = Place("", 1, 1, 1, 1)
"""The place of what no file of the repository says, such as the tables that Supabase brings."""
