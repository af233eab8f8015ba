"""What may be otherwise each time it is asked in one statement: PostgreSQL calls volatile functions anew (manual, section 38.7)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from invariants.postgres.grammar import GrammarError, pb
from invariants.postgres.tree import strings, walk
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.isolation.answered import answered
from invariants.replay.isolation.standard import STEADY, VOLATILE

WORD = re.compile(r"[\w$]+")
SETS = frozenset({"set_config"})
"""Functions that change what the session says, while a statement reads rows."""


class Asked(NamedTuple):
    """What an expression asks by name, in small letters."""

    calls: frozenset[str]
    relations: frozenset[str]


def asked(node: Any) -> Asked:
    """What a node asks."""
    calls, relations = set[str](), set[str]()
    for each in walk(node, has_leaves=False):
        if isinstance(each, pb.FuncCall):
            calls.add(strings(each.funcname)[-1].lower())
        elif isinstance(each, pb.RangeVar):
            relations.add(each.relname.lower())
    return Asked(frozenset(calls), frozenset(relations))


class Volatility:
    """What of a catalog is volatile. Names are taken from texts word by word, so that more is reached than is called, and never less."""

    def __init__(self, catalog: Catalog, declared: Iterable[str]) -> None:
        self._catalog = catalog
        self._declared = frozenset(each.rpartition(".")[2].lower() for each in declared)
        """The names of functions that are configured, whoever makes them."""

    def changes(self, what: Asked) -> bool:
        """Whether an expression may say one thing where it stands and another where it stands again."""
        return not self.changing.isdisjoint(what.calls | what.relations) or not what.calls <= self._known

    @cached_property
    def changing(self) -> frozenset[str]:
        """What answers otherwise each time, by name: functions, and views and tables whose texts call these."""
        return reaching(VOLATILE.union(each.name.lower() for each in self._catalog.functions if self._is_volatile(each)), self.words)

    @cached_property
    def setting(self) -> frozenset[str]:
        """What changes, by name, what the session says."""
        return reaching(SETS, self.words)

    @cached_property
    def _known(self) -> frozenset[str]:
        """The functions of which it is told whether they are volatile."""
        return STEADY | VOLATILE | self._declared | {each.name.lower() for each in self._catalog.functions}

    def _is_volatile(self, function: o.Function) -> bool:
        """Whether it is declared so, or not declared, and is more than an expression, which is what it is made of."""
        if function.volatility != "volatile" or function.name.lower() in self._declared:
            return False
        try:
            expression = answered(function.body) if function.language == "sql" and not function.returns_set else None
        except GrammarError:
            expression = None
        return expression is None or not asked(expression).calls <= self._known

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """The words in the texts of everything that bears a name."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, text in self._texts():
            found[name.lower()] |= words(text)
        return {name: frozenset(words) for name, words in found.items()}

    def _texts(self) -> Iterator[tuple[str, str]]:
        for function in self._catalog.functions:
            yield function.name, function.body
            yield from ((function.name, each.default) for each in function.arguments if each.default)
        for relation in self._catalog.relations:
            yield relation.name, relation.definition
        for policy in self._catalog.policies:
            name = self._catalog.relations[policy.table].name
            yield from ((name, text) for text in (policy.using, policy.check) if text)


@lru_cache(maxsize=4096)
def words(text: str) -> frozenset[str]:
    """The words of a text, in small letters; products repeat one expression on table after table."""
    return frozenset(WORD.findall(text.lower()))


def reaching(seeds: frozenset[str], words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """These names, and all from whose texts one of them is reached."""
    reached, new = seeds, seeds
    while new:
        new = frozenset(name for name, found in words.items() if name not in reached and not found.isdisjoint(new))
        reached |= new
    return reached
