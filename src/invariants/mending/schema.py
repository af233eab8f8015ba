"""What menders ask of one database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from invariants.store import Store

DATA = ("select", "insert", "update", "delete")
"""The privileges that row security governs."""


class Unmended(Exception):
    """Why something is not mended, as a clause."""


class Column(NamedTuple):
    """What is known of a column."""

    type_name: str
    not_null: bool


class Grant(NamedTuple):
    """A privilege that the application holds."""

    role: str
    """The application's role."""
    privilege: str
    grantee: str
    """The role that it was granted to."""
    column: str | None


class ForeignKey(NamedTuple):
    """A foreign key: its columns, the table it leads to, and that one's columns."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str


class Schema:
    """One database after its last migration, by name."""

    def __init__(self, store: Store, database: str, findings: Collection[tuple[str, str]] = ()) -> None:
        """``findings`` are those to be mended: their rules and subjects."""
        self._store = store
        self.database = database
        self.findings = frozenset(findings)
        self.pending: set[str] = set()
        """The tables that are being mended, each for the sake of the one before."""

    def rows(self, query: str, **values: str) -> list[tuple[Any, ...]]:
        """What a query answers, ``{database}`` and the values written into it as literals."""
        literals = {name: "'" + value.replace("'", "''") + "'" for name, value in {"database": self.database, **values}.items()}
        return self._store.ask(query.format(**literals))[1]

    @cached_property
    def runner(self) -> str:
        return str(self.rows("select runner from db_database where database = {database}")[0][0])

    @cached_property
    def is_forced(self) -> bool:
        """Row security is to bind owners too."""
        return not self.rows("select 1 from force_off")

    @cached_property
    def sources(self) -> Sequence[str]:
        """What the configuration says a session is known by."""
        rows = self.rows("select distinct name from settings_session_source where source = 'configured' order by name")
        return [name for (name,) in rows]

    @cached_property
    def columns(self) -> Mapping[tuple[str, str], Column]:
        rows = self.rows("select table_name, name, type_name, not_null from db_column where database = {database}")
        return {(table, name): Column(type_name, bool(not_null)) for table, name, type_name, not_null in rows}

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The tenant key of each table that has one; of the table of tenants its primary key."""
        rows = self.rows("select name, tenant_key from keyed_table where database = {database} and tenant_key is not null")
        return dict(rows)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The table of tenants."""
        return frozenset(name for (name,) in self.rows("select name from tenant_root where database = {database}"))

    @cached_property
    def owned(self) -> frozenset[str]:
        """The tables whose rows belong to tenants: by their key, or by what they hang off."""
        children = self.rows("select name from tenant_child where database = {database}")
        return frozenset([*self.keys, *(name for (name,) in children)])

    @cached_property
    def asked(self) -> Mapping[str, frozenset[str]]:
        """What the policies of each table read."""
        found: dict[str, set[str]] = defaultdict(set)
        for reader, target in self.rows("select reader, target from db_reading where database = {database} and reader_kind = 'policy'"):
            found[reader.partition("/")[0]].add(target)
        return {table: frozenset(targets) for table, targets in found.items()}

    @cached_property
    def askers(self) -> Mapping[str, frozenset[str]]:
        """The tables whose policies read each table."""
        found: dict[str, set[str]] = defaultdict(set)
        for table, targets in self.asked.items():
            for target in targets:
                found[target].add(table)
        return {target: frozenset(tables) for target, tables in found.items()}

    @cached_property
    def enabled(self) -> frozenset[str]:
        """The tables under row security."""
        return frozenset(name for (name,) in self.rows("select name from db_table where database = {database} and rls_enabled"))

    @cached_property
    def policies(self) -> Mapping[str, frozenset[str]]:
        """The names of the policies of each table."""
        found: dict[str, set[str]] = defaultdict(set)
        for table, name in self.rows("select table_name, name from db_policy where database = {database}"):
            found[table].add(name)
        return {table: frozenset(names) for table, names in found.items()}

    @cached_property
    def indexes(self) -> frozenset[str]:
        """The names of all indexes."""
        return frozenset(name for (name,) in self.rows("select name from db_index where database = {database}"))

    @cached_property
    def let_in(self) -> frozenset[str]:
        """The tables that a permissive policy lets somebody into."""
        return frozenset(table for (table,) in self.rows("select table_name from db_policy where database = {database} and permissive"))

    @cached_property
    def weak(self) -> frozenset[str]:
        """The tables that have a policy which does not isolate, or of which that cannot be told."""
        query = "select table_name from db_policy_term where database = {database} and verdict in ('open', 'unverified')"
        return frozenset(name for (name,) in self.rows(query))

    @cached_property
    def foreign_keys(self) -> Mapping[str, Sequence[ForeignKey]]:
        found: dict[str, list[ForeignKey]] = defaultdict(list)
        parts: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        query = "select table_name, constraint_name, column_name, target_column from db_constraint_column where database = {database}"
        for table, name, column, target in self.rows(f"{query} and target_column is not null order by position"):
            parts[table, name].append((column, target))
        constraints = "select table_name, name, target, on_delete from db_constraint where database = {database} and kind = 'foreign'"
        for table, name, target, on_delete in self.rows(f"{constraints} order by name"):
            if parts[table, name]:
                own, theirs = zip(*parts[table, name], strict=True)
                found[table].append(ForeignKey(own, target, theirs, on_delete or ""))
        return found

    @cached_property
    def grants(self) -> Mapping[str, Sequence[Grant]]:
        """What the application holds, by object."""
        return self._grants("app_grant")

    @cached_property
    def said(self) -> Mapping[str, Sequence[Grant]]:
        """What migrations grant the application, by object."""
        return self._grants("said_grant")

    def _grants(self, view: str) -> Mapping[str, Sequence[Grant]]:
        found: dict[str, list[Grant]] = defaultdict(list)
        query = f"select distinct object_name, role, privilege, grantee, column_name from {view} where database = {{database}}"  # noqa: S608
        for name, *row in self.rows(f"{query} and object_kind in ('table', 'column') order by 1, 2, 3, 4, 5"):
            found[name].append(Grant(*row))
        return found

    @cached_property
    def relied(self) -> frozenset[str]:
        """The tables that policies read with an owner's rights, by way of functions."""
        return frozenset(
            table
            for (table,) in self.rows(
                "select distinct r.target from db_reading as p "
                "join db_function as f on f.database = p.database and f.name = p.target and f.security_definer "
                "join function_reading as r on r.database = f.database and r.reader = f.name and r.signature = f.signature "
                "where p.database = {database} and p.reader_kind = 'policy' and p.target_kind = 'function'"
            )
        )

    def readers(self, name: str) -> frozenset[str]:
        """The application's roles that may read something."""
        return frozenset(grant.role for grant in self.grants.get(name, ()) if grant.privilege == "select")

    def granted(self, table: str) -> tuple[str, ...]:
        """The commands that migrations grant the application on a table."""
        said = {grant.privilege for grant in self.said.get(table, ())}
        return tuple(command for command in DATA if command in said)
