"""GRANT and REVOKE on objects."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from invariants.facts.place import Place
from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay import acl
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_relation, find_type, role_oid, schema_named
from invariants.replay.objects import Acl, Column, Privilege, Relation, Step
from invariants.replay.records import replace
from invariants.replay.signatures import find as find_function

KNOWN = {each for privileges in acl.ALL.values() for each in privileges} | {"maintain", "set", "alter system"}
KINDS: Mapping[int, str] = {
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_FUNCTION: "function",
    pb.OBJECT_PROCEDURE: "function",
    pb.OBJECT_ROUTINE: "function",
    pb.OBJECT_SCHEMA: "schema",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_DOMAIN: "type",
    pb.OBJECT_DATABASE: "database",
    pb.OBJECT_LANGUAGE: "language",
    pb.OBJECT_TABLESPACE: "tablespace",
    pb.OBJECT_FDW: "foreign-data wrapper",
    pb.OBJECT_FOREIGN_SERVER: "foreign server",
}


class Change(NamedTuple):
    """One GRANT or REVOKE, without the objects it is about. ``named`` empty means ALL."""

    is_grant: bool
    option: bool
    """WITH GRANT OPTION, or GRANT OPTION FOR."""
    cascade: bool
    grantees: tuple[int, ...]
    named: tuple[str, ...]
    """The privileges on whole objects."""
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    """The privileges on columns, the empty one for ALL, and the columns' names."""
    is_all: bool
    at: Place

    def privileges(self, kind: str) -> tuple[str, ...]:
        return acl.ALL.get(kind, ()) if self.is_all else self.named


def effective(catalog: Any, kind: str, thing: Any) -> acl.List:  # noqa: ARG001  (what holds by default may come to depend on the catalog)
    """Every privilege on an object, those that hold by default included."""
    held: Acl = thing.acl
    return acl.default("table" if kind == "view" else kind, thing.owner) if held is None else held


def initial_acl(machine: Machine, kind: str, schema: int, owner: int) -> Acl:
    """The list that a new object of a role starts with (get_user_default_acl); kind is one of DefaultAcl's."""
    catalog = machine.catalog
    everywhere, here = catalog.default_acls.named(owner, 0, kind), catalog.default_acls.named(owner, schema, kind) if schema else None
    if everywhere is None and here is None:
        return None
    usual = acl.default(kind, owner)
    held = everywhere.acl if everywhere else usual
    for each in here.acl if here else ():
        held = acl.grant(catalog, held, each, owner)
    return held if held and not acl.same(held, usual) else None  # aclmerge takes an empty list for none


def change(machine: Machine, node: Any) -> Change:
    """What a GrantStmt says, but for its objects."""
    named, columns = [], []
    for each in node.privileges:
        name = _known(each.access_priv.priv_name)
        if each.access_priv.cols:
            columns.append((name, tuple(strings(each.access_priv.cols))))
        else:
            named.append(name)
    grantees = tuple(role_oid(machine.catalog, each.role_spec) for each in node.grantees)
    if node.is_grant and node.grant_option and o.PUBLIC in grantees:
        raise Failure("0LP01", "grant options can only be granted to roles")
    is_cascade = node.behavior == pb.DROP_CASCADE
    return Change(
        node.is_grant, node.grant_option, is_cascade, grantees, tuple(named), tuple(columns), not node.privileges, machine.catalog.at
    )


def _known(name: str) -> str:
    if name and name not in KNOWN | {"temp"}:
        raise Failure("42601", f'unrecognized privilege type "{name}"')
    return "temporary" if name == "temp" else name


def check(wanted: Iterable[str], kind: str) -> None:
    """Refuse privileges that a kind of object does not have."""
    allowed = {*acl.ALL.get(kind, KNOWN), *(("maintain",) if kind == "table" else ())}
    for each in wanted:
        if each not in allowed:
            raise Failure("0LP01", f"invalid privilege type {each.upper()} for {kind}")


def _grant(machine: Machine, node: Any) -> None:
    change_ = change(machine, node)
    catalog = machine.catalog
    if node.HasField("grantor") and role_oid(catalog, node.grantor) != catalog.session.user:
        raise Failure("0A000", "grantor must be current user")
    kind = KINDS.get(node.objtype, "")
    if change_.columns and kind != "table":
        raise Failure("0LP01", "column privileges are only valid for relations")
    if kind != "table":
        check(change_.named, kind)
    for thing in _everything(machine, node) if node.targtype == pb.ACL_TARGET_ALL_IN_SCHEMA else _named(machine, node):
        if isinstance(thing, Relation):
            _on_relation(machine, thing, node.objtype, change_)
        else:
            _on_other(machine, thing, kind, change_)


def _named(machine: Machine, node: Any) -> Iterator[Any]:
    """The objects that a statement names. Databases, languages, foreign servers and the like are not kept."""
    for each in node.objects:
        if node.objtype in {pb.OBJECT_TABLE, pb.OBJECT_SEQUENCE}:
            yield find_relation(machine, each.range_var)
        elif node.objtype in {pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_ROUTINE}:
            if function := find_function(machine, each.object_with_args, node.objtype):
                yield function
        elif node.objtype == pb.OBJECT_SCHEMA:
            yield schema_named(machine.catalog, each.string.sval)
        elif node.objtype in {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN} and (found := find_type(machine, strings(each.list.items))):
            yield found


IN_SCHEMA: Mapping[int, Callable[[Any], bool]] = {
    pb.OBJECT_TABLE: lambda each: each.kind in {"table", "partitioned", "foreign", "view", "materialized"},
    pb.OBJECT_SEQUENCE: lambda each: each.kind == "sequence",
    pb.OBJECT_FUNCTION: lambda each: each.kind != "procedure",
    pb.OBJECT_PROCEDURE: lambda each: each.kind == "procedure",
    pb.OBJECT_ROUTINE: lambda _: True,
}
"""What ON ALL ... IN SCHEMA means."""


def _everything(machine: Machine, node: Any) -> list[Any]:
    catalog = machine.catalog
    schemas = {schema_named(catalog, name).oid for name in strings(node.objects)}
    shelf: Iterable[Any] = catalog.relations if node.objtype in {pb.OBJECT_TABLE, pb.OBJECT_SEQUENCE} else catalog.functions
    return [each for each in shelf if each.schema in schemas and IN_SCHEMA[node.objtype](each)]


def withdraw(machine: Machine, thing: Any, role: int) -> None:
    """Take back all that a role was granted on an object, and what rests on it (DROP OWNED)."""
    everything = Change(
        is_grant=False, option=False, cascade=True, grantees=(role,), named=(), columns=(), is_all=True, at=machine.catalog.at
    )
    if isinstance(thing, Relation):
        _on_relation(machine, thing, pb.OBJECT_TABLE, everything)
    else:
        kind = {o.Function: "function", o.Schema: "schema", o.Type: "type"}[type(thing)]
        _on_other(machine, thing, kind, everything)


def _on_other(machine: Machine, thing: Any, kind: str, change: Change) -> None:
    catalog = machine.catalog
    before = effective(catalog, kind, thing)
    held = _changed(catalog, before, thing.owner, _authority(catalog, thing, before, change.privileges(kind)), change)
    shelf: Any = {"function": catalog.functions, "schema": catalog.schemas, "type": catalog.types}[kind]
    shelf.put(replace(thing, acl=held, history=(*thing.history, _step(catalog, change))))


def _on_relation(machine: Machine, relation: Relation, objtype: int, change: Change) -> None:
    catalog = machine.catalog
    kind = _kind(relation, objtype)
    wanted = change.privileges(kind)
    if kind == "sequence" and objtype == pb.OBJECT_TABLE:
        wanted = tuple(each for each in wanted if each in acl.ALL["sequence"])  # a mere warning, for old times' sake
    check(wanted, kind)
    held = effective(catalog, kind, relation)
    columns = _columns(catalog, relation, wanted, change)
    changed = _changed(catalog, held, relation.owner, _authority(catalog, relation, held, wanted), change) if wanted else relation.acl
    catalog.relations.put(replace(relation, acl=changed, columns=columns, history=(*relation.history, _step(catalog, change))))


def _kind(relation: Relation, objtype: int) -> str:
    if relation.kind in {"index", "composite"}:
        raise Failure("42809", f'"{relation.name}" is {"an index" if relation.kind == "index" else "a composite type"}')
    if objtype == pb.OBJECT_SEQUENCE and relation.kind != "sequence":
        raise Failure("42809", f'"{relation.name}" is not a sequence')
    return "sequence" if relation.kind == "sequence" else "table"


def _columns(catalog: Catalog, relation: Relation, wanted: Iterable[str], change: Change) -> tuple[Column, ...]:
    """The columns after a statement: a privilege revoked on the table is revoked on each of its columns too."""
    asked: dict[str, set[str]] = {}
    for privilege, names in change.columns:
        check([privilege] if privilege else [], "column")
        for name in names:
            if relation.column(name) is None:
                raise Failure("42703", f'column "{name}" of relation "{relation.name}" does not exist')
            asked.setdefault(name, set()).update([privilege] if privilege else acl.ALL["column"])
    if not change.is_grant:
        for column in relation.columns:
            if column.acl:
                asked.setdefault(column.name, set()).update(each for each in wanted if each in acl.ALL["column"])
    return tuple(_column(catalog, relation, each, asked.get(each.name, set()), change) for each in relation.columns)


def _column(catalog: Catalog, relation: Relation, column: Column, wanted: set[str], change: Change) -> Column:
    """A table's grant options are its columns' too."""
    if not wanted:
        return column
    held = column.acl or ()
    authority = _authority(catalog, relation, (*(relation.acl or ()), *held), [each for each in acl.ALL["column"] if each in wanted])
    return replace(column, acl=_changed(catalog, held, relation.owner, authority, change) or None)


def _authority(catalog: Catalog, thing: Any, held: acl.List, wanted: Iterable[str]) -> tuple[int, list[str]]:
    """In whose name the session's user grants or revokes, and which of the wanted privileges."""
    wanted = list(wanted)
    user = catalog.session.user
    by, allowed = acl.grantor(catalog, user, held, thing.owner, wanted)
    if wanted and not allowed and not acl.holds_any(catalog, held, user):
        raise Failure("42501", f"permission denied for {thing.name}")
    return by, [each for each in wanted if each in allowed]


def _changed(catalog: Catalog, held: acl.List, owner: int, authority: tuple[int, list[str]], change: Change) -> acl.List:
    by, privileges = authority
    for grantee in change.grantees:
        for privilege in privileges:
            item = Privilege(grantee, privilege, by, change.is_grant and change.option, change.at)
            if change.is_grant:
                held = acl.grant(catalog, held, item, owner)
            else:
                held = acl.revoke(catalog, held, item, owner, cascade=change.cascade, option_only=change.option)
    return held


def _step(catalog: Catalog, change: Change) -> Step:
    names = [*change.named, *(f"{name or 'all'} ({', '.join(columns)})" for name, columns in change.columns)]
    roles = ", ".join("public" if each == o.PUBLIC else catalog.roles[each].name for each in change.grantees)
    what = f"{'grant option for ' if change.option and not change.is_grant else ''}{', '.join(names) or 'all'}"
    return Step(change.at, f"granted {what} to {roles}" if change.is_grant else f"revoked {what} from {roles}")


HANDLERS: dict[str, Handler] = {"grant_stmt": _grant}
