"""Fields of classes that stand for nothing where nobody fills them: no value, and no argument of the constructor."""

import re
from collections.abc import Iterator
from itertools import count

from tree_sitter import Node

from invariants.facts.web import BLANK, Setting
from invariants.frontends.typescript.functions import parameters
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import CLASSES, arguments, awaited, key_name, named

GIVEN = frozenset({"string", "template_string", "identifier", "number", "call_expression", "new_expression", "non_null_expression"})
"""What is given where it is written like this."""

SET = re.compile(rb"this\??\.([^\s?|=]+)\s*(?:\?\?|\|\|)?=(?=[^=])")
HANDED = re.compile(rb"this\s*[,)\[]")


def unfilled(module: Reader) -> Iterator[Setting]:
    """Each such field, by `Class.field`."""
    for name, node in module.nodes.items():
        if node.type in CLASSES and b"this." in (node.text or b""):
            for field, at in _fields(module, name, node):
                yield Setting(module.source.head(at), "typescript", f"{BLANK}{name}.{field}", 0, "nothing")


def _fields(module: Reader, name: str, node: Node) -> Iterator[tuple[str, Node]]:
    body = node.child_by_field_name("body")
    members = named(body) if body is not None else []
    for each in members:
        key = each.child_by_field_name("name") or each.child_by_field_name("property")
        if each.type.endswith("field_definition") and key is not None and _is_bare(each) and not _is_set(node, key):
            yield key_name(module.source, key), each
        elif each.type == "method_definition" and key is not None and module.source.text(key) == "constructor":
            yield from _parameters(module, name, each)


def _is_bare(member: Node) -> bool:
    """Whether a field has no value, and nothing says that somebody else fills it."""
    is_told = any(child.type in {"decorator", "!", "declare", "abstract", "static"} for child in member.children)
    return member.child_by_field_name("value") is None and not is_told


def _is_set(node: Node, key: Node) -> bool:
    """Whether a class sets a field, or hands itself to what may."""
    text = node.text or b""
    return HANDED.search(text) is not None or any(each[1] == key.text for each in SET.finditer(text))


def _parameters(module: Reader, name: str, constructor: Node) -> Iterator[tuple[str, Node]]:
    """The fields that hold a parameter of the constructor which somebody leaves out."""
    text = constructor.text or b""
    for place, each in zip(count(), parameters(constructor), strict=False):
        pattern = each.child_by_field_name("pattern")
        if pattern is None or pattern.type != "identifier" or each.child_by_field_name("value") is not None:
            continue
        if not _is_left_out(module, name, place, is_optional=each.type == "optional_parameter"):
            continue
        own = module.source.text(pattern)
        kept = re.findall(rb"this\.(\w+)\s*=\s*" + re.escape(own.encode()) + rb"\s*[;\n}]", text)
        is_field = any(child.type in {"accessibility_modifier", "readonly"} for child in each.children)
        yield from ((field, each) for field in [own] * is_field + [one.decode() for one in kept])


def _is_left_out(module: Reader, name: str, place: int, *, is_optional: bool) -> bool:
    """Whether an object of a class is made without an argument; where nobody makes one here, whether it may be."""
    made = [call.node for call in module.calls.values() if call.node.type == "new_expression" and call.symbol == name]
    given = [arguments(each) for each in made]
    return is_optional if not made else any(len(each) <= place or not _is_given(module, each[place]) for each in given)


def _is_given(module: Reader, node: Node) -> bool:
    return (node.type in GIVEN or awaited(node).type in GIVEN) and module.source.text(node) != "undefined"
