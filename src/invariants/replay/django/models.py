"""Operations on whole models: made, gone, renamed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from invariants.replay.django import constraints, renaming
from invariants.replay.django.columns import is_many
from invariants.replay.django.editor import shortened, statement
from invariants.replay.django.names import quote
from invariants.replay.django.state import Arguments, Made, Model
from invariants.replay.django.work import Fact, Work, constrained, unknown_relations, written


def create_model(work: Work) -> Iterator[Fact]:
    """A model and its table."""
    options = work.call.get("options", 2) or {}
    name = work.call.word("name", 0)
    declared = work.call.get("fields", 1) or []
    made = {str(each[0]): each[1] for each in declared if isinstance(each, list) and len(each) == 2 and isinstance(each[1], Made)}
    given = options.get("db_table")
    table = given if isinstance(given, str) else shortened(f"{work.app}_{name.lower()}")
    is_table = options.get("managed", True) is not False and options.get("proxy") is not True and options.get("abstract") is not True
    bases = tuple(each for each in work.call.get("bases", 3) or () if isinstance(each, str))
    model = Model(work.app, name, table, is_table, _inherited(work, bases, made), bases, options)
    work.state.models[model.key] = model
    if is_table:
        yield from work.editor.create_table(model, work.at)
        yield from unknown_relations(work, model, list(model.fields.values()))
        yield from _options(work, model, options)


def _inherited(work: Work, bases: tuple[str, ...], made: dict[str, Made]) -> dict[str, Made]:
    """A model's fields, with those of its own bases that are no tables."""
    found: dict[str, Made] = {}
    for base in bases:
        app, _, name = base.rpartition(".")
        parent = work.state.find(app or work.app, name)
        if parent is not None and not parent.is_table:
            found |= parent.fields
    return found | made


def _options(work: Work, model: Model, options: dict[str, Any]) -> Iterator[Fact]:
    """The constraints and indexes of a new table: uniqueness at the end of the migration, the rest at once."""
    for columns in constraints.groups(options.get("unique_together")):
        _defer_unique(work, model, columns)
    for columns in constraints.groups(options.get("index_together")):
        work.editor.defer(model, "", work.at, partial(constraints.add_index_together, model, columns))
    for each in options.get("indexes") or ():
        if isinstance(each, Made):
            model.indexes[str(each.kwargs.get("name"))] = each
            yield from written(work, partial(constraints.add_index, model, each), each.line)
    for each in options.get("constraints") or ():
        if isinstance(each, Made):
            model.constraints[str(each.kwargs.get("name"))] = each
            yield from constrained(work, model, each, line=each.line)


def _defer_unique(work: Work, model: Model, columns: list[str]) -> None:
    work.editor.defer(model, "", work.at, lambda: constraints.add_unique_together(model, columns))


def delete_model(work: Work) -> Iterator[Fact]:
    """A model gone, and its tables with it."""
    model = work.model("name")
    if model.is_table:
        for label, made in model.fields.items():
            if is_many(made) and made.kwargs.get("through") is None:
                yield from work.editor.remove_column(model, label, made, work.at)
        yield statement(work.at, f"DROP TABLE {quote(model.table)} CASCADE")
    del work.state.models[model.key]


def rename_model(work: Work) -> Iterator[Fact]:
    """A model renamed."""
    model, new = work.model("old_name"), work.call.word("new_name", 1)
    yield from renaming.rename_model(work.state, work.editor, model, new, work.at)


def alter_table(work: Work) -> Iterator[Fact]:
    """A model's table renamed."""
    model, given = work.model("name"), work.call.get("table", 1)
    table = given if isinstance(given, str) else shortened(f"{work.app}_{model.name.lower()}")
    yield from renaming.rename_table(work.state, work.editor, model, table, work.at)


def alter_options(work: Work) -> Iterator[Fact]:
    """Options changed; whether a model has a table may be among them."""
    model, options = work.model("name"), work.call.get("options", 1) or {}
    model.options = {key: value for key, value in model.options.items() if key not in {"managed", "proxy"}} | options
    if "managed" in options:
        model.is_table = options["managed"] is not False
    yield from ()


def create_partitioned(work: Work) -> Iterator[Fact]:
    """A partitioned table of ``psqlextra``: its key takes in the columns that it is partitioned by."""
    made = dict(work.call.made.kwargs)
    options = dict(made.get("options") or {}) | {"partitioning": made.pop("partitioning_options", {})}
    inner = Arguments(Made(work.call.made.path, work.call.made.args, made | {"options": options}, work.at.line), "")
    yield from create_model(work._replace(call=inner))


def default_partition(work: Work) -> Iterator[Fact]:
    """The partition of the rest (psqlextra)."""
    model, label = work.model(), work.call.word("name", 1)
    table = quote(f"{model.table}_{label}")
    yield statement(work.at, f"CREATE TABLE {table} PARTITION OF {quote(model.table)} DEFAULT")
