"""Keeping catalog objects by identity and by name, so that every change can be undone."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar


class Use(NamedTuple):
    """What an object stands on (pg_depend): ``column`` is an attribute number, 0 for the whole object.

    ``auto`` dependents go silently with what they use; the others need CASCADE.
    """

    oid: int
    column: int = 0
    auto: bool = False


class Object(Protocol):
    """A catalog object: an immutable value; to change it is to put another under the same oid."""

    @property
    def oid(self) -> int: ...
    @property
    def key(self) -> Hashable: ...
    @property
    def uses(self) -> frozenset[Use]: ...


class Journal:
    """What to do, newest last, to undo every change since the beginning, and what was there before each."""

    def __init__(self) -> None:
        self._undo: list[tuple[Callable[[], None], int, Object | None]] = []

    def record(self, undo: Callable[[], None], oid: int = 0, old: "Object | None" = None) -> None:
        self._undo.append((undo, oid, old))

    def mark(self) -> int:
        return len(self._undo)

    def undo(self, mark: int) -> None:
        """Take everything back that was recorded after ``mark``."""
        while len(self._undo) > mark:
            self._undo.pop()[0]()

    def before(self, mark: int) -> "list[Object]":
        """The objects that were changed after ``mark``, as they were then; those made since are none."""
        found: dict[int, Object | None] = {}
        for _, oid, old in self._undo[mark:]:
            found.setdefault(oid, old)
        return [old for old in found.values() if old is not None]

    def forget(self) -> None:
        """Nothing before this can be undone any more (a commit outside every block)."""
        self._undo.clear()


Dependents = dict[int, dict[int, frozenset[Use]]]
"""Used oid -> dependent oid -> how it is used."""

T = TypeVar("T", bound=Object)


class Shelf(Generic[T]):
    """The objects of one kind. Iteration is in order of creation."""

    def __init__(self, journal: Journal, dependents: Dependents) -> None:
        self._journal = journal
        self._dependents = dependents
        self._objects: dict[int, T] = {}
        self._oids: dict[Hashable, int] = {}
        self._alike: dict[str, dict[int, None]] = {}

    def __iter__(self) -> Iterator[T]:
        return iter([self._objects[oid] for oid in sorted(self._objects)])

    def __len__(self) -> int:
        return len(self._objects)

    def __contains__(self, oid: int) -> bool:
        return oid in self._objects

    def __getitem__(self, oid: int) -> T:
        return self._objects[oid]

    def get(self, oid: int) -> T | None:
        return self._objects.get(oid)

    def named(self, *key: Hashable) -> T | None:
        """The object of that name, where ``key`` is what the class's ``key`` property makes of it."""
        oid = self._oids.get(key)
        return None if oid is None else self._objects[oid]

    def alike(self, name: str) -> Iterator[T]:
        """The objects that bear a name, wherever they are."""
        return (self._objects[oid] for oid in sorted(self._alike.get(name, ())))

    def grouped(self, schema: int, name: str) -> Iterator[T]:
        """The objects of a schema that share a name, as overloaded functions do."""
        return (each for each in self.alike(name) if getattr(each, "schema", None) == schema)

    def put(self, value: T) -> T:
        """Add an object, or put a changed one in the place of the one with its oid."""
        old = self._objects.get(value.oid)
        self._journal.record(lambda: self._set(value.oid, value, old), value.oid, old)
        self._set(value.oid, old, value)
        return value

    def drop(self, oid: int) -> None:
        old = self._objects[oid]
        self._journal.record(lambda: self._set(oid, None, old), oid, old)
        self._set(oid, old, None)

    def _set(self, oid: int, old: T | None, new: T | None) -> None:
        if old is None or new is None or old.key != new.key:
            self._name(oid, old, new)
        if old is None or new is None or old.uses != new.uses:
            self._depend(oid, old, new)
        if new is None:
            self._objects.pop(oid, None)
        else:
            self._objects[oid] = new

    def _name(self, oid: int, old: T | None, new: T | None) -> None:
        """Let an object go by its new name, and no longer by its old one."""
        if old is not None:
            if self._oids.get(old.key) == oid:
                del self._oids[old.key]
            self._alike.get(getattr(old, "name", ""), {}).pop(oid, None)
        if new is not None:
            self._oids[new.key] = oid
            self._alike.setdefault(getattr(new, "name", ""), {})[oid] = None

    def _depend(self, oid: int, old: T | None, new: T | None) -> None:
        """Let an object stand on what it uses now, and no longer on what it used."""
        for use in old.uses if old is not None else ():
            self._dependents.get(use.oid, {}).pop(oid, None)
        grouped: dict[int, set[Use]] = defaultdict(set)
        for use in new.uses if new is not None else ():
            grouped[use.oid].add(use)
        for used, uses in grouped.items():
            self._dependents.setdefault(used, {})[oid] = frozenset(uses)
