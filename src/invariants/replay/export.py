"""The catalog as facts: what rules and people ask about."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from invariants.facts import db
from invariants.facts.place import PLATFORM, Place
from invariants.replay import objects as o
from invariants.replay import privileges
from invariants.replay.catalog import Catalog
from invariants.replay.watched import Estate

SYSTEM = {"pg_catalog", "information_schema", "pg_toast"}
TABLES: Mapping[str, db.TableKind] = {"table": "table", "partitioned": "partitioned", "foreign": "foreign"}
VIEWS: Mapping[str, db.ViewKind] = {"view": "view", "materialized": "materialized"}


class Export(NamedTuple):
    """A catalog on its way out, and the name of its database. What is told of one estate may look at a watched catalog."""

    catalog: Catalog
    database: str

    def facts(self) -> Iterator[NamedTuple]:
        """Every ``db_*`` fact of the catalog that is about no relation."""
        for schema in self.catalog.schemas:
            if schema.name not in SYSTEM:
                yield db.Schema(schema.made, self.database, schema.name, self.role(schema.owner), _origin(schema.made))
        for function in self.catalog.functions:
            yield from self._function(function)
        yield from self._roles()
        yield from self._grants()

    def of(self, estate: Estate) -> Iterator[NamedTuple]:
        """Every ``db_*`` fact about a relation and what belongs to it."""
        yield from self._relation(estate.relation)
        for constraint in estate.constraints:
            yield from self._constraint(constraint)
        for index in estate.indexes:
            yield from self._index(index)
        for policy in estate.policies:
            yield from self._policy(policy)
        for trigger in estate.triggers:
            yield from self._trigger(trigger)
        yield from self._relation_grants(estate.relation)

    def role(self, oid: int) -> str:
        """A role's name."""
        return "public" if oid == o.PUBLIC else self.catalog.roles[oid].name

    def name(self, thing: o.Relation | o.Function | o.Type) -> str:
        """``schema.name``."""
        return f"{self.catalog.schemas[thing.schema].name}.{thing.name}"

    def table(self, oid: int) -> str:
        """``schema.name`` of a relation."""
        return self.name(self.catalog.relations[oid])

    def signature(self, function: o.Function) -> str:
        """``schema.name(types)``, as grants name functions."""
        return f"{self.name(function)}({', '.join(function.inputs)})"

    def _history(self, kind: db.ObjectKind, name: str, steps: tuple[o.Step, ...]) -> Iterator[db.History]:
        for position, step in enumerate(steps):
            yield db.History(step.at, self.database, kind, name, position, step.what)

    def _relation(self, relation: o.Relation) -> Iterator[NamedTuple]:
        name = self.name(relation)
        if self.catalog.schemas[relation.schema].name in SYSTEM:
            return
        if relation.kind in TABLES:
            yield self._table(relation, name)
            yield from (db.Obscured(at, self.database, what, name) for what, at in relation.obscured)
            yield from self._lineage(relation, name)
            yield from self._history("table", name, relation.history)
        elif relation.kind in VIEWS:
            yield self._view(relation, name)
            yield from self._history("view", name, relation.history)
        if relation.kind in TABLES or relation.kind in VIEWS:
            for position, column in enumerate(relation.columns, 1):
                yield _column(self.database, name, position, column, self.catalog)

    def _table(self, relation: o.Relation, name: str) -> db.Table:
        return db.Table(
            relation.made,
            self.database,
            name,
            self.catalog.schemas[relation.schema].name,
            TABLES[relation.kind],
            relation.persistence,
            self.role(relation.owner),
            relation.rls_enabled,
            relation.rls_forced,
            _or(relation.rls_at, relation.made),
            relation.forced_at if relation.forced_at not in {PLATFORM, relation.made} else _or(relation.rls_at, relation.made),
            _or(relation.owner_at, relation.made),
            _origin(relation.made),
        )

    def _lineage(self, relation: o.Relation, name: str) -> Iterator[db.Lineage]:
        joined = next((step.at for step in reversed(relation.history) if "attached" in step.what or "inherits" in step.what), relation.made)
        for parent in relation.parents:
            yield db.Lineage(joined, self.database, name, self.table(parent), "partition" if relation.is_partition else "inherits")

    def _view(self, relation: o.Relation, name: str) -> db.View:
        options = dict(relation.options)
        return db.View(
            _last(relation),
            self.database,
            name,
            VIEWS[relation.kind],
            self.role(relation.owner),
            _on(options, "security_invoker"),
            _on(options, "security_barrier"),
            relation.definition,
            _or(relation.options_at, _last(relation)),
            _origin(relation.made),
        )

    def _constraint(self, constraint: o.Constraint) -> Iterator[NamedTuple]:
        if not constraint.table:
            return
        table = self.catalog.relations[constraint.table]
        target = self.catalog.relations[constraint.target] if constraint.target else None
        name = self.name(table)
        on_delete: Any = constraint.on_delete if target else None
        on_update: Any = constraint.on_update if target else None
        yield db.Constraint(
            constraint.made,
            self.database,
            name,
            constraint.name,
            constraint.kind,
            constraint.expression,
            self.name(target) if target else None,
            on_delete,
            on_update,
            constraint.validated,
        )
        targets = [_column_name(target, number) for number in constraint.target_columns] if target else []
        for position, number in enumerate(constraint.columns):
            column = _column_name(table, number)
            aim = targets[position] if position < len(targets) else None
            if column is not None:
                yield db.ConstraintColumn(constraint.made, self.database, name, constraint.name, position + 1, column, aim)

    def _index(self, index: o.Index) -> Iterator[NamedTuple]:
        table, relation = self.catalog.relations[index.table], self.catalog.relations[index.oid]
        if table.kind not in TABLES and table.kind not in VIEWS:
            return
        constraint = self.catalog.constraints.get(index.constraint)
        name, on = self.name(relation), self.name(table)
        served = constraint.name if constraint else None
        made = constraint.made if constraint else relation.made
        yield db.Index(made, self.database, on, name, index.method, index.unique, index.predicate, served)
        expressions = iter(index.expressions)
        for position, number in enumerate(index.keys, 1):
            expression = None if number else next(expressions, "")
            yield db.IndexColumn(made, self.database, on, name, position, _column_name(table, number), expression)

    def _policy(self, policy: o.Policy) -> Iterator[NamedTuple]:
        table = self.table(policy.table)
        at = _or(policy.at, policy.made)
        places = (_or(policy.using_at, at), _or(policy.check_at, at))
        yield db.Policy(at, self.database, table, policy.name, policy.command, policy.permissive, policy.using, policy.check, *places)
        for role in policy.roles:
            yield db.PolicyRole(at, self.database, table, policy.name, self.role(role))
        yield from self._history("policy", f"{table}/{policy.name}", policy.history)

    def _function(self, function: o.Function) -> Iterator[NamedTuple]:
        name = self.name(function)
        settings = dict(function.settings)
        yield db.Function(
            _or(function.at, function.made),
            self.database,
            name,
            ", ".join(function.inputs),
            function.kind,
            function.language,
            self.role(function.owner),
            function.security_definer,
            settings.get("search_path"),
            function.volatility,
            function.leakproof,
            function.returns,
            function.body,
            _origin(function.made),
        )
        yield from self._history("function", self.signature(function), function.history)

    def _trigger(self, trigger: o.Trigger) -> Iterator[NamedTuple]:
        function = self.catalog.functions.get(trigger.function)
        insert, update, delete, truncate = (event in trigger.events for event in ("insert", "update", "delete", "truncate"))
        called = self.name(function) if function else ""
        yield db.Trigger(
            _or(trigger.at, trigger.made),
            self.database,
            self.table(trigger.table),
            trigger.name,
            called,
            trigger.timing,
            trigger.level,
            insert,
            update,
            delete,
            truncate,
            trigger.enabled,
        )

    def _roles(self) -> Iterator[NamedTuple]:
        for role in self.catalog.roles:
            above = (role.superuser, role.bypass_rls, role.raised)
            can = (role.login, role.inherit, role.create_role, role.create_db, role.replication)
            yield db.Role(_or(role.at, role.made), self.database, role.name, *above, *can, _origin(role.made))
            yield from self._history("role", role.name, role.history)
        for each in self.catalog.memberships:
            yield db.Membership(each.made, self.database, self.role(each.member), self.role(each.role), each.admin)

    def _grants(self) -> Iterator[NamedTuple]:
        for function in self.catalog.functions:
            yield from self._held(
                "function", self.signature(function), None, privileges.effective(self.catalog, "function", function), function.made
            )
        for schema in self.catalog.schemas:
            if schema.name not in SYSTEM:
                yield from self._held("schema", schema.name, None, privileges.effective(self.catalog, "schema", schema), schema.made)
        for default in self.catalog.default_acls:
            schema_name = self.catalog.schemas[default.schema].name if default.schema else None
            for each in default.acl:
                yield db.DefaultGrant(
                    each.at,
                    self.database,
                    self.role(default.creator),
                    schema_name,
                    default.kind,
                    self.role(each.grantee),
                    each.privilege,
                    each.grantable,
                )

    def _relation_grants(self, relation: o.Relation) -> Iterator[NamedTuple]:
        if relation.kind in {"index", "composite"}:
            return
        kind: db.ObjectKind = "sequence" if relation.kind == "sequence" else "table"
        name = self.name(relation)
        yield from self._held(kind, name, None, privileges.effective(self.catalog, kind, relation), relation.made)
        for column in relation.columns:
            yield from self._held("column", name, column.name, column.acl or (), column.at)

    def _held(self, kind: db.ObjectKind, name: str, column: str | None, acl: Any, made: Place) -> Iterator[db.Grant]:
        """Several grantors may have granted the same: one row, grantable if any of them is."""
        held: dict[tuple[int, str], o.Privilege] = {}
        for each in acl:
            known = held.get((each.grantee, each.privilege))
            if known is None or (each.grantable and not known.grantable):
                held[each.grantee, each.privilege] = each
        for each in held.values():
            yield db.Grant(_or(each.at, made), self.database, kind, name, column, self.role(each.grantee), each.privilege, each.grantable)


def _column(database: str, table: str, position: int, column: o.Column, catalog: Catalog) -> db.Column:
    generation: Any = (
        "stored" if column.generated else "identity" if column.identity else "serial" if column.sequence in catalog.relations else "none"
    )
    return db.Column(column.at, database, table, column.name, position, column.type_name, column.not_null, column.default, generation)


def _column_name(table: o.Relation | None, number: int) -> str | None:
    return next((column.name for column in table.columns if column.number == number), None) if table else None


def _origin(made: Place) -> db.Origin:
    return "migration" if made.file else "platform"


def _or(at: Place, other: Place) -> Place:
    return at if at != PLATFORM else other


def _last(thing: o.Relation) -> Place:
    """The last statement that made it anew."""
    return next((step.at for step in reversed(thing.history) if step.what in {"created", "replaced"}), thing.made)


def _on(options: Mapping[str, str], name: str) -> bool:
    """A boolean storage parameter: the bare word means true."""
    return options.get(name, "false").lower() in {"", "true", "on", "1", "yes", "t", "y"}
