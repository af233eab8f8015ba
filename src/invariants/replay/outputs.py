"""What PostgreSQL calls the columns of a query that say no name (FigureColname)."""

from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings

CONSTRUCTS = {"coalesce_expr": "coalesce", "a_array_expr": "array", "row_expr": "row", "grouping_func": "grouping"}
VALUES = {
    pb.SVFOP_CURRENT_DATE: "current_date",
    pb.SVFOP_CURRENT_TIME: "current_time",
    pb.SVFOP_CURRENT_TIME_N: "current_time",
    pb.SVFOP_CURRENT_TIMESTAMP: "current_timestamp",
    pb.SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
    pb.SVFOP_LOCALTIME: "localtime",
    pb.SVFOP_LOCALTIMESTAMP: "localtimestamp",
    pb.SVFOP_CURRENT_ROLE: "current_role",
    pb.SVFOP_CURRENT_USER: "current_user",
    pb.SVFOP_USER: "user",
    pb.SVFOP_SESSION_USER: "session_user",
    pb.SVFOP_CURRENT_CATALOG: "current_catalog",
    pb.SVFOP_CURRENT_SCHEMA: "current_schema",
}


def column_name(node: Any) -> str:
    """The name of an output column, ``?column?`` where nothing suggests one."""
    return _strong(node) or _weak(node) or "?column?"


def _strong(node: Any) -> str:
    kind, value = unwrap(node)
    if kind == "column_ref":
        names = [part.string.sval for part in value.fields if unwrap(part)[0] == "string"]
        return names[-1] if names else ""
    if kind == "func_call":
        return strings(value.funcname)[-1]
    if kind == "a_indirection":
        names = [part.string.sval for part in value.indirection if unwrap(part)[0] == "string"]
        return names[-1] if names else _strong(value.arg)
    if kind == "a_expr":
        return "nullif" if value.kind == pb.AEXPR_NULLIF else ""
    if kind in {"type_cast", "collate_clause"}:
        return _strong(value.arg)
    if kind == "sub_link":
        return _sub_link(value)
    if kind == "min_max_expr":
        return "greatest" if value.op == pb.IS_GREATEST else "least"
    if kind == "sqlvalue_function":
        return VALUES.get(value.op, "")
    if kind == "case_expr" and value.HasField("defresult"):
        return _strong(value.defresult)
    return CONSTRUCTS.get(kind, "")


def _sub_link(link: Any) -> str:
    if link.sub_link_type == pb.EXISTS_SUBLINK:
        return "exists"
    if link.sub_link_type == pb.ARRAY_SUBLINK:
        return "array"
    if link.sub_link_type != pb.EXPR_SUBLINK:
        return ""
    targets = link.subselect.select_stmt.target_list
    if not targets:
        return ""
    return targets[0].res_target.name or column_name(targets[0].res_target.val)


def _weak(node: Any) -> str:
    """Suggestions that a better one overrules: the type of a cast, the word ``case``."""
    kind, value = unwrap(node)
    if kind == "type_cast":
        return _weak(value.arg) if unwrap(value.arg)[0] == "type_cast" else strings(value.type_name.names)[-1]
    if kind == "collate_clause":
        return _weak(value.arg)
    return "case" if kind == "case_expr" else ""
