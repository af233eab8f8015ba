"""``*`` in a query that is kept: it means the columns there are now, whatever comes later (manual, CREATE VIEW)."""

from typing import Any

from invariants.postgres.grammar import pb, unwrap, wrap
from invariants.postgres.tree import strings
from invariants.replay.scopes import Item, Output, Scope


def write_out(select: Any, scope: Scope) -> None:
    """Replace the stars of one SELECT by the columns they stand for; one over columns that are not known stays."""
    targets = list(select.target_list)
    if not any(is_star(each.res_target) for each in targets):
        return
    del select.target_list[:]
    for target in targets:
        shown = columns(target.res_target, scope)
        if not shown or any(item.is_open for item, _ in shown):
            select.target_list.add().CopyFrom(target)
            continue
        for item, output in shown:
            select.target_list.add().res_target.val.CopyFrom(_reference(item.name, output.name))


def is_star(target: Any) -> bool:
    """Whether a target of a SELECT is ``*`` or ``t.*``."""
    kind, value = unwrap(target.val)
    return kind == "column_ref" and unwrap(value.fields[-1])[0] == "a_star"


def columns(target: Any, scope: Scope) -> list[tuple[Item, Output]]:
    """The columns that ``*`` or ``t.*`` stands for, with whose they are; none for any other target."""
    if not is_star(target):
        return []
    parts = strings(list(target.val.column_ref.fields)[:-1])
    items = [scope.item(parts[-1])] if parts else scope.items
    return [(item, output) for item in items if item for output in (item.outputs if parts else item.shown())]


def _reference(item: str, name: str) -> pb.Node:
    reference = pb.ColumnRef()
    for part in filter(None, (item, name)):
        reference.fields.add().string.sval = part
    return wrap("column_ref", reference)
