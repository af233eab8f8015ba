"""What a query may do: read, and call what answers the same every time."""

import sqlite3

ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
FUNCTIONS = frozenset(
    "abs avg char coalesce concat concat_ws count cume_dist dense_rank first_value format glob group_concat hex ifnull iif instr "
    "json json_array json_array_length json_extract json_group_array json_group_object json_object json_type json_valid -> ->> lag "
    "last_value lead length like likelihood likely lower ltrim max min nth_value ntile nullif percent_rank printf quote rank replace "
    "round row_number rtrim sign string_agg substr substring sum total trim typeof unicode unlikely upper".split()
)
"""What a rule may call: nothing that reads files or clocks, or that answers otherwise the next time."""

LONGEST = 100_000_000
"""So many bytes a value may have."""


def authorized(action: int, _: str | None, name: str | None, *__: str | None) -> int:
    """SQLite's question about each step of a query, answered."""
    allowed = action in ALLOWED or (action == sqlite3.SQLITE_FUNCTION and (name or "").lower() in FUNCTIONS)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def complaint(error: Exception, seconds: float) -> str:
    """What SQLite says of a query that it refused or that was stopped, in plain words."""
    message = str(error)
    if message == "interrupted":
        return f"it took more than {seconds:g} seconds"
    if message.startswith(("not authorized", "authorization denied")):
        return "it asks for more than reading facts: " + message
    return message
