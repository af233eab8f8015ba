"""Expressions, made into functions of a context and a frame once: a test answers a truth, an expression a value."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Generic, TypeAlias, TypeVar

from invariants.postgres.grammar import parse_expression, pb, unwrap
from invariants.postgres.tree import placeless
from invariants.replay.isolation import truth
from invariants.replay.isolation.constants import truth_of
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, NULL, Json, Many, Nothing, Unknown, Value, Var

N = TypeVar("N")
T = TypeVar("T")
Test: TypeAlias = Callable[[Context, Frame], Truth]
Expression: TypeAlias = Callable[[Context, Frame], Value]
MOST = 8192
"""Tests and expressions that are kept, of each kind."""


@lru_cache(maxsize=4096)
def tree_of(text: str) -> Any:
    """The node of an expression, which many share: it is not to be changed."""
    return placeless(parse_expression(text))


@lru_cache(maxsize=4096)
def condition(text: str) -> Test:
    """The test that a text is."""
    return test(tree_of(text))


@lru_cache(maxsize=4096)
def scalar(text: str) -> Expression:
    """The expression that a text is."""
    return expression(tree_of(text))


def test(node: Any) -> Test:
    """A node as a test, made once for all that are written alike."""
    return _test(node.SerializeToString())


@lru_cache(maxsize=MOST)
def _test(written: bytes) -> Test:
    from invariants.replay.isolation.kinds import TESTS  # it stands on this module

    node = pb.Node.FromString(written)
    kind, value = unwrap(node)
    if (compile_ := TESTS.get(kind)) is not None and (made := compile_(value)) is not None:
        return made
    inner = expression(node)
    return lambda context, frame: as_truth(context, inner(context, frame))


def required(node: Any) -> Test:
    """A node as a test that has to be true: worlds in which it is not are not all looked at."""
    return _required(node.SerializeToString())


@lru_cache(maxsize=MOST)
def _required(written: bytes) -> Test:
    from invariants.replay.isolation.kinds import REQUIRED

    kind, value = unwrap(pb.Node.FromString(written))
    return (REQUIRED[kind](value) if kind in REQUIRED else None) or _test(written)


def expression(node: Any) -> Expression:
    """A node as an expression, made once for all that are written alike; constants are many, and made at once."""
    if node.WhichOneof("node") == "a_const":
        from invariants.replay.isolation.scalars import a_const

        return a_const(node.a_const)
    return _expression(node.SerializeToString())


@lru_cache(maxsize=MOST)
def _expression(written: bytes) -> Expression:
    from invariants.replay.isolation.kinds import EXPRESSIONS, TESTS

    kind, value = unwrap(pb.Node.FromString(written))
    if kind != "case_expr" and (compile_test := TESTS.get(kind)) is not None and (tested := compile_test(value)) is not None:
        return lambda context, frame: as_value(context, tested(context, frame))
    if (compile_ := EXPRESSIONS.get(kind)) is not None and (made := compile_(value)) is not None:
        return made
    why = f"{kind.replace('_', ' ')} is not understood here"
    return lambda context, _frame: context.world.doubt(why)


class Made(Generic[T]):
    """What nodes are made into, each when it is asked for first: of many that stand beside each other, few may be asked."""

    def __init__(self, nodes: Iterable[N], make: Callable[[N], T]) -> None:
        self._nodes = list(nodes)
        self._make = make
        self._made: list[T] = []

    def __iter__(self) -> Iterator[T]:
        for number, node in enumerate(self._nodes):
            if number == len(self._made):
                self._made.append(self._make(node))
            yield self._made[number]


def present(node: Any, *, is_filled: bool = False) -> Expression:
    """A node as an expression that must not be NULL, nor an empty text where it is to be filled: worlds in which it is are left out."""
    return _present(node.SerializeToString(), is_filled)


@lru_cache(maxsize=MOST)
def _present(written: bytes, is_filled: bool) -> Expression:
    from invariants.replay.isolation.kinds import PRESENT

    kind, value = unwrap(pb.Node.FromString(written))
    return (PRESENT[kind](value, is_filled) if kind in PRESENT else None) or _expression(written)


def as_truth(context: Context, value: Value) -> Truth:
    """What a boolean value says."""
    if isinstance(value, Nothing):
        return truth.NULL if value is NULL else truth.ERROR
    if isinstance(value, Unknown):
        context.world.doubt(value.why)
        return truth.ANY
    if isinstance(value, Many | Json):
        context.world.doubt("it takes what is no boolean for one")
        return truth.ANY
    text = boolean(value)
    if text is not None:
        return text
    value = found(value)  # a boolean is compared under nothing
    is_true = context.world.equal(value, context.world.constant("true"))
    if is_true == truth.FALSE:
        context.world.equal(value, context.world.constant("false"))
    return is_true


def boolean(value: Var) -> Truth | None:
    """The truth that a constant is, None for what is no constant."""
    text = found(value).constant
    if text is None:
        return None
    said = truth_of(text)
    return truth.ERROR if said is None else truth.of(said)


def as_value(context: Context, said: Truth) -> Value:
    """A truth as a boolean value."""
    if said in {truth.NULL, truth.ERROR}:
        return NULL if said == truth.NULL else ERROR
    if said & truth.ERROR and truth.sure(said & ~truth.ERROR):
        return as_value(context, context.world.choose((said & ~truth.ERROR, truth.ERROR)))
    if truth.sure(said):
        return context.world.constant("true" if said == truth.TRUE else "false")
    return context.world.unsure()
