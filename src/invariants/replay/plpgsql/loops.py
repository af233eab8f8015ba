"""Loops: over conditions, integers, rows and arrays."""

from collections.abc import Iterator

from invariants.postgres.plpgsql import nodes as n
from invariants.replay.errors import Failure, Unknown
from invariants.replay.plpgsql.cursors import Cursors
from invariants.replay.plpgsql.scope import Entry, Result
from invariants.replay.plpgsql.supposing import Leave
from invariants.replay.plpgsql.values import Record, Unsure, Value, guess_of, text_of
from invariants.replay.plpgsql.variables import Frame, Variable

LIMIT = 10_000
"""No loop runs more often."""


class Loops(Cursors):
    """Runs loops."""

    def around(self, left: Leave | None, label: str) -> tuple[bool, Leave | None]:
        """Whether a loop ends by what its body did, and what it hands on."""
        if left is None:
            return False, None
        if left.how == "return" or left.label not in {"", label}:
            return True, left
        return left.how == "exit", None

    def loop(self, it: n.Loop) -> Leave | None:
        for _ in range(LIMIT):
            met = True if it.condition is None else self.condition(it.condition)
            if isinstance(met, Unsure):
                if met.guess is not True:
                    return self.perhaps(Unsure(met.cause, guess=False), it.body, (), "whether the loop runs")
                self.perhaps(met, (), it.body, "whether the loop runs")
            if not met:
                return None
            ends, left = self.around(self.all(it.body), it.label)
            if ends:
                return left
        raise Unknown(f"a loop runs more than {LIMIT} times", "write out what it does, or carve it out")

    def integers(self, it: n.ForInteger) -> Leave | None:
        bounds = [self.evaluate(each) for each in (it.lower, it.upper)] + [1 if it.step is None else self.evaluate(it.step)]
        doubt = next((each for each in bounds if isinstance(each, Unsure)), None)
        lower, upper, step = (guess_of(each) for each in bounds)
        if doubt is None and None in {lower, upper, step}:
            raise Failure("22004", "bound of FOR loop cannot be null")
        known = all(isinstance(each, int) for each in (lower, upper, step))
        numbers = range(0) if not known else range(lower, upper - 1, -step) if it.reverse else range(lower, upper + 1, step)
        entries = (Entry((number,), True if doubt is None else Unsure(doubt.cause, guess=True)) for number in numbers)
        self.local.frames.append(Frame(it.label, {it.variable: Variable(None)}))
        try:
            return self._iterate(it, (it.variable,), (it.variable,), entries, doubt)
        finally:
            self.local.frames.pop()

    def over(self, it: n.ForQuery) -> Leave | None:
        found = self._opened(it)
        if isinstance(found, Unsure):
            return self._iterate(it, it.targets, (), iter(()), found)
        own = {it.targets[0]: Variable(None, is_record=True)} if it.cursor else {}
        self.local.frames.append(Frame("", own))
        try:
            left = self._iterate(it, it.targets, found.names, iter(found.rows), None)
        finally:
            self.local.frames.pop()
        self.found(self._some(found))
        return left

    def _opened(self, it: n.ForQuery) -> Result | Unsure:
        """The rows that a loop runs over."""
        if it.cursor:
            return self._cursor_rows(it.query.text, it.using)
        if not it.dynamic:
            return self.select(it.query.text)
        text = self.evaluate(it.query)
        if isinstance(text, Unsure):
            return text
        if text is None:
            raise Failure("22004", "query string argument of EXECUTE is null")
        return self.select(text_of(text), [self.evaluate(each) for each in it.using])

    def each(self, it: n.ForEach) -> Leave | None:
        array = self.evaluate(it.array)
        doubt = array if isinstance(array, Unsure) else None
        items = guess_of(array)
        if items is None and doubt is None:
            raise Failure("22004", "FOREACH expression must not be null")
        if not isinstance(items, list):
            items = []
        elements = items if it.slice else list(_flat(items))
        here = True if doubt is None else Unsure(doubt.cause, guess=True)
        rows = (Entry(tuple(each.items()) if isinstance(each, Record) else (each,), here) for each in elements)
        return self._iterate(it, it.targets, ("element",), rows, doubt)

    def _iterate(
        self,
        it: n.ForInteger | n.ForQuery | n.ForEach,
        targets: tuple[str, ...],
        names: tuple[str, ...],
        rows: Iterator[Entry],
        doubt: Unsure | None,
    ) -> Leave | None:
        """The body for each row; one that may be missing is supposed as a new database has it."""
        if doubt is not None:
            self._doubtful(it, doubt)
        for row in rows:
            self.world.budget.step()
            if row.here is True:
                self.local.take(targets, names, row.values)
                ends, left = self.around(self.all(it.body), it.label)
                if ends:
                    return left
                continue
            self._doubtful(it, row.here)
            if row.here.guess is True:
                self.local.take(targets, names, row.values)
                ends, left = self.around(self._supposed(it.body, row.here.cause, it.body), it.label)
                if ends:
                    return left
            else:
                self._supposed((), row.here.cause, it.body)
        return None

    def _doubtful(self, it: n.ForInteger | n.ForQuery | n.ForEach, doubt: Unsure) -> None:
        if self._matters(it.body):
            self.world.at = self.place(it.offset)
            self.doubt("for which rows the loop runs", doubt.cause)


def _flat(items: list[Value]) -> Iterator[Value]:
    for each in items:
        if isinstance(each, list):
            yield from _flat(each)
        else:
            yield each
