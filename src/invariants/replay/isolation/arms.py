"""What an expression asks all of: conditions that are asked of a row one after another."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from invariants.postgres import tree
from invariants.postgres.grammar import pb, unwrap
from invariants.replay.isolation.compiling import Test, required, test, tree_of
from invariants.replay.isolation.naming import Names, named
from invariants.replay.isolation.volatility import Asked, asked


class Arm:
    """One of the conditions that a row has to pass."""

    def __init__(self, node: Any) -> None:
        self.node = node

    @cached_property
    def _written(self) -> bytes:
        """What it has in common with a condition that is written alike."""
        written: bytes = self.node.SerializeToString()
        return written

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Arm) and self._written == other._written

    def __hash__(self) -> int:
        return hash(self._written)

    @cached_property
    def names(self) -> Names:
        """What it names."""
        return named(self.node)

    @cached_property
    def asked(self) -> Asked:
        """What it asks by name."""
        return asked(self.node)

    @cached_property
    def test(self) -> Test:
        """It as a test."""
        return test(self.node)

    @cached_property
    def required(self) -> Test:
        """It as a test that has to be true."""
        return required(self.node)


@lru_cache(maxsize=4096)
def conjuncts(text: str) -> tuple[Arm, ...]:
    """What an expression asks all of, in the order in which it is asked."""
    return tuple(_arms([tree_of(text)]))


def _arms(nodes: Iterable[Any]) -> Iterator[Arm]:
    for node in nodes:
        parts = _parts(*unwrap(node))
        if parts:
            yield from _arms(parts)
        else:
            yield Arm(node)


def _parts(kind: str, value: Any) -> Sequence[Any]:
    """What is asked together: by AND, or by what passes the same rows though written otherwise. Empty where it is neither."""
    if kind == "bool_expr" and value.boolop == pb.AND_EXPR:
        return sorted(value.args, key=tree.cost)
    if kind == "boolean_test" and value.booltesttype == pb.IS_TRUE:
        return [value.arg]
    if kind == "coalesce_expr" and len(value.args) == 2 and _is_false(value.args[1]):
        return [value.args[0]]
    if kind == "case_expr" and not value.HasField("arg"):
        ways = list(islice(_branches(value), 2))
        return ways[0] if len(ways) == 1 else ()
    return ()


def _branches(case: Any) -> Iterator[Sequence[Any]]:
    """The branches of a CASE that may pass a row, each with what leads to it."""
    before: list[Any] = []
    for each in (each.case_when for each in case.args):
        if not _is_false(each.result):
            yield [*before, each.expr, each.result]
        before.append(pb.Node(boolean_test=pb.BooleanTest(arg=each.expr, booltesttype=pb.IS_NOT_TRUE)))
    if case.HasField("defresult") and not _is_false(case.defresult):
        yield [*before, case.defresult]


def _is_false(node: Any) -> bool:
    kind, value = unwrap(node)
    return kind == "a_const" and value.WhichOneof("val") == "boolval" and not value.boolval.boolval
