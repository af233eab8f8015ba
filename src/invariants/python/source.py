"""A Python file: its tree, and where each node of it stands."""

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import accumulate
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from invariants.facts.place import Place
from invariants.facts.source import Unread


class SourceError(Exception):
    """The file is no Python that can be read; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def unread(self, path: str) -> Unread:
        """The fact that says so of a migration."""
        at = Place(path, self.line, self.column, self.line, self.column + 1)
        return Unread(at, "syntax", f"{self.message}, so the migration is not read", "Mend the file.")


class Source:
    """A parsed file. Positions are computed once one is asked for: they cost as much as parsing does."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.tree = _parse(content)

    def place(self, node: cst.CSTNode) -> Place:
        """The span of a node, without the white space, comments and parentheses around it."""
        start, stop = self._spans.get(id(node), (0, 0))
        return Place(self.path, *self._coordinates(start), *self._coordinates(stop))

    def start(self, node: cst.CSTNode) -> int:
        """Where a node begins, in characters of :attr:`text`."""
        return self._spans.get(id(node), (0, 0))[0]

    def extent(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node begins and ends, in characters of :attr:`text`."""
        return self._spans.get(id(node), (0, 0))

    def span(self, start: int, stop: int) -> Place:
        """The place of a stretch of :attr:`text`."""
        return Place(self.path, *self._coordinates(start), *self._coordinates(stop))

    @property
    def text(self) -> str:
        return self._written[0]

    @property
    def _spans(self) -> dict[int, tuple[int, int]]:
        return self._written[1]

    @cached_property
    def _written(self) -> tuple[str, dict[int, tuple[int, int]]]:
        state = _Recorder(self.tree.default_indent, self.tree.default_newline)
        self.tree._codegen(state)
        offsets = list(accumulate((len(token) for token in state.tokens), initial=0))
        last = len(offsets) - 1  # a file without a final line break loses the one written for it
        return "".join(state.tokens), {
            node: (offsets[min(start, last)], offsets[min(stop, last)]) for node, (start, stop) in state.spans.items()
        }

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins. A line feed ends one, as it does for editors, and nothing else that Unicode has for it."""
        return [0, *(each.end() for each in re.finditer("\n", self.text))]

    def _coordinates(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


class _Recorder(CodegenState):
    """Writes a tree as text and notes between which tokens each node stands.

    ``libcst.metadata.PositionProvider`` does the same at seven times the cost: it counts lines at every token.
    """

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent=default_indent, default_newline=default_newline)
        self.spans: dict[int, tuple[int, int]] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        if type(node) is cst.FormattedStringText:
            self.spans[id(node)] = (len(self.tokens), len(self.tokens) + 1)  # the one node of interest that notes no position itself

    @contextmanager
    def record_syntactic_position(self, node: cst.CSTNode, *, start_node: Any = None, end_node: Any = None) -> Iterator[None]:
        del start_node, end_node
        start = len(self.tokens)
        yield
        self.spans[id(node)] = (start, len(self.tokens))


LARGEST = 1_000_000
"""Bytes; the tree of a file takes three hundred times as much."""
NESTING = 400
"""How many brackets may be open at once; the parser's own stack holds some three times as many, and then ends the process.
Also how deep an expression may be without any: the parser takes time that grows with the square of a chain of operators."""
BRACKETS = re.compile(rb"[\[({\])}]")


def _depth(content: bytes) -> int:
    """How deep brackets are nested, those in strings and comments counted too."""
    steps = (1 if match.group() in b"[({" else -1 for match in BRACKETS.finditer(content))
    return max(accumulate(steps, initial=0))


def _is_deep(content: bytes) -> bool:
    """Whether a tree is deeper than what is parsed, told by Python's own parser, which takes no notice of white space."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            level: list[ast.AST] = [ast.parse(content)]
    except (SyntaxError, ValueError):
        return False  # that is for the parser to say, which knows the syntax of other versions too
    except (RecursionError, MemoryError):
        return True
    for _ in range(NESTING):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


def _parse(content: bytes) -> cst.Module:
    if len(content) > LARGEST:
        raise SourceError(f"it is {len(content)} bytes long", 1, 1)
    if b"\0" in content:
        raise SourceError("it holds NUL bytes", 1, 1)
    if _depth(content) > NESTING or _is_deep(content):
        raise SourceError("it is nested too deep", 1, 1)
    try:
        return cst.parse_module(content)
    except cst.ParserSyntaxError as error:
        raise SourceError("it is not valid Python", error.editor_line, error.editor_column) from error
    except (cst.CSTLogicError, cst.CSTValidationError) as error:
        raise SourceError("it is not valid Python", 1, 1) from error
    except (UnicodeDecodeError, LookupError, SyntaxError) as error:
        raise SourceError("its encoding cannot be read", 1, 1) from error
    except RecursionError as error:
        raise SourceError("it is nested too deep", 1, 1) from error
