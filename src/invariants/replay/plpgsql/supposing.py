"""What runs when it cannot be told what runs.

Where a condition cannot be told, the branch is taken that a new, empty database would take; what the others might have
done to the schema is noted, and what they might have assigned becomes uncertain. A branch that raises is one that the
migration, having run, did not take.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from invariants.facts.place import Place
from invariants.postgres.plpgsql import nodes as n
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import effects
from invariants.replay.plpgsql.execution import Execution
from invariants.replay.plpgsql.literals import parse_bool
from invariants.replay.plpgsql.scope import Entry, World
from invariants.replay.plpgsql.values import Unsure, Value, guess_of
from invariants.replay.plpgsql.variables import Locals

Body = tuple[n.Statement, ...]


class Leave(NamedTuple):
    """What ends a body early: exit, continue or return, and the label it means."""

    how: str
    label: str = ""


class Supposing(Execution):
    """Runs a body whose statements ``all`` runs. ``place`` tells where an offset of it stands."""

    def __init__(self, world: World, local: Locals, body: n.Block, place: Callable[[int], Place]) -> None:
        super().__init__(world, local)
        self.body = body
        self.place = place
        self.value: Value = None
        self.rows: list[Entry] = []
        self.names: tuple[str, ...] = ()
        self.caught: Failure | None = None

    def all(self, statements: Iterable[n.Statement]) -> Leave | None:
        """Run statements until one leaves."""
        raise NotImplementedError

    def condition(self, sql: n.Sql) -> Value:
        value = self.evaluate(sql)
        return parse_bool(value) if isinstance(value, str) else value

    def perhaps(self, met: Unsure, body: Body, others: Body, what: str) -> Leave | None:
        """Run what a new database would run of two, and doubt what the choice would change."""
        if self._matters(body) or self._matters(others):
            self.doubt(what, met.cause)
        return self._supposed(body if met.guess is True else others, met.cause, (*body, *others))

    def _matters(self, body: Body) -> bool:
        """Whether the schema depends on a body: it changes the schema, or may leave before what does."""
        if all(isinstance(each, n.Raise) and each.level in {"", "exception"} for each in body[-1:]) and body and not self._catches():
            return False
        asked = effects.Effects(self.world.catalog)
        return asked.of(body) or (effects.leaves(body) and asked.of((self.body,)))

    def _catches(self) -> bool:
        return any(isinstance(each, n.Block) and each.handlers for each in _nested((self.body,)))

    def _supposed(self, body: Body, cause: str, touched: Body) -> Leave | None:
        """Run a body that may not have run. If it fails it did not run."""
        left = None
        depth, rows = len(self.local.frames), len(self.rows)
        try:
            with self.world.catalog.savepoint():
                left = self.all(body)
        except Failure:
            del self.local.frames[depth:]
        self.local.taint(effects.assigned(touched), cause)
        if effects.leaves(touched):
            self.value = Unsure(cause, guess_of(self.value))
        self.rows[rows:] = [Entry(row.values, Unsure(cause, guess_of(row.here))) for row in self.rows[rows:]]
        return left


def _nested(body: Iterable[n.Statement]) -> Iterator[n.Statement]:
    for each in body:
        yield each
        for inner in effects.bodies(each):
            yield from _nested(inner)
