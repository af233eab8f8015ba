"""A relation of the system catalogs, answered from the replay."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql.values import Value

Hints: TypeAlias = Mapping[str, Collection[Value]]
"""The only values that matter of some columns. A source may use or ignore them: what it yields is filtered anyway."""
Column: TypeAlias = Callable[[Catalog, Any], Value]


class Source(NamedTuple):
    """The columns, each a function of what a row stands for, what the rows stand for, and the columns that find few of them fast."""

    columns: Mapping[str, Column]
    objects: Callable[[Catalog, Hints], Iterable[Any]]
    keys: frozenset[str] = frozenset()

    def rows(self, catalog: Catalog, hints: Hints) -> Iterable["Row"]:
        for each in self.objects(catalog, hints):
            yield Row(catalog, self.columns, each)


class Row(dict[str, Value]):
    """A row whose columns are computed when they are asked for."""

    __slots__ = ("catalog", "columns", "thing")

    def __init__(self, catalog: Catalog, columns: Mapping[str, Column], thing: Any) -> None:
        super().__init__()
        self.catalog = catalog
        self.columns = columns
        self.thing = thing

    def __missing__(self, name: str) -> Value:
        value = self[name] = self.columns[name](self.catalog, self.thing)
        return value


def fixed(value: Value) -> Column:
    """A column that is the same in every row."""
    return lambda _catalog, _thing: value


def attribute(name: str) -> Column:
    """A column that is an attribute of the object."""
    return lambda _catalog, thing: getattr(thing, name)


def chosen(shelf: Any, hints: Hints, oid: str = "oid", name: str = "") -> Iterable[Any]:
    """The objects of a shelf, or those of the hinted oids or names."""
    if oid not in hints:
        return named(shelf, hints[name]) if name in hints else list(shelf)
    found = (shelf.get(each) for each in hints[oid] if isinstance(each, int))
    return [each for each in found if each is not None]


def named(shelf: Any, names: Iterable[Value]) -> Iterable[Any]:
    """The objects of a shelf that bear one of these names, in order of creation."""
    found = (each for name in {name for name in names if isinstance(name, str)} for each in shelf.alike(name))
    return sorted(found, key=lambda each: each.oid)


def relations(catalog: Catalog, hints: Hints, *, oid: str = "", name: str = "") -> Iterable[o.Relation]:
    """Relations by oid or name."""
    if oid in hints:
        return chosen(catalog.relations, hints, oid)
    if name not in hints:
        return catalog.relations
    found = (catalog.relations.named(schema.oid, each) for schema in catalog.schemas for each in hints[name])
    return [each for each in found if each is not None]


def schema_name(catalog: Catalog, thing: Any) -> str:
    """The name of the schema that an object is in."""
    return catalog.schemas[thing.schema].name


def role_name(catalog: Catalog, oid: int) -> str:
    """The name of a role; 0 is everyone."""
    role = catalog.roles.get(oid)
    return "public" if role is None else role.name


LETTERS = {
    "select": "r", "insert": "a", "update": "w", "delete": "d", "truncate": "D", "references": "x", "trigger": "t", "maintain": "m",
    "execute": "X", "usage": "U", "create": "C", "connect": "c", "temporary": "T", "set": "s", "alter system": "A",
}  # fmt: skip


def acl(catalog: Catalog, entries: o.Acl) -> Value:
    """An access control list as aclitem[] prints it."""
    if entries is None:
        return None
    grouped: dict[tuple[int, int], str] = {}
    for each in entries:
        grouped[each.grantee, each.grantor] = (
            grouped.get((each.grantee, each.grantor), "") + LETTERS.get(each.privilege, "") + "*" * each.grantable
        )
    return [
        f"{'' if grantee == o.PUBLIC else role_name(catalog, grantee)}={letters}/{role_name(catalog, grantor)}"
        for (grantee, grantor), letters in grouped.items()
    ]


def options(pairs: tuple[tuple[str, str], ...]) -> Value:
    """Names and values as text[] prints them; NULL for none."""
    return [f"{name}={value}" for name, value in pairs] or None
