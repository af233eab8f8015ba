"""The catalog of a live database, as far as rows must satisfy it and attacks go through it."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from invariants.prove.database import Database, qualified

Filled = Literal["", "generated", "identity", "serial"]


class Column(NamedTuple):
    """A column of a table or view."""

    name: str
    type_name: str
    """As ``format_type`` writes it, the type below a domain."""
    base: str
    """The type's own name: int4, text, uuid ..."""
    element: str
    """The type of an array's elements; empty for others."""
    kind: str
    """``pg_type.typtype``: b, e, c, r, m."""
    not_null: bool
    default: str | None
    filled: Filled
    """How PostgreSQL fills it in itself."""
    labels: tuple[str, ...]
    """An enum's."""
    checks: tuple[str, ...]
    """A domain's, about VALUE."""


class Key(NamedTuple):
    """A primary key or unique index; its expressions are left out."""

    name: str
    columns: tuple[str, ...]
    primary: bool


class Reference(NamedTuple):
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    deferrable: bool


class Check(NamedTuple):
    """A condition that rows must not fail: a check, or what a partition holds."""

    name: str
    columns: tuple[str, ...]
    text: str


class Table(NamedTuple):
    """A table that holds rows, by itself or in its partitions."""

    name: str
    """schema.name, as findings call it."""
    sql: str
    """The same, quoted."""
    kind: str
    """``pg_class.relkind``: r, p, f."""
    parent: str | None
    """The table that it is a partition of."""
    secured: bool
    """Row security is enabled."""
    forced: bool
    """It applies to the owner too."""
    owner: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    references: tuple[Reference, ...]
    checks: tuple[Check, ...]
    rewritten: frozenset[str]
    """The commands, INSERT and UPDATE, whose rows triggers may change before they are written."""

    def column(self, name: str) -> Column:
        return next(each for each in self.columns if each.name == name)

    @property
    def primary(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return next((key.columns for key in self.keys if key.primary), ())

    @property
    def twins(self) -> list[Reference]:
        """References to a table that another one leads to already."""
        targets = [each.target for each in self.references]
        return [each for number, each in enumerate(self.references) if each.target != self.name and each.target in targets[:number]]


class View(NamedTuple):
    """A view or materialized view."""

    name: str
    sql: str
    kind: str
    columns: tuple[str, ...]
    updatable: bool
    text: str
    reads: tuple[str, ...]
    """The tables and views that it reads itself."""
    invoker: bool
    """It reads with the rights of whoever asks it."""


class Function(NamedTuple):
    """A function or procedure of the repository's own."""

    oid: int
    name: str
    sql: str
    signature: str
    kind: str
    language: str
    definer: bool
    arguments: tuple[tuple[str, str], ...]
    """The names (empty where they have none) and types of its input arguments."""
    returns: str
    body: str


class Policy(NamedTuple):
    """A row security policy."""

    name: str
    table: str
    command: Literal["all", "select", "insert", "update", "delete"]
    permissive: bool
    roles: tuple[str, ...]
    """Those that it applies to; ``public`` is everyone."""
    using: str | None
    check: str | None


class Catalog(NamedTuple):
    """What the database holds, system schemas left out."""

    tables: Mapping[str, Table]
    views: Sequence[View]
    functions: Sequence[Function]
    policies: Sequence[Policy]

    def reads_as_caller(self, name: str, table: str) -> bool:
        """Whether a view reads a table with the caller's rights, by itself or through the views it reads: policies bind it then."""
        views = {view.name: view for view in self.views}
        readers, waiting, seen = set[bool](), [name], {name}
        while waiting:
            view = views[waiting.pop()]
            readers |= {view.invoker} if table in view.reads else set()
            new = {each for each in view.reads if each in views} - seen
            seen |= new
            waiting += new
        return readers == {True}


def read(database: Database) -> Catalog:
    """The catalog as it is now."""
    [[tables, views, functions, policies]] = database.run((files(__package__) / "catalog.sql").read_text(encoding="utf-8"))
    return Catalog(
        {table.name: table for table in map(_table, tables or ())},
        [_view(each) for each in views or ()],
        [_function(each) for each in functions or ()],
        [_policy(each) for each in policies or ()],
    )


def _table(row: dict[str, Any]) -> Table:
    parent = ".".join(row["parent"]) if row["parent"] else None
    return Table(
        ".".join(row["name"]),
        qualified(*row["name"]),
        row["kind"],
        parent,
        row["secured"],
        row["forced"],
        row["owner"],
        tuple(map(_column, row["columns"] or ())),
        tuple(Key(each["name"], tuple(each["columns"]), each["primary"]) for each in row["keys"] or ()),
        tuple(map(_reference, row["references"] or ())),
        tuple(_checks(row)),
        frozenset(row["rewritten"] or ()),
    )


def _column(row: dict[str, Any]) -> Column:
    filled: Filled = row["filled"] or ("serial" if (row["default"] or "").startswith("nextval(") else "")
    labels, checks = tuple(row["labels"] or ()), tuple(row["checks"] or ())
    return Column(
        row["name"], row["type"], row["base"], row["element"] or "", row["kind"], row["not_null"], row["default"], filled, labels, checks
    )


def _reference(row: dict[str, Any]) -> Reference:
    columns, target_columns = tuple(row["columns"]), tuple(row["target_columns"])
    return Reference(row["name"], columns, ".".join(row["target"]), target_columns, row["deferrable"])


def _checks(row: dict[str, Any]) -> Iterator[Check]:
    """A table's checks, those of its columns' domains, and what its partition holds."""
    for each in row["checks"] or ():
        yield Check(each["name"], tuple(each["columns"] or ()), each["text"])
    if row["bound"]:
        named = [each["name"] for each in row["columns"] or () if each["name"] in row["partition_columns"]]
        yield Check("its partition's bounds", tuple(named), row["bound"])


def _view(row: dict[str, Any]) -> View:
    updatable = bool(row["updatable"]) and row["kind"] == "v"
    columns, reads = tuple(row["columns"] or ()), tuple(row["reads"] or ())
    name, sql = ".".join(row["name"]), qualified(*row["name"])
    return View(name, sql, row["kind"], columns, updatable, row["text"] or "", reads, row["invoker"])


def _policy(row: dict[str, Any]) -> Policy:
    return Policy(row["name"], row["table"], row["command"], row["permissive"], tuple(row["roles"]), row["using"], row["check"])


def _function(row: dict[str, Any]) -> Function:
    arguments = tuple((each["name"] or "", each["type"]) for each in row["arguments"] or ())
    return Function(
        row["oid"],
        ".".join(row["name"]),
        qualified(*row["name"]),
        row["signature"],
        row["kind"],
        row["language"],
        row["definer"],
        arguments,
        row["returns"] or "",
        row["body"] or "",
    )
