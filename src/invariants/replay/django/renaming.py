"""Models, tables and fields renamed, and the tables and columns between models with them."""

from collections.abc import Iterator

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.replay.django.altering import rename_column
from invariants.replay.django.columns import column, has_column, is_many
from invariants.replay.django.editor import Editor, shortened, statement
from invariants.replay.django.names import quote
from invariants.replay.django.state import Made, Model, State

Between = list[tuple[Model, str, Made, Model]]


def rename_model(state: State, editor: Editor, model: Model, new: str, at: Place) -> Iterator[Statement | Unread]:
    """A model renamed: its table, unless the options name that, and what the tables between models call it."""
    yield from editor.deferred()
    tables = _tables(state, editor, model)
    was_default = model.table == shortened(f"{model.app}_{model.name.lower()}")
    pointing = list(state.pointing(model))
    del state.models[model.key]
    old_name, model.name = model.name, new
    state.models[model.key] = model
    for other, label, made in pointing:
        other.fields[label] = _retargeted(made, model, old_name)
    if was_default and model.is_table and "db_table" not in model.options:
        old = model.table
        model.table = shortened(f"{model.app}_{new.lower()}")
        yield from [statement(at, f"ALTER TABLE {quote(old)} RENAME TO {quote(model.table)}")] if old != model.table else []
    yield from _follow(editor, tables, at)


def _retargeted(made: Made, model: Model, old_name: str) -> Made:
    """A relation that says the model's new name."""
    to = made.get("to", 0)
    if not isinstance(to, str) or to == "self" or to.rpartition(".")[2].lower() != old_name.lower():
        return made
    return made._replace(args=(), kwargs=made.kwargs | {"to": f"{model.app}.{model.name}"})


def rename_table(state: State, editor: Editor, model: Model, table: str, at: Place) -> Iterator[Statement | Unread]:
    """A model's table renamed, and the tables between it and others."""
    yield from editor.deferred()
    tables = _tables(state, editor, model)
    old, model.table = model.table, table
    model.options = model.options | {"db_table": table}
    if not model.is_table or old == table:
        return
    yield statement(at, f"ALTER TABLE {quote(old)} RENAME TO {quote(table)}")
    yield from _follow(editor, [each for each in tables if each[0] is model], at)


def _tables(state: State, editor: Editor, model: Model) -> Between:
    """The tables between a model and others, as they are."""
    own = [(model, label, made) for label, made in model.fields.items() if is_many(made)]
    others = [(other, label, made) for other, label, made in state.pointing(model) if is_many(made) and other is not model]
    kept = [each for each in own + others if each[0].is_table and each[2].kwargs.get("through") is None]
    return [(owner, label, made, owner.tables.get(label) or editor.between(owner, label, made)) for owner, label, made in kept]


def _follow(editor: Editor, tables: Between, at: Place) -> Iterator[Statement | Unread]:
    """Tables between models and their columns take the names that they would be given now."""
    for model, label, _, old in tables:
        new = editor.between(model, label, model.fields[label])
        if new.table != old.table:
            yield statement(at, f"ALTER TABLE {quote(old.table)} RENAME TO {quote(new.table)}")
        new.names, pairs = old.names, list(zip(old.fields.items(), new.fields.items(), strict=True))
        for before, after in pairs:
            yield from (statement(at, sql) for sql in _renamed_column(editor, new, before, after))
        model.tables[label] = new


Field = tuple[str, Made]


def _renamed_column(editor: Editor, model: Model, before: Field, after: Field) -> list[str]:
    """A column renamed, its foreign key with it: Django drops the key and makes it anew under another name."""
    old, new = column(*before), column(*after)
    if old == new:
        return []
    dropped = editor.drop_key(model, old)
    rename_column(model, old, new)
    renamed = f"ALTER TABLE {quote(model.table)} RENAME COLUMN {quote(old)} TO {quote(new)}"
    return [*dropped, renamed, *([editor.add_key(model, *after)] if dropped else [])]


def rename_field(editor: Editor, model: Model, old: str, new: str, at: Place) -> Iterator[Statement | Unread]:
    """A field renamed: its column, and its name in the model's own options."""
    yield from editor.deferred()
    made = model.fields[old]
    model.fields = {new if label == old else label: each for label, each in model.fields.items()}
    _options(model, old, new)
    if not model.is_table:
        return
    if is_many(made) and made.kwargs.get("through") is None:
        table = model.tables.pop(old, None) or editor.between(model, old, made)
        yield from _follow(editor, [(model, new, made, table)], at)
    elif has_column(made):
        yield from (statement(at, sql) for sql in _renamed_column(editor, model, (old, made), (new, made)))


def _options(model: Model, old: str, new: str) -> None:
    from invariants.replay.django.constraints import groups

    for option in ("unique_together", "index_together"):
        if model.options.get(option):
            changed = [[new if each == old else each for each in group] for group in groups(model.options[option])]
            model.options = model.options | {option: changed}
