"""What a PL/pgSQL body consists of. ``offset`` counts the bytes of the body before a part."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL: an expression or a statement."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable; a cursor has a ``query``, an alias only another name."""

    name: str
    type_name: str
    offset: int
    default: Sql | None = None
    alias: str = ""
    query: Sql | None = None
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handler:
    """WHEN ... THEN of an EXCEPTION clause: names of conditions in lower case, or SQLSTATEs."""

    conditions: tuple[str, ...]
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Block:
    """DECLARE ... BEGIN ... EXCEPTION ... END."""

    offset: int
    label: str
    declarations: tuple[Declaration, ...]
    body: tuple["Statement", ...]
    handlers: tuple[Handler, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """target := value, where a target is a variable, a field or an array element."""

    offset: int
    target: Sql
    value: Sql


@dataclass(frozen=True, slots=True)
class If:
    """IF and every ELSIF, then ELSE."""

    offset: int
    branches: tuple[tuple[Sql, tuple["Statement", ...]], ...]
    otherwise: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Case:
    """CASE; ``otherwise`` is absent where there is no ELSE."""

    offset: int
    subject: Sql | None
    branches: tuple[tuple[Sql, tuple["Statement", ...]], ...]
    otherwise: tuple["Statement", ...] | None


@dataclass(frozen=True, slots=True)
class Loop:
    """LOOP, or WHILE where it has a condition."""

    offset: int
    label: str
    condition: Sql | None
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class ForInteger:
    """FOR i IN [REVERSE] lower .. upper [BY step]."""

    offset: int
    label: str
    variable: str
    lower: Sql
    upper: Sql
    step: Sql | None
    reverse: bool
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class ForQuery:
    """FOR targets IN a query, a text to EXECUTE (``dynamic``) or an open cursor's name (``cursor``, with its arguments)."""

    offset: int
    label: str
    targets: tuple[str, ...]
    query: Sql
    dynamic: bool
    cursor: bool
    using: tuple[Sql, ...]
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class ForEach:
    """FOREACH targets [SLICE n] IN ARRAY array."""

    offset: int
    label: str
    targets: tuple[str, ...]
    slice: int
    array: Sql
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """EXIT or CONTINUE, of a labelled block or loop, under a condition."""

    offset: int
    leaves: bool
    label: str
    condition: Sql | None


@dataclass(frozen=True, slots=True)
class Return:
    """RETURN [value]."""

    offset: int
    value: Sql | None


@dataclass(frozen=True, slots=True)
class ReturnNext:
    """RETURN NEXT [value]."""

    offset: int
    value: Sql | None


@dataclass(frozen=True, slots=True)
class ReturnQuery:
    """RETURN QUERY query, or RETURN QUERY EXECUTE text."""

    offset: int
    query: Sql
    dynamic: bool
    using: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Raise:
    """RAISE; without level, message and condition it raises again what a handler caught."""

    offset: int
    level: str
    message: Sql | None
    arguments: tuple[Sql, ...]
    condition: str
    options: tuple[tuple[str, Sql], ...]


@dataclass(frozen=True, slots=True)
class Assert:
    """ASSERT condition [, message]."""

    offset: int
    condition: Sql


@dataclass(frozen=True, slots=True)
class Perform:
    """PERFORM: a query whose result nobody wants, as SELECT."""

    offset: int
    query: Sql


@dataclass(frozen=True, slots=True)
class Execute:
    """EXECUTE text [INTO targets] [USING values]."""

    offset: int
    text: Sql
    into: tuple[str, ...]
    strict: bool
    using: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """An SQL statement, its INTO taken out."""

    offset: int
    query: Sql
    into: tuple[str, ...]
    strict: bool


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """GET [STACKED] DIAGNOSTICS target = item."""

    offset: int
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Open:
    """OPEN cursor, for a query, a text to EXECUTE, or the query it was declared with."""

    offset: int
    cursor: str
    query: Sql | None
    dynamic: bool
    using: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Fetch:
    """FETCH or MOVE: ``direction`` as written."""

    offset: int
    cursor: str
    direction: str
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """CLOSE cursor."""

    offset: int
    cursor: str


@dataclass(frozen=True, slots=True)
class Null:
    """NULL, COMMIT or ROLLBACK: nothing that changes the schema."""

    offset: int
    word: str


Statement: TypeAlias = (
    Block | Assign | If | Case | Loop | ForInteger | ForQuery | ForEach | Exit | Return | ReturnNext | ReturnQuery
    | Raise | Assert | Perform | Execute | Run | Diagnostics | Open | Fetch | Close | Null
)  # fmt: skip
