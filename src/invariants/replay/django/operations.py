"""Each operation of a migration: what it changes about the models, and the statements that it runs."""

from collections.abc import Callable, Iterator
from functools import partial

from invariants.facts.ddl import Operation
from invariants.facts.source import Unread
from invariants.replay.django import constraints, models, renaming
from invariants.replay.django.altering import alter
from invariants.replay.django.columns import is_key, pointed
from invariants.replay.django.conditions import Untold
from invariants.replay.django.editor import Editor, statement
from invariants.replay.django.names import quote
from invariants.replay.django.state import Arguments, Made, State
from invariants.replay.django.work import Fact, Work, constrained, unknown_relations, written

REMEDY = "Write it as SQL with RunSQL."


def apply(state: State, editor: Editor, operation: Operation, call: Arguments) -> Iterator[Fact]:
    """Change the state as an operation does; its statements, unless it is about the state only."""
    silent = call.mode == "state"
    work = Work(state, Editor(state) if silent else editor, operation.app, operation.at, call)
    try:
        for fact in HANDLERS[operation.kind](work):
            if not silent or isinstance(fact, Unread):
                yield fact
    except Untold as error:
        yield Unread(operation.at, "unknown", f"what {operation.kind} runs cannot be told: {error}", REMEDY)
    except (TypeError, ValueError, LookupError, AttributeError):
        yield Unread(operation.at, "unknown", f"the arguments of {operation.kind} are of a form not known here", REMEDY)


def add_field(work: Work) -> Iterator[Fact]:
    """A field added."""
    model, label, made = work.model(), work.call.word("name", 1), work.call.get("field", 2)
    if not isinstance(made, Made):
        raise Untold(f"the field {label} is decided at run time")
    model.fields[label] = made
    if model.is_table:
        yield from work.editor.add_column(model, label, made, work.at)
        yield from unknown_relations(work, model, [made])


def remove_field(work: Work) -> Iterator[Fact]:
    """A field removed."""
    model, label = work.model(), work.call.word("name", 1)
    made = model.fields.get(label)
    if made is None:
        raise Untold(f"the model {model.name} has no field {label}")
    if model.is_table:
        yield from work.editor.remove_column(model, label, made, work.at)
    del model.fields[label]


def alter_field(work: Work) -> Iterator[Fact]:
    """A field changed."""
    model, label, made = work.model(), work.call.word("name", 1), work.call.get("field", 2)
    old = model.fields.get(label)
    if old is None or not isinstance(made, Made):
        raise Untold(f"the field {label} is not known")
    if model.is_table:
        yield from alter(work.state, work.editor, model, label, old=old, new=made, at=work.at)
        if pointed(work.state, model, old) is not None or not is_key(old):
            yield from unknown_relations(work, model, [made])
    else:
        model.fields[label] = made


def rename_field(work: Work) -> Iterator[Fact]:
    """A field renamed."""
    model, old, new = work.model(), work.call.word("old_name", 1), work.call.word("new_name", 2)
    yield from renaming.rename_field(work.editor, model, old, new, work.at)


def alter_unique_together(work: Work) -> Iterator[Fact]:
    """Groups of fields that are unique together, changed."""
    yield from _together(work, "unique_together", "unique")


def alter_index_together(work: Work) -> Iterator[Fact]:
    """Groups of fields that are indexed together, changed."""
    yield from _together(work, "index_together", "index")


def _together(work: Work, option: str, kind: str) -> Iterator[Fact]:
    """The groups of columns that are gone, then the new ones."""
    model = work.model("name")
    old, new = constraints.groups(model.options.get(option)), constraints.groups(work.call.get(option, 1))
    model.options = model.options | {option: new}
    if not model.is_table:
        return
    for group in (each for each in old if each not in new):
        yield statement(work.at, constraints.drop_together(model, group, kind))
    for group in (each for each in new if each not in old):
        add = constraints.add_unique_together if kind == "unique" else constraints.add_index_together
        yield statement(work.at, add(model, group))


def add_index(work: Work) -> Iterator[Fact]:
    """An index added."""
    model, index = work.model(), work.call.get("index", 1)
    if not isinstance(index, Made):
        raise Untold("the index is decided at run time")
    model.indexes[str(index.kwargs.get("name"))] = index
    if model.is_table:
        concurrently = work.call.made.name == "AddIndexConcurrently"
        yield from written(work, partial(constraints.add_index, model, index, concurrently=concurrently))


def remove_index(work: Work) -> Iterator[Fact]:
    """An index removed."""
    model, label = work.model(), work.call.word("name", 1)
    model.indexes.pop(label, None)
    concurrently = "CONCURRENTLY " if work.call.made.name == "RemoveIndexConcurrently" else ""
    if model.is_table:
        yield statement(work.at, f"DROP INDEX {concurrently}IF EXISTS {quote(label)}")


def rename_index(work: Work) -> Iterator[Fact]:
    """An index renamed."""
    model, new = work.model(), work.call.word("new_name", 1)
    old, group = work.call.get("old_name", 2), work.call.get("old_fields", 3)
    if isinstance(group, list):
        old = constraints.dropped_name(model, [str(each) for each in group], "index")
    if str(old) in model.indexes:
        model.indexes[new] = model.indexes.pop(str(old))
    if model.is_table:
        yield statement(work.at, f"ALTER INDEX {quote(str(old))} RENAME TO {quote(new)}")


def add_constraint(work: Work) -> Iterator[Fact]:
    """A constraint added."""
    model, constraint = work.model(), work.call.get("constraint", 1)
    if not isinstance(constraint, Made):
        raise Untold("the constraint is decided at run time")
    model.constraints[str(constraint.kwargs.get("name"))] = constraint
    if model.is_table:
        yield from constrained(work, model, constraint, late=work.call.made.name == "AddConstraintNotValid")


def remove_constraint(work: Work) -> Iterator[Fact]:
    """A constraint removed."""
    model, label = work.model(), work.call.word("name", 1)
    constraint = model.constraints.pop(label, None)
    if work.call.mode != "state":
        model.foreign.pop(label, None)
    if constraint is None:
        raise Untold(f"the model {model.name} has no constraint {label}")
    if model.is_table:
        yield from written(work, partial(constraints.drop, model, constraint, label))


def alter_constraint(work: Work) -> Iterator[Fact]:
    """A constraint changed in what the database does not see."""
    model, constraint = work.model(), work.call.get("constraint", 2)
    if isinstance(constraint, Made):
        model.constraints[work.call.word("name", 1)] = constraint
    yield from ()


def validate_constraint(work: Work) -> Iterator[Fact]:
    """A constraint that was added late, validated."""
    yield statement(work.at, f"ALTER TABLE {quote(work.model().table)} VALIDATE CONSTRAINT {quote(work.call.word('name', 1))}")


def order_with_respect_to(work: Work) -> Iterator[Fact]:
    """The column that keeps an order, added or removed."""
    model, to = work.model("name"), work.call.get("order_with_respect_to", 1)
    made = Made("django.db.models.OrderWrt", (), {"default": 0}, work.at.line)
    if to and "_order" not in model.fields:
        model.fields["_order"] = made
        yield from work.editor.add_column(model, "_order", made, work.at)
    elif not to and "_order" in model.fields:
        yield from work.editor.remove_column(model, "_order", model.fields.pop("_order"), work.at)


HANDLERS: dict[str, Callable[[Work], Iterator[Fact]]] = {
    "CreateModel": models.create_model,
    "DeleteModel": models.delete_model,
    "RenameModel": models.rename_model,
    "AlterModelTable": models.alter_table,
    "AddField": add_field,
    "RemoveField": remove_field,
    "AlterField": alter_field,
    "RenameField": rename_field,
    "AlterUniqueTogether": alter_unique_together,
    "AlterIndexTogether": alter_index_together,
    "AddIndex": add_index,
    "AddIndexConcurrently": add_index,
    "RemoveIndex": remove_index,
    "RemoveIndexConcurrently": remove_index,
    "RenameIndex": rename_index,
    "AddConstraint": add_constraint,
    "AddConstraintNotValid": add_constraint,
    "RemoveConstraint": remove_constraint,
    "ValidateConstraint": validate_constraint,
    "AlterConstraint": alter_constraint,
    "AlterModelOptions": models.alter_options,
    "AlterOrderWithRespectTo": order_with_respect_to,
    "PostgresCreatePartitionedModel": models.create_partitioned,
    "PostgresAddDefaultPartition": models.default_partition,
    "PostgresDeletePartitionedModel": models.delete_model,
}
