"""What the answer to a question about an expression stands on, so that one that was given before is given again.

An expression reaches what it names: functions, and what their bodies name; tables and views, and what their policies, definitions and
foreign keys name. Names are taken from texts word by word, whatever schema they are in, so that more is reached than PostgreSQL would look
at, and never less. Where all of that is as it was, and what every question sees, the answer is too.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from invariants.replay import objects as o
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.volatility import WORD, words

ESCAPED = re.compile(r"u&\"", re.IGNORECASE)
"""A name with escapes in it may be any name."""

T = TypeVar("T")
Ground = tuple[Any, ...]


class Answers(NamedTuple):
    """What was answered, and on what grounds."""

    scope: Ground
    """What every question sees."""
    known: Mapping[Hashable, tuple[Ground, Any]]


NONE = Answers((), {})


class Grounds:
    """What expressions reach in one catalog."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self._named: dict[str, list[o.Relation | o.Function]] = defaultdict(list)
        for each in (*tenancy.catalog.relations, *tenancy.catalog.functions):
            self._named[each.name.lower()].append(each)
        self._odd = frozenset(name for name in self._named if not WORD.fullmatch(name))
        """No single words, so that no text is searched for them."""
        self._next: dict[str, frozenset[str]] = {}
        self._reached: dict[frozenset[str], Ground] = {}
        self._tables: dict[frozenset[str], Sequence[o.Relation]] = {}
        self._about: dict[str, Ground] = {}

    def scope(self) -> Ground:
        """What every question sees: who the tenants are, who asks, and what is known by itself."""
        tenancy, catalog = self._tenancy, self._tenancy.catalog
        known = (
            tenancy.key_names,
            tenancy.root_names,
            tenancy.predicates,
            tenancy.sources,
            tenancy.roots,
            tenancy.numbered,
            tenancy.types.are_texts,
            tenancy.operators,
            tenancy.collations.root,
            tenancy.collations.are_apart_by_texts,
        )
        made = (
            catalog.roles,
            catalog.memberships,
            catalog.schemas,
            catalog.types,
            catalog.operators,
            catalog.extensions,
            catalog.collations,
        )
        composites = tuple(each for each in catalog.relations if each.kind == "composite")
        return (*known, dict(tenancy.roles), *(tuple(each) for each in made), composites)

    def of(self, texts: Iterable[str], table: str = "") -> Ground:
        """What these texts reach, and a table with that name."""
        start = self._in(*texts, table)
        if start not in self._reached:
            self._reached[start] = tuple(map(self._facts, sorted(self._closure(start))))
        return self._reached[start]

    def tables(self, texts: Iterable[str], table: str) -> Sequence[o.Relation]:
        """The relations that these texts reach, and those with the name of a table."""
        start = self._in(*texts, table)
        if start not in self._tables:
            named = (each for name in sorted(self._closure(start)) for each in self._named[name])
            self._tables[start] = [each for each in named if isinstance(each, o.Relation)]
        return self._tables[start]

    def _in(self, *texts: str) -> frozenset[str]:
        """The names that stand in texts."""
        if any(map(ESCAPED.search, texts)):
            return frozenset(self._named)
        return self._odd.union(*(words(text) & self._named.keys() for text in texts))

    def _closure(self, start: frozenset[str]) -> set[str]:
        reached, waiting = set(start), list(start)
        while waiting:
            name = waiting.pop()
            if name not in self._next:
                self._next[name] = self._in(*(text for each in self._named[name] for text in self._texts(each)))
            new = self._next[name] - reached
            reached |= new
            waiting += new
        return reached

    def _texts(self, thing: o.Relation | o.Function) -> Iterator[str]:
        """What a thing says of itself, and the names of the tables that it refers to."""
        if isinstance(thing, o.Function):
            yield thing.body
            yield from (each.default for each in thing.arguments if each.default)
            return
        yield thing.definition
        for policy in self._tenancy.policies(thing.oid):
            yield from filter(None, (policy.using, policy.check))
        for _, target, _ in self._tenancy.references(thing):
            yield self._tenancy.catalog.relations[target].name

    def _facts(self, name: str) -> Ground:
        """All that is known of what bears a name."""
        if name not in self._about:
            self._about[name] = tuple(self._known(each) for each in self._named[name])
        return self._about[name]

    def _known(self, thing: o.Relation | o.Function) -> Any:
        if isinstance(thing, o.Function):
            return thing
        tenancy = self._tenancy
        return thing, tenancy.table(thing), tuple(tenancy.policies(thing.oid)), tuple(tenancy.references(thing))


class Memory:
    """The answers of this run; those of an earlier one are given again where their grounds are the same."""

    def __init__(self, grounds: Grounds, before: Answers) -> None:
        self.grounds = grounds
        self._scope = grounds.scope()
        self._before = before.known if before.scope == self._scope else {}
        self._told: dict[Hashable, tuple[Ground, Any]] = {}
        self.is_circular = False
        """An answer hung on which question was asked first, so that none is kept."""

    def answer(self, key: Hashable, texts: Iterable[str], table: str, ask: Callable[[], T], *, beside: Ground = ()) -> T:
        """The answer to a question about texts, and about the table that they stand on, where they do; ``beside`` it stands on as well."""
        ground = (*self.grounds.of(texts, table), *beside) if beside else self.grounds.of(texts, table)
        found = self._before.get(key)
        if found is None or found[0] != ground:
            found = ground, ask()
        self._told[key] = found
        answer: T = found[1]
        return answer

    def kept(self) -> Answers:
        """What a later run may use, of what was not asked in this one too: what stands on the answers to questions may not have changed."""
        return NONE if self.is_circular else Answers(self._scope, {**self._before, **self._told})
