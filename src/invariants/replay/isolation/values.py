"""The values that expressions have in a world: NULL, constants, and unknowns of which only this is known: whose they are.

What identifies the session's own tenant or user is *mine*; what identifies another tenant is *theirs*. The two are never equal, and
neither stands in a row of the other's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

MINE = "mine"
"""It identifies the session: its tenant, its user, a row of its own."""
THEIRS = "theirs"
"""It identifies another tenant, or a row of one."""
SESSION = "session"
"""The session says so: a setting or a claim, of which nobody knows yet what it stands for."""
FREE = "free"
"""The caller chooses it: request headers, user metadata, settings that any role may set."""


class Nothing(Enum):
    """What is no value: NULL, and what PostgreSQL raises an error for."""

    NULL = "NULL"
    ERROR = "an error"


NULL = Nothing.NULL
ERROR = Nothing.ERROR


class Unknown(NamedTuple):
    """What cannot be told, and why not."""

    why: str


class Under(NamedTuple):
    """What a text is compared under: a collation, or a type that compares in its own way."""

    name: str
    is_loose: bool = True
    """It takes texts for equal that are not the same."""
    is_said: bool = False
    """COLLATE says so, which counts for more than what columns have."""
    is_known: bool = True
    oid: int = 0


@dataclass(eq=False, slots=True)
class Var:
    """A value that is not NULL, known by what it may be equal to. A ``constant`` has a text; the others may still take one."""

    label: str
    """What a reader calls it: ``app.tenant_id``, ``orders.status``."""
    marks: frozenset[str] = frozenset()
    bars: frozenset[str] = frozenset()
    """What it is never equal to: the marks that do not stand in its row."""
    constant: str | None = None
    is_key: bool = False
    is_said: bool = False
    """The session says it, in a setting or a claim."""
    is_reference: bool = False
    """It names some row: an id, a reference."""
    is_free: bool = False
    """It stands in a row, and nothing says that it names anything: it may be what names another tenant than the row's."""
    names: int = 0
    """The table of which it identifies a row, where that is known."""
    doubt: str = ""
    """Why nobody can tell what it is equal to."""
    row: "Row | None" = None
    number: int = 0
    """The attribute number of the column that it is."""
    same: "Var | None" = None
    """The value that it was found to be equal to."""
    under: Under | None = None
    """What it is compared under, where a question is asked with care and that matters."""


class Many(NamedTuple):
    """An array or a set: its members, or how to draw one."""

    members: "tuple[Value, ...]" = ()
    draw: "Callable[[], Drawn] | None" = None


class Json(NamedTuple):
    """A JSON document of the session's: its claims, or a setting that holds one; ``path`` leads to the part that is meant."""

    name: str
    path: tuple[str, ...] = ()
    is_free: bool = False


Value = Nothing | Unknown | Var | Many | Json


class Drawn(NamedTuple):
    """One row that a query may return: its columns by name, and whether it surely does."""

    columns: tuple[tuple[str, Value], ...]
    is_sure: bool = True


NO_ROW = Drawn((("", NULL),))
"""What a function answers that finds no row: NULL, and of a set nothing."""


@dataclass(eq=False, slots=True)
class Row:
    """A row of a table, whose side it is on, and those of its columns that were looked at."""

    table: Any
    """The relation (:class:`invariants.replay.objects.Relation`)."""
    side: str
    """``mine``, ``theirs``, or ``new`` for a row being written, which may hold anything."""
    name: str
    seen: dict[int, Value] = field(default_factory=dict)
