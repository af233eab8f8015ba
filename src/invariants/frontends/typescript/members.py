"""Fields of classes: what they are given, and when the methods run that a constructor calls."""

from collections.abc import Callable, Iterator

from tree_sitter import Node

from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import CLASSES, key_name, named


def holder(module: Reader, scope: Scope) -> str:
    """The class that `this` is one of in a function; empty outside of classes."""
    inner: Scope | None = scope
    while inner is not None:
        if inner.name in module.nodes and module.nodes[inner.name].type in CLASSES:
            return inner.name
        inner = inner.outer
    return ""


def members(module: Reader, name: str) -> dict[str, Node]:
    """What each field of a class is given, where it stands or by an assignment to `this`."""
    found: dict[str, Node] = {}
    waiting = [module.nodes[name]]
    while waiting:
        node = waiting.pop()
        found.update(_given(module, node))
        waiting.extend(node.named_children)
    return found


def _given(module: Reader, node: Node) -> Iterator[tuple[str, Node]]:
    if node.type in {"public_field_definition", "field_definition"}:
        own, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if own is not None and value is not None:
            yield key_name(module.source, own), value
    elif node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and left.type == "member_expression" and named(left)[0].type == "this":
            yield module.source.text(named(left)[-1]), right


def starts(module: Reader) -> Callable[[Call], int]:
    """Answers where calls run: those of a method that the constructor calls, where it calls it."""
    begun = {
        f"{each.function}.{each.symbol.removeprefix('this.')}": each.node.end_byte
        for each in module.calls.values()
        if each.symbol.startswith("this.") and each.function in module.nodes and module.nodes[each.function].type in CLASSES
    }

    def start(call: Call) -> int:
        around = holder(module, call.scope) if begun else ""
        method = call.scope.name.removeprefix(f"{around}.").partition(".")[0]
        return begun.get(f"{around}.{method}", call.node.end_byte)

    return start
