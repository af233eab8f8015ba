"""Rust's syntax: what the nodes of its trees are called."""

from collections.abc import Sequence
from functools import cache, lru_cache

import tree_sitter
import tree_sitter_rust
from tree_sitter import Node, Range

from invariants.languages.trees import NamedTree, tail

COMMENTS = frozenset({"line_comment", "block_comment"})
NAMES = frozenset(
    {"identifier", "field_identifier", "type_identifier", "self", "super", "crate", "primitive_type", "shorthand_field_identifier"}
)
WRAPPED = frozenset({"parenthesized_expression", "reference_expression", "try_expression", "await_expression", "type_cast_expression"})
"""What is around an expression without making another value of it."""
INNER = {
    "call_expression": "function",
    "generic_function": "function",
    "generic_type": "type",
    "generic_type_with_turbofish": "type",
    "reference_type": "type",
    "pointer_type": "type",
    "struct_expression": "name",
    "index_expression": "",
    "unary_expression": "",
    "bracketed_type": "",
    "dynamic_type": "trait",
    "abstract_type": "trait",
}
"""Where the name is, in what has one inside."""
MEMBERS = {"field_expression": ("value", "field"), "scoped_identifier": ("path", "name"), "scoped_type_identifier": ("path", "name")}


class Source(NamedTree):
    """A file of Rust that was parsed."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(path, content, parse(content))
        self.macros: dict[int, list[Node]] = {}

    def _symbol(self, node: Node | None) -> str:
        parts: list[str] = []
        while node is not None:
            kind = node.type
            if kind in NAMES:
                parts.append(self.text(node))
                return ".".join(reversed(parts)).removeprefix("self.") if _is_path(node) else ".".join(reversed(parts))
            if kind in MEMBERS:
                inner, name = MEMBERS[kind]
                parts.append(self.text(node.child_by_field_name(name)))
                node = node.child_by_field_name(inner)
                if node is None:
                    return ".".join(reversed(parts))
            elif INNER.get(kind):
                node = node.child_by_field_name(INNER[kind])
            elif kind in WRAPPED or kind in INNER:
                node = next(iter(named(node)), None)
            else:
                return ""
        return ""

    def string(self, node: Node | None) -> str | None:
        """The text of a string that is written out; null where it is none."""
        if node is None or node.type not in {"string_literal", "raw_string_literal"}:
            return None
        return "".join(self._part(part) for part in node.named_children)

    def _part(self, part: Node) -> str:
        text = self.text(part)
        return {"\\n": "\n", "\\t": "\t"}.get(text, text[1:]) if part.type == "escape_sequence" else text


def _is_path(node: Node) -> bool:
    """`self::name`, which is a name of this module, and not a field of `self.name`."""
    return node.type == "self" and node.parent is not None and node.parent.type.startswith("scoped_")


def parse(content: bytes, windows: Sequence[Range] = ()) -> Node:
    """The tree of a file, or of those parts of it alone."""
    parser = _parser(bool(windows))
    parser.included_ranges = list(windows)
    return parser.parse(content).root_node


@cache
def _parser(_of_parts: bool) -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))


@lru_cache(maxsize=8192)
def named(node: Node | None) -> list[Node]:
    """The parts of a node that have a meaning: no comments."""
    return [child for child in node.named_children if child.type not in COMMENTS] if node is not None else []


def bare(node: Node) -> Node:
    """An expression without parentheses, references, `?` and `await`."""
    while node.type in WRAPPED and (inner := named(node)):
        node = inner[0]
    return node


@lru_cache(maxsize=1024)  # a call that is being read is asked for them again and again
def arguments(call: Node) -> list[Node]:
    """The arguments of a call."""
    return [each for each in named(call.child_by_field_name("arguments")) if each.type != "attribute_item"]


@lru_cache(maxsize=1024)
def method(call: Node) -> tuple[Node, str] | None:
    """What a method is called on, and what it is called; null where the call is none of a method."""
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    if function is not None and function.type == "generic_function":
        function = function.child_by_field_name("function")
    if function is None or function.type != "field_expression":
        return None
    value, name = function.child_by_field_name("value"), function.child_by_field_name("field")
    return (value, (name.text or b"").decode()) if value is not None and name is not None else None


EXTRACTING = frozenset({b"extract", b"extract_with_state", b"extract_parts", b"extract_parts_with_state"})
MAKING = frozenset({b"from_request", b"from_request_parts"})


def extracts(source: Source, call: Node) -> str:
    """The type that a call makes of a request: `parts.extract::<User>()`, `User::extract(&request)`; empty where it makes none."""
    function = call.child_by_field_name("function")
    inner = function.child_by_field_name("function") if function is not None and function.type == "generic_function" else function
    named_by = (inner.child_by_field_name("name") or inner.child_by_field_name("field")) if inner is not None else None
    name = named_by.text if named_by is not None else None
    if function is None or inner is None or (name not in EXTRACTING and name not in MAKING):
        return ""
    path = function.child_by_field_name("path")
    if name in MAKING:
        return implemented(source, function).rpartition(".")[0] if path is not None and path.type == "bracketed_type" else ""
    if function.type == "scoped_identifier":
        return symbol if tail(symbol := source.symbol(path))[:1].isupper() else ""
    first = next(iter(named(function.child_by_field_name("type_arguments"))), None)
    return symbol if first is not None and (symbol := source.symbol(first)) not in {"Option", "Result"} else ""


def implemented(source: Source, node: Node) -> str:
    """A function of a type by one of its traits, as one of the type: `<Api as Routes>::configure`; empty where it is something else."""
    path = node.child_by_field_name("path") if node.type == "scoped_identifier" else None
    kinds = [each.child_by_field_name("type") for each in named(path) if each.type == "qualified_type"] if path is not None else []
    kind = source.symbol(kinds[0]) if kinds else ""
    return f"{kind}.{source.text(node.child_by_field_name('name'))}" if kind else ""


def attributes(item: Node) -> list[Node]:
    """The attributes above an item, the topmost first."""
    found, node = [], item.prev_named_sibling
    while node is not None and node.type in {"attribute_item", *COMMENTS}:
        if node.type == "attribute_item":
            found.append(node)
        node = node.prev_named_sibling
    return found[::-1]


def switch(item: Node) -> Node | None:
    """What says that a part of the code is there only where it is built so: `#[cfg(feature = "auth")]`."""
    if item.prev_named_sibling is None or item.prev_named_sibling.type not in {"attribute_item", *COMMENTS}:
        return None
    return next((each for each in attributes(item) if (each.text or b"").replace(b" ", b"").startswith(b"#[cfg(")), None)


def is_test(item: Node) -> bool:
    """Code that only tests run."""
    return any(
        b"test" in (each.text or b"") and (b"cfg(test" in (each.text or b"") or b"test]" in (each.text or b"")) for each in attributes(item)
    )
