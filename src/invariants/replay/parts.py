"""The parts of a database that are told by themselves: all that is told of one relation, and all that follows from its policies.

A part goes by the state of the database that it was told of first. It goes by it for as long as nothing that it stands on has changed,
so that whoever keeps what was told of that state has it told of this one.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from invariants.replay.catalog import Catalog
from invariants.replay.export import Export
from invariants.replay.isolation.policies import Judge
from invariants.replay.machine import Machine
from invariants.replay.readings import Readings
from invariants.replay.templates import Side, templates
from invariants.replay.watched import Estate, Seen, Watched, estates


class Exported(NamedTuple):
    """An estate, what is told of it at once, and what that was told from besides."""

    estate: Estate
    facts: list[Any]
    seen: Seen


class Part(NamedTuple):
    """All that is told of an estate."""

    key: str
    tell: Callable[[], list[Any]]


def exported(catalog: Catalog, database: str) -> Iterator[Exported]:
    """Every estate of which there is anything to tell."""
    for estate in estates(catalog):
        watched: Any = Watched(catalog)
        facts = list(Export(watched, database).of(estate))
        if facts:
            yield Exported(estate, facts, watched.seen)


def parts(found: Iterable[Exported], machine: Machine, judge: Judge, readings: Readings, state: str) -> Iterator[Part]:
    """The parts of a database in this state."""
    plain: dict[str, Side] = {}

    def teller(each: Exported) -> Callable[[], list[Any]]:
        def tell() -> list[Any]:
            policies = each.estate.policies
            protecting = [*readings.of_policies(policies), *judge.facts(policies)]
            return [*each.facts, *protecting, *templates(machine, judge.database, judge.memory, policies, plain)]

        return tell

    for each in found:
        texts = tuple(text for policy in each.estate.policies for text in (policy.using, policy.check) if text is not None)
        relation = each.estate.relation
        table = relation.name if each.estate.policies else ""
        since = judge.memory.answer(("told", relation.oid), texts, table, lambda: state, beside=(each.estate, each.seen))
        yield Part(f"{since} {relation.oid}", teller(each))
