"""Members of arrays and sets: what a list holds, what a query returns, what an array of the session's or of a row may hold."""

from collections.abc import Callable, Sequence
from typing import Protocol

from invariants.replay.isolation import truth
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found, standing
from invariants.replay.isolation.session import claim
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, NULL, Drawn, Json, Many, Nothing, Unknown, Value, Var
from invariants.replay.isolation.world import Infeasible, NoRow


def members(context: Context, value: Value) -> Sequence[Value] | None:
    """The members of a value where they can be counted: a scalar is its only one; None where they cannot."""
    if isinstance(value, Many):
        return None if value.draw is not None else value.members
    if isinstance(value, Var):
        text = found(value).constant
        if text is not None and text.startswith("{") and text.endswith("}"):
            named = (context.world.constant(each.strip('" ')) for each in text[1:-1].split(",") if each.strip())
            return [standing(each, value.under) for each in named]
        return (value,)
    return None


def element(context: Context, value: Value) -> Value:
    """Some member of an array or set; :class:`NoRow` where it surely has none."""
    if isinstance(value, Nothing):
        if value is NULL:
            raise NoRow
        return value
    if isinstance(value, Many):
        if value.draw is not None:
            return scalar(context, value.draw())
        if not value.members:
            raise NoRow
        return context.world.choose(value.members)
    if isinstance(value, Json):
        return claim(context, value._replace(path=(*value.path, "*")))
    if isinstance(value, Unknown):
        return value
    known = members(context, value)
    if known is not None and known != (value,):
        return element(context, Many(tuple(known)))
    if value.is_said and is_single(context, value, (False, True)):
        return value
    of = found(value)
    label = f"a member of {of.label}"
    return Var(
        label, of.marks, of.bars, is_key=of.is_key, is_reference=True, is_free=of.is_free, doubt=of.doubt, row=of.row, under=value.under
    )


def is_single(context: Context, value: Var, options: Sequence[bool] = (True,)) -> bool:
    """Whether what the session says is one thing, not a list of several: it is, where it could be cast to a type of one."""
    if not value.is_said:
        return True
    kept = context.world.kept
    if ("single", value) not in kept:
        kept["single", value] = context.world.choose(options)
    return bool(kept["single", value])


def scalar(context: Context, drawn: Drawn) -> Value:
    """The first column of a row that was drawn."""
    value = drawn.columns[0][1] if drawn.columns else NULL
    return value if drawn.is_sure else context.world.unsure()


class Comparison(Protocol):
    """What an operator says of two values; where it is required, worlds in which it is not true may be left out."""

    def __call__(self, context: Context, left: Value, right: Value, *, is_required: bool = False) -> Truth: ...


def any_member(context: Context, value: Value, among: Value, compare: Comparison, *, is_required: bool = False) -> Truth:
    """``value = ANY (among)``: true where some member is equal."""
    if isinstance(among, Nothing):
        return truth.NULL if among is NULL else truth.ERROR
    if isinstance(among, Unknown):
        context.world.doubt(among.why)
        return truth.ANY
    if isinstance(among, Many) and among.draw is None:
        return _any_of(context, value, among.members, compare)
    if isinstance(among, Var) and members(context, among) == []:
        return truth.FALSE
    if isinstance(among, Var) and among.is_said and is_single(context, among, (False, True)):
        return compare(context, value, among, is_required=is_required)
    if not context.world.holds(is_required=is_required):
        return none_of(context, value, among)
    if isinstance(among, Many) and among.draw is not None:
        return any_drawn(context, value, among.draw, compare)
    said = compare(context, value, element(context, among), is_required=True)
    return _some(said)


def _any_of(context: Context, value: Value, among: Sequence[Value], compare: Comparison) -> Truth:
    """The same, of members that are counted; where one is surely equal, only what may fail is still asked."""
    said = truth.FALSE
    for each in among:
        context.world.effort.ask()
        if said != truth.TRUE or not isinstance(each, Var):
            said = truth.either(said, compare(context, value, each))
    return said


def none_of(context: Context, value: Value, among: Value) -> Truth:
    """What it says where no member is equal: NULL is equal to none and different from none, and may be among what a query returns."""
    if isinstance(value, Nothing):
        return truth.ERROR if value is ERROR else _among_any(among) if context.world.choose((True, False)) else truth.FALSE
    if not isinstance(among, Many) or among.draw is None or context.world.choose((True, False)):
        return truth.FALSE
    drawn = among.draw()
    if not drawn.columns or drawn.columns[0][1] is not NULL:
        raise Infeasible
    return truth.NULL


def _among_any(among: Value) -> Truth:
    """What is said of NULL where there are members: there is one, or this is no world."""
    if isinstance(among, Many) and among.draw is not None and not among.draw().is_sure:
        return truth.NULL | truth.FALSE
    return truth.NULL


def any_drawn(context: Context, value: Value, draw: Callable[[], Drawn], compare: Comparison) -> Truth:
    """The same, where a query returns the members and it is supposed that one of them is equal."""
    drawn = draw()
    said = compare(context, value, drawn.columns[0][1] if drawn.columns else NULL, is_required=True)
    return _some(said if drawn.is_sure else truth.both(said, truth.TRUE | truth.FALSE))


def _some(said: Truth) -> Truth:
    """It was supposed to be true; where it cannot be, this is no world."""
    if not said & truth.TRUE:
        raise Infeasible
    return said if said == truth.TRUE else truth.TRUE | truth.FALSE
