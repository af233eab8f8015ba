"""Functions that are called back with an error, or with nothing where none happened: `(error, user) => { ... next(error); }`."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.typescript.syntax import FUNCTIONS, Source, arguments, named, operator

HANDLER = 4
"""So many parameters has a function that a framework calls with an error alone: there always is one."""
CONDITIONS = frozenset({"if_statement", "ternary_expression", "switch_statement"})
CHOICES = frozenset({"&&", "||", "??"})


def perhaps(source: Source, call: Node) -> Node | None:
    """What `next(error)` passes on that may be no error: it is what the function was called back with, and nothing around asks which."""
    given = arguments(call)
    if not given or given[0].type != "identifier":
        return None
    function = _called_back(source, given[0])
    return given[0] if function is not None and not any(_says(source, each, given[0]) for each in _asked(call, function)) else None


def caught(source: Source, call: Node) -> str:
    """The error that is caught around a call, where the call is given that and nothing else; empty where it is given another thing."""
    given = arguments(call)
    node = call.parent
    while node is not None and node.type not in FUNCTIONS and node.type != "catch_clause":
        node = node.parent
    error = source.text(node.child_by_field_name("parameter")) if node is not None and node.type == "catch_clause" else ""
    return error if error and [source.text(each) for each in given] == [error] else ""


def _called_back(source: Source, name: Node) -> Node | None:
    """The function around whose first parameter it is, unless that is called for errors alone."""
    node = name.parent
    while node is not None and not (node.type in FUNCTIONS and source.text(name) in _parameters(source, node)):
        node = node.parent
    if node is None or len(_parameters(source, node)) >= HANDLER or _parameters(source, node)[0] != source.text(name):
        return None
    return None if _is_for_errors(source, node) else node


def _parameters(source: Source, function: Node) -> list[str]:
    found = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
    listed = named(found) if found is not None and found.type == "formal_parameters" else [found] if found is not None else []
    return [source.text(each.child_by_field_name("pattern") or each) for each in listed]


def _is_for_errors(source: Source, function: Node) -> bool:
    """Whether a function is what a promise calls that fails: `.catch(error => ...)`, the second one of `.then`."""
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    method = call.child_by_field_name("function") if call is not None else None
    if call is None or method is None or method.type != "member_expression":
        return False
    name = source.text(named(method)[-1])
    return name == "catch" or (name == "then" and arguments(call)[0] != function)


def _asked(call: Node, function: Node) -> Iterator[Node]:
    """The conditions of a function that a call in it is made under."""
    node = call.parent
    while node is not None and node != function:
        if node.type in CONDITIONS and (condition := node.child_by_field_name("condition") or node.child_by_field_name("value")):
            yield condition
        elif operator(node) in CHOICES:
            yield named(node)[0]
        node = node.parent


def _says(source: Source, node: Node, name: Node) -> bool:
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner.type == "identifier" and source.text(inner) == source.text(name):
            return True
        waiting.extend(inner.named_children)
    return False
