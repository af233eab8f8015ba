"""The parts of a database that are told by themselves: all that follows from the policies of one table.

A part goes by the state of the database that it was told of first. It goes by it for as long as nothing that it stands on has changed,
so that whoever keeps what was told of that state has it told of this one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from invariants.replay import objects as o
from invariants.replay.isolation.policies import Judge
from invariants.replay.machine import Machine
from invariants.replay.readings import Readings
from invariants.replay.templates import Side, templates


class Part(NamedTuple):
    """What is told of the policies of a table."""

    key: str
    tell: Callable[[], list[Any]]


def parts(machine: Machine, judge: Judge, readings: Readings, state: str) -> Iterator[Part]:
    """The parts of a database in this state."""
    plain: dict[str, Side] = {}
    by_table: dict[int, list[o.Policy]] = defaultdict(list)
    for policy in machine.catalog.policies:
        by_table[policy.table].append(policy)

    def teller(policies: Sequence[o.Policy]) -> Callable[[], list[Any]]:
        def tell() -> list[Any]:
            found = [*readings.of_policies(policies), *judge.facts(policies)]
            return [*found, *templates(machine, judge.database, judge.memory, policies, plain)]

        return tell

    for oid, policies in by_table.items():
        texts = tuple(text for each in policies for text in (each.using, each.check) if text is not None)
        since = judge.memory.answer(("told", oid), texts, machine.catalog.relations[oid].name, lambda: state)
        yield Part(f"{since} {oid}", teller(policies))
