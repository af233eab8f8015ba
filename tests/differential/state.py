"""One database's catalog as rows, on both sides: what PostgreSQL holds, and what the replay holds."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from invariants.postgres.identifiers import quote
from invariants.replay import objects as o
from invariants.replay import privileges
from invariants.replay.catalog import Catalog

Row = tuple[Any, ...]
Run = Callable[[str], list[list[Any]]]
SECTIONS = dict(
    re.findall(r"^-- section: (.+)\n((?:(?!-- section).*\n)+)", Path(__file__).with_name("state.sql").read_text(), re.MULTILINE)
)
"""PostgreSQL's catalog, a query a section."""
KINDS = {"table": "r", "partitioned": "p", "view": "v", "materialized": "m", "sequence": "S", "foreign": "f"}
CONTYPES = {"primary": "p", "unique": "u", "foreign": "f", "check": "c", "exclusion": "x"}
ACTIONS = {"no action": "a", "restrict": "r", "cascade": "c", "set null": "n", "set default": "d"}
FUNCTIONS = {"function": "f", "procedure": "p", "aggregate": "a", "window": "w"}
DEFAULTS = {"table": "r", "sequence": "S", "function": "f", "type": "T", "schema": "n"}


def inputs(function: o.Function) -> tuple[str, ...]:
    """The types of a function's arguments; those of temporary tables are written without their schema."""
    return tuple(each.removeprefix("pg_temp.") for each in function.inputs)


def plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def truth(run: Run) -> dict[str, set[Row]]:
    """PostgreSQL's catalog; names are qualified, since the search path is empty meanwhile."""
    with searching(run, ""):
        found = {section: {tuple(map(plain, row)) for row in run(query)} for section, query in SECTIONS.items()}
    found["grant"] = {row for row in found["grant"] if row[4] != "maintain"}
    found["default"] = {row for row in found["default"] if row[4] != "maintain"}
    return found


@contextmanager
def searching(run: Run, path: str) -> Iterator[None]:
    """Another search path for a while."""
    ((before,),) = run("show search_path")
    run(f"select set_config('search_path', '{path}', false)")
    yield
    run(f"select set_config('search_path', $$ {before} $$, false)")


class Replayed:
    """The replay's catalog, as the same rows."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def rows(self) -> dict[str, set[Row]]:
        sections = [name for name in SECTIONS if hasattr(self, f"_{name}")]
        assert sections == list(SECTIONS)
        return {name: set(getattr(self, f"_{name}")()) for name in sections}

    def role(self, oid: int) -> str:
        return "public" if oid == o.PUBLIC else self.catalog.roles[oid].name

    def name(self, thing: Any) -> str:
        return f"{self.catalog.schemas[thing.schema].name}.{thing.name}"

    def is_temporary(self, relation: o.Relation) -> bool:
        return self.catalog.schemas[relation.schema].name == "pg_temp"

    def quoted(self, oid: int) -> str:
        """As regclass writes it."""
        thing = self.catalog.relations[oid]
        name = quote(thing.name)
        return name if self.is_temporary(thing) else f"{quote(self.catalog.schemas[thing.schema].name)}.{name}"

    def _relations(self, *kinds: str) -> Iterator[o.Relation]:
        hidden = {"pg_catalog", "information_schema", "pg_temp", "pg_toast"}
        for each in self.catalog.relations:
            if self.catalog.schemas[each.schema].name not in hidden and KINDS.get(each.kind, "") in kinds:
                yield each

    def _schema(self) -> Iterator[Row]:
        for each in self.catalog.schemas:
            if not each.name.startswith("pg_") and each.name != "information_schema":
                yield each.name, self.role(each.owner)

    def _relation(self) -> Iterator[Row]:
        for each in self._relations(*"rpvmSf"):
            yield self.name(each), KINDS[each.kind], each.persistence[0], self.role(each.owner), each.rls_enabled, each.rls_forced

    def _column(self) -> Iterator[Row]:
        for each in self._relations(*"rpvm"):
            table = each.kind in {"table", "partitioned"}
            for position, column in enumerate(each.columns, 1):
                type_name = column.type_name if table else None
                has_default = column.default is not None and table
                identity = {"always": "a", "by default": "d"}.get(column.identity, "")
                collation = self.catalog.collations[column.collation].name if table and column.collation else None
                flags = (column.not_null, has_default, bool(column.generated))
                yield self.name(each), position, column.name, type_name, *flags, identity, collation

    def _names(self, table: int, numbers: tuple[int, ...]) -> tuple[str, ...] | None:
        known = {column.number: column.name for column in self.catalog.relations[table].columns}
        return tuple(known.get(number, "") for number in numbers)

    def _constraint(self) -> Iterator[Row]:
        for each in self.catalog.constraints:
            if not each.table or self.is_temporary(self.catalog.relations[each.table]):
                continue
            foreign = each.kind == "foreign"
            yield (
                self.name(self.catalog.relations[each.table]),
                each.name,
                CONTYPES[each.kind],
                self._names(each.table, each.columns) or None,
                self.quoted(each.target) if foreign else None,
                ACTIONS[each.on_delete] if foreign else None,
                ACTIONS[each.on_update] if foreign else None,
                each.validated,
                each.deferrable,
            )

    def _index(self) -> Iterator[Row]:
        for each in self.catalog.indexes:
            if self.is_temporary(self.catalog.relations[each.table]):
                continue
            name = self.name(self.catalog.relations[each.oid])
            keys = self._names(each.table, each.keys)
            yield name, self.quoted(each.table), each.unique, each.primary, each.predicate is not None, each.method, keys

    def _inherits(self) -> Iterator[Row]:
        for each in self._relations("r", "p"):
            for parent in each.parents:
                yield self.quoted(each.oid), self.quoted(parent), each.is_partition

    def _policy(self) -> Iterator[Row]:
        commands = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}
        for each in self.catalog.policies:
            roles = tuple(sorted(map(self.role, each.roles)))
            sides = (each.using is not None, each.check is not None)
            yield self.quoted(each.table), each.name, commands[each.command], each.permissive, roles, *sides

    def _options(self) -> Iterator[Row]:
        for each in self._relations(*"vmrp"):
            if each.options:
                yield self.name(each), tuple(sorted(f"{name}={value}" for name, value in each.options))

    def _function(self) -> Iterator[Row]:
        for each in self.catalog.functions:
            config = tuple(f"{name}={value}" for name, value in each.settings) or None
            flags = (each.security_definer, each.volatility[0], each.leakproof, each.strict)
            yield self.name(each), inputs(each), FUNCTIONS[each.kind], each.language, *flags, config, self.role(each.owner)

    def _trigger(self) -> Iterator[Row]:
        for each in self.catalog.triggers:
            yield self.quoted(each.table), each.name, self.name(self.catalog.functions[each.function]), each.enabled

    def _type(self) -> Iterator[Row]:
        for each in self.catalog.types:
            if each.kind in {"enum", "domain"}:
                yield self.name(each), each.kind[0], each.labels

    def _collation(self) -> Iterator[Row]:
        for each in self.catalog.collations:
            yield self.name(each), self.role(each.owner), each.is_deterministic

    def _sequence(self) -> Iterator[Row]:
        for each in self._relations("S"):
            if each.owned_by:
                table = self.catalog.relations[each.owned_by[0]]
                yield self.quoted(each.oid), self.quoted(table.oid), next(c.name for c in table.columns if c.number == each.owned_by[1])

    def _role(self) -> Iterator[Row]:
        for each in self.catalog.roles:
            if each.oid >= 16384:
                rights = (each.superuser, each.bypass_rls, each.login, each.inherit)
                yield each.name, *rights, each.create_role, each.create_db, each.replication

    def _member(self) -> Iterator[Row]:
        found: dict[tuple[str, str], bool] = {}
        for each in self.catalog.memberships:
            key = self.role(each.role), self.role(each.member)
            found[key] = found.get(key, False) or each.admin
        for (role, member), admin in found.items():
            yield role, member, admin

    def _grant(self) -> Iterator[Row]:
        catalog = self.catalog
        for each in self._relations(*"rpvmSf"):
            kind = "sequence" if each.kind == "sequence" else "table"
            yield from self._held("relation", self.name(each), "", privileges.effective(catalog, kind, each))
            for column in each.columns:
                yield from self._held("column", self.name(each), column.name, column.acl or ())
        for schema in catalog.schemas:
            if not schema.name.startswith("pg_") and schema.name != "information_schema":
                yield from self._held("schema", schema.name, "", privileges.effective(catalog, "schema", schema))
        for function in catalog.functions:
            name = f"{self.name(function)}({','.join(inputs(function))})"
            yield from self._held("function", name, "", privileges.effective(catalog, "function", function))

    def _held(self, kind: str, name: str, column: str, acl: Any) -> Iterator[Row]:
        held: dict[tuple[str, str], bool] = {}
        for each in acl:
            key = self.role(each.grantee), each.privilege
            held[key] = held.get(key, False) or each.grantable
        for (role, privilege), grantable in held.items():
            if privilege != "maintain":
                yield kind, name, column, role, privilege, grantable

    def _default(self) -> Iterator[Row]:
        for each in self.catalog.default_acls:
            schema = self.catalog.schemas[each.schema].name if each.schema else ""
            for item in each.acl:
                yield self.role(each.creator), schema, DEFAULTS[each.kind], self.role(item.grantee), item.privilege, item.grantable


def differences(theirs: dict[str, set[Row]], ours: dict[str, set[Row]]) -> list[str]:
    """What PostgreSQL holds and the replay does not, and the other way round."""
    found = []
    for section, rows in theirs.items():
        found += [f"{section}: PostgreSQL has {row}" for row in sorted(rows - ours[section], key=repr)]
        found += [f"{section}: the replay has {row}" for row in sorted(ours[section] - rows, key=repr)]
    return found
