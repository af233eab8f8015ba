"""What an expression sees: rows of the query it stands in, of the queries around it, variables and parameters."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure, Unknown
from invariants.replay.plpgsql.values import MISSING, Record, Unsure, Value

if TYPE_CHECKING:
    from invariants.replay.machine import Machine


class Frame(NamedTuple):
    """A row of one item of FROM; ``names`` are its columns in order. Of a ``scalar`` function the row is its only value."""

    alias: str
    names: Collection[str]
    values: Mapping[str, Value]
    scalar: bool = False


class Entry(NamedTuple):
    """A row of a result; ``here`` is True, or Unsure whether there is such a row (one or many of its like)."""

    values: tuple[Value, ...]
    here: Value


class Result(NamedTuple):
    """The rows of a query."""

    names: tuple[str, ...]
    rows: list[Entry]

    def records(self) -> Iterator[tuple[Record, Value]]:
        for entry in self.rows:
            yield Record(dict(zip(self.names, entry.values, strict=True))), entry.here


class Variables(Protocol):
    """The variables of a PL/pgSQL body or the parameters of a function."""

    def find(self, parts: Sequence[str]) -> Value:
        """The variable or field of that name; MISSING where there is none."""


@dataclass
class Budget:
    """What one statement of a migration has used up, and the causes of doubt that it has told already."""

    steps: int = 0
    rows: int = 0
    depth: int = 0
    reported: set[str] = field(default_factory=set)

    def step(self) -> None:
        self.steps += 1
        if self.steps > STEPS:
            raise Exhausted(f"it runs for more than {STEPS} steps", "write out what it does, or carve it out")

    def row(self) -> None:
        """One row joined to others."""
        self.rows += 1
        if self.rows > ROWS:
            raise Exhausted(f"its queries join more than {ROWS} rows", "write out what it does, or carve it out")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One call or statement inside another."""
        if self.depth >= DEPTH:
            raise TOO_DEEP
        self.depth += 1
        try:
            yield
        except RecursionError:
            raise TOO_DEEP from None
        finally:
            self.depth -= 1


class Exhausted(Unknown):
    """A statement that takes too long or goes too deep; nothing inside it goes on."""


STEPS = 250_000
ROWS = 200_000
DEPTH = 32
TOO_DEEP = Exhausted("it calls itself too deep", "write out what it does, or carve it out")


@dataclass
class World:
    """What all scopes of one run share: the database, the statement at work, variables, and how functions are called."""

    machine: "Machine"
    at: Place
    call: Callable[["World", str, str, list[Value], dict[str, Value]], "Result | None"]
    """Calls a function of the migrations (schema, name, arguments, named arguments); None where there is none of that name."""
    budget: Budget = field(default_factory=Budget)
    variables: Variables | None = None
    parameters: Sequence[Value] = ()
    event: Mapping[str, Result] = field(default_factory=dict)
    """What pg_event_trigger_ddl_commands() and its like give while an event trigger runs."""

    @property
    def catalog(self) -> Catalog:
        return self.machine.catalog

    def doubt(self, what: str, cause: str, remedy: str) -> None:
        """Note what could not be told, once for each cause."""
        if cause not in self.budget.reported:
            self.budget.reported.add(cause)
            self.machine.unread.append(Unread(self.at, "dynamic", f"{what} cannot be told: {cause}", remedy))


@dataclass(slots=True)
class Scope:
    """The rows at hand; ``group`` are the scopes of a group's rows where aggregates are computed over them."""

    world: World
    frames: tuple[Frame, ...] = ()
    outer: "Scope | None" = None
    group: "list[tuple[Scope, Value]] | None" = None
    ctes: dict[str, Result] = field(default_factory=dict)

    def within(self, *frames: Frame) -> "Scope":
        """The same with more rows."""
        return Scope(self.world, (*self.frames, *frames), self.outer, self.group, self.ctes)

    def below(self) -> "Scope":
        """The scope of a query inside this one."""
        return Scope(self.world, (), self)

    def chain(self) -> Iterator["Scope"]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def cte(self, name: str) -> Result | None:
        return next((scope.ctes[name] for scope in self.chain() if name in scope.ctes), None)

    def find(self, parts: Sequence[str]) -> Value:
        """The value of a column or variable; MISSING where there is none."""
        name, alias = parts[-1], parts[-2] if len(parts) > 1 else None
        scope: Scope | None = self
        while scope is not None:
            for frame in scope.frames:
                if (alias is None or frame.alias == alias) and name in frame.names:
                    return frame.values[name]
            scope = scope.outer
        if self.world.variables is not None:
            value = self.world.variables.find(parts)
            if value is not MISSING:
                return value
        return self._whole(parts[0]) if len(parts) == 1 else MISSING

    def _whole(self, alias: str) -> Value:
        """A row as a value."""
        for scope in self.chain():
            for frame in scope.frames:
                if frame.alias == alias:
                    if frame.scalar:
                        return next(iter(frame.values.values()))
                    return Record({name: frame.values[name] for name in frame.names})
        return MISSING

    def column(self, parts: Sequence[str]) -> Value:
        value = self.find(parts)
        if value is MISSING:
            raise Failure("42703", f"column {'.'.join(parts)} does not exist")
        return value


def here_of(*marks: Value) -> Value:
    """Whether a row made of several is there."""
    doubts = [mark for mark in marks if isinstance(mark, Unsure)]
    if not doubts:
        return True
    guesses = [doubt.guess for doubt in doubts]
    known = False if False in guesses else MISSING if MISSING in guesses else all(guesses)
    return Unsure(doubts[0].cause, known)
