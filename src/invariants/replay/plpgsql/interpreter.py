"""Running PL/pgSQL: blocks, assignments, branches, exceptions."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from invariants.postgres.grammar import parse_expression, unwrap
from invariants.postgres.plpgsql import nodes as n
from invariants.postgres.tree import strings
from invariants.replay.errors import Failure
from invariants.replay.plpgsql.conditions import CODES, catches
from invariants.replay.plpgsql.effects import Effects
from invariants.replay.plpgsql.evaluate import compiled
from invariants.replay.plpgsql.loops import Loops
from invariants.replay.plpgsql.operators import binary
from invariants.replay.plpgsql.scope import Entry, Scope
from invariants.replay.plpgsql.supposing import Body, Leave
from invariants.replay.plpgsql.values import Record, Unsure, Value, text_of
from invariants.replay.plpgsql.variables import Frame, Variable, declared


class Interpreter(Loops):
    """Runs one body."""

    def start(self) -> None:
        """Run the body."""
        self.block(self.body)

    def all(self, statements: Iterable[n.Statement]) -> Leave | None:
        for each in statements:
            left = self.one(each)
            if left is not None:
                return left
        return None

    def one(self, it: n.Statement) -> Leave | None:
        self.world.budget.step()
        self.world.at = self.place(it.offset)
        return RUNNERS[type(it)](self, it)

    # blocks

    def block(self, it: n.Block) -> Leave | None:
        depth = len(self.local.frames)
        self.local.frames.append(Frame(it.label))
        try:
            for each in it.declarations:
                self.declare(each)
            left = self._guarded(it) if it.handlers else self.all(it.body)
        finally:
            del self.local.frames[depth:]
        return None if left is not None and left.how == "exit" and left.label == it.label != "" else left

    def declare(self, it: n.Declaration) -> None:
        frame = self.local.frames[-1]
        if it.alias:
            aliased = self.local.variable(it.alias)
            if aliased is None:
                raise Failure("42704", f'variable "{it.alias}" does not exist')
            frame.variables[it.name] = aliased
            return
        variable = declared(self.world.catalog, it.type_name)
        variable.query, variable.parameters = it.query, it.parameters
        value = None if it.default is None else self.evaluate(it.default)
        frame.variables[it.name] = variable
        if value is not None:
            self.local.assign(it.name, value)

    def _guarded(self, it: n.Block) -> Leave | None:
        depth = len(self.local.frames)
        try:
            with self.world.catalog.savepoint():
                return self.all(it.body)
        except Failure as failure:
            handler = next((each for each in it.handlers if any(catches(one, failure.sqlstate) for one in each.conditions)), None)
            if handler is None:
                raise
            del self.local.frames[depth:]
            return self._handled(handler, failure)

    def _handled(self, handler: n.Handler, failure: Failure) -> Leave | None:
        outer, self.caught = self.caught, failure
        known = {"sqlstate": Variable(failure.sqlstate), "sqlerrm": Variable(failure.message)}
        self.local.frames.append(Frame("", known))
        try:
            return self.all(handler.body)
        finally:
            self.local.frames.pop()
            self.caught = outer

    # assignments

    def assign(self, it: n.Assign) -> None:
        value = self.evaluate(it.value)
        kind, node = unwrap(parse_expression(it.target.text))
        if kind == "column_ref":
            self.local.assign(".".join(strings(node.fields)), value)
            return
        subscripts = [
            compiled(each.a_indices.uidx)(Scope(self.world)) for each in node.indirection if each.WhichOneof("node") == "a_indices"
        ]
        self.local.assign_element(".".join(strings(node.arg.column_ref.fields)), subscripts, value)

    def diagnostics(self, it: n.Diagnostics) -> None:
        known = {"row_count": self.count}
        if self.caught is not None:
            known |= {"returned_sqlstate": self.caught.sqlstate, "message_text": self.caught.message}
        for target, item in it.items:
            self.local.assign(target, known.get(item, Unsure(f"{item} is the server's")))

    # branches

    def branch(self, it: n.If) -> Leave | None:
        for index, (condition, body) in enumerate(it.branches):
            met = self.condition(condition)
            if isinstance(met, Unsure):
                rest = replace(it, branches=it.branches[index + 1 :]) if index + 1 < len(it.branches) else None
                others: Body = it.otherwise if rest is None else (rest,)
                return self.perhaps(met, body, others, "which branch runs")
            if met:
                return self.all(body)
        return self.all(it.otherwise)

    def case(self, it: n.Case) -> Leave | None:
        subject = None if it.subject is None else self.evaluate(it.subject)
        for index, (condition, body) in enumerate(it.branches):
            met = self._meets(subject, condition) if it.subject is not None else self.condition(condition)
            if isinstance(met, Unsure):
                others = (replace(it, branches=it.branches[index + 1 :]),) if index + 1 < len(it.branches) else it.otherwise or ()
                return self.perhaps(met, body, others, "which branch runs")
            if met:
                return self.all(body)
        if it.otherwise is None:
            raise Failure("20000", "case not found")
        return self.all(it.otherwise)

    def _meets(self, subject: Value, candidates: n.Sql) -> Value:
        row = unwrap(parse_expression(f"ROW({candidates.text})"))[1]
        values = [compiled(each)(Scope(self.world)) for each in row.args]
        marks = [binary("=", subject, each) for each in values]
        return True if True in marks else next((each for each in marks if isinstance(each, Unsure)), False)

    # leaving

    def exit(self, it: n.Exit) -> Leave | None:
        leave = Leave("exit" if it.leaves else "continue", it.label)
        if it.condition is None:
            return leave
        met = self.condition(it.condition)
        if not isinstance(met, Unsure):
            return leave if met else None
        if Effects(self.world.catalog).of((self.body,)):
            self.doubt("when the loop ends", met.cause)
        return None if met.guess is False else leave

    def returns(self, it: n.Return) -> Leave:
        if it.value is not None:
            self.value = self.evaluate(it.value)
        return Leave("return")

    def next_row(self, it: n.ReturnNext) -> None:
        value = None if it.value is None else self.evaluate(it.value)
        if isinstance(value, Record):
            self.names = tuple(value.fields)
        self.rows.append(Entry(tuple(value.items()) if isinstance(value, Record) else (value,), True))

    def more_rows(self, it: n.ReturnQuery) -> None:
        if it.dynamic:
            text = self.evaluate(it.query)
            if isinstance(text, Unsure):
                self.rows.append(Entry((text,), Unsure(text.cause)))
                return
            result = self.select(text_of(text), [self.evaluate(each) for each in it.using])
        else:
            result = self.select(it.query.text)
        self.names = result.names
        self.rows += result.rows
        self.found(bool(result.rows))

    def throw(self, it: n.Raise) -> None:
        if it.level not in {"", "exception"}:
            return
        if not it.level and it.message is None and not it.condition and not it.options:
            raise self.caught or Failure("0Z002", "RAISE without parameters cannot be used outside an exception handler")
        options = {name.lower(): self.evaluate(value) for name, value in it.options}
        code = options.get("errcode", it.condition or "P0001")
        code = code if isinstance(code, str) else "P0001"
        raise Failure(CODES.get(code, (code,))[0], text_of(options.get("message", self._message(it))))

    def _message(self, it: n.Raise) -> str:
        """The message, its percent signs filled in."""
        if it.message is None:
            return it.condition
        parts = text_of(self.evaluate(it.message)).replace("%%", "\0").split("%")
        values = [text_of("<NULL>" if (value := self.evaluate(each)) is None else value) for each in it.arguments]
        filled = [part + value for part, value in zip(parts, values, strict=False)]
        return "".join([*filled, *parts[len(filled) :]]).replace("\0", "%")

    def check(self, it: n.Assert) -> None:
        met = self.condition(it.condition)
        if not met and not isinstance(met, Unsure):
            raise Failure("P0004", "assertion failed")

    def nothing(self, it: n.Null) -> None:
        """NULL; a transaction's end inside a procedure keeps what was done."""


RUNNERS: dict[type, Callable[..., Leave | None]] = {
    n.Block: Interpreter.block,
    n.Assign: Interpreter.assign,
    n.Diagnostics: Interpreter.diagnostics,
    n.If: Interpreter.branch,
    n.Case: Interpreter.case,
    n.Loop: Interpreter.loop,
    n.ForInteger: Interpreter.integers,
    n.ForQuery: Interpreter.over,
    n.ForEach: Interpreter.each,
    n.Exit: Interpreter.exit,
    n.Return: Interpreter.returns,
    n.ReturnNext: Interpreter.next_row,
    n.ReturnQuery: Interpreter.more_rows,
    n.Raise: Interpreter.throw,
    n.Assert: Interpreter.check,
    n.Perform: Interpreter.perform,
    n.Run: Interpreter.run,
    n.Execute: Interpreter.execute,
    n.Open: Interpreter.open,
    n.Fetch: Interpreter.fetch,
    n.Close: Interpreter.close,
    n.Null: Interpreter.nothing,
}
"""By the kind of statement."""
