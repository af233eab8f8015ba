"""What compiles each kind of node: those that answer a truth, and those that answer a value."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from invariants.replay.isolation import comparisons, inlining, logic, scalars, sublinks
from invariants.replay.isolation.compiling import Expression, Test

TESTS: Mapping[str, Callable[[Any], Test | None]] = {
    "a_expr": comparisons.a_expr,
    "bool_expr": logic.bool_expr,
    "boolean_test": logic.boolean_test,
    "case_expr": logic.case_test,
    "null_test": logic.null_test,
    "sub_link": sublinks.sub_link,
}
REQUIRED: Mapping[str, Callable[[Any], Test | None]] = {
    "a_expr": comparisons.required,
    "bool_expr": logic.required,
    "sub_link": partial(sublinks.sub_link, is_required=True),
}
"""The tests of which only that matters whether they are true."""
PRESENT: Mapping[str, Callable[[Any, bool], Expression | None]] = {
    "a_expr": logic.present_nullif,
    "func_call": inlining.present_call,
    "type_cast": scalars.present_cast,
}
"""The expressions that are NULL only where what they are made of is."""
EXPRESSIONS: Mapping[str, Callable[[Any], Expression | None]] = {
    "a_array_expr": scalars.array,
    "a_const": scalars.a_const,
    "a_expr": scalars.a_expr,
    "a_indirection": scalars.indirection,
    "case_expr": logic.case_expr,
    "coalesce_expr": logic.coalesce_expr,
    "collate_clause": scalars.collate_clause,
    "column_ref": scalars.column_ref,
    "func_call": inlining.func_call,
    "list": scalars.array,
    "param_ref": scalars.param_ref,
    "row_expr": scalars.row_expr,
    "sqlvalue_function": scalars.sqlvalue_function,
    "sub_link": sublinks.scalar_link,
    "type_cast": scalars.type_cast,
}
