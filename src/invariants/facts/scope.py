"""What a change is compared with, and what rules look at before and after it. There is none of this in a run without a base."""

from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place


class Base(NamedTuple):
    """The commit that the snapshot is compared with: one row, and none where there is nothing to compare with."""

    at: Annotated[Place, "No place: a commit is in no file."]
    revision: Annotated[str, "As it was named: HEAD, main ..."]


class Rule(NamedTuple):
    """A rule, at the level it has in this repository."""

    at: Annotated[Place, "Its file, where it is the repository's own."]
    rule: Annotated[str, "The rule."]
    level: Annotated[Literal["error", "warning", "note", "off"], "Its level, configured or its own; off: it is not judged."]
    query: Annotated[str, "What it asks."]


class Departure(NamedTuple):
    """What a rule ranged over on the base and does not range over any more."""

    at: Annotated[Place, "Its first line, where it is a file that is still there."]
    rule: Annotated[str, "The rule."]
    database: Annotated[str, "The database; empty where it is of none."]
    name: Annotated[str, "The table, role, migration ..."]
