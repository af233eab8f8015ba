"""What could not be read, or not be understood: absence of knowledge is a fact too."""

from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place

Reason = Literal["bytes", "syntax", "dynamic", "unknown", "template", "size", "link", "order"]


class Unread(NamedTuple):
    """A part of a file that was not understood."""

    at: Annotated[Place, "The part in question."]
    reason: Annotated[
        Reason,
        "bytes: not text; syntax: does not parse; dynamic: decided at run time; unknown: names or forms not known here; "
        "template: filled in by another program; size: beyond a limit; link: leads out of the root; order: no order can be told.",
    ]
    message: Annotated[str, "What could not be told, as a complete clause."]
    remedy: Annotated[str, "What would resolve it."]


class Foreign(NamedTuple):
    """An SQL file in another dialect than PostgreSQL's, which is therefore not read."""

    at: Annotated[Place, "The construct that gives it away."]
    dialect: Annotated[Literal["mysql", "sqlite", "tsql", "clickhouse", "oracle", "other"], "The dialect it is in."]
