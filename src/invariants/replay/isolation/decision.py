"""The decision: whether a row of another tenant can pass one disjunct of a policy, given what the restrictive policies still ask.

Every world is looked at: whatever the session says of itself, whatever the row and all others hold. One in which the row surely passes
shows that the policy is open; where it passes in none, the policy isolates; where nobody can tell, it is unverified.
(CREATE POLICY, manual: "Policies Applied by Command Type".)
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from invariants.replay import objects as o
from invariants.replay.isolation import reasons, rows, truth
from invariants.replay.isolation.compiling import condition
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.logic import conjunction
from invariants.replay.isolation.presence import contradicted
from invariants.replay.isolation.reasons import Scene
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.tenancy import Tenancy, Verdict
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import MINE, THEIRS, Row
from invariants.replay.isolation.world import Excess, Infeasible, Steps, World, worlds


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


def decide(tenancy: Tenancy, question: Question) -> tuple[Verdict, bool]:
    """The verdict on a question, and whether it depends on who asks."""
    asked: list[bool] = []
    steps: Steps = {}
    try:
        verdict = _searched(_scenes(tenancy, question, rows.NEW if question.is_new else THEIRS, asked, steps), question)
        if verdict.word == "isolates" and not any(said & truth.TRUE for _, said in _scenes(tenancy, question, MINE, asked, {})):
            verdict = verdict._replace(word="denies", reason="it is never true")
    except Excess:
        verdict = Verdict("unverified", "it has too many cases to look at all of them")
    except RecursionError:
        verdict = Verdict("unverified", "it is nested too deep")
    return verdict._replace(steps=(*steps, *_conclusion(verdict))), any(asked)


def _conclusion(verdict: Verdict) -> Iterator[str]:
    """What the cases that were looked at come to."""
    cases = f"{verdict.looked_at} {'case' if verdict.looked_at == 1 else 'cases'} looked at"
    if verdict.word == "open":
        yield f"{cases}: in the last of them a row of another tenant passes: {verdict.witness}"
    elif verdict.word == "unverified":
        yield f"{cases}: in some it cannot be told whether a row of another tenant passes: {verdict.reason}"
    else:
        yield f"{cases}: in none does a row of another tenant pass"


def _searched(scenes: Iterable[tuple[Scene, Truth]], question: Question) -> Verdict:
    """The first world in which a row of another tenant passes; one in which nobody's row does, failing that."""
    doubt, nobodys, count = "", None, 0
    for scene, said in scenes:
        count += 1
        if said == truth.TRUE:
            found = Verdict("open", *reasons.open_to(scene, question.texts[0]), count)
            if not scene.is_nobodys:
                return found
            nobodys = nobodys or found
        elif said & truth.TRUE:
            doubt = doubt or scene.world.unsure().why
    if nobodys is not None:
        return nobodys
    if doubt:
        return Verdict("unverified", doubt, looked_at=count)
    return Verdict("isolates", "it binds the row to the session", looked_at=count)


def _scenes(tenancy: Tenancy, question: Question, side: str, asked: list[bool], steps: Steps) -> Iterator[tuple[Scene, Truth]]:
    """Every world, the row in it, and whether it passes there."""
    term, *others = [condition(text) for text in question.texts]
    latest: list[Scene] = []

    def evaluate(world: World) -> Truth:
        context, row = _context(tenancy, question, world), Row(question.table, side, question.table.name)
        frame = _frame(context, row)
        world.judged.append(row)
        said = term(context, frame)
        latest[:] = [Scene.of(world, row, tenancy.table(row.table).keys, question.role)]
        said = conjunction([lambda *_: said, *others], context, frame)
        if question.beside and said & truth.TRUE:
            said = truth.both(said, _beside(context, question))
        if said & truth.TRUE and _fails(question, context, frame):
            world.doubt("in the sessions in which it passes, PostgreSQL fails on what else the policies ask")
            said |= truth.ERROR
        asked.append(world.asks_role)
        if said & truth.TRUE and contradicted(context):
            raise Infeasible
        return settled(tenancy, world, said)

    for _, said in worlds(evaluate, steps):
        yield latest[0], said


def _fails(question: Question, context: Context, frame: Frame) -> bool:
    """Whether the statement fails all the same: to plan a query PostgreSQL evaluates what is the same for every row (section 14.1)."""
    answers = [condition(text)(context, frame) for text in question.others]
    return any(each == truth.ERROR if question.is_new else each & truth.ERROR for each in answers)


def _context(tenancy: Tenancy, question: Question, world: World) -> Context:
    role = tenancy.catalog.roles.named(question.role)
    return Context(world, tenancy, question.role, None if role is None else role.oid)


def _frame(context: Context, row: Row) -> Frame:
    return Frame(items=[rows.item(context, row, row.table.name)])


def _beside(context: Context, question: Question) -> Truth:
    """Whether an update's other side lets some row pass, in the same world."""
    side = context.world.choose((MINE, THEIRS) if question.is_new else (MINE, rows.NEW))
    row = Row(question.table, side, question.table.name)
    context.world.judged.append(row)
    return condition(question.beside)(context, _frame(context, row))


def settled(tenancy: Tenancy, world: World, said: Truth) -> Truth:
    """What was said, once it is known which rows are the session's: what identifies those stands in no other tenant's row."""
    for row, why in world.bridges if said & truth.TRUE else ():
        if rows.holds(row, MINE, tenancy.table(row.table).unique):
            raise Infeasible
        world.doubt(why)
        said |= truth.FALSE
    return said
