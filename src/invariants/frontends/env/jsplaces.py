"""What surrounds an expression: the scope of a name, a default, an assignment."""

from tree_sitter import Node

from invariants.frontends.env.jstree import function_of, parameters, text, wrapped

TYPES = {
    "nested_type_identifier",
    "type_annotation",
    "union_type",
    "readonly_type",
    "generic_type",
    "type_arguments",
    "object_type",
    "property_signature",
}


def scope(node: Node) -> Node:
    """What a declaration is seen in: the block or function around it, or the file."""
    around = node.parent
    kinds = {"statement_block", "program", "arrow_function", "function_declaration", "function_expression", "method_definition"}
    while around is not None and around.type not in kinds:
        around = around.parent
    return around or node


def is_hidden(node: Node, name: str, scope: Node) -> bool:
    """A function between a name and its declaration has a parameter of that name."""
    function = function_of(node)
    while function is not None and function.start_byte > scope.start_byte:
        if name in parameters(function):
            return True
        function = function_of(function)
    return False


def in_type(node: Node) -> bool:
    """Only its type is meant."""
    return node.parent is not None and node.parent.type in {"type_query", "nested_type_identifier", "nested_identifier"}


def is_written(node: Node) -> bool:
    """It is assigned to, or deleted."""
    node = wrapped(node)
    parent = node.parent
    if parent is None:
        return False
    is_assigned = parent.type == "assignment_expression" and parent.child_by_field_name("left") == node
    return is_assigned or (parent.type == "unary_expression" and text(parent).startswith("delete"))


def is_defaulted(node: Node) -> bool:
    """Another value stands there for when it is absent."""
    node = wrapped(node)
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "binary_expression" and text(parent.child_by_field_name("operator")) in {"??", "||"}:
        return parent.child_by_field_name("left") == node
    return parent.type == "augmented_assignment_expression" and parent.child_by_field_name("left") == node


def is_exported(declarator: Node) -> bool:
    """``export const name = ...``."""
    holder = declarator.parent.parent if declarator.parent is not None else None
    return declarator.type == "variable_declarator" and holder is not None and holder.type == "export_statement"


def is_broken(node: Node) -> bool:
    """The parser made nothing of what is directly around it."""
    around = node.parent
    while around is not None and around.type != "program":
        if around.type == "ERROR" or (around.has_error and any(each.type == "ERROR" or each.is_missing for each in around.children)):
            return True
        if around.type.endswith(("_statement", "_declaration")):
            return False
        around = around.parent
    return False


def typed(node: Node) -> tuple[str, Node | None]:
    """The parameter that a type is of, and the field of it where the type is a field's; no parameter where it is part of another type."""
    field, around = "", node.parent
    while around is not None and around.type in TYPES:
        if around.type == "property_signature":
            field = text(around.child_by_field_name("name"))
        around = around.parent
    return field, around if around is not None and around.type in {"required_parameter", "optional_parameter"} else None
