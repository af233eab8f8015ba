"""What names mean at one point of a query: the rows in FROM, the tables of WITH, the parameters of a function."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from invariants.replay.isolation.meetings import standing
from invariants.replay.isolation.values import Under, Value

Lookup = Callable[[str], "Value | None"]


@dataclass(slots=True, eq=False)
class Item:
    """One entry of FROM: the name it goes by, its schema where it is a table's own, and the value of a column (None: it has none)."""

    name: str
    column: Lookup
    schema: str = ""
    columns: tuple[str, ...] = ()
    """The columns that ``*`` shows."""


@dataclass(slots=True, eq=False)
class Frame:
    """One level of a query, and the level around it."""

    parent: "Frame | None" = None
    items: list[Item] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)
    """Common table expressions by name, and the frame each is understood in."""
    names: dict[str, Value] = field(default_factory=dict)
    """Variables and parameters: of a function they are named, or counted ``$1``."""
    under: Under | None = None
    """What they are compared under, where a function is given one."""
    types: dict[str, str] = field(default_factory=dict)
    """What variables were declared to be."""
    answers: "Callable[[Any, str], Value] | None" = None
    """What aggregates answer of this level's rows, where it is not what they answer of the one that was drawn."""
    again: "Callable[[], tuple[Frame, bool]] | None" = None
    """Draws another of this level's rows, and tells whether it is surely there."""

    def levels(self) -> "Iterator[Frame]":
        """This level and those around it, from the inside out."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent

    def column(self, parts: list[str]) -> Value | None:
        """What a column reference means: the nearest level that has it."""
        frame: Frame | None = self
        while frame is not None:
            for item in frame.items:
                if len(parts) > 1 and _goes_by(item, parts):
                    return item.column(parts[-1])
                if len(parts) == 1 and (value := item.column(parts[-1])) is not None:
                    return value
            if frame.names and (known := frame.names.get(".".join(parts))) is not None:
                return known if frame.under is None else standing(known, frame.under)
            frame = frame.parent
        return None

    def table(self, name: str) -> Any:
        """The common table expression of a name."""
        return next((frame.tables[name] for frame in self.levels() if name in frame.tables), None)


def _goes_by(item: Item, parts: list[str]) -> bool:
    return item.name == parts[-2] and (len(parts) == 2 or item.schema == parts[-3])
