"""The names that entries of FROM show, as far as they are known without a row: all there is of a partner that no row is found for."""

from collections.abc import Sequence
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.returned import returned
from invariants.replay.isolation.scopes import Frame
from invariants.replay.outputs import column_name

Shape = tuple[str, str, tuple[str, ...]]
"""The name that an entry goes by, its schema where it is a table's own, and its columns."""


def columns(context: Context, frame: Frame, node: Any) -> Sequence[Shape] | None:
    """The entries of FROM that a node is, None where their columns cannot be told."""
    kind, value = unwrap(node)
    if kind == "join_expr":
        return _of_join(context, frame, value)
    made = OF[kind](context, frame, value) if kind in OF else None
    return None if made is None else [made]


def _of_join(context: Context, frame: Frame, node: Any) -> Sequence[Shape] | None:
    sides = [columns(context, frame, each) for each in (node.larg, node.rarg)]
    if node.HasField("alias") or sides[0] is None or sides[1] is None:
        return None
    return [*sides[0], *sides[1]]


def _of_table(context: Context, frame: Frame, node: Any) -> Shape | None:
    relation = context.relation(node)
    if relation is None or context.is_ambiguous(node) or (not node.schemaname and frame.table(node.relname) is not None):
        return None
    names = tuple(each.name for each in relation.columns)
    schema = context.tenancy.catalog.schemas[relation.schema].name
    return _named(node, names) if node.HasField("alias") else (node.relname, schema, names)


def _of_query(_context: Context, _frame: Frame, node: Any) -> Shape | None:
    select = unwrap(node.subquery)[1]
    if not isinstance(select, pb.SelectStmt) or select.op != pb.SETOP_NONE or select.values_lists:
        return None
    targets = [each.res_target for each in select.target_list]
    if any(kind == "column_ref" and unwrap(value.fields[-1])[0] == "a_star" for kind, value in (unwrap(each.val) for each in targets)):
        return None
    return _named(node, tuple(each.name or column_name(each.val) for each in targets))


def _of_function(context: Context, _frame: Frame, node: Any) -> Shape | None:
    kind, call = unwrap(node.functions[0].list.items[0])
    if kind != "func_call" or len(node.functions) > 1 or node.ordinality or node.coldeflist or not node.HasField("alias"):
        return None
    shown = returned(context, tuple(strings(call.funcname)), len(call.args), node.alias.aliasname)
    return None if shown is None else _named(node, tuple(shown))


def _named(node: Any, names: tuple[str, ...]) -> Shape:
    """An entry that has another name, and whose columns may."""
    others = tuple(strings(node.alias.colnames))
    return node.alias.aliasname, "", (*others, *names[len(others) :])


OF = {"range_var": _of_table, "range_subselect": _of_query, "range_function": _of_function}
