"""What the facts of a relation are told from: itself, what belongs to it, and what else of the catalog is looked at meanwhile."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.shelf import Shelf, T

Seen = dict[tuple[str, int], Any]
"""The objects that were looked at, by shelf and oid; None where there was none."""


class Estate(NamedTuple):
    """A relation, and what belongs to it; each oldest first."""

    relation: o.Relation
    constraints: tuple[o.Constraint, ...]
    indexes: tuple[o.Index, ...]
    policies: tuple[o.Policy, ...]
    triggers: tuple[o.Trigger, ...]


def estates(catalog: Catalog) -> Iterator[Estate]:
    """Every relation of a catalog with what belongs to it."""
    shelves: tuple[Shelf[Any], ...] = (catalog.constraints, catalog.indexes, catalog.policies, catalog.triggers)
    grouped = [_by_table(shelf) for shelf in shelves]
    for relation in catalog.relations:
        yield Estate(relation, *(tuple(each.get(relation.oid, ())) for each in grouped))


def _by_table(shelf: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for each in shelf:
        found[each.table].append(each)
    return found


class Watched:
    """A catalog that notes which of its objects are looked at. It cannot be gone through, since it would have to note all."""

    def __init__(self, catalog: Catalog) -> None:
        self.seen: Seen = {}
        self.schemas = _Shelf("schema", catalog.schemas, self.seen)
        self.relations = _Shelf("relation", catalog.relations, self.seen)
        self.constraints = _Shelf("constraint", catalog.constraints, self.seen)
        self.functions = _Shelf("function", catalog.functions, self.seen)
        self.roles = _Shelf("role", catalog.roles, self.seen)


class _Shelf:
    """One of its shelves."""

    def __init__(self, kind: str, shelf: Shelf[T], seen: Seen) -> None:
        self._kind = kind
        self._shelf = shelf
        self._seen = seen

    def get(self, oid: int) -> Any:
        found = self._seen[self._kind, oid] = self._shelf.get(oid)
        return found

    def __getitem__(self, oid: int) -> Any:
        self._seen[self._kind, oid] = found = self._shelf[oid]
        return found

    def __contains__(self, oid: int) -> bool:
        return self.get(oid) is not None
