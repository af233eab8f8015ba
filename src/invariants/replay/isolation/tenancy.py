"""What is known of a database's tenants: the keys of its tables, whose rows they hold, what identifies a row, and who asks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

from invariants.facts import settings
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.isolation import failing
from invariants.replay.isolation.answered import is_expression
from invariants.replay.isolation.collated import Collations
from invariants.replay.isolation.naming import Names, is_reference
from invariants.replay.isolation.overloads import takes
from invariants.replay.isolation.rights import Rights
from invariants.replay.isolation.typed import Types
from invariants.replay.isolation.volatility import Volatility

USER_WORDS = ("user_id", "userid", "uid", "sub", "user", "member_id", "profile_id", "email", "session_id", "sid")
"""How the names of settings and claims end that hold a user, or the session of one, not a tenant."""


Word = Literal["isolates", "open", "denies", "unverified"]


class Verdict(NamedTuple):
    """A verdict, its reason as a clause, and for an open one what would cross."""

    word: Word
    reason: str
    witness: str = ""
    looked_at: int = 0
    """How many worlds were looked at."""
    steps: tuple[str, ...] = ()
    """What was taken into account, as sentences."""


Reading = Callable[[o.Relation, str, "int | None"], tuple[Verdict, int]]


def _nobody_knows(table: o.Relation, _role: str, _executor: int | None) -> tuple[Verdict, int]:
    return Verdict("unverified", f"the policies of {table.name} were not judged"), 0


class Table(NamedTuple):
    """What is known of a table: attribute numbers by what the columns do."""

    keys: frozenset[int]
    """They say which tenant a row belongs to."""
    others: frozenset[int]
    """They name a tenant, and are no key: the table has one besides."""
    identifiers: frozenset[int]
    """They identify a row that belongs to a tenant: this one, or one that it refers to."""
    bound: frozenset[int]
    """They refer to a row together with the key: PostgreSQL itself keeps both in one tenant."""
    references: frozenset[int]
    """They identify or refer to any row."""
    unique: frozenset[int]
    """Each of them alone is unique."""
    is_tenants: bool
    """Each of its rows belongs to a tenant: it has a key of its own, or refers, and must, to a row that belongs to one."""
    optional: tuple[str, ...]
    """Where it is not so: the columns by which some of its rows refer to a row that belongs to a tenant."""
    columns: Mapping[str, o.Column]
    """Its columns by name."""
    names: tuple[str, ...]
    schema: str


class Tenancy:
    """A catalog, and what settings say of its tenants."""

    def __init__(self, catalog: Catalog, known: Iterable[Any]) -> None:
        self.catalog = catalog
        rights = Rights(catalog)
        self.held, self.inherits = rights.held, rights.inherits
        facts: dict[type, set[str]] = defaultdict(set)
        known = list(known)
        for each in known:
            if hasattr(each, "name"):
                facts[type(each)].add(each.name)
        self.key_names = frozenset(facts[settings.TenantKey])
        self.root_names = frozenset(facts[settings.TenantRoot])
        self.predicates = frozenset(facts[settings.Predicate])
        said = [each for each in known if isinstance(each, settings.SessionSource)]
        self.sources = frozenset(each.name.lower() for each in said if each.source == "configured")
        """The settings and functions that are configured to hold who the session is; where there are none, every custom setting counts."""
        self.volatility = Volatility(catalog, self.predicates | self.sources)
        self.types = Types(catalog, self.root_names)
        self.roles: Mapping[str, frozenset[int]] = self._roles(sorted(facts[settings.AppRole]))
        """The application's roles, each with the roles it has the rights of; everyone, where none is known."""
        self.reading: Reading = _nobody_knows
        """What the policies of a table do to the rows that an executor reads, for a role of the session's; what that depends on of it."""
        self._tables: dict[int, Table] = {}
        self._failing: dict[frozenset[str], bool] = {}
        self._functions: dict[tuple[tuple[str, ...], str, int], tuple[o.Function, ...]] = {}
        self.callees: dict[Any, Any] = {}
        """What calls mean, for those who look it up."""
        self.parts: dict[Any, Any] = {}
        """What parts of conditions say by themselves, for those who look it up."""
        self._relations: dict[tuple[tuple[str, ...], str], o.Relation | None] = {}

    def _roles(self, names: list[str]) -> Mapping[str, frozenset[int]]:
        roles = {name: role for name in names if (role := self.catalog.roles.named(name)) is not None}
        return {name: self.held(role.oid) for name, role in roles.items()} or {"public": frozenset()}

    def schemas(self, names: tuple[str, ...]) -> list[int]:
        """The schemas of these names that exist."""
        return [schema.oid for name in names if (schema := self.catalog.schemas.named(name)) is not None]

    def relation(self, path: tuple[str, ...], name: str) -> o.Relation | None:
        """The relation of a name along a path."""
        if (path, name) not in self._relations:
            along = (self.catalog.relations.named(schema, name) for schema in self.schemas(path))
            self._relations[path, name] = next((each for each in along if each is not None), None)
        return self._relations[path, name]

    def functions(self, path: tuple[str, ...], name: str, count: int) -> tuple[o.Function, ...]:
        """The functions of a name along a path that take so many arguments."""
        key = (path, name, count)
        if key not in self._functions:
            alike = (each for schema in self.schemas(path) for each in self.catalog.functions.grouped(schema, name))
            self._functions[key] = tuple(each for each in alike if takes(each, count))
        return self._functions[key]

    def function(self, path: tuple[str, ...], name: str, count: int) -> o.Function | None:
        """The first of them."""
        return next(iter(self.functions(path, name, count)), None)

    @cached_property
    def expressions(self) -> frozenset[str]:
        """The names of functions that answer what one expression says."""
        return frozenset(each.name.lower() for each in self.catalog.functions if is_expression(each))

    def may_fail(self, text: str) -> bool:
        """Whether an expression fails in some sessions, by itself or through the functions it calls."""
        return failing.by_itself(text) or self.fails(failing.called(text))

    def fails(self, names: frozenset[str]) -> bool:
        """Whether a call of one of these names may fail."""
        if names not in self._failing:
            self._failing[names] = failing.fails(self._bodies, names)
        return self._failing[names]

    @cached_property
    def operators(self) -> frozenset[str]:
        """The operators that a migration made, for types that PostgreSQL has operators of its own for."""
        return frozenset(each.name for each in self.catalog.operators)

    @cached_property
    def _bodies(self) -> Mapping[str, str]:
        return failing.named(self.catalog.functions)

    def name(self, thing: Any) -> str:
        """``schema.name``."""
        return f"{self.catalog.schemas[thing.schema].name}.{thing.name}"

    def is_predicate(self, name: str) -> bool:
        """Whether a function is declared to isolate."""
        known = self.predicates
        return bool(known) and (name in known or name.removeprefix("public.") in known or f"public.{name}" in known)

    def is_user(self, name: str) -> bool:
        """Whether the name of a setting or claim says that it holds a user."""
        last = name.rpartition(".")[2].lower()
        return last in USER_WORDS or last.endswith(("user_id", "userid"))

    def table(self, relation: o.Relation) -> Table:
        """What is known of a table."""
        if relation.oid not in self._tables:
            self._tables[relation.oid] = self._look(relation)
        return self._tables[relation.oid]

    def _look(self, relation: o.Relation) -> Table:
        keys = self._keys(relation)
        named = (
            frozenset(numbers[0] for numbers, target, _ in self.references(relation) if target in self.roots and len(numbers) == 1) - keys
        )
        own, others = (keys, named) if keys else (named, frozenset())
        primary = frozenset(self.primary.get(relation.oid, ()))
        owned = relation.oid in self._owned
        refers = {number: target for numbers, target, _ in self.references(relation) for number in numbers}
        identifiers = {number for number, target in refers.items() if target in self._owned and target not in self.roots}
        required = {column.number for column in relation.columns if column.not_null}
        bound = frozenset(self._bound(relation, own))
        named_so = {column.number for column in relation.columns if is_reference(column)}
        return Table(
            own,
            others,
            frozenset((identifiers | (primary if owned else set())) - own - others),
            bound - own,
            frozenset(primary | refers.keys() | named_so),
            frozenset(self._unique.get(relation.oid, ())),
            bool(own or identifiers & required),
            () if own or identifiers & required else tuple(each.name for each in relation.columns if each.number in identifiers),
            {each.name: each for each in relation.columns},
            tuple(each.name for each in relation.columns),
            self.catalog.schemas[relation.schema].name,
        )

    def _bound(self, relation: o.Relation, own: frozenset[int]) -> Iterator[int]:
        """The columns that refer to a row together with the key, to one with the same key and not only with an equal one."""
        for numbers, target, theirs in self.references(relation):
            ends = ((relation, numbers), (self.catalog.relations[target], theirs))
            columns = (each for table, named in ends for each in table.columns if each.number in named)
            if set(numbers) & own and all(self.collations.of(each) is None for each in columns):
                yield from numbers

    def _keys(self, relation: o.Relation) -> frozenset[int]:
        if relation.oid in self.roots:
            return frozenset(self.primary.get(relation.oid, ()))
        return frozenset(column.number for column in relation.columns if column.name in self.key_names)

    def likeness(self, table: o.Relation, said: Sequence[Names]) -> Any:
        """What answers about a table depend on, of the table itself; the table, where other rows are asked for."""
        if any(each.asks_others for each in said):
            return table.oid
        known, names = self.table(table), frozenset[str]().union(*(each.columns for each in said))
        sets = (known.keys, known.others, known.identifiers, known.bound, known.references)
        columns = (each for each in table.columns if each.name in names)
        under = self.collations.of
        return tuple(
            (each.name, each.not_null, each.type_name, under(each), *(each.number in numbers for numbers in sets)) for each in columns
        )

    def policies(self, table: int) -> list[o.Policy]:
        """The policies of a table."""
        return self._policies.get(table, [])

    @cached_property
    def _policies(self) -> Mapping[int, list[o.Policy]]:
        found: dict[int, list[o.Policy]] = defaultdict(list)
        for each in self.catalog.policies:
            found[each.table].append(each)
        return found

    @cached_property
    def roots(self) -> frozenset[int]:
        """The tables of tenants themselves."""
        return frozenset(each.oid for each in self.catalog.relations if self.name(each) in self.root_names)

    @cached_property
    def collations(self) -> Collations:
        """What texts are compared under."""
        return Collations(self.catalog, self.roots, lambda: self.volatility.words)

    @cached_property
    def numbered(self) -> frozenset[int]:
        """Those in which no two rows ever have one key: where it may be checked late, a transaction has another's until it ends."""
        primary = (each for each in self.catalog.constraints if each.kind == "primary" and each.table in self.roots)
        return frozenset(each.table for each in primary if len(each.columns) == 1 and not each.deferrable)

    @cached_property
    def _constraints(self) -> Mapping[int, list[o.Constraint]]:
        found: dict[int, list[o.Constraint]] = defaultdict(list)
        for each in self.catalog.constraints:
            found[each.table].append(each)
        return found

    def references(self, relation: o.Relation) -> list[tuple[tuple[int, ...], int, tuple[int, ...]]]:
        """The foreign keys of a table: its columns, the table they lead to, and that one's columns."""
        foreign = (each for each in self._constraints.get(relation.oid, ()) if each.kind == "foreign")
        return [(each.columns, each.target, each.target_columns) for each in foreign]

    @cached_property
    def primary(self) -> Mapping[int, tuple[int, ...]]:
        """The columns of tables' primary keys."""
        return {each.table: each.columns for each in self.catalog.constraints if each.kind == "primary"}

    @cached_property
    def _unique(self) -> Mapping[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for each in self.catalog.indexes:
            if each.unique and len(each.keys) == 1 and each.predicate is None:
                found[each.table].add(each.keys[0])
        return found

    @cached_property
    def _owned(self) -> frozenset[int]:
        """The tables whose rows belong to tenants: they carry a key, or refer to one that does."""
        owned = {each.oid for each in self.catalog.relations if each.kind in {"table", "partitioned"} and self._keys(each)}
        waiting = [*owned]
        referring: dict[int, set[int]] = defaultdict(set)
        for each in self.catalog.constraints:
            if each.kind == "foreign":
                referring[each.target].add(each.table)
        while waiting:
            new = referring[waiting.pop()] - owned
            owned |= new
            waiting += new
        return frozenset(owned)
