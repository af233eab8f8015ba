"""TypeScript's syntax: what the nodes of its trees are called."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from operator import attrgetter

import tree_sitter
import tree_sitter_typescript
from tree_sitter import Node

from invariants.languages.trees import Tree

FUNCTIONS = frozenset(
    {"arrow_function", "function_expression", "function_declaration", "generator_function", "generator_function_declaration"}
)
CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})
WRAPPED = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"})
"""What is around an expression without changing it."""
CHOICES = frozenset({"if_statement", "ternary_expression", "while_statement"})
AWAITED = WRAPPED | {"await_expression"}
AROUND = AWAITED | {"unary_expression"}
LOGICAL = frozenset({"&&", "||"})
NAMES = frozenset({"identifier", "property_identifier", "private_property_identifier", "type_identifier", "this", "super"})
MEMBERS = frozenset({"member_expression", "nested_identifier", "nested_type_identifier"})
HOLDERS = AWAITED | {"subscript_expression", "generic_type", "instantiation_expression"}
"""What has the name of its first part."""
MADE: Mapping[str, str] = {"call_expression": "function", "new_expression": "constructor"}
"""What has the name of another part."""
TAGGED = re.compile(rb">(?=\s*`)")
"""The end of a tagged template's type arguments, of which the grammar knows only some."""
LONGEST_TYPES = 500
"""How far back such arguments may begin, in bytes."""
TEXTS = frozenset({"string", "template_string"})
IS_EXTRA = attrgetter("is_extra")
QUOTES = ('"', "'")
ESCAPES: Mapping[str, str] = {"n": "\n", "t": "\t", "r": "\r"}


class Source(Tree):
    """A file of TypeScript or JavaScript that was parsed."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(path, content, _parsed(_parser(path.endswith((".ts", ".mts", ".cts"))), content))
        self._symbols: dict[int, str] = {}
        self._fields: dict[int, list[tuple[str, Node]]] = {}

    def symbol(self, node: Node | None) -> str:
        """A dotted name, with calls and subscripts left out; empty where it is none."""
        if node is None:
            return ""
        found = self._symbols.get(node.id)
        if found is None:
            found = self._symbols[node.id] = self._symbol(node)
        return found

    def _symbol(self, node: Node) -> str:
        kind = node.type
        if kind in NAMES:
            return self.text(node)
        if kind in MEMBERS:
            children = node.named_children
            holder = self.symbol(children[0])
            return f"{holder}.{self.text(children[-1])}" if holder or children[0].is_missing else ""
        if kind in MADE:
            return self.symbol(node.child_by_field_name(MADE[kind]))
        return self.symbol(node.named_children[0]) if kind in HOLDERS and node.named_children else ""

    def fields(self, literal: Node) -> list[tuple[str, Node]]:
        """The fields of a literal object and their values, methods included."""
        found = self._fields.get(literal.id)
        if found is None:
            found = self._fields[literal.id] = list(_fields(self, literal))
        return found

    def string(self, node: Node | None) -> str | None:
        """The text of a string that is written out; null where it is none."""
        if node is None or node.type not in TEXTS:
            return None
        text = self.text(node)
        if text.startswith(QUOTES) and "\\" not in text and not node.has_error:
            return text[1:-1]  # most are so, and their parts are not looked at; the name of the type has none
        parts = node.named_children
        if any(part.type == "template_substitution" for part in parts):
            return None
        return "".join(self.string_part(part) for part in parts)

    def string_part(self, part: Node) -> str:
        """A part of a string, as it comes to."""
        text = self.text(part)
        return ESCAPES.get(text[1:], text[1:]) if part.type == "escape_sequence" else text


def _parsed(parser: tree_sitter.Parser, content: bytes) -> Node:
    """The root of the tree. Where it does not parse, it may without the type arguments of templates, which say nothing of what runs."""
    root = parser.parse(content).root_node
    if root.has_error and TAGGED.search(content):
        plain = parser.parse(_untyped(content)).root_node
        return root if plain.has_error else plain
    return root


def _untyped(content: bytes) -> bytes:
    """The same, as long and on the same lines, with blanks for the type arguments of tagged templates."""
    found = bytearray(content)
    for match in TAGGED.finditer(content):
        start = _opening(content, match.start())
        found[start : match.end()] = re.sub(rb"[^\n]", b" ", found[start : match.end()])
    return bytes(found)


def _opening(content: bytes, end: int) -> int:
    """Where the type arguments begin that end there; behind their end where they are none."""
    depth = 0
    for at in range(end, max(end - LONGEST_TYPES, 0), -1):
        letter, before = content[at : at + 1], content[at - 1 : at]
        if letter in {b"`", b";"}:
            break
        if letter == b"<":
            depth -= 1
        elif letter == b">" and before != b"=":
            depth += 1
        if depth == 0:
            return at if before.isalnum() or before in {b"_", b"$"} else end + 1
    return end + 1


@cache
def _parser(typescript: bool) -> tree_sitter.Parser:
    grammar = tree_sitter_typescript.language_typescript() if typescript else tree_sitter_typescript.language_tsx()
    return tree_sitter.Parser(tree_sitter.Language(grammar))


def bare(node: Node) -> Node:
    """An expression without what is around it."""
    while node.type in WRAPPED and (inner := named(node)):
        node = inner[0]
    return node


def operator(node: Node) -> str:
    """What an expression of two values does with them; empty where it is none."""
    found = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return found.type if found is not None else ""


def awaited(node: Node) -> Node:
    """An expression without what is around it, and without await."""
    while node.type in AWAITED and (inner := named(node)):
        node = inner[0]
    return node


def is_condition(node: Node) -> bool:
    """Whether a branch asks for an expression, or for whether it is not: nobody goes on by that."""
    above = node.parent
    while above is not None and (above.type in AROUND or operator(above) in LOGICAL):
        node, above = above, above.parent
    return above is not None and above.type in CHOICES and node == above.child_by_field_name("condition")


def answer(function: Node) -> Node | None:
    """The expression that a function comes to: its body, or what its last statement returns; null of anything else."""
    body = function.child_by_field_name("body") if function.type in FUNCTIONS else None
    if body is None or body.type != "statement_block":
        return body
    last = named(body)[-1:]
    return named(last[0])[0] if last and last[0].type == "return_statement" and named(last[0]) else None


@lru_cache(maxsize=8192)
def named(node: Node) -> list[Node]:
    """The parts of a node that have a meaning: no comments."""
    children = node.named_children
    if not any(map(IS_EXTRA, children)):
        return children
    return [child for child in children if not (child.is_extra and child.type == "comment")]


@lru_cache(maxsize=1024)  # a call that is being read is asked for them again and again
def arguments(call: Node) -> list[Node]:
    """The arguments of a call."""
    found = call.child_by_field_name("arguments")
    if found is None:
        return []
    return [found] if found.type == "template_string" else named(found)


def fields(source: Source, literal: Node) -> list[tuple[str, Node]]:
    """The fields of a literal object and their values, methods included."""
    return source.fields(literal)


def _fields(source: Source, literal: Node) -> Iterator[tuple[str, Node]]:
    for child in literal.named_children:
        kind = child.type
        if kind == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                yield key_name(source, key), value
        elif kind == "shorthand_property_identifier":
            yield source.text(child), child
        elif kind == "method_definition":
            name = child.child_by_field_name("name")
            if name is not None:
                yield key_name(source, name), child


def field(source: Source, literal: Node | None, name: str) -> Node | None:
    """The value of a field of a literal object, the last where it has several of the name."""
    inner = bare(literal) if literal is not None else None
    if inner is None or inner.type != "object":
        return None
    return next((value for key, value in reversed(fields(source, inner)) if key == name), None)


def key_name(source: Source, key: Node) -> str:
    """What the key of a field is called; empty where it is computed, and not of a string that is written there."""
    kind = key.type
    if kind == "computed_property_name":
        return source.string(named(key)[0]) or "" if named(key) else ""
    return source.string(key) if kind == "string" else source.text(key)  # type: ignore[return-value]
