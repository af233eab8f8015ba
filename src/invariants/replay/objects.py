"""The catalog's objects: immutable values, identified by oid and never by name, so that a rename touches one of them.

Roles, schemas and types are referred to by oid too. ``made`` is the statement that created the object.
"""

from collections.abc import Hashable
from dataclasses import field
from typing import Literal, NamedTuple

from invariants.facts import db
from invariants.facts.place import PLATFORM, Place
from invariants.replay.records import dataclass
from invariants.replay.shelf import Use

RelationKind = Literal["table", "partitioned", "foreign", "view", "materialized", "sequence", "index", "composite"]
NOTHING: frozenset[Use] = frozenset()
PUBLIC = 0
"""The oid that stands for everyone where a role is named."""
FOREIGN = -1
"""What stands for a collation that no migration makes, of which nobody knows what it takes for equal."""


class Privilege(NamedTuple):
    """One entry of an access control list (aclitem): who may do what, granted by whom."""

    grantee: int
    privilege: str
    grantor: int
    grantable: bool
    at: Place


Acl = tuple[Privilege, ...] | None
"""None is PostgreSQL's NULL acl: the object's default privileges hold."""


class Step(NamedTuple):
    """One step of an object's history."""

    at: Place
    what: str


@dataclass(frozen=True, kw_only=True)
class Object:
    """What all objects have. ``history`` starts with the statement that created the object."""

    oid: int
    uses: frozenset[Use] = NOTHING
    made: Place = PLATFORM
    history: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Schema(Object):
    """A row of pg_namespace."""

    name: str
    owner: int
    acl: Acl = None

    @property
    def key(self) -> Hashable:
        return (self.name,)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column; ``number`` is its attribute number, never used twice in a table.

    ``type_name`` is canonical (``integer``, ``character varying(20)``, ``public.mood``, ``text[]``).
    ``local`` is false where only a parent declares it.
    """

    name: str
    number: int
    type_name: str
    type_oid: int = 0
    collation: int = 0
    """The collation that a statement made, or :data:`FOREIGN`; 0 for one of PostgreSQL's own, and for none."""
    not_null: bool = False
    default: str | None = None
    generated: Literal["", "stored"] = ""
    identity: Literal["", "always", "by default"] = ""
    sequence: int = 0
    """The sequence that a serial or identity column owns."""
    acl: Acl = None
    local: bool = True
    inherited: int = 0
    """How many parents declare it."""
    at: Place = PLATFORM
    uses: frozenset[Use] = NOTHING
    """What its default or generation expression stands on."""


@dataclass(frozen=True, kw_only=True)
class Relation(Object):
    """A row of pg_class: table, view, index, sequence, composite type; they share one name space in a schema."""

    name: str
    schema: int
    kind: RelationKind
    owner: int
    columns: tuple[Column, ...] = ()
    next_number: int = 1
    persistence: Literal["permanent", "unlogged", "temporary"] = "permanent"
    acl: Acl = None
    owner_at: Place = PLATFORM
    rls_enabled: bool = False
    rls_forced: bool = False
    rls_at: Place = PLATFORM
    forced_at: Place = PLATFORM
    obscured: tuple[tuple[db.Securing, Place], ...] = ()
    """What may have been done to it and cannot be told, and where."""
    options: tuple[tuple[str, str], ...] = ()
    options_at: Place = PLATFORM
    parents: tuple[int, ...] = ()
    is_partition: bool = False
    partition_key: str = ""
    bound: str = ""
    of_type: int = 0
    definition: str = ""
    """The query of a view or materialized view, renames followed."""
    populated: bool = True
    """Whether a materialized view was filled."""
    owned_by: tuple[int, int] | None = None
    """The table and column that a sequence belongs to."""

    @property
    def key(self) -> Hashable:
        return (self.schema, self.name)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Index(Object):
    """What pg_index adds to the relation of the same oid."""

    table: int
    method: str = "btree"
    unique: bool = False
    keys: tuple[int, ...] = ()
    """Attribute numbers, 0 for an expression."""
    expressions: tuple[str, ...] = ()
    predicate: str | None = None
    constraint: int = 0
    valid: bool = True
    include: tuple[int, ...] = ()
    primary: bool = False

    @property
    def key(self) -> Hashable:
        return (self.oid,)


@dataclass(frozen=True, kw_only=True)
class Constraint(Object):
    """A row of pg_constraint; on a domain ``table`` is 0 and ``domain`` its type."""

    name: str
    table: int
    kind: Literal["primary", "unique", "foreign", "check", "exclusion"]
    domain: int = 0
    columns: tuple[int, ...] = ()
    expression: str | None = None
    target: int = 0
    target_columns: tuple[int, ...] = ()
    on_delete: str = "no action"
    on_update: str = "no action"
    validated: bool = True
    deferrable: bool = False
    no_inherit: bool = False
    local: bool = True
    inherited: int = 0
    index: int = 0

    @property
    def key(self) -> Hashable:
        return (self.table or -self.domain, self.name)


@dataclass(frozen=True, kw_only=True)
class Policy(Object):
    """A row of pg_policy. Expressions are SQL text with renames followed."""

    name: str
    table: int
    command: Literal["all", "select", "insert", "update", "delete"] = "all"
    permissive: bool = True
    roles: tuple[int, ...] = (PUBLIC,)
    using: str | None = None
    check: str | None = None
    at: Place = PLATFORM
    using_at: Place = PLATFORM
    check_at: Place = PLATFORM
    using_arms: tuple[Place, ...] = ()
    check_arms: tuple[Place, ...] = ()
    """Where the arms of an expression's outermost ORs stand."""

    @property
    def key(self) -> Hashable:
        return (self.table, self.name)


@dataclass(frozen=True, kw_only=True)
class Argument:
    """An argument of a function. ``mode``: in, out, inout, variadic, table."""

    name: str
    type_name: str
    mode: Literal["in", "out", "inout", "variadic", "table"] = "in"
    default: str | None = None


@dataclass(frozen=True, kw_only=True)
class Function(Object):
    """A row of pg_proc. ``settings`` is proconfig; ``body`` its prosrc, or its SQL-standard body as text."""

    name: str
    schema: int
    owner: int
    arguments: tuple[Argument, ...] = ()
    kind: Literal["function", "procedure", "aggregate", "window"] = "function"
    language: str = "sql"
    returns: str = "void"
    returns_set: bool = False
    security_definer: bool = False
    strict: bool = False
    leakproof: bool = False
    volatility: Literal["immutable", "stable", "volatile"] = "volatile"
    settings: tuple[tuple[str, str], ...] = ()
    body: str = ""
    source: str = ""
    """The whole CREATE statement, which the PL/pgSQL parser wants."""
    acl: Acl = None
    at: Place = PLATFORM
    body_at: Place = PLATFORM

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(each.type_name for each in self.arguments if each.mode in {"in", "inout", "variadic"})

    @property
    def key(self) -> Hashable:
        return (self.schema, self.name, self.inputs)


@dataclass(frozen=True, kw_only=True)
class Trigger(Object):
    """A row of pg_trigger, internal ones left out."""

    name: str
    table: int
    function: int
    timing: Literal["before", "after", "instead of"]
    level: Literal["row", "statement"]
    events: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    enabled: bool = True
    constraint: bool = False
    parent: int = 0
    """The trigger of the partitioned parent that it was cloned from."""
    at: Place = PLATFORM

    @property
    def key(self) -> Hashable:
        return (self.table, self.name)


@dataclass(frozen=True, kw_only=True)
class EventTrigger(Object):
    """A row of pg_event_trigger; no tags means every command."""

    name: str
    event: str
    tags: frozenset[str]
    function: int
    owner: int
    enabled: bool = True

    @property
    def key(self) -> Hashable:
        return (self.name,)


@dataclass(frozen=True, kw_only=True)
class Rule(Object):
    """A rewrite rule on a table or view."""

    name: str
    table: int
    event: str
    instead: bool

    @property
    def key(self) -> Hashable:
        return (self.table, self.name)


@dataclass(frozen=True, kw_only=True)
class Type(Object):
    """A type that a statement made. A composite type has a relation of kind ``composite``; tables' row types are not kept."""

    name: str
    schema: int
    owner: int
    kind: Literal["enum", "domain", "composite", "range", "base", "shell"]
    labels: tuple[str, ...] = ()
    base: str = ""
    not_null: bool = False
    default: str | None = None
    relation: int = 0
    collation: int = 0
    """A domain's, as a column's."""
    acl: Acl = None

    @property
    def key(self) -> Hashable:
        return (self.schema, self.name)


@dataclass(frozen=True, kw_only=True)
class Collation(Object):
    """A collation that a statement made (pg_collation)."""

    name: str
    schema: int
    owner: int
    is_deterministic: bool = True
    """It takes no two texts for equal."""

    @property
    def key(self) -> Hashable:
        return (self.schema, self.name)


@dataclass(frozen=True, kw_only=True)
class Extension(Object):
    """An installed extension; what it brings is not kept."""

    name: str
    schema: int

    @property
    def key(self) -> Hashable:
        return (self.name,)


@dataclass(frozen=True, kw_only=True)
class Role(Object):
    """A role; ``settings`` is rolconfig."""

    name: str
    superuser: bool = False
    bypass_rls: bool = False
    login: bool = False
    inherit: bool = True
    create_role: bool = False
    create_db: bool = False
    replication: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    at: Place = PLATFORM
    external: bool = False
    """No migration makes it, yet a statement names it."""
    raised: bool = False
    """It was put above row security after it was made, and not in the course of that."""

    @property
    def is_above(self) -> bool:
        """Whether row security, forced or not, lets it see every row."""
        return self.superuser or self.bypass_rls

    @property
    def key(self) -> Hashable:
        return (self.name,)


@dataclass(frozen=True, kw_only=True)
class Membership(Object):
    """``member`` belongs to ``role`` (pg_auth_members)."""

    role: int
    member: int
    grantor: int
    admin: bool = False

    @property
    def key(self) -> Hashable:
        return (self.role, self.member, self.grantor)


@dataclass(frozen=True, kw_only=True)
class DefaultAcl(Object):
    """Privileges for objects to come (pg_default_acl); ``schema`` 0 is every schema."""

    creator: int
    schema: int
    kind: Literal["table", "sequence", "function", "type", "schema"]
    acl: tuple[Privilege, ...] = field(default=())

    @property
    def key(self) -> Hashable:
        return (self.creator, self.schema, self.kind)


@dataclass(frozen=True, kw_only=True)
class Operator(Object):
    """An operator on PostgreSQL's own types, which may be taken for one of PostgreSQL's own."""

    name: str
    schema: int

    @property
    def key(self) -> Hashable:
        return (self.oid,)


@dataclass(frozen=True, kw_only=True)
class Publication(Object):
    """A row of pg_publication."""

    name: str
    owner: int
    all_tables: bool = False

    @property
    def key(self) -> Hashable:
        return (self.name,)
