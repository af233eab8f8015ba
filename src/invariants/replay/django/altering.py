"""A field changed: what of its column, keys and indexes has to change with it."""

from collections.abc import Iterator

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.replay.django.columns import (
    AUTOMATIC,
    CHECKED,
    column,
    default,
    has_column,
    is_indexed,
    is_key,
    is_many,
    is_unique,
    pointed,
    type_of,
)
from invariants.replay.django.conditions import expression
from invariants.replay.django.editor import Editor, statement
from invariants.replay.django.names import generated, implicit, quote
from invariants.replay.django.state import Made, Model, Name, State


def alter(state: State, editor: Editor, model: Model, label: str, *, old: Made, new: Made, at: Place) -> Iterator[Statement]:
    """The statements that turn one field into another; the model has the new one afterwards."""
    if is_many(old) or is_many(new) or not has_column(old) or not has_column(new):
        model.fields[label] = new
        yield from _between(editor, model, label, old, new, at=at)
        return
    before = (column(label, old), type_of(state, model, old))
    sql = list(_dropped(state, model, label, old, new))
    model.fields[label] = new
    after = (column(label, new), type_of(state, model, new))
    head = f"ALTER TABLE {quote(model.table)}"
    if before[0] != after[0]:
        sql.append(f"{head} RENAME COLUMN {quote(before[0])} TO {quote(after[0])}")
        rename_column(model, before[0], after[0])
    sql += [f"{head} {change}" for change in _changes(label, old, new, before, after)]
    sql += _added(state, editor, model, label, old, new)
    if before[1] != after[1]:
        sql += _follow(state, _referring(state, model, label))
    yield from (statement(at, each) for each in sql)


def _between(editor: Editor, model: Model, label: str, old: Made, new: Made, *, at: Place) -> Iterator[Statement]:
    """A many-to-many field changed: its table renamed."""
    if not (is_many(old) and is_many(new)) or old.kwargs.get("through") is not None or new.kwargs.get("through") is not None:
        return
    first, second = editor.between(model, label, old).table, editor.between(model, label, new).table
    if first != second:
        yield statement(at, f"ALTER TABLE {quote(first)} RENAME TO {quote(second)}")
        if label in model.tables:
            model.tables[label].table = second


def rename_column(model: Model, old: str, new: str) -> None:
    """Names of constraints are kept by columns: follow a column's."""
    model.names = {(kind, tuple(new if each == old else each for each in columns)): name for (kind, columns), name in model.names.items()}


def _is_linked(made: Made) -> bool:
    return is_key(made) and made.kwargs.get("db_constraint") is not False


def _same_shape(old: Made, new: Made) -> bool:
    """Whether two fields differ in nothing that the database sees."""
    ignored = {
        "verbose_name",
        "help_text",
        "choices",
        "validators",
        "editable",
        "error_messages",
        "blank",
        "default",
        "related_name",
        "on_delete",
    }
    ignored |= {"limit_choices_to", "related_query_name", "db_comment", "auto_created", "serialize"}
    plain = [{key: value for key, value in each.kwargs.items() if key not in ignored} for each in (old, new)]
    return old.path == new.path and old.args == new.args and plain[0] == plain[1]


def _dropped(state: State, model: Model, label: str, old: Made, new: Made) -> Iterator[str]:
    """The constraints and indexes that go before the column changes."""
    own = column(label, old)
    head = f"ALTER TABLE {quote(model.table)} DROP CONSTRAINT"
    if _is_linked(old) and not _same_shape(old, new) and ("foreign", (own,)) in model.names:
        yield f"{head} {quote(model.names.pop(('foreign', (own,))))}"
    lost = (
        is_unique(old) and old.kwargs.get("primary_key") is not True and not (is_unique(new) and new.kwargs.get("primary_key") is not True)
    )
    if lost and ("unique", (own,)) in model.names:
        yield f"{head} {quote(model.names.pop(('unique', (own,))))}"
    if is_indexed(old) and not is_indexed(new) and ("index", (own,)) in model.names:
        yield f"DROP INDEX IF EXISTS {quote(model.names.pop(('index', (own,))))}"
    kinds = type_of(state, model, old), type_of(state, model, new)
    textual = kinds[1].startswith(("varchar", "text"))
    if ("like", (own,)) in model.names and (not textual or not (is_indexed(new) or is_unique(new))):
        yield f"DROP INDEX IF EXISTS {quote(model.names.pop(('like', (own,))))}"
    if old.name in CHECKED and new.name not in CHECKED:
        name = model.names.pop(("check", (own,)), implicit(model.table, own, "check"))
        yield f"{head} {quote(name)}"
    if old.kwargs.get("primary_key") is True and new.kwargs.get("primary_key") is not True:
        yield f"{head} {quote(implicit(model.table, '', 'pkey'))}"


Shape = tuple[str, str]


def _changes(label: str, old: Made, new: Made, before: Shape, after: Shape) -> Iterator[str]:
    """What changes about the column itself."""
    own = quote(column(label, new))
    if old.name in AUTOMATIC and new.name not in AUTOMATIC:
        yield f"ALTER COLUMN {own} DROP IDENTITY IF EXISTS"
    if before[1] != after[1]:
        yield f"ALTER COLUMN {own} TYPE {after[1]} USING {own}::{after[1]}"
    if new.name in AUTOMATIC and old.name not in AUTOMATIC:
        yield f"ALTER COLUMN {own} SET NOT NULL"
        yield f"ALTER COLUMN {own} ADD GENERATED BY DEFAULT AS IDENTITY"
    yield from _defaults(own, old, new)
    was, is_now = old.kwargs.get("null") is True, new.kwargs.get("null") is True
    if was and not is_now:
        written = default(new, after[1])
        lasting = new.kwargs.get("db_default") is not None
        yield from [f"ALTER COLUMN {own} SET DEFAULT {written}"] if written is not None and not lasting else []
        yield f"ALTER COLUMN {own} SET NOT NULL"
        yield from [f"ALTER COLUMN {own} DROP DEFAULT"] if written is not None and not lasting else []
    elif is_now and not was:
        yield f"ALTER COLUMN {own} DROP NOT NULL"


def _defaults(own: str, old: Made, new: Made) -> Iterator[str]:
    """A default that the database keeps."""
    was, now = old.kwargs.get("db_default"), new.kwargs.get("db_default")
    if now is not None and now != was and not isinstance(now, Name):
        yield f"ALTER COLUMN {own} SET DEFAULT {expression(now, {})}"
    elif was is not None and now is None:
        yield f"ALTER COLUMN {own} DROP DEFAULT"


def _added(state: State, editor: Editor, model: Model, label: str, old: Made, new: Made) -> list[str]:
    """The constraints and indexes that come after the column has changed."""
    own = column(label, new)
    head = f"ALTER TABLE {quote(model.table)} ADD"
    found: list[str] = []
    if is_unique(new) and new.kwargs.get("primary_key") is not True and ("unique", (own,)) not in model.names:
        model.names["unique", (own,)] = generated(model.table, [own], "_uniq")
        found.append(f"{head} CONSTRAINT {quote(model.names['unique', (own,)])} UNIQUE ({quote(own)})")
    if new.kwargs.get("primary_key") is True and old.kwargs.get("primary_key") is not True:
        name = quote(generated(model.table, [own], "_pk"))
        found.append(f"{head} CONSTRAINT {name} PRIMARY KEY ({quote(own)})")
    known = dict(model.names)
    for sql in editor.indexes(model, label, new):
        kind = "like" if "_pattern_ops)" in sql else "index"
        if (kind, (own,)) not in known:
            found.append(sql)
        else:
            model.names[kind, (own,)] = known[kind, (own,)]
    unlinked = _is_linked(new) and ("foreign", (own,)) not in model.names and not editor.is_waiting(model, label)
    if unlinked and pointed(state, model, new) is not None:
        found.append(editor.add_key(model, label, new))
    if new.name in CHECKED and old.name not in CHECKED:
        model.names["check", (own,)] = generated(model.table, [own], "_check")
        found.append(f"{head} CONSTRAINT {quote(model.names['check', (own,)])} CHECK ({quote(own)} >= 0)")
    return found


def _referring(state: State, model: Model, label: str) -> list[tuple[Model, str, Made]]:
    """The foreign keys that point to a field."""
    found = []
    for other, name, made in state.pointing(model):
        target = pointed(state, other, made) if is_key(made) else None
        if target is not None and target[1] == label:
            found.append((other, name, made))
    return found


def _follow(state: State, referring: list[tuple[Model, str, Made]]) -> list[str]:
    """Columns that point to one whose type has changed take its type."""
    found = []
    for other, label, made in referring:
        own = quote(column(label, made))
        if other.is_table:
            new = type_of(state, other, made)
            found.append(f"ALTER TABLE {quote(other.table)} ALTER COLUMN {own} TYPE {new} USING {own}::{new}")
    return found
