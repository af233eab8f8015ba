"""Expressions that answer a value: columns, constants, casts, arrays, parts of documents, and what operators compute."""

from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation import casts, session
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
    if node.HasField("bsval"):
        return lambda context, _frame: computed(context, f"bits {node.bsval.bsval}", ())
    text = constant_text(node)
    return lambda context, _frame: context.world.constant(text)


def constant_text(node: Any) -> str:
    """The text of a constant."""
    kind = node.WhichOneof("val")
    if kind == "boolval":
        return "true" if node.boolval.boolval else "false"
    value = {"ival": "ival", "fval": "fval", "sval": "sval"}.get(kind)
    return str(getattr(getattr(node, kind), value)) if value else "0"


def present_cast(node: Any, is_filled: bool) -> Expression:
    """A cast that must not be NULL, so that what is cast must not either, nor be empty where that is no text of the type."""
    kind = casts.target(node.type_name)
    return type_cast(node, present(node.arg, is_filled=is_filled or (not kind.is_array and kind.made("") is ERROR)))


def type_cast(node: Any, inner: Expression | None = None) -> Expression:
    """``x::type``."""
    inner, kind = inner or expression(node.arg), casts.target(node.type_name)
    return lambda context, frame: casts.cast(context, kind, inner(context, frame))


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
