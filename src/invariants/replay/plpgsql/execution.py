"""Running the SQL that a body holds, and the texts that it makes."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from invariants.postgres.grammar import GrammarError, Parsed, parse
from invariants.postgres.plpgsql import nodes as n
from invariants.replay.errors import Failure, Unknown
from invariants.replay.plpgsql import calls
from invariants.replay.plpgsql.effects import Effects
from invariants.replay.plpgsql.evaluate import expression
from invariants.replay.plpgsql.query import Query, compiled_query
from invariants.replay.plpgsql.scope import Entry, Exhausted, Result, Scope, World
from invariants.replay.plpgsql.values import GAP, MISSING, Unsure, Value, guess_of, text_of
from invariants.replay.plpgsql.variables import Locals

REMEDY = "write the statements out, or carve the migration out once you have checked what it does"
WRITES = {"insert_stmt", "update_stmt", "delete_stmt", "merge_stmt"}


@lru_cache(maxsize=2048)
def parsed(text: str) -> tuple[Parsed, ...]:
    """The statements of a text; 42601 where it does not parse."""
    try:
        return tuple(parse(text))
    except GrammarError as error:
        raise Failure("42601", error.message) from error


@lru_cache(maxsize=1024)
def query_of(text: str) -> Query:
    """The query that a text is."""
    statements = parsed(text)
    if len(statements) != 1 or statements[0].kind != "select_stmt":
        raise Failure("42601", "it is no query")
    return compiled_query(statements[0].node)


class Execution:
    """Runs statements in a world whose variables are ``local``."""

    def __init__(self, world: World, local: Locals) -> None:
        self.world = world
        self.local = local
        self.effects = Effects(world.catalog)
        self.count: Value = 0

    def evaluate(self, sql: n.Sql) -> Value:
        """The value of an expression."""
        try:
            compute = expression(sql.text)
        except GrammarError as error:
            if "not one expression" not in error.message:
                raise Failure("42601", error.message) from error
            return calls.single(self.select(f"SELECT {sql.text}"))
        return compute(Scope(self.world))

    def select(self, text: str, parameters: Sequence[Value] | None = None) -> Result:
        """The rows of a query."""
        world = self.world if parameters is None else replace(self.world, parameters=parameters)
        return query_of(text)(Scope(world))

    def doubt(self, what: str, cause: str) -> None:
        self.world.doubt(what, cause, REMEDY)

    def perform(self, it: n.Perform) -> None:
        result = self.select(it.query.text)
        self.found(self._some(result))

    def found(self, value: Value) -> None:
        self.local.assign("found", value)

    def _some(self, result: Result) -> Value:
        """Whether a result has any row."""
        marks = [row.here for row in result.rows]
        if not marks or True in marks:
            return bool(marks)
        guesses = [guess_of(each) for each in marks]
        return Unsure(marks[0].cause, True if True in guesses else MISSING if MISSING in guesses else False)

    def run(self, it: n.Run) -> None:
        """A statement as the body writes it."""
        for each in parsed(it.query.text):
            if each.kind == "select_stmt":
                if not it.into:
                    raise Failure("42601", "query has no destination for result data")
                result = self.select(it.query.text)
                self.take(result, it.into, strict=it.strict)
                self.found(self._some(result))
            elif each.kind == "call_stmt":
                self._call(each.node)
            elif each.kind in WRITES:
                self._write(each, it.into)
            else:
                self.apply(each, it.query.text)

    def _call(self, node: Any) -> None:
        call = calls.of(node.funccall)
        named = {name: argument(Scope(self.world)) for name, argument in call.named}
        values = call.values(Scope(self.world))
        if self.world.call(self.world, call.schema, call.name, values, named) is None:
            raise Failure("42883", f"procedure {call.name} does not exist")

    def _write(self, each: Parsed, into: tuple[str, ...]) -> None:
        """A statement that writes rows: of what it finds or returns, nothing is known."""
        cause = f"it depends on the rows that {each.kind.removesuffix('_stmt')} finds"
        guess = each.kind == "insert_stmt"
        self.count = Unsure(cause, int(guess))
        self.found(Unsure(cause, guess))
        for target in into:
            self.local.assign(target, Unsure(cause, MISSING if guess else None))

    def apply(self, each: Parsed, text: str) -> None:
        """Any other statement: the machine applies it. What cannot be told of it is noted, and has no effect."""
        try:
            self.world.machine.apply(each, text, self.world.at)
        except Exhausted:
            raise
        except Unknown as unknown:
            self.world.doubt("what this does", unknown.message, unknown.remedy)

    def take(self, result: Result, into: tuple[str, ...], *, strict: bool) -> None:
        """The first row into its targets."""
        certain = [row for row in result.rows if row.here is True]
        if strict and len(certain) == len(result.rows) != 1:
            raise Failure(
                "P0002" if not certain else "P0003", "query returned no rows" if not certain else "query returned more than one row"
            )
        if result.rows and result.rows[0].here is True:
            self.local.take(into, result.names, result.rows[0].values)
        elif not result.rows:
            self.local.clear(into)
        else:
            self.local.take(into, result.names, _first(result.rows))

    def execute(self, it: n.Execute) -> None:
        """EXECUTE: a text made at run time."""
        text = self.evaluate(it.text)
        parameters = [self.evaluate(each) for each in it.using]
        if isinstance(text, Unsure):
            self._uncertain(text, it.into)
            return
        if text is None:
            raise Failure("22004", "query string argument of EXECUTE is null")
        for each in parsed(text_of(text)):
            self._executed(each, text_of(text), it, parameters)

    def _executed(self, each: Parsed, text: str, it: n.Execute, parameters: list[Value]) -> None:
        if each.kind == "select_stmt" and not each.node.HasField("into_clause"):
            if it.into or self.effects.of_parsed(each):
                result = self.select(text, parameters)
                self.count = len(result.rows) if all(row.here is True for row in result.rows) else Unsure("it counts rows", 0)
                if it.into:
                    self.take(result, it.into, strict=it.strict)
        elif each.kind in WRITES:
            was = self.local.find(["found"])
            self._write(each, it.into)
            self.found(was)
        else:
            self.apply(each, text)

    def _uncertain(self, text: Unsure, into: tuple[str, ...]) -> None:
        """A text that is known in part at most: of no matter where it cannot change the schema."""
        for target in into:
            self.local.assign(target, Unsure(text.cause))
        if not Effects(self.world.catalog).of_pattern(text.pattern):
            return
        shown = " ".join(text.pattern.replace(GAP, "…").split())
        self.doubt(f"what EXECUTE runs ({shown[:80]})" if shown != "…" else "what EXECUTE runs", text.cause)
        if isinstance(text.guess, str):
            try:
                with self.world.catalog.savepoint():
                    for each in parsed(text.guess):
                        self.apply(each, text.guess)
            except Failure:
                return  # the guess does not hold, and the doubt is told


def _first(rows: list[Entry]) -> list[Value]:
    """The values of a first row that may be another, or none."""
    cause = next(row.here.cause for row in rows if isinstance(row.here, Unsure))
    if any(guess_of(row.here) is MISSING for row in rows):
        return [Unsure(cause) for _ in rows[0].values]
    guessed = next((row for row in rows if guess_of(row.here)), None)
    guesses = [None] * len(rows[0].values) if guessed is None else [guess_of(each) for each in guessed.values]
    return [Unsure(cause, guess) for guess in guesses]
