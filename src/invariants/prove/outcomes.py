"""What an attempt came to."""

from typing import Literal, NamedTuple

from invariants.prove.attempts import Command
from invariants.prove.sessions import Standing

Victim = Literal["tenant", "nobody"]
CHECKED = {"insert", "move"}
"""Commands whose new row a check looks at."""


class Crossing(NamedTuple):
    """A row of another tenant's, or of nobody's, that a session reached."""

    table: str
    role: str
    command: Command
    session: tuple[str, ...]
    """The settings and the role, as statements."""
    statement: str
    row: str
    """The row that came, that changed, or that was planted."""
    victim: Victim
    standing: Standing
    through: str = ""
    """The view or function that was used; empty for the table itself."""
    cause: str = ""
    """The policy that let it through; empty where none did, or nobody asked."""


class Held(NamedTuple):
    """An attempt that reached nothing."""

    table: str
    role: str
    command: Command
    session: tuple[str, ...]
    statement: str
    reason: str
    through: str = ""
    certain: bool = True
    """False where it reached nothing for a reason that tells nothing of who may do what."""
    past: bool = False
    """Row security let the row of another tenant through, and only a constraint refused it."""


class Unseeded(NamedTuple):
    """A table that could not be attacked, for want of rows."""

    table: str
    reason: str


class Seeded(NamedTuple):
    """The statements that made the rows that are attacked."""

    script: tuple[str, ...]


Outcome = Crossing | Held | Unseeded | Seeded
