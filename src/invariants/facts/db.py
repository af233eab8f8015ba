"""The database after the last migration: what replay answers.

Tables, views and functions are named ``schema.name``; quoted names keep their case. ``at`` is the statement that made the
row what it is now. ``origin`` tells what migrations made from what the platform brings.
"""

from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place

Origin = Literal["migration", "platform"]
TableKind = Literal["table", "partitioned", "foreign"]
ViewKind = Literal["view", "materialized"]
Securing = Literal["enable", "force", "policy", "index", "require"]
ObjectKind = Literal[
    "database", "schema", "table", "view", "sequence", "function", "type", "role", "policy", "column", "trigger", "index", "constraint"
]
Command = Literal["all", "select", "insert", "update", "delete"]
ConstraintKind = Literal["primary", "unique", "foreign", "check", "exclusion"]
Action = Literal["no action", "restrict", "cascade", "set null", "set default"]


class Database(NamedTuple):
    """One independent database of the repository."""

    at: Annotated[Place, "The first migration."]
    database: Annotated[str, "Its name: the folder that holds its migrations, unless configured."]
    runner: Annotated[str, "What applies its migrations: supabase, prisma, flyway, alembic ..."]
    folder: Annotated[str, "The folder of its migrations, relative to the root."]
    source: Annotated[Literal["configured", "detected"], "Who said so."]


class Migration(NamedTuple):
    """A migration that was replayed."""

    at: Annotated[Place, "Its first line."]
    database: Annotated[str, "The database it belongs to."]
    path: Annotated[str, "Its file."]
    position: Annotated[int, "Its place in the order in which migrations run, from 0."]
    statements: Annotated[int, "How many statements it runs."]
    repeatable: Annotated[bool, "It runs again whenever it changes, so that it may."]


class Loss(NamedTuple):
    """A statement that destroys data, or takes away what running code may rely on."""

    at: Annotated[Place, "The statement."]
    database: Annotated[str, "Its database."]
    path: Annotated[str, "The migration that runs it."]
    table_name: Annotated[str, "The table or view, as it was called before."]
    column_name: Annotated[str, "The column, as it was called before; empty where it is the whole table."]
    is_view: Annotated[bool, "It is a view, which holds no data."]
    message: Annotated[str, "What it does, as a clause: it drops public.orders."]


class Idle(NamedTuple):
    """A file among the migrations that their runner does not run, or cannot."""

    at: Annotated[Place, "Its first line; that of the manifest which lists it, where it is not there."]
    database: Annotated[str, "The database it would belong to."]
    path: Annotated[str, "The file."]
    message: Annotated[str, "Why it does not run, as a clause."]


class Schema(NamedTuple):
    """A schema."""

    at: Annotated[Place, "Where it was created."]
    database: Annotated[str, "Its database."]
    name: Annotated[str, "Its name."]
    owner: Annotated[str, "The role that owns it."]
    origin: Annotated[Origin, "Who made it."]


class Table(NamedTuple):
    """A table that holds rows: ordinary, partitioned or foreign."""

    at: Annotated[Place, "Where it was created."]
    database: Annotated[str, "Its database."]
    name: Annotated[str, "schema.table."]
    schema_name: Annotated[str, "Its schema."]
    kind: Annotated[TableKind, "What kind of table."]
    persistence: Annotated[Literal["permanent", "unlogged", "temporary"], "How its rows are kept."]
    owner: Annotated[str, "The role that owns it."]
    rls_enabled: Annotated[bool, "Row security is enabled."]
    rls_forced: Annotated[bool, "Row security applies to the owner too, once enabled."]
    rls_at: Annotated[Place, "The statement that last decided whether row security is enabled; its creation where none did."]
    forced_at: Annotated[Place, "The statement that last decided whether it is forced; else that of rls_at."]
    owner_at: Annotated[Place, "The statement that gave it its owner."]
    origin: Annotated[Origin, "Who made it."]


class Lineage(NamedTuple):
    """A partition or inheritance child and its parent."""

    at: Annotated[Place, "The statement that joined them."]
    database: Annotated[str, "Their database."]
    table_name: Annotated[str, "The child."]
    parent: Annotated[str, "The parent."]
    kind: Annotated[Literal["partition", "inherits"], "How they are related."]


class Column(NamedTuple):
    """A column of a table or view."""

    at: Annotated[Place, "Where it was added or last changed."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "schema.table it belongs to."]
    name: Annotated[str, "Its name."]
    position: Annotated[int, "Its place among the table's columns, from 1, without those dropped."]
    type_name: Annotated[str, "Its type as PostgreSQL's format_type writes it; empty where it cannot be told."]
    not_null: Annotated[bool, "It refuses NULL."]
    default_text: Annotated[str | None, "Its default expression."]
    generation: Annotated[Literal["none", "stored", "identity", "serial"], "How PostgreSQL fills it in itself."]


class Constraint(NamedTuple):
    """A primary key, unique, foreign key, check or exclusion constraint."""

    at: Annotated[Place, "Where it was added."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it constrains."]
    name: Annotated[str, "Its name."]
    kind: Annotated[ConstraintKind, "What kind."]
    expression: Annotated[str | None, "What a check asks."]
    target: Annotated[str | None, "The table a foreign key points to."]
    on_delete: Annotated[Action | None, "What a foreign key does when the target row goes."]
    on_update: Annotated[Action | None, "What a foreign key does when the target key changes."]
    validated: Annotated[bool, "False where added NOT VALID and never validated."]


class ConstraintColumn(NamedTuple):
    """A column of a constraint, in order."""

    at: Annotated[Place, "Where the constraint was added."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it constrains."]
    constraint_name: Annotated[str, "The constraint."]
    position: Annotated[int, "Its place, from 1."]
    column_name: Annotated[str, "The column."]
    target_column: Annotated[str | None, "The column a foreign key points to."]


class Index(NamedTuple):
    """An index, those behind constraints included."""

    at: Annotated[Place, "Where it was created."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it indexes."]
    name: Annotated[str, "schema.name."]
    method: Annotated[str, "btree, hash, gin ..."]
    is_unique: Annotated[bool, "It refuses duplicates."]
    predicate: Annotated[str | None, "The WHERE of a partial index."]
    constraint_name: Annotated[str | None, "The constraint it serves."]


class IndexColumn(NamedTuple):
    """A key of an index, in order (INCLUDE columns are no keys)."""

    at: Annotated[Place, "Where the index was created."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it indexes."]
    index_name: Annotated[str, "The index."]
    position: Annotated[int, "Its place, from 1."]
    column_name: Annotated[str | None, "The column; absent for an expression."]
    expression: Annotated[str | None, "The expression; absent for a column."]


class Policy(NamedTuple):
    """A row security policy."""

    at: Annotated[Place, "Where it was created or last altered."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it guards."]
    name: Annotated[str, "Its name."]
    command: Annotated[Command, "The commands it applies to."]
    permissive: Annotated[bool, "Permissive policies are ORed, restrictive ones ANDed."]
    using_text: Annotated[str | None, "The USING expression."]
    check_text: Annotated[str | None, "The WITH CHECK expression."]
    using_at: Annotated[Place, "Where the USING expression stands (the policy, where there is none)."]
    check_at: Annotated[Place, "Where the WITH CHECK expression stands (the policy, where there is none)."]


class PolicyRole(NamedTuple):
    """A role that a policy applies to; ``public`` is everyone."""

    at: Annotated[Place, "Where the policy was created or last altered."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it guards."]
    policy_name: Annotated[str, "The policy."]
    role: Annotated[str, "The role."]


class PolicyTemplate(NamedTuple):
    """A policy that asks nothing of its table but one column, written so that it fits other tables."""

    at: Annotated[Place, "The policy."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it guards."]
    policy_name: Annotated[str, "The policy."]
    column_name: Annotated[str, "The column; empty where it asks for none."]
    using_text: Annotated[str | None, 'The USING expression, with "{key}" for the column and "{table}" for the table.']
    check_text: Annotated[str | None, 'The WITH CHECK expression, with "{key}" for the column and "{table}" for the table.']


class PolicyTerm(NamedTuple):
    """What one disjunct of one side of a policy does to tenants apart."""

    at: Annotated[Place, "The disjunct."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it guards."]
    policy_name: Annotated[str, "The policy."]
    side: Annotated[Literal["using", "check"], "The rows that are seen, or the rows that are written."]
    position: Annotated[int, "Its place among the side's disjuncts, from 0."]
    verdict: Annotated[
        Literal["isolates", "open", "denies", "unverified"],
        "isolates: binds the row to the session's tenant; open: shown not to; denies: passes no row; unverified: cannot be told.",
    ]
    term: Annotated[str, "The disjunct, as SQL."]
    folded: Annotated[str, "What it comes to: simple functions seen through, constants folded."]
    reason: Annotated[str, "Why, as a clause."]
    role: Annotated[str, "The role of the application that decides it; empty where none is subject to the policy."]
    command: Annotated[Command, "The command that decides it."]
    writes: Annotated[bool, "It was decided by rows being written: by the check, or by USING where no check is said."]
    witness: Annotated[str, "What would cross: who asks, what the session says, and the row; empty where it is not open."]
    cases: Annotated[int, "How many cases were looked at."]


class PolicyStep(NamedTuple):
    """A step of the reasoning behind the verdict on a disjunct."""

    at: Annotated[Place, "The disjunct."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it guards."]
    policy_name: Annotated[str, "The policy."]
    side: Annotated[Literal["using", "check"], "The rows that are seen, or the rows that are written."]
    term_position: Annotated[int, "The disjunct's place among its side's."]
    position: Annotated[int, "The step's place, from 0."]
    what: Annotated[str, "What was taken into account, as words."]


class View(NamedTuple):
    """A view or materialized view."""

    at: Annotated[Place, "Where it was created or last replaced."]
    database: Annotated[str, "Its database."]
    name: Annotated[str, "schema.name."]
    kind: Annotated[ViewKind, "What kind."]
    owner: Annotated[str, "The role it reads as, unless it is an invoker's view."]
    security_invoker: Annotated[bool, "It reads as its caller (PostgreSQL 15+)."]
    security_barrier: Annotated[bool, "Its own conditions run before the caller's functions."]
    definition: Annotated[str, "Its query."]
    options_at: Annotated[Place, "The statement that last decided its options."]
    origin: Annotated[Origin, "Who made it."]


class Function(NamedTuple):
    """A function or procedure."""

    at: Annotated[Place, "Where it was created or last replaced or altered."]
    database: Annotated[str, "Its database."]
    name: Annotated[str, "schema.name."]
    signature: Annotated[str, "Its argument types, as pg_get_function_identity_arguments lists them, without names."]
    kind: Annotated[Literal["function", "procedure", "aggregate", "window"], "What kind."]
    language: Annotated[str, "sql, plpgsql, c ..."]
    owner: Annotated[str, "The role it runs as where it is a definer's."]
    security_definer: Annotated[bool, "It runs as its owner."]
    search_path: Annotated[str | None, "The search_path it pins; absent where it pins none."]
    volatility: Annotated[Literal["immutable", "stable", "volatile"], "What it promises."]
    leakproof: Annotated[bool, "It promises to tell nothing of its arguments."]
    returns: Annotated[str, "Its result type; trigger for trigger functions."]
    body: Annotated[str, "Its source; empty where it has none in SQL or PL/pgSQL."]
    origin: Annotated[Origin, "Who made it."]


class Reading(NamedTuple):
    """A view, function or policy that reads or writes a relation or calls a function directly."""

    at: Annotated[Place, "Where the reader stands."]
    database: Annotated[str, "Its database."]
    reader_kind: Annotated[Literal["view", "function", "policy"], "What reads."]
    reader: Annotated[str, "schema.name of the view or function; schema.table/policy of a policy."]
    signature: Annotated[str, "The signature of a reading function; empty otherwise."]
    target_kind: Annotated[Literal["table", "view", "function"], "What is read or called."]
    target: Annotated[str, "schema.name of it."]
    writes: Annotated[bool, "It is written to, not only read."]
    certain: Annotated[bool, "False where the text is dynamic or the name could not be resolved for sure."]


class Trigger(NamedTuple):
    """A trigger on a table or view."""

    at: Annotated[Place, "Where it was created or last altered."]
    database: Annotated[str, "Its database."]
    table_name: Annotated[str, "The table it stands on."]
    name: Annotated[str, "Its name."]
    function: Annotated[str, "schema.name of the function it calls."]
    timing: Annotated[Literal["before", "after", "instead of"], "When it fires."]
    level: Annotated[Literal["row", "statement"], "How often it fires."]
    on_insert: Annotated[bool, "It fires on INSERT."]
    on_update: Annotated[bool, "It fires on UPDATE."]
    on_delete: Annotated[bool, "It fires on DELETE."]
    on_truncate: Annotated[bool, "It fires on TRUNCATE."]
    enabled: Annotated[bool, "It is not disabled."]


class Role(NamedTuple):
    """A role."""

    at: Annotated[Place, "Where it was created or last altered."]
    database: Annotated[str, "Its database."]
    name: Annotated[str, "Its name."]
    superuser: Annotated[bool, "It bypasses every check."]
    bypass_rls: Annotated[bool, "It bypasses row security, forced or not."]
    raised: Annotated[bool, "It was put above row security after it was made, and not in the course of that."]
    can_login: Annotated[bool, "It can connect."]
    inherits: Annotated[bool, "It uses the privileges of its roles without SET ROLE."]
    create_role: Annotated[bool, "It can make roles."]
    create_db: Annotated[bool, "It can make databases."]
    replication: Annotated[bool, "It can stream changes."]
    origin: Annotated[Origin, "Who made it."]


class Membership(NamedTuple):
    """A role that is a member of another."""

    at: Annotated[Place, "The grant."]
    database: Annotated[str, "Its database."]
    member: Annotated[str, "The member."]
    role: Annotated[str, "The role it is a member of."]
    admin: Annotated[bool, "It may grant the role on."]


class Grant(NamedTuple):
    """A privilege that a role holds on an object, the owner's own included."""

    at: Annotated[Place, "The grant; the object's creation where it holds by default."]
    database: Annotated[str, "Its database."]
    object_kind: Annotated[ObjectKind, "What kind of object: table (views too), column, schema, sequence, function, type, database."]
    object_name: Annotated[str, "schema.name; a function's with its signature in parentheses; a column's table."]
    column_name: Annotated[str | None, "The column, where the privilege is on one."]
    grantee: Annotated[str, "The role; public for everyone."]
    privilege: Annotated[str, "select, insert, update, delete, truncate, references, trigger, maintain, usage, execute, create ..."]
    grantable: Annotated[bool, "It may be granted on."]


class DefaultGrant(NamedTuple):
    """A privilege that objects created later will be granted (ALTER DEFAULT PRIVILEGES)."""

    at: Annotated[Place, "The statement."]
    database: Annotated[str, "Its database."]
    creator: Annotated[str, "The role whose objects are meant."]
    schema_name: Annotated[str | None, "The schema it is limited to."]
    object_kind: Annotated[Literal["table", "sequence", "function", "type", "schema"], "What kind of objects."]
    grantee: Annotated[str, "The role; public for everyone."]
    privilege: Annotated[str, "The privilege."]
    grantable: Annotated[bool, "It may be granted on."]


class Obscured(NamedTuple):
    """What secures tables, or may, and cannot be told: a template, a statement made at run time, a function or class of another file."""

    at: Annotated[Place, "The statement."]
    database: Annotated[str, "Its database."]
    what: Annotated[
        Securing, "What it does to them: enable or force row security, give them a policy or an index, or have a column refuse NULL."
    ]
    table_name: Annotated[str | None, "The table that it is about, where that can be told: schema.table."] = None


class ContextSetting(NamedTuple):
    """A statement or function body that sets a run-time setting."""

    at: Annotated[Place, "Where it stands."]
    database: Annotated[str, "Its database."]
    module: Annotated[str, "The function (schema.name) or migration path that sets it."]
    name: Annotated[str, "The setting's name, lower case; empty where it cannot be told."]
    scope: Annotated[Literal["transaction", "session", "unknown"], "How long it lasts."]


class History(NamedTuple):
    """A step in the chain of statements behind an object, oldest first."""

    at: Annotated[Place, "The statement."]
    database: Annotated[str, "Its database."]
    object_kind: Annotated[ObjectKind, "What kind of object."]
    object_name: Annotated[str, "Its name now: schema.name; schema.table/policy for a policy."]
    position: Annotated[int, "Its place in the chain, from 0."]
    what: Annotated[str, "What the statement did, as words: created, row security enabled, renamed from public.x ..."]
