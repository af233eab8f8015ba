"""Policies as templates: what asks nothing of its table but one column fits every table that has such a column."""

from collections.abc import Iterable, Iterator
from typing import Any

from invariants.facts import db
from invariants.postgres.grammar import parse_expression, pb, unwrap, write_expression
from invariants.postgres.tree import walk
from invariants.replay import objects as o
from invariants.replay.expressions import searching_public, table_scope
from invariants.replay.isolation.grounds import Memory
from invariants.replay.machine import Machine
from invariants.replay.references import Reference
from invariants.replay.resolver import Resolver

TABLE, KEY = "{table}", "{key}"
Side = tuple[str | None, frozenset[str]]
"""An expression with its table's names left open, and the columns that it asks for."""


class _Tied(Exception):
    """The expression asks more of its table than a column: it fits no other."""


def templates(
    machine: Machine, database: str, memory: Memory, policies: Iterable[o.Policy], plain: dict[str, Side]
) -> Iterator[db.PolicyTemplate]:
    """Those of the policies that could stand on other tables; ``plain`` takes what means the same on each."""
    for policy in policies:
        table = machine.catalog.relations[policy.table]
        try:
            sides = [_kept(machine, table, text, plain, memory) for text in (policy.using, policy.check)]
        except _Tied:
            continue
        columns = {column for _, names in sides for column in names}
        if len(columns) < 2:
            using, check = (text for text, _ in sides)
            name = f"{machine.catalog.schemas[table.schema].name}.{table.name}"
            yield db.PolicyTemplate(policy.at, database, name, policy.name, next(iter(columns), ""), using, check)


def _kept(machine: Machine, table: o.Relation, text: str | None, plain: dict[str, Side], memory: Memory) -> Side:
    """A side of a policy; one that names no table means the same on each that has its columns."""
    if text is None:
        return None, frozenset()
    if table.name in text or "select" in text.lower():
        side = memory.answer(("template", table.oid, text), (text,), table.name, lambda: _opened_side(machine, table, text))
        if side is None:
            raise _Tied
        return side
    if text not in plain:
        plain[text] = _side(machine, table, text)
    return plain[text]


def _opened_side(machine: Machine, table: o.Relation, text: str) -> Side | None:
    """A side of a policy; None where it fits no other table."""
    try:
        return _side(machine, table, text)
    except _Tied:
        return None


def _side(machine: Machine, table: o.Relation, text: str) -> Side:
    node = parse_expression(text)
    is_nested = any(isinstance(each, pb.SubLink) for each in walk(node))
    scope = table_scope(machine, table)
    resolver = Resolver(machine, strict=False)
    with searching_public(machine):
        resolver.visit(node, scope)
    columns = set()
    for each in resolver.references:
        if each.item is scope.items[0]:
            columns.add(_opened(each, is_nested=is_nested))
        elif each.kind == "relation" and each.oid == table.oid:
            raise _Tied
    return write_expression(node), frozenset(columns)


def _opened(reference: Reference, *, is_nested: bool) -> str:
    """Leave the names of a column open, and say which it was. Inside a query it is told from columns there by its table."""
    fields: Any = reference.node.fields
    if reference.number == 0 or unwrap(fields[-1])[0] != "string":
        raise _Tied
    column = str(fields[-1].string.sval)
    del fields[:]
    for name in (TABLE, KEY) if is_nested else (KEY,):
        fields.add().string.sval = name
    return column
