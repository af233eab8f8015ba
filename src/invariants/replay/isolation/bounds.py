"""Bounds: the most that conditions may say of a row, told from what each of their parts may say by itself.

What parts say in one world, each of them may say alone. So where the bound of a condition lacks TRUE no row passes it, and there is no
need to look at the worlds in which its parts are asked together. A bound is the closer the more is given: what the session says, which
columns are NULL, what is equal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from invariants.postgres.grammar import pb, unwrap
from invariants.replay.isolation import truth
from invariants.replay.isolation.arms import Arm
from invariants.replay.isolation.budget import Budget, Excess
from invariants.replay.isolation.logic import is_said
from invariants.replay.isolation.reasons import Scene
from invariants.replay.isolation.search import Question, Search
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import NULL
from invariants.replay.isolation.world import Steps

OPTIONS: Mapping[object, tuple[object, ...]] = {
    "setting": ("set", "unset", "empty"),
    **dict.fromkeys(("claim", "user", "function", "column", "equal"), (True, False)),
}
"""What may be given, and all that it may be; of a column, whether it is NULL, and of two values, whether they are equal."""
Key = tuple[object, ...]
Given = dict[Key, object]
Worlds = Sequence[tuple[Given, Truth]]
"""How things stand in each world, and what is said there."""
ANYTHING = truth.ANY | truth.ERROR
APART = 4
"""As how many choices it counts to look at a part by itself."""
LONGEST = 400
"""Choices made in the worlds of one part; what takes more may say anything."""


class Told(NamedTuple):
    """What a part says in each of its worlds, how things stand there, and what was taken into account."""

    worlds: Worlds
    steps: tuple[str, ...]
    looked_at: int
    asks_role: int
    choices: int
    """How many were made, and as how many the rest counts."""


@dataclass(slots=True, eq=False)
class Bounds:
    """The bounds on what conditions say of one row."""

    tenancy: Tenancy
    question: Question
    side: str
    """Whose row it is."""
    given: Given
    steps: Steps
    budget: Budget
    """How many worlds of parts may be gone through."""
    telling: Budget
    """How many choices may be made to tell what parts say, of all parts together."""
    is_careful: bool
    """Whether it is asked what texts are compared under."""
    is_other: bool = False
    """It is the row on an update's other side, whose columns are others."""
    count: int = 0
    """How many worlds were looked at, of all parts together."""
    asks_role: int = 0
    _told: dict[Arm, Worlds] = field(default_factory=dict)
    _asked: Counter[Key] = field(default_factory=Counter)

    def passes(self, arm: Arm) -> bool:
        """Whether a row may pass a condition, as far as its bound tells."""
        return bool(bound(arm).said(self) & truth.TRUE)

    def alone(self, part: Arm) -> Truth:
        """What a part may say, where things are as is given."""
        if isinstance(known := self.given.get(self._itself(part)), int):
            return known
        if part not in self._told:
            self._told[part] = self._tell(part)
        worlds = self._told[part]
        self.budget.spend(len(worlds))
        given = self.given.items()
        found = [said for world, said in worlds if all(world.get(key, option) == option for key, option in given)]
        return reduce(int.__or__, found) if found else ANYTHING

    def shared(self) -> Counter[Key]:
        """What may be given of the session and the row, by how many parts ask for it."""
        return Counter({key: times for key, times in self._asked.items() if key not in self.given})

    def repeated(self, arm: Arm) -> Iterator[tuple[Key, Sequence[object]]]:
        """The parts that a condition asks more than once and that may say one thing or another: what is not volatile says it every time."""
        for part, times in Counter(bound(arm).parts).items():
            if times > 1 and not self.tenancy.volatility.changes(part.asked) and not truth.sure(said := self.alone(part)):
                yield self._itself(part), [one for one in truth.ONES if one & said]

    def _itself(self, part: Arm) -> Key:
        return ("part", part, self.is_other)

    def _tell(self, part: Arm) -> Worlds:
        """What a part says in each of its worlds, which is told once for all tables that are alike to it."""
        key = (
            part,
            self.tenancy.likeness(self.question.table, [part.names]),
            self.side,
            self.question.role,
            self.is_careful,
        )
        told: Told = self.tenancy.parts.get(key) or self._searched(part)
        self.tenancy.parts[key] = told
        self.telling.spend(told.choices + APART)  # whether or not it was told for another table already
        self.count += told.looked_at
        self.steps |= dict.fromkeys(told.steps)
        self.asks_role |= told.asks_role
        worlds = [(_of_other(given), said) for given, said in told.worlds] if self.is_other else told.worlds
        self._asked.update(_open(worlds))
        return worlds

    def _searched(self, part: Arm) -> Told:
        search = Search(self.tenancy, self.question, self.side, [[part]], Budget(LONGEST), is_careful=self.is_careful)
        try:
            worlds = [(self._stands(scene), said) for scene, said in search.scenes()]
        except Excess:
            worlds = [({}, ANYTHING)]
        return Told(worlds, tuple(search.steps), search.count, search.asks_role, search.budget.spent)

    def _stands(self, scene: Scene) -> Given:
        """How things stand in a world."""
        kept = scene.world.kept.items()
        session = {key: option for key, option in kept if isinstance(key, tuple) and key[0] in OPTIONS}
        columns = {each.number: each.name for each in scene.row.table.columns}
        equal: Given = {("equal", *pair): is_so for pair, is_so in scene.world.equals()}
        return session | equal | {("column", columns[number]): value is NULL for number, value in scene.row.seen.items()}


def _of_other(given: Given) -> Given:
    """The same, where the columns are those of the other row."""
    return {(*key, "other") if key[0] in {"column", "equal"} else key: option for key, option in given.items()}


def _open(worlds: Worlds) -> Iterator[Key]:
    """What may be so or otherwise, whatever it may be at all."""
    options: dict[Key, set[object]] = defaultdict(set)
    for key, option in (each for given, _ in worlds for each in given.items()):
        options[key].add(option)
    return (key for key, seen in options.items() if len(seen) == len(OPTIONS[key[0]]))


class Bound(NamedTuple):
    """The bound of a condition."""

    said: Callable[[Bounds], Truth]
    parts: tuple[Arm, ...]
    """What it is told from, each as often as it is asked."""


@lru_cache(maxsize=4096)
def bound(arm: Arm) -> Bound:
    """The bound of a condition, told from those of its parts."""
    kind, node = unwrap(arm.node)
    joined = JOINED.get(kind)
    made = None if joined is None else joined(node)
    return made or Bound(lambda bounds: bounds.alone(arm), (arm,))


def _all(nodes: Iterable[Any]) -> tuple[list[Callable[[Bounds], Truth]], tuple[Arm, ...]]:
    """The bounds of several conditions, and what they are told from together."""
    found = [bound(Arm(each)) for each in nodes]
    return [each.said for each in found], tuple(part for each in found for part in each.parts)


def _bool_expr(node: Any) -> Bound:
    """AND, OR, NOT."""
    said, parts = _all(node.args)
    if node.boolop == pb.NOT_EXPR:
        return Bound(lambda bounds: truth.negated(said[0](bounds)), parts)
    join, first = (truth.both, truth.TRUE) if node.boolop == pb.AND_EXPR else (truth.either, truth.FALSE)
    return Bound(lambda bounds: reduce(join, (each(bounds) for each in said), first), parts)


def _boolean_test(node: Any) -> Bound:
    """IS [NOT] TRUE, FALSE, UNKNOWN."""
    [said], parts = _all([node.arg])
    kind = node.booltesttype
    return Bound(lambda bounds: is_said(said(bounds), kind), parts)


def _case_expr(node: Any) -> Bound | None:
    """CASE: what any branch says that may be reached; None where it compares."""
    if node.HasField("arg"):
        return None
    whens, asked = _all(each.case_when.expr for each in node.args)
    results, answered = _all([*(each.case_when.result for each in node.args), *([node.defresult] if node.HasField("defresult") else [])])

    def said(bounds: Bounds) -> Truth:
        answer = 0
        for when, result in zip(whens, results, strict=False):
            reached = when(bounds)
            answer |= (reached & truth.ERROR) | (result(bounds) if reached & truth.TRUE else 0)
            if not reached & (truth.FALSE | truth.NULL):
                return answer
        return answer | (results[-1](bounds) if len(results) > len(whens) else truth.NULL)

    return Bound(said, (*asked, *answered))


def _coalesce_expr(node: Any) -> Bound:
    """COALESCE: what any argument says before which all may be NULL."""
    arguments, parts = _all(node.args)

    def said(bounds: Bounds) -> Truth:
        answer = truth.NULL
        for each in arguments:
            answer = (answer & ~truth.NULL) | each(bounds)
            if not answer & truth.NULL:
                break
        return answer

    return Bound(said, parts)


JOINED: Mapping[str, Callable[[Any], Bound | None]] = {
    "bool_expr": _bool_expr,
    "boolean_test": _boolean_test,
    "case_expr": _case_expr,
    "coalesce_expr": _coalesce_expr,
}
"""What joins conditions to one."""
