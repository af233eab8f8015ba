"""Files as trees of tree-sitter, whatever their language."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from functools import partial

from tree_sitter import Node

from invariants.facts.place import Place

_placed: Callable[[tuple[str, int, int, int, int]], Place] = partial(tuple.__new__, Place)
"""A place of what it says; to go by the names of its fields takes twice as long, and there is one for nearly every fact."""


class Tree:
    """A file that was parsed: its text, and where each node of its tree stands."""

    def __init__(self, path: str, content: bytes, root: Node) -> None:
        self.path = path
        self.content = content
        self.root = root
        self._ascii = content.decode("ascii") if content.isascii() else ""
        self._wide = {} if self._ascii else _wide(content)
        """The lines in which bytes are not characters."""

    def text(self, node: Node | None) -> str:
        """The node as it is written."""
        if node is None:
            return ""
        if self._ascii:
            return self._ascii[node.start_byte : node.end_byte]
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def brief(self, node: Node) -> str:
        """The node on one line, shortened."""
        return " ".join(self.content[node.start_byte : min(node.end_byte, node.start_byte + 160)].decode("utf-8", "replace").split())

    def place(self, node: Node, end: Node | None = None) -> Place:
        """Where a node stands, to the end of another one or its own."""
        (line, column), (end_line, end_column) = node.start_point, (end or node).end_point
        if self._wide:
            column, end_column = self.characters(line, column), self.characters(end_line, end_column)
        return _placed((self.path, line + 1, column + 1, end_line + 1, end_column + 1))

    def characters(self, line: int, width: int) -> int:
        """How many characters the first bytes of a line are, counted from 0 as lines are."""
        return len(self._wide[line][:width].decode("utf-8", "replace")) if line in self._wide else width

    def head(self, node: Node) -> Place:
        """Where a node begins, to the end of that line."""
        place = self.place(node)
        if place.end_line == place.line:
            return place
        end = self.content.find(b"\n", node.start_byte)
        width = len(self.content[node.start_byte : end].decode("utf-8", "replace").rstrip())
        return _placed((self.path, place.line, place.column, place.line, place.column + width))

    def broken(self) -> Iterator[Node]:
        """The outermost parts that do not parse."""
        waiting = [self.root] if self.root.has_error else []
        while waiting:
            node = waiting.pop()
            if node.is_error or node.is_missing:
                yield node
            else:
                waiting.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)

    def all(self, kinds: Collection[str]) -> Iterator[Node]:
        """Every node of these kinds, from the top of the file to its end."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.type in kinds:
                yield node
            waiting.extend(reversed(node.named_children))


class NamedTree(Tree, ABC):
    """A file that was parsed, with what its nodes are called, each read once."""

    def __init__(self, path: str, content: bytes, root: Node) -> None:
        super().__init__(path, content, root)
        self._symbols: dict[Node, str] = {}
        """By node, and not by its id alone: those in macros of Rust's are of trees of their own."""

    def symbol(self, node: Node | None) -> str:
        """A dotted name, with calls, subscripts and type arguments left out; empty where it is none."""
        if node is None:
            return ""
        found = self._symbols.get(node)
        if found is None:
            found = self._symbols[node] = self._symbol(node)
        return found

    @abstractmethod
    def _symbol(self, node: Node | None) -> str:
        """What a node is called, as it is read."""


def _wide(content: bytes) -> dict[int, bytes]:
    """The lines with characters of several bytes, by their number from 0."""
    return {number: line for number, line in enumerate(content.split(b"\n")) if not line.isascii()}


def tail(symbol: str) -> str:
    """The last part of a dotted name."""
    return symbol.rpartition(".")[2]
