"""What compiles which kind of node."""

from collections.abc import Callable
from typing import Any

from invariants.replay.plpgsql import basics, calls, conditionals, inquiries, operations, sublinks
from invariants.replay.plpgsql.evaluate import Expression

COMPILERS: dict[str, Callable[[Any], Expression]] = {
    "a_const": basics.constant,
    "column_ref": basics.column,
    "param_ref": basics.parameter,
    "a_expr": operations.compiled_operation,
    "bool_expr": basics.boolean,
    "null_test": basics.null_test,
    "boolean_test": basics.boolean_test,
    "type_cast": basics.type_cast,
    "case_expr": conditionals.case,
    "coalesce_expr": conditionals.coalesce,
    "min_max_expr": conditionals.extreme,
    "a_array_expr": basics.array,
    "row_expr": basics.row,
    "a_indirection": basics.indirection,
    "collate_clause": basics.collate,
    "named_arg_expr": basics.named_argument,
    "sqlvalue_function": inquiries.session_value,
    "func_call": calls.compiled_call,
    "sub_link": sublinks.compiled_sublink,
}
"""By the kind of node."""
