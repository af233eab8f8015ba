"""Expressions that answer a value: columns, constants, casts, arrays, parts of documents, and what operators compute."""

from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation import casts, session
from invariants.replay.isolation.collated import CITEXT
from invariants.replay.isolation.compiling import Expression, expression, present
from invariants.replay.isolation.computing import computed
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.logic import nullif, of_several
from invariants.replay.isolation.meetings import found, standing
from invariants.replay.isolation.members import element
from invariants.replay.isolation.naming import constant
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.standard import NEVER_NULL
from invariants.replay.isolation.values import ERROR, FREE, MINE, NULL, SESSION, Json, Many, Nothing, Unknown, Value, Var
from invariants.replay.isolation.world import NoRow

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
    return of_several(node, lambda context, frame: Many(tuple(each(context, frame) for each in inner)))


def collate_clause(node: Any) -> Expression:
    """``x COLLATE y``."""
    inner, parts = expression(node.arg), strings(node.collname)

    def evaluated(context: Context, frame: Frame) -> Value:
        value, under = inner(context, frame), context.tenancy.collations.said(parts)
        if not under.is_known:
            return context.world.doubt(f"no migration makes the collation {parts[-1]}, so that nobody knows what it takes for equal")
        is_followed = context.world.collations is not None and not (isinstance(value, Var) and value.under is CITEXT)
        return standing(value, under) if is_followed else value

    return evaluated


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
    if name == "||" and not _joins_texts(node):
        return lambda context, frame: _joined(context, left(context, frame), right(context, frame))
    return lambda context, frame: computed(context, name, (left(context, frame), right(context, frame)))


def _joins_texts(node: Any) -> bool:
    """Whether ``||`` surely joins texts or documents, of which none may be NULL: beside a text PostgreSQL takes no other for an array."""
    sides = (node.lexpr, node.rexpr)
    return any((constant(each) or "{").lstrip()[:1] != "{" for each in sides if each.HasField("a_const")) or all(map(_is_one, sides))


def _is_one(node: Any) -> bool:
    """Whether something is no array, as far as can be seen."""
    kind, value = unwrap(node)
    if kind == "type_cast":
        return not value.type_name.array_bounds and unwrap(value.arg)[0] != "a_array_expr"
    if kind == "a_expr" and value.kind == pb.AEXPR_OP:
        return strings(value.name)[-1] in {"->>", "#>>"} or (strings(value.name)[-1] == "||" and _joins_texts(value))
    return kind == "a_const" or (kind == "func_call" and strings(value.funcname)[-1] in {"current_setting", *NEVER_NULL})


def _joined(context: Context, left: Value, right: Value) -> Value:
    """``||`` of what may be arrays: they take NULL for a member, or for no members."""
    if NULL in (left, right) and ERROR not in (left, right):
        return context.world.doubt("it depends on the types what || makes of NULL")
    return computed(context, "||", (left, right))


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
    marks = of.marks & {FREE, SESSION, MINE}
    return Var(label, marks, of.bars, row=column.row, number=column.number, is_reference=True, is_free=of.is_free)


def indirection(node: Any) -> Expression:
    """``(row).field``, ``array[1]``: some part of what stands before, or NULL where it has no such part."""
    inner, written, number = expression(node.arg), node.SerializeToString(), _subscript(node)

    def evaluated(context: Context, frame: Frame) -> Value:
        value, kept = inner(context, frame), context.world.kept
        if (
            number is not None
            and isinstance(value, Many)
            and value.draw is None
            and not any(isinstance(each, Many) for each in value.members)
        ):
            return value.members[number - 1] if 0 < number <= len(value.members) else NULL
        if not isinstance(value, Many | Var | Json):
            return value
        key = ("element", written, found(value) if isinstance(value, Var) else value)
        if isinstance(value, Many) or key not in kept:
            kept[key] = _element(context, value) if context.world.choose((True, False)) else NULL
        part = kept[key]
        return part if isinstance(part, Nothing | Unknown | Many | Json | Var) else NULL

    return evaluated


def _subscript(node: Any) -> int | None:
    """The number of the member that ``(ARRAY[a, b])[n]`` asks for, where it is written; None for anything else."""
    kind, value = unwrap(node.indirection[0])
    if len(node.indirection) != 1 or kind != "a_indices" or value.is_slice or not node.arg.HasField("a_array_expr"):
        return None
    const = value.uidx.a_const
    return const.ival.ival if value.uidx.HasField("a_const") and const.WhichOneof("val") == "ival" else None


def _is_flat(value: Many) -> bool:
    """Whether the members of an array are told, and none of them is an array."""
    return value.draw is None and not any(isinstance(each, Many) for each in value.members)


def _element(context: Context, value: Value) -> Value:
    try:
        return element(context, value)
    except NoRow:
        return NULL


def row_expr(_: Any) -> Expression:
    """A row, which only comparisons with rows understand."""
    return lambda context, _frame: context.world.doubt("it takes a row for a value")
