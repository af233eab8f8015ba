"""Why a row cannot be made."""

from invariants.prove.database import Refused

VALUES = ("22", "23")
"""Classes of errors that a row's own values are at fault for, not who the session is."""
EMPTIED = "23502"
"""A column is absent that was not: a trigger took its value from the session."""
ABSENT = "23503"
"""A row is referred to that is not there."""
DUPLICATE = "23505"
"""A unique key is taken."""
CHECKED = "23514"
"""A check refuses the row."""


class Unfit(Exception):
    """A row cannot be made; it says why, as a clause."""


class Circular(Unfit):
    """It waits for a row that waits for it. Once another way leads to that one, there may be both."""


def why(error: Refused | Unfit) -> str:
    """The reason, as a clause."""
    return error.message if isinstance(error, Refused) else str(error)
