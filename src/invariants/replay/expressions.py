"""Expressions and queries of statements: what they stand on, and the text that is kept of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from invariants.postgres.grammar import parse_expression, pb, unwrap, write, write_expression
from invariants.postgres.tree import strings, walk
from invariants.replay import names
from invariants.replay.machine import Machine
from invariants.replay.objects import Relation
from invariants.replay.outputs import column_name
from invariants.replay.records import replace
from invariants.replay.references import NAMED, Reference
from invariants.replay.resolver import Resolver
from invariants.replay.scopes import Item, Output, Scope, relation_outputs
from invariants.replay.shelf import Use
from invariants.replay.stars import is_star


class Expression(NamedTuple):
    """An expression as text, and what it stands on."""

    text: str
    uses: frozenset[Use]


class Query(NamedTuple):
    """A query as text with ``*`` written out, what it stands on, and the columns it returns."""

    text: str
    uses: frozenset[Use]
    outputs: tuple[Output, ...]


def table_scope(machine: Machine, table: Relation | None) -> Scope:
    """What an expression about a table's rows can name."""
    if table is None:
        return Scope()
    schema = machine.catalog.schemas[table.schema].name
    return Scope([Item(table.name, relation_outputs(table), table.oid, schema)])


def resolve(machine: Machine, node: Any, table: Relation | None = None) -> Expression:
    """An expression about the rows of a table, or about none; 42703 and the like where a name means nothing."""
    resolver = Resolver(machine, is_kept=True)
    resolver.visit(node, table_scope(machine, table))
    qualify(machine, resolver.references)
    return Expression(write_expression(node), used(resolver.references))


def uses(machine: Machine, node: Any) -> frozenset[Use]:
    """What an expression without a table, or the body of an SQL function, stands on."""
    resolver = Resolver(machine, strict=False)
    resolver.visit(node, Scope())
    return used(resolver.references)


def trigger_uses(machine: Machine, node: Any, table: Relation) -> frozenset[Use]:
    """What a trigger's WHEN stands on: it names the columns of ``new`` and ``old``."""
    resolver = Resolver(machine)
    outputs = relation_outputs(table)
    resolver.visit(node, Scope([Item(name, outputs, table.oid, is_alias=True) for name in ("new", "old")]))
    return used(resolver.references)


def qualify(machine: Machine, references: list[Reference]) -> None:
    """Say the schema of what is not in ``public``: a kept text means the same whatever the search path is later."""
    for each in references:
        schema = _schema(machine, each.oid)
        if each.kind == "relation" and hasattr(each.node, "relname"):
            each.node.schemaname = each.node.schemaname or schema
        elif each.kind in NAMED and schema:
            parts = getattr(each.node, NAMED[each.kind])
            if len(parts) == 1:
                parts.insert(0, pb.Node(string=pb.String(sval=schema)))


def _schema(machine: Machine, oid: int) -> str:
    """The name of the schema that something is in, empty for ``public``."""
    catalog = machine.catalog
    thing = catalog.relations.get(oid) or catalog.functions.get(oid) or catalog.types.get(oid) or catalog.collations.get(oid)
    name = catalog.schemas[thing.schema].name if thing else names.PUBLIC_SCHEMA
    return "" if name == names.PUBLIC_SCHEMA else name


@contextmanager
def searching_public(machine: Machine) -> Iterator[None]:
    """The search path that kept texts are understood under."""
    session = machine.catalog.session
    machine.catalog.session = replace(session, search_path=(names.PUBLIC_SCHEMA, names.TEMPORARY))
    try:
        yield
    finally:
        machine.catalog.session = session


def kept_uses(machine: Machine, text: str, table: Relation) -> frozenset[Use]:
    """What a kept expression about the rows of a table stands on."""
    resolver = Resolver(machine, strict=False)
    with searching_public(machine):
        resolver.visit(parse_expression(text), table_scope(machine, table))
    return used(resolver.references)


def used(references: list[Reference]) -> frozenset[Use]:
    """The uses that references amount to."""
    return frozenset(Use(each.oid, each.number) for each in references)


def query(machine: Machine, node: Any) -> Query:
    """A query that is kept: names are resolved now, and ``*`` means the columns there are now."""
    resolver = Resolver(machine, is_kept=True)
    outputs = resolver.query(node, Scope())
    qualify(machine, resolver.references)
    return Query(write(node), used(resolver.references), tuple(outputs))


def reads_temporary(machine: Machine, query: Query) -> bool:
    """Whether a query reads a temporary relation: a view of it is temporary itself."""
    read = (machine.catalog.relations.get(use.oid) for use in query.uses)
    return any(each is not None and each.persistence == "temporary" for each in read)


def name_outputs(tree: Any) -> None:
    """Give every selected column the name it goes by, so that a rename below does not change it."""
    for message in walk(tree):
        if isinstance(message, pb.SelectStmt):
            for each in message.target_list:
                target = each.res_target
                if not target.name and unwrap(target.val)[0] == "column_ref" and not is_star(target):
                    target.name = column_name(target.val)


def qualifier(node: Any) -> str:
    """The table name that a column reference says, empty where it says none."""
    parts = strings(node.fields) if unwrap(node.fields[-1])[0] == "string" else [*strings(list(node.fields)[:-1]), "*"]
    return parts[-2] if len(parts) > 1 else ""
