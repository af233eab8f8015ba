"""Expressions that answer a value: columns, constants, casts, arrays, parts of documents, and what operators compute."""

import re
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation import members, session
from invariants.replay.isolation.compiling import Expression, expression, present
from invariants.replay.isolation.computing import computed
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.logic import nullif
from invariants.replay.isolation.members import element
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.values import ERROR, FREE, MINE, NULL, SESSION, Json, Many, Nothing, Unknown, Value, Var
from invariants.replay.isolation.world import found

STEPS = {"->", "->>", "#>", "#>>"}
ROLES = {pb.SVFOP_CURRENT_USER, pb.SVFOP_CURRENT_ROLE, pb.SVFOP_USER}
NUMBERS = {"int2", "int4", "int8", "numeric", "float4", "float8", "oid", "smallint", "integer", "bigint", "int"}
FORMS = {
    "uuid": re.compile(r"\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE),
    **dict.fromkeys(NUMBERS, re.compile(r"\s*[-+]?\d+(\.\d*)?\s*")),
    "bool": re.compile(r"t|true|f|false|y|yes|n|no|on|off|1|0", re.IGNORECASE),
    **dict.fromkeys(("json", "jsonb"), re.compile(r"\s*\S.*", re.DOTALL)),
}
"""What a text must look like for a cast to succeed."""
SINGLE = {"uuid", *NUMBERS}
"""Types of which a list of several is none."""


def column_ref(node: Any) -> Expression | None:
    """A column, variable or parameter."""
    if unwrap(node.fields[-1])[0] != "string":
        return None
    parts = strings(node.fields)

    def evaluated(context: Context, frame: Frame) -> Value:
        value = frame.column(parts)
        return context.world.doubt(f"it could not be told what {'.'.join(parts)} is") if value is None else value

    return evaluated


def param_ref(node: Any) -> Expression:
    """``$1`` of a function."""
    name = f"${node.number}"
    return lambda context, frame: frame.column([name]) or context.world.doubt(f"{name} is given by nobody")


def a_const(node: Any) -> Expression:
    """A constant: NULL, or its text."""
    if node.isnull:
        return lambda _context, _frame: NULL
    text = constant_text(node)
    return lambda context, _frame: context.world.constant(text)


def constant_text(node: Any) -> str:
    """The text of a constant."""
    kind = node.WhichOneof("val")
    if kind == "boolval":
        return "true" if node.boolval.boolval else "false"
    value = {"ival": "ival", "fval": "fval", "sval": "sval", "bsval": "bsval"}.get(kind)
    return str(getattr(getattr(node, kind), value)) if value else "0"


def present_cast(node: Any, is_filled: bool) -> Expression:
    """A cast that must not be NULL, so that what is cast must not either, nor be empty where that is no text of the type."""
    form = _form(node)
    return type_cast(node, present(node.arg, is_filled=is_filled or (form is not None and form.fullmatch("") is None)))


def _form(node: Any) -> re.Pattern[str] | None:
    """What a text must look like for a cast to succeed; None where any does."""
    return None if node.type_name.array_bounds else FORMS.get(strings(node.type_name.names)[-1])


def type_cast(node: Any, inner: Expression | None = None) -> Expression:
    """A cast: it changes nothing but what a text may be."""
    inner = inner or expression(node.arg)
    name, form = strings(node.type_name.names)[-1], _form(node)
    is_document, is_single = name in {"json", "jsonb"}, name in SINGLE

    def evaluated(context: Context, frame: Frame) -> Value:
        value = inner(context, frame)
        if isinstance(value, Var) and form is not None:
            text = found(value).constant
            if text is not None and not form.fullmatch(text):
                return ERROR
            if is_single and not members.is_single(context, value):
                return ERROR
        return session.document(value) if is_document else value

    return evaluated


def array(node: Any) -> Expression:
    """``ARRAY[a, b]``, and a list in parentheses."""
    inner = [expression(each) for each in (node.elements if hasattr(node, "elements") else node.items)]
    return lambda context, frame: Many(tuple(each(context, frame) for each in inner))


def sqlvalue_function(node: Any) -> Expression:
    """CURRENT_USER and its kin; CURRENT_DATE and its."""
    if node.op == pb.SVFOP_SESSION_USER:
        return lambda context, _frame: session.login(context)
    if node.op in ROLES:
        return lambda context, _frame: session.role(context)
    name = pb.SQLValueFunctionOp.Name(node.op).removeprefix("SVFOP_").lower()
    return lambda context, _frame: computed(context, name, ())


def a_expr(node: Any) -> Expression | None:
    """What an operator computes."""
    if node.kind == pb.AEXPR_NULLIF:
        return nullif(node)
    if node.kind != pb.AEXPR_OP:
        return None
    name = strings(node.name)[-1]
    right = expression(node.rexpr)
    if not node.HasField("lexpr"):
        return lambda context, frame: computed(context, name, (right(context, frame),))
    left = expression(node.lexpr)
    if name in STEPS:
        return lambda context, frame: _step(context, left(context, frame), right(context, frame), name)
    return lambda context, frame: computed(context, name, (left(context, frame), right(context, frame)))


def _step(context: Context, value: Value, key: Value, name: str) -> Value:
    """A part of a document. One of a row's is as much the row's as the column is."""
    if isinstance(value, Nothing | Unknown):
        return value
    text = found(key).constant if isinstance(key, Var) else None
    document = session.document(value)
    if not isinstance(document, Json) or text is None:
        return _part(context, value, name, key)
    steps = tuple(text.strip("{}").split(",")) if name.startswith("#") else (text,)
    part = document._replace(path=(*document.path, *steps))
    return session.claim(context, part) if name.endswith(">>") else part


def _part(context: Context, value: Value, name: str, key: Value) -> Value:
    if isinstance(value, Var) and value.row is not None and isinstance(key, Var):
        return _column_part(context, value, found(key))
    return computed(context, name, (value, key))


def _column_part(context: Context, column: Var, key: Var) -> Value:
    """A part of a document that a row holds, which may be missing. What it identifies, nobody says."""
    kept, of = context.world.kept, found(column)
    name = ("part", of, key)
    if name not in kept:
        kept[name] = _made_of(column, key, of) if context.world.choose((True, False)) else NULL
    value = kept[name]
    return value if isinstance(value, Var) else NULL


def _made_of(column: Var, key: Var, of: Var) -> Var:
    label = f"{column.label} {key.constant or key.label}"
    return Var(label, of.marks & {FREE, SESSION, MINE}, of.bars, row=column.row, number=column.number, is_reference=True)


def indirection(node: Any) -> Expression:
    """``(row).field``, ``array[1]``: some part of what stands before."""
    inner = expression(node.arg)

    def evaluated(context: Context, frame: Frame) -> Value:
        value = inner(context, frame)
        return element(context, value) if isinstance(value, Many | Var | Json) else value

    return evaluated


def row_expr(_: Any) -> Expression:
    """A row, which only comparisons with rows understand."""
    return lambda context, _frame: context.world.doubt("it takes a row for a value")
