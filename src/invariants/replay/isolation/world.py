"""A world: one way things could stand - what the session says of itself, what the row holds, which rows there are.

Evaluation asks a world wherever more than one thing may be so; the world answers from a tape, and takes the first answer where the tape
ends. :class:`~worlds.Worlds` runs an evaluation again and again, with the next tape, until every answer was given.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from invariants.replay.isolation import truth
from invariants.replay.isolation.budget import Effort
from invariants.replay.isolation.collated import CITEXT, Collations
from invariants.replay.isolation.constants import alike
from invariants.replay.isolation.meetings import NEVER, PERHAPS, bridge, found, meets, merge
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, THEIRS, Nothing, Row, Under, Unknown, Value, Var

T = TypeVar("T")

Steps = dict[str, None]
"""Sentences about what was taken into account, in order."""


REMADE = "= is PostgreSQL's own and the repository's"
RIGHTS, ITSELF, CIRCULAR = 1, 2, 4
"""What it mattered of who asks: what the role may see; which role it is; that one question was asked in the midst of itself."""


class Infeasible(Exception):
    """Nothing can be as it was supposed."""


class NoRow(Infeasible):
    """A set has no row; where one value is asked for, that is NULL."""


class World:
    """One way things could stand, as far as it was asked about."""

    def __init__(self, tape: Sequence[int], steps: Steps | None = None) -> None:
        self.steps: Steps = {} if steps is None else steps
        """What was taken into account, in this world and those before it."""
        self._tape = list(tape)
        self._sizes: list[int] = []
        self.effort = Effort()
        self._different: set[frozenset[Var]] = set()
        """Pairs of values that were found not to be equal, as what stands for them."""
        self._met_so: list[tuple[Var, Var, bool]] = []
        """Values that were compared, and whether they were found to be equal."""
        self._constants: dict[str, Var] = {}
        self.kept: dict[object, object] = {}
        """What was decided once and stays so: the session's variables, tests of a kind."""
        self.doubts: list[str] = []
        """Why it is not sure how things stand, the first reason first."""
        self.is_remade = False
        """Whether a migration made an ``=`` of its own, which may be the one that is meant."""
        self.collations: Collations | None = None
        """What texts are compared under, where it is asked for what may be equal without being the same."""
        self.is_doubted = False
        """Whether a world before this one left a doubt: only what surely passes would still change the verdict."""
        self.asks_role = 0
        """What it mattered of who asks."""
        self.bridges: list[tuple[Row, str]] = []
        """Rows of the session's own that were taken to be named by a row of another tenant, and why that may not be."""

        self.rows: list[Row] = []
        """Rows that queries were taken to find."""
        self.judged: list[Row] = []
        """The row that is asked about, and on the other side of an update what becomes of it."""
        self.absent: list[tuple[int, Callable[[], bool]]] = []
        """Queries that were taken to find nothing: the table they ask, and whether they surely find the row that is given."""
        self.given: Row | None = None
        """The row that a query is to find."""

    def choose(self, options: Sequence[T]) -> T:
        """One of the options; another world takes the others."""
        if len(options) == 1:
            return options[0]
        position = len(self._sizes)
        if position == len(self._tape):
            self._tape.append(0)
        self._sizes.append(len(options))
        return options[self._tape[position]]

    def required(self, options: Sequence[T], wanted: Sequence[T]) -> T:
        """One of the options that are wanted, where no other leads to a world that can be; any, where a row is given to be looked at."""
        return self.choose(wanted if self.given is None else options)

    def holds(self, *, is_required: bool) -> bool:
        """Whether something holds that may be so or not, and has to where it is required."""
        return self.required((True, False), (True,)) if is_required else self.choose((True, False))

    def leave(self) -> None:
        """Let go of what leads back to itself: worlds are many, and to collect them as garbage takes long."""
        for row in (*self.judged, *self.rows):
            row.seen.clear()
        self.kept.clear()
        self.absent.clear()

    @property
    def choices(self) -> int:
        """How many were made, and as how many the rest counts."""
        return len(self._sizes) + self.effort.choices

    @property
    def answered(self) -> int:
        """How many answers were given."""
        return len(self._sizes)

    def tape(self, until: int) -> tuple[int, ...]:
        """The first answers that were given."""
        return tuple(self._tape[:until])

    def next(self) -> list[int] | None:
        """The tape of the world after this one, None where it was the last."""
        tape = self._tape[: len(self._sizes)]
        while tape and tape[-1] + 1 >= self._sizes[len(tape) - 1]:
            tape.pop()
        if tape:
            tape[-1] += 1
        return tape or None

    def minds(self, said: Truth) -> bool:
        """Whether a row passes so far, and so surely that it matters."""
        return said == truth.TRUE or bool(said & truth.TRUE and not self.is_doubted)

    def doubt(self, why: str) -> Unknown:
        """Note why something cannot be told."""
        if why not in self.doubts:
            self.doubts.append(why)
        return Unknown(why)

    def unsure(self) -> Unknown:
        """What depends on something that cannot be told: on the first doubt, or on what PostgreSQL evaluates first where one side fails."""
        return Unknown(next(iter(self.doubts), "it depends on which part PostgreSQL evaluates first, and one fails in some sessions"))

    def constant(self, text: str) -> Var:
        """The value that a constant is; equal texts are one value."""
        if text not in self._constants:
            self._constants[text] = Var(f"'{text}'", constant=text)
        return self._constants[text]

    def equal(self, left: Value, right: Value, *, is_required: bool = False) -> Truth:
        """``=`` of two scalars; where it is required, worlds in which they are not equal are left out."""
        if not (isinstance(left, Var) and isinstance(right, Var)):
            return self._no_scalar(left, right)
        if self.is_remade:
            self.doubt(REMADE)
            return truth.TRUE | truth.FALSE
        if self.collations is None or (under := self.collations.between(left, right)) is None:
            return self._same(left, right, is_required=is_required)
        said = self._same(left, right, is_required=False)
        return self._alike(self.collations, left, right, under, is_required=is_required) if said == truth.FALSE else said

    def _same(self, left: Var, right: Var, *, is_required: bool) -> Truth:
        """``=`` where only what is the same is equal."""
        one, other = found(left), found(right)
        if one is other or (one.constant is not None and one.constant == other.constant):
            return truth.TRUE
        if one.constant is not None and other.constant is not None:
            return self._written_so(one, other, is_required=is_required)
        if frozenset((one, other)) in self._different:
            return truth.FALSE
        said = self._met(one, other, is_required=is_required)
        if truth.sure(said):
            self._met_so.append((left, right, said == truth.TRUE))
        return said

    def _written_so(self, one: Var, other: Var, *, is_required: bool) -> Truth:
        """Whether two constants that are written differently are one value: their type decides, where one has it so."""
        if not alike(one.constant or "", other.constant or ""):
            return truth.FALSE
        key = ("alike", frozenset({one, other}))
        if key not in self.kept:
            self.kept[key] = self.holds(is_required=is_required)
        return truth.of(bool(self.kept[key]))

    def _alike(self, known: Collations, left: Var, right: Var, under: Under, *, is_required: bool) -> Truth:
        """``=`` of two texts that are not the same, under what may take them for one."""
        one, other = found(left), found(right)
        if under is CITEXT and "" in {one.constant, other.constant}:
            return truth.FALSE
        keys = [each for each in (left, right) if each.is_key and THEIRS in found(each).marks]
        if keys and meets(one, other) == NEVER:
            if known.tells_apart(under):
                return truth.FALSE
            if one.constant is other.constant and known.may_liken(keys[0], under):
                return self._likened(frozenset((one, other)), under, is_required=is_required)
        self.doubt(f"it compares texts under {under.name}, which may take two for one that are not the same")
        return truth.TRUE | truth.FALSE

    def _likened(self, pair: frozenset[Var], under: Under, *, is_required: bool) -> Truth:
        """Whether the keys of two tenants are taken for one."""
        key = ("likened", pair)
        if key not in self.kept:
            self.kept[key] = self.holds(is_required=is_required) and under.name
        return truth.of(bool(self.kept[key]))

    def equals(self) -> Iterator[tuple[tuple[object, object], bool]]:
        """Pairs of values that can be told in every world, and whether they were found to be equal."""
        for left, right, is_so in self._met_so:
            if (pair := self._pair(left, right)) is not None:
                yield pair, is_so

    def _pair(self, left: Var, right: Var) -> tuple[object, object] | None:
        """What tells two values from all others in every world, in an order; None where one of them cannot be told so."""
        one, other = self._itself(left), self._itself(right)
        return None if one is None or other is None else (one, other) if one < other else (other, one)

    def _itself(self, var: Var) -> tuple[str, str] | None:
        """A constant, what the session says, or a column of the row that is asked about."""
        if self.kept.get(("source", var.label)) is var:
            return "source", var.label
        if var.constant is not None and self._constants.get(var.constant) is var:
            return "constant", var.constant
        row = self.judged[0] if self.judged else None
        if row is None or row.seen.get(var.number) is not var:
            return None
        return "column", next(each.name for each in row.table.columns if each.number == var.number)

    def _no_scalar(self, left: Value, right: Value) -> Truth:
        if isinstance(left, Nothing) or isinstance(right, Nothing):
            return truth.ERROR if ERROR in (left, right) else truth.NULL
        unknown = next((each for each in (left, right) if isinstance(each, Unknown)), None)
        self.doubt(unknown.why if unknown is not None else "it compares arrays or documents")
        return truth.ANY

    def _met(self, one: Var, other: Var, *, is_required: bool) -> Truth:
        meeting = meets(one, other)
        if meeting == NEVER:
            return truth.FALSE
        crossing = bridge(one, other)
        if meeting != PERHAPS and crossing is None:
            self.doubt(meeting)
            return truth.TRUE | truth.FALSE
        if not self.holds(is_required=is_required):
            self._different.add(frozenset((one, other)))
            return truth.FALSE
        if crossing is not None:
            self.bridges.append((crossing, meeting))
        merge(one, other)
        self._different = {frozenset(map(found, pair)) for pair in self._different}
        return truth.TRUE
