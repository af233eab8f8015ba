"""C#'s syntax: what the nodes of its trees are called."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import tree_sitter
import tree_sitter_c_sharp
from tree_sitter import Node

from invariants.languages.trees import NamedTree, tail

COMMENTS = frozenset({"comment"})
NAMES = frozenset({"identifier", "predefined_type", "this", "implicit_parameter"})
INNER = {
    "invocation_expression": "function",
    "object_creation_expression": "type",
    "element_access_expression": "expression",
    "array_type": "type",
    "nullable_type": "type",
    "cast_expression": "value",
    "as_expression": "left",
    "conditional_access_expression": "condition",
}
"""Where the name is, in what has one inside."""
MEMBERS = {"member_access_expression": ("expression", "name"), "qualified_name": ("qualifier", "name")}
WRAPPED = frozenset({"parenthesized_expression", "await_expression", "postfix_unary_expression", "checked_expression", "argument"})
"""What is around an expression without making another value of it."""
STRINGS = frozenset({"string_literal", "verbatim_string_literal", "raw_string_literal", "interpolated_string_expression"})
LAMBDAS = frozenset({"lambda_expression", "anonymous_method_expression"})
TYPES = frozenset({"class_declaration", "record_declaration", "struct_declaration", "interface_declaration"})
OPTIONAL = re.compile(rb"\?\.(?=[A-Za-z_@])")
"""What asks only of what is there. The grammar has it bind looser than `||` (`a || b?.C` as `(a || b)?.C`), so that a dot is parsed."""
ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r"}


class Source(NamedTree):
    """A file of C# that was parsed."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(path, content, _parser().parse(OPTIONAL.sub(b" .", content)).root_node)

    def _symbol(self, node: Node | None) -> str:
        parts: list[str] = []
        while node is not None:
            kind = node.type
            if kind in NAMES or node.type == "base":
                return ".".join(["super" if kind == "base" else self.text(node), *reversed(parts)])
            if kind == "generic_name":
                return ".".join([self.text(named(node)[0]), *reversed(parts)])
            if kind in MEMBERS:
                inner, name = MEMBERS[kind]
                parts.append(self.text(_plain(node.child_by_field_name(name))))
                node = node.child_by_field_name(inner)
            elif kind in INNER:
                node = node.child_by_field_name(INNER[kind])
            elif kind in WRAPPED:
                node = next(iter(named(node)), None)
            else:
                return ""
        return ""

    def type(self, node: Node | None) -> str:
        """The name of a type; of a generic one with how many it takes, as in its name in the runtime: ``Guard`1``."""
        while node is not None and node.type in {"nullable_type", "array_type"}:
            node = node.child_by_field_name("type") or next(iter(named(node)), None)
        symbol = self.symbol(node)
        if node is not None and node.type == "qualified_name":
            node = node.child_by_field_name("name")
        return f"{symbol}`{len(given_types(node))}" if node is not None and node.type == "generic_name" else symbol

    def string(self, node: Node | None) -> str | None:
        """The text of a string that is written out, nothing filled in; null where it is none."""
        if node is None or node.type not in STRINGS or any(child.type == "interpolation" for child in node.named_children):
            return None
        if node.type == "verbatim_string_literal":
            return self.text(node)[2:-1].replace('""', '"')
        return "".join(self.string_part(child) for child in node.named_children)

    def string_part(self, part: Node) -> str:
        """A part of a string as it is meant."""
        text = self.text(part)
        if part.type == "escape_sequence":
            return ESCAPES.get(text, text[1:])
        return text.replace("{{", "{").replace("}}", "}") if part.type == "string_content" else text if "content" in part.type else ""


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))


def _plain(name: Node | None) -> Node | None:
    """A name without its type arguments."""
    return named(name)[0] if name is not None and name.type == "generic_name" else name


@lru_cache(maxsize=8192)
def named(node: Node | None) -> list[Node]:
    """The parts of a node that have a meaning: no comments, and what the preprocessor may leave out as if it were there."""
    return list(_named(node)) if node is not None else []


def _named(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type in {"preproc_if", "preproc_elif", "preproc_else"}:
            condition = child.child_by_field_name("condition")
            yield from (each for each in _named(child) if each != condition)
        elif child.type not in COMMENTS and not child.type.startswith("preproc_"):
            yield child


def bare(node: Node) -> Node:
    """An expression without parentheses, `await`, `!` and the call that says where it goes on."""
    while True:
        called = method(node)
        if node.type in WRAPPED and (inner := named(node)):
            node = inner[0]
        elif called is not None and called[1] == "ConfigureAwait":
            node = called[0]
        else:
            return node


def arguments(call: Node) -> list[Node]:
    """The arguments of a call or attribute, without their names."""
    return [named(each)[-1] for each in _arguments(call)]


def keywords(call: Node) -> list[str]:
    """The names that the arguments of a call or attribute are given by; empty where they have none."""
    return [_text(each.child_by_field_name("name")) for each in _arguments(call)]


def _arguments(call: Node) -> list[Node]:
    listed = call.child_by_field_name("arguments") or part(call, "attribute_argument_list")
    return [each for each in named(listed) if each.type in {"argument", "attribute_argument"} and named(each)]


def part(node: Node, kind: str) -> Node | None:
    """The first part of a node of this kind."""
    return next((each for each in node.named_children if each.type == kind), None)


def given_types(node: Node | None) -> list[Node]:
    """The type arguments of a name."""
    while node is not None and node.type != "generic_name":
        node = node.child_by_field_name(MEMBERS[node.type][1]) if node.type in MEMBERS else node.child_by_field_name("function")
    return named(part(node, "type_argument_list")) if node is not None else []


def method(call: Node) -> tuple[Node, str] | None:
    """What a method is called on, and what it is called; null where the call is none of a method of something."""
    function = call.child_by_field_name("function") if call.type == "invocation_expression" else None
    if function is None or function.type != "member_access_expression":
        return None
    on, name = function.child_by_field_name("expression"), _plain(function.child_by_field_name("name"))
    return (on, (name.text or b"").decode()) if on is not None and name is not None else None


def attributes(node: Node) -> list[Node]:
    """The attributes of a declaration, the topmost first; those of what a method answers are none of its own."""
    lists = [each for each in node.named_children if each.type == "attribute_list"]
    own = [each for each in lists if not any(child.type == "attribute_target_specifier" for child in each.named_children)]
    return [attribute for each in own for attribute in named(each) if attribute.type == "attribute"]


def modifiers(node: Node) -> frozenset[bytes]:
    """What is said before a declaration: public, static, async."""
    return frozenset(each.text or b"" for each in node.named_children if each.type == "modifier")


def word(attribute: Node) -> str:
    """What an attribute is called, without the ending that it may have: HttpGet, Authorize."""
    name = attribute.child_by_field_name("name")
    while name is not None and name.type in {"qualified_name", "alias_qualified_name"}:
        name = name.child_by_field_name("name")
    return tail(_text(_plain(name))).removesuffix("Attribute")


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
