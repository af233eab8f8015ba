"""JavaScript and TypeScript as a tree of which only what is asked for is looked at: places are found as bytes, then asked of the tree."""

import re
from collections.abc import Iterator

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from invariants.facts.place import Place
from invariants.languages import trees

TYPESCRIPT = Language(tree_sitter_typescript.language_typescript())
TSX = Language(tree_sitter_typescript.language_tsx())
FUNCTIONS = {"function_declaration", "function_expression", "arrow_function", "method_definition", "generator_function_declaration"}
WRAPPERS = {
    "parenthesized_expression",
    "non_null_expression",
    "as_expression",
    "satisfies_expression",
    "await_expression",
    "type_assertion",
}
TEXTS = {"comment", "string_fragment", "string", "template_string", "jsx_text", "regex_pattern", "hash_bang_line"}
WALKS = {"forEach", "map", "filter", "some", "every", "find", "flatMap", "reduce"}


class Tree(trees.Tree):
    """A file and its tree."""

    def __init__(self, path: str, content: bytes) -> None:
        language = TYPESCRIPT if path.endswith((".ts", ".mts", ".cts", ".vue", ".svelte", ".astro")) else TSX
        super().__init__(path, content, Parser(language).parse(content).root_node)

    def found(self, pattern: bytes) -> Iterator[Node]:
        """The smallest nodes around what a pattern finds, strings and comments left out."""
        for match in re.finditer(pattern, self.content):
            node = self.root.descendant_for_byte_range(match.start(), match.end())
            if node is not None and node.type not in TEXTS:
                yield node

    def stray(self, pattern: bytes) -> Iterator[re.Match[bytes]]:
        """What a pattern finds where the parser made no expression of it: nothing at all, or a type, for want of better."""
        for match in re.finditer(pattern, self.content):
            node = self.root.descendant_for_byte_range(match.start(), match.end())
            is_type = node is not None and node.parent is not None and node.parent.type == "type_query"
            if node is not None and not is_type and node.type not in {*TEXTS, "member_expression", "subscript_expression"}:
                yield match

    def span(self, start: int, stop: int) -> Place:
        """The place of a span of bytes."""
        rows = [self.content.count(b"\n", 0, each) for each in (start, stop)]
        columns = [each - self.content.rfind(b"\n", 0, each) - 1 for each in (start, stop)]
        (line, column), (end_line, end_column) = ((row, self.characters(row, width)) for row, width in zip(rows, columns, strict=True))
        return Place(self.path, line + 1, column + 1, end_line + 1, end_column + 1)

    def named(self, name: str, within: Node | None = None) -> Iterator[Node]:
        """Where a name stands."""
        scope = within or self.root
        for match in re.finditer(
            rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])", self.content[scope.start_byte : scope.end_byte]
        ):
            start = scope.start_byte + match.start()
            node = self.root.descendant_for_byte_range(start, start + len(name.encode()))
            if node is not None and node.type in {"identifier", "shorthand_property_identifier", "property_identifier"}:
                yield node

    def strings(self, node: Node | None, depth: int = 0) -> list[str]:
        """The strings that an expression may be, where all of them can be told."""
        node = bare(node)
        if node is None or depth > 8:
            return []
        if node.type == "string":
            return [text(node)[1:-1]]
        if node.type == "template_string":
            return self._filled(node, depth)
        if node.type == "identifier":
            return self._named(node, depth)
        if node.type == "ternary_expression":
            branches = [self.strings(node.child_by_field_name(each), depth + 1) for each in ("consequence", "alternative")]
            return [each for branch in branches for each in branch] if all(branches) else []
        if node.type == "array":
            parts = [self.strings(each, depth + 1) for each in node.named_children if each.type != "comment"]
            return [each for part in parts for each in part] if all(parts) else []
        return []

    def _filled(self, node: Node, depth: int) -> list[str]:
        """A template whose every part is known."""
        found = [""]
        for part in node.named_children:
            inner = part.named_children[0] if part.type == "template_substitution" and part.named_children else part
            texts = [text(part)] if part.type == "string_fragment" else self.strings(inner, depth + 1)
            found = [before + each for before in found for each in texts]
        return found[:64]

    def _named(self, node: Node, depth: int) -> list[str]:
        """What a constant holds, or a variable that goes through a list."""
        name = text(node)
        around = node.parent
        while around is not None:
            if around.type == "for_in_statement" and _declares(around.child_by_field_name("left"), name):
                return self.strings(around.child_by_field_name("right"), depth + 1)
            if around.type in FUNCTIONS and name in parameters(around):
                return self._walked(around, name, depth)
            around = around.parent
        for each in self.named(name):
            parent = each.parent
            if parent is not None and parent.type == "variable_declarator" and parent.child_by_field_name("name") == each:
                return self.strings(parent.child_by_field_name("value"), depth + 1) if _is_constant(parent) else []
        return []

    def _walked(self, function: Node, name: str, depth: int) -> list[str]:
        """The elements that a function is called with one by one: ``["A", "B"].forEach((name) => ...)``."""
        call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
        called = call.child_by_field_name("function") if call is not None else None
        if called is None or called.type != "member_expression" or parameters(function)[:1] != [name]:
            return []
        is_walk = text(called.child_by_field_name("property")) in WALKS
        return self.strings(called.child_by_field_name("object"), depth + 1) if is_walk else []


def text(node: Node | None) -> str:
    """What a node says, as it is written."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def bare(node: Node | None) -> Node | None:
    """An expression without parentheses and types around it."""
    while node is not None and node.type in WRAPPERS and node.named_children:
        node = node.named_children[-1] if node.type == "type_assertion" else node.named_children[0]
    return node


def wrapped(node: Node) -> Node:
    """The widest expression that has the same value."""
    while node.parent is not None and node.parent.type in WRAPPERS and bare(node.parent) == bare(node):
        node = node.parent
    return node


def parameters(function: Node) -> list[str]:
    """The names of a function's parameters, those in patterns included."""
    node = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
    if node is None:
        return []
    if node.type == "identifier":
        return [text(node)]
    found = []
    for each in node.named_children:
        pattern = each.child_by_field_name("pattern") or each.child_by_field_name("left") or each
        found += [text(pattern)] if pattern.type == "identifier" else [text(name) for name in _bound(pattern)]
    return found


def _bound(pattern: Node) -> Iterator[Node]:
    for each in pattern.named_children:
        if each.type in {"shorthand_property_identifier_pattern", "identifier"}:
            yield each
        elif each.type in {"object_pattern", "array_pattern", "pair_pattern", "object_assignment_pattern"}:
            yield from _bound(each)


def function_of(node: Node) -> Node | None:
    """The function around a node."""
    around = node.parent
    while around is not None and around.type not in FUNCTIONS:
        around = around.parent
    return around


def name_of(function: Node | None) -> str:
    """What a function is called: by its own name, or by the variable or key that holds it."""
    if function is None:
        return ""
    own = function.child_by_field_name("name")
    if own is not None:
        return text(own)
    holder = function.parent
    while holder is not None and holder.type in {*WRAPPERS, "arguments", "call_expression"}:
        holder = holder.parent
    key = (holder.child_by_field_name("name") or holder.child_by_field_name("key")) if holder is not None else None
    return text(key)


def _declares(node: Node | None, name: str) -> bool:
    return node is not None and text(node) == name


def _is_constant(declarator: Node) -> bool:
    return declarator.parent is not None and text(declarator.parent).startswith("const")


def pairs(node: Node | None) -> Iterator[tuple[str, Node, Node]]:
    """The keys of an object with their nodes and values."""
    node = bare(node)
    for each in node.named_children if node is not None and node.type == "object" else []:
        if each.type == "pair":
            key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
            if key is not None and value is not None:
                yield text(key).strip("'\"`[]"), key, value
        elif each.type == "shorthand_property_identifier":
            yield text(each), each, each
