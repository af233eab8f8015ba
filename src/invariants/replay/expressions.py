"""Expressions and queries of statements: what they stand on, and the text that is kept of them."""

from typing import Any, NamedTuple

from invariants.postgres.grammar import pb, unwrap, wrap, write, write_expression
from invariants.postgres.tree import strings, walk
from invariants.replay.machine import Machine
from invariants.replay.objects import Relation
from invariants.replay.outputs import column_name
from invariants.replay.resolver import Reference, Resolver, relation_outputs
from invariants.replay.scopes import Item, Output, Scope
from invariants.replay.shelf import Use


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
    resolver = Resolver(machine)
    resolver.visit(node, table_scope(machine, table))
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


def used(references: list[Reference]) -> frozenset[Use]:
    """The uses that references amount to."""
    return frozenset(Use(each.oid, each.number) for each in references)


def query(machine: Machine, node: Any) -> Query:
    """A query that is kept: names are resolved now, and ``*`` means the columns there are now."""
    kind, select = unwrap(node)
    resolver = Resolver(machine)
    outputs = resolver.query(node, Scope())
    if kind == "select_stmt":
        _write_out(select, outputs)
    return Query(write(node), used(resolver.references), tuple(outputs))


def _write_out(select: Any, outputs: list[Output]) -> None:
    """Replace the stars of the outermost SELECT by what they stand for, where every arm names its columns alike."""
    if select.op != pb.SETOP_NONE:
        _write_out(select.larg, outputs)
        return
    if not any(_is_star(each.res_target) for each in select.target_list) or len(select.from_clause) != 1:
        return
    if any(not _is_star(each.res_target) for each in select.target_list) or len(select.target_list) != 1:
        return
    del select.target_list[:]
    for output in outputs:
        reference = pb.ColumnRef()
        reference.fields.add().string.sval = output.name
        select.target_list.add().res_target.val.CopyFrom(wrap("column_ref", reference))


def _is_star(target: Any) -> bool:
    kind, value = unwrap(target.val)
    return kind == "column_ref" and unwrap(value.fields[-1])[0] == "a_star"


def name_outputs(tree: Any) -> None:
    """Give every selected column the name it goes by, so that a rename below does not change it."""
    for message in walk(tree):
        if isinstance(message, pb.SelectStmt):
            for each in message.target_list:
                target = each.res_target
                if not target.name and unwrap(target.val)[0] == "column_ref" and not _is_star(target):
                    target.name = column_name(target.val)


def qualifier(node: Any) -> str:
    """The table name that a column reference says, empty where it says none."""
    parts = strings(node.fields) if unwrap(node.fields[-1])[0] == "string" else [*strings(list(node.fields)[:-1]), "*"]
    return parts[-2] if len(parts) > 1 else ""
