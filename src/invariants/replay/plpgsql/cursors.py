"""Cursors."""

from invariants.postgres.plpgsql import nodes as n
from invariants.replay.errors import Failure
from invariants.replay.plpgsql.scope import Entry, Result
from invariants.replay.plpgsql.supposing import Supposing
from invariants.replay.plpgsql.values import Unsure, text_of
from invariants.replay.plpgsql.variables import Frame, Variable


class Cursors(Supposing):
    """Opens, reads and closes cursors, and gives the rows of any query, static, dynamic or a cursor's."""

    def _cursor(self, name: str) -> Variable:
        variable = self.local.variable(name)
        if variable is None:
            raise Failure("34000", f'cursor "{name}" does not exist')
        return variable

    def _cursor_rows(self, name: str, arguments: tuple[n.Sql, ...]) -> Result:
        variable = self._cursor(name)
        if variable.query is None:
            return variable.rows or Result((), [])
        values = [self.evaluate(each) for each in arguments]
        bound = {parameter: Variable(value) for parameter, value in zip(variable.parameters, values, strict=False)}
        self.local.frames.append(Frame("", bound))
        try:
            return self.select(variable.query.text)
        finally:
            self.local.frames.pop()

    def open(self, it: n.Open) -> None:
        variable = self._cursor(it.cursor)
        variable.position = 0
        if it.query is None:
            variable.rows = self._cursor_rows(it.cursor, it.using)
        elif it.dynamic:
            text = self.evaluate(it.query)
            doubtful = isinstance(text, Unsure)
            variable.rows = (
                Result(("",), [Entry((text,), Unsure(text.cause))])
                if doubtful
                else self.select(text_of(text), [self.evaluate(each) for each in it.using])
            )
        else:
            variable.rows = self.select(it.query.text)

    def fetch(self, it: n.Fetch) -> None:
        variable = self._cursor(it.cursor)
        result = variable.rows or Result((), [])
        rest = Result(result.names, result.rows[variable.position :])
        variable.position += 1
        if it.into:
            self.take(rest, it.into, strict=False)
        self.found(self._some(rest))

    def close(self, it: n.Close) -> None:
        self._cursor(it.cursor).rows = None
