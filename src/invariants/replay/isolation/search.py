"""The search: every world in which a question may be asked, and whether the row passes there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from invariants.replay import objects as o
from invariants.replay.isolation import patterns, rows, truth
from invariants.replay.isolation.arms import Arm, conjuncts
from invariants.replay.isolation.budget import Budget
from invariants.replay.isolation.compiling import condition
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.presence import contradicted
from invariants.replay.isolation.reasons import Scene
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import MINE, THEIRS, Row
from invariants.replay.isolation.world import Infeasible, Steps, World
from invariants.replay.isolation.worlds import Worlds

FAILS = "in the sessions in which it passes, PostgreSQL fails on what else the policies ask"


class Question(NamedTuple):
    """What is asked: whether rows of another tenant pass these conditions, all of them, for a role."""

    table: o.Relation
    role: str
    texts: tuple[str, ...]
    """A disjunct, and what the restrictive policies ask."""
    is_new: bool = False
    """The row is being written."""
    others: tuple[str, ...] = ()
    """What the other policies say, which are evaluated too: where one fails, the whole statement does."""
    beside: str = ""
    """What an update asks on its other side: of the row that was, where this is the new one, else of the row that comes of it."""

    def is_careful(self, tenancy: Tenancy) -> bool:
        """Whether it asks what texts are compared under."""
        return tenancy.collations.asks(self.everything)

    @property
    def everything(self) -> tuple[str, ...]:
        """All that is asked."""
        return (*self.texts, *self.others, self.beside)

    @property
    def is_together(self) -> bool:
        """Whether it asks what else a statement asks for, besides the row."""
        return bool(self.others or self.beside)

    @property
    def theirs(self) -> str:
        """The side of a row of another tenant."""
        return rows.NEW if self.is_new else THEIRS

    @property
    def other_sides(self) -> tuple[str, ...]:
        """The sides of the row on an update's other side."""
        return () if not self.beside else (MINE, THEIRS) if self.is_new else (MINE, rows.NEW)

    @property
    def arms(self) -> list[Sequence[Arm]]:
        """What each of the texts asks, all of it."""
        return [conjuncts(text) for text in self.texts]


class Start(NamedTuple):
    """Where a search that asks less first came to a world in which the row may pass: none before it lets it pass where more is asked."""

    table: int
    is_careful: bool
    tape: tuple[int, ...]
    before: int
    """How many worlds were looked at until then."""
    steps: tuple[str, ...]
    spent: int
    """How many choices were made in all of them."""
    is_settled: bool
    """There is no world in which the row surely passes."""
    asks_role: int


@dataclass(slots=True, eq=False)
class Search:
    """One search: the conditions that are asked of a row, text by text, and what has been seen so far."""

    tenancy: Tenancy
    question: Question
    side: str
    """Whose row it is."""
    arms: Sequence[Sequence[Arm]]
    budget: Budget
    steps: Steps = field(default_factory=dict)
    count: int = 0
    """How many worlds were looked at."""
    asks_role: int = 0
    """What it mattered of who asks."""
    is_required: bool = False
    """Whether only worlds are of interest in which the row may pass."""
    _is_doubted: bool = False
    _scene: Scene | None = None
    is_careful: bool = False
    """Whether what stands around it asks what texts are compared under."""
    start: Start | None = None
    first: tuple[tuple[int, ...], int] | None = None
    """What the first world answered in which the row may pass, to what is asked of the row, and how many were looked at before."""
    _until: int = 0
    _worlds: Worlds = field(init=False)

    def __post_init__(self) -> None:
        self.is_careful |= self.question.is_careful(self.tenancy)
        start = self.start
        if start is not None and (start.table, start.is_careful) != (self.question.table.oid, self.is_careful):
            start = self.start = None
        if start is not None:
            self.steps |= dict.fromkeys(start.steps)
            self.count, self.asks_role = start.before, start.asks_role
        self._worlds = Worlds(self.steps, self.budget, start.tape if start is not None else ())

    @property
    def is_through(self) -> bool:
        """Whether every world was looked at."""
        return self._worlds.is_through

    def passes(self) -> bool:
        """Whether the row may pass in some world."""
        return any(said & truth.TRUE for _, said in self.scenes())

    def scenes(self) -> Iterator[tuple[Scene, Truth]]:
        """Every world that was not looked at, the row in it, and whether it passes there."""
        for said in self._worlds.told(self._evaluate):
            self._is_doubted |= bool(said & truth.TRUE) and said != truth.TRUE
            assert self._scene is not None
            if said & truth.TRUE and self.first is None:
                self.first = self._scene.world.tape(self._until), self.count - 1
            yield self._scene, said

    def _evaluate(self, world: World) -> Truth:
        self.count += 1
        try:
            return self._told(world)
        finally:
            self.asks_role |= world.asks_role  # nothing can be as it is supposed for one role, and may for another

    def _told(self, world: World) -> Truth:
        question = self.question
        row = Row(question.table, self.side, question.table.name)
        context, frame = self._context(world), Frame()
        frame.items.append(rows.item(context, row, row.table.name))
        world.judged.append(row)
        world.is_doubted = self._is_doubted
        world.is_remade = "=" in self.tenancy.operators
        world.collations = self.tenancy.collations if self.is_careful else None
        said = self._asked(context, frame, row)
        if said & truth.TRUE and (patterns.contradicted(world) or contradicted(context)):
            raise Infeasible
        return settled(self.tenancy, world, said)

    def _context(self, world: World) -> Context:
        role = self.tenancy.catalog.roles.named(self.question.role)
        return Context(world, self.tenancy, self.question.role, None if role is None else role.oid)

    def _asked(self, context: Context, frame: Frame, row: Row) -> Truth:
        """What the conditions say, and what else PostgreSQL asks for the same statement."""
        question, world = self.question, context.world
        term, *others = self.arms
        said = self._all(term, context, frame, truth.TRUE)
        make = Scene.of if said & truth.TRUE else Scene
        self._scene = make(world, row, self.tenancy.table(row.table).keys, question.role)
        for each in others:
            said = self._all(each, context, frame, said)
        self._until = world.answered  # whether that can be is asked later, and is no part of what is asked
        fails = world.minds(said) and _fails(question, context, frame)
        if question.beside and world.minds(said | truth.ERROR if fails else said):
            said = self._beside(context, said)
        if said & truth.TRUE and fails:
            world.doubt(FAILS)
            said |= truth.ERROR
        return said

    def _beside(self, context: Context, said: Truth) -> Truth:
        """The same, if an update's other side lets some row pass in that world."""
        question = self.question
        row = Row(question.table, context.world.choose(question.other_sides), question.table.name)
        context.world.judged.append(row)
        return self._all(conjuncts(question.beside), context, Frame(items=[rows.item(context, row, row.table.name)]), said)

    def _all(self, arms: Sequence[Arm], context: Context, frame: Frame, said: Truth) -> Truth:
        """AND, for as long as it matters to the verdict what more is said."""
        for each in arms:
            if not context.world.minds(said):
                break
            test = each.required if self.is_required else each.test
            said = truth.both(said, test(context, frame))
        return said


def _fails(question: Question, context: Context, frame: Frame) -> bool:
    """Whether the statement fails all the same: to plan a query PostgreSQL evaluates what is the same for every row (section 14.1)."""
    answers = [condition(text)(context, frame) for text in question.others]
    return any(each == truth.ERROR if question.is_new else each & truth.ERROR for each in answers)


def settled(tenancy: Tenancy, world: World, said: Truth) -> Truth:
    """What was said, once it is known which rows are the session's: what identifies those stands in no other tenant's row."""
    for row, why in world.bridges if said & truth.TRUE else ():
        if rows.holds(row, MINE, tenancy.table(row.table).unique):
            raise Infeasible
        world.doubt(why)
        said |= truth.FALSE
    return said
