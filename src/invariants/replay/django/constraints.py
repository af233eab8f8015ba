"""Indexes and constraints of models."""

from typing import Any

from invariants.replay.django.columns import fields
from invariants.replay.django.conditions import Untold, condition, expression
from invariants.replay.django.editor import listed
from invariants.replay.django.names import generated, quote
from invariants.replay.django.state import Made, Model, Name

METHODS = {
    "GinIndex": "gin", "GistIndex": "gist", "BrinIndex": "brin", "HashIndex": "hash", "SpGistIndex": "spgist", "BloomIndex": "bloom",
    "HnswIndex": "hnsw", "IvfflatIndex": "ivfflat",
}  # fmt: skip


def groups(value: Any) -> list[list[str]]:
    """The groups of fields in ``unique_together`` or ``index_together``: one group may stand alone."""
    if not isinstance(value, list) or not value:
        return []
    if all(isinstance(each, str) for each in value):
        return [[str(each) for each in value]]
    return sorted([str(each) for each in group] for group in value if isinstance(group, list))


def _columns(model: Model, labels: list[str]) -> list[str]:
    """The columns of fields; one that SQL added beside the models has its own name."""
    found = fields(model)
    return [found.get(each, each) for each in labels]


def add_unique_together(model: Model, group: list[str]) -> str:
    """A unique constraint over a group of fields."""
    columns = _columns(model, group)
    name = generated(model.table, columns, "_uniq")
    model.names["unique", tuple(columns)] = name
    return f"ALTER TABLE {quote(model.table)} ADD CONSTRAINT {quote(name)} UNIQUE ({listed(columns)})"


def add_index_together(model: Model, group: list[str]) -> str:
    """An index over a group of fields."""
    columns = _columns(model, group)
    name = generated(model.table, columns, "_idx")
    model.names["index", tuple(columns)] = name
    return f"CREATE INDEX {quote(name)} ON {quote(model.table)} ({listed(columns)})"


def dropped_name(model: Model, group: list[str], kind: str) -> str:
    """The name of what a group of fields brought, which goes with it."""
    columns = _columns(model, group)
    return model.names.pop((kind, tuple(columns)), None) or generated(model.table, columns, "_uniq" if kind == "unique" else "_idx")


def drop_together(model: Model, group: list[str], kind: str) -> str:
    """The statement that takes back what a group of fields brought."""
    name = quote(dropped_name(model, group, kind))
    return f"ALTER TABLE {quote(model.table)} DROP CONSTRAINT {name}" if kind == "unique" else f"DROP INDEX IF EXISTS {name}"


def add_index(model: Model, index: Made, *, concurrently: bool = False) -> str:
    """``CREATE INDEX`` for a model's index."""
    name = index.kwargs.get("name")
    if not isinstance(name, str):
        raise Untold("the name of the index is decided at run time")
    method = METHODS.get(index.name)
    using = f" USING {method}" if method else ""
    together = "CONCURRENTLY " if concurrently else ""
    return f"CREATE INDEX {together}{quote(name)} ON {quote(model.table)}{using} ({_keys(model, index)}){_tail(model, index)}"


def _keys(model: Model, index: Made) -> str:
    """The keys of an index: fields, descending where a minus stands before them, or expressions."""
    classes = index.kwargs.get("opclasses") or []
    labels = [str(each) for each in index.kwargs.get("fields") or []]
    columns = _columns(model, [each.lstrip("-") for each in labels])
    found = []
    for at, (label, own) in enumerate(zip(labels, columns, strict=True)):
        operators = f" {classes[at]}" if at < len(classes) else ""
        found.append(f"{quote(own)}{operators}{' DESC' if label.startswith('-') else ''}")
    return ", ".join(found + [_expression(model, each) for each in index.args])


def _expression(model: Model, value: Any) -> str:
    names = fields(model)
    if isinstance(value, str):
        return quote(names.get(value.lstrip("-"), value))
    if isinstance(value, Made) and value.name == "OpClass":
        return f"{_expression(model, value.get('expression', 0))} {value.kwargs.get('name')}"
    text = expression(value, names)
    return text if text.startswith('"') else f"({text})"


def _tail(model: Model, index: Made) -> str:
    included, where = index.kwargs.get("include"), index.kwargs.get("condition")
    text = f" INCLUDE ({listed(_columns(model, [str(each) for each in included]))})" if isinstance(included, list) and included else ""
    return f"{text} WHERE ({condition(where, fields(model))})" if where is not None else text


def is_index(constraint: Made) -> bool:
    """Whether a unique constraint can only be had as an index."""
    return constraint.name == "UniqueConstraint" and bool(
        constraint.args or any(constraint.kwargs.get(key) for key in ("condition", "expressions", "include", "opclasses"))
    )


def is_known(constraint: Made) -> bool:
    """Whether a constraint is of a class of Django's."""
    return constraint.name in {"UniqueConstraint", "CheckConstraint", "ExclusionConstraint"}


def add(model: Model, constraint: Made, *, late: bool = False) -> str | None:
    """The statement that adds a constraint; None for one of a class that is not known, which is a doubt already."""
    name = constraint.kwargs.get("name")
    if not isinstance(name, str):
        raise Untold("the name of the constraint is decided at run time")
    if is_index(constraint):
        nulls = " NULLS NOT DISTINCT" if constraint.kwargs.get("nulls_distinct") is False else ""
        head = f"CREATE UNIQUE INDEX {quote(name)} ON {quote(model.table)} ({_keys(model, constraint)})"
        included = constraint.kwargs.get("include")
        return head + (_tail(model, constraint) if not nulls or included else nulls + _tail(model, constraint))
    written = _definition(model, constraint)
    return written and f"ALTER TABLE {quote(model.table)} ADD CONSTRAINT {quote(name)} {written}{' NOT VALID' if late else ''}"


def _definition(model: Model, constraint: Made) -> str | None:
    if constraint.name == "UniqueConstraint":
        columns = _columns(model, [str(each) for each in constraint.kwargs.get("fields") or []])
        nulls = " NULLS NOT DISTINCT" if constraint.kwargs.get("nulls_distinct") is False else ""
        return f"UNIQUE{nulls} ({listed(columns)}){_deferral(constraint)}"
    if constraint.name == "CheckConstraint":
        return f"CHECK ({condition(constraint.kwargs.get('condition', constraint.kwargs.get('check')), fields(model))})"
    return _exclusion(model, constraint) if constraint.name == "ExclusionConstraint" else None


def _exclusion(model: Model, constraint: Made) -> str:
    pairs = [each for each in constraint.kwargs.get("expressions") or [] if isinstance(each, list) and len(each) == 2]
    keys = ", ".join(f"{_expression(model, each[0])} WITH {_operator(each[1])}" for each in pairs)
    where = constraint.kwargs.get("condition")
    tail = f" WHERE ({condition(where, fields(model))})" if where is not None else ""
    return f"EXCLUDE USING {str(constraint.kwargs.get('index_type', 'gist')).lower()} ({keys}){tail}{_deferral(constraint)}"


OPERATORS = {"OVERLAPS": "&&", "EQUAL": "=", "NOT_EQUAL": "<>", "CONTAINS": "@>", "CONTAINED_BY": "<@", "ADJACENT_TO": "-|-"}


def _operator(value: Any) -> str:
    return OPERATORS.get(value.path.rpartition(".")[2], "&&") if isinstance(value, Name) else str(value)


def _deferral(constraint: Made) -> str:
    given = constraint.kwargs.get("deferrable")
    if not isinstance(given, Name):
        return ""
    return f" DEFERRABLE INITIALLY {given.path.rpartition('.')[2].upper()}"


def drop(model: Model, constraint: Made, name: str) -> str | None:
    """The statement that drops a constraint; None for one of a class that is not known."""
    if not is_known(constraint):
        return None
    return (
        f"DROP INDEX IF EXISTS {quote(name)}" if is_index(constraint) else f"ALTER TABLE {quote(model.table)} DROP CONSTRAINT {quote(name)}"
    )
