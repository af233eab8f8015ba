"""A parsed file of Python: its tree, its scopes, and where its nodes stand.

It is read with the standard ``ast``, which takes a tenth of the time of a lossless tree; only who mends files needs one of those.
"""

import ast
import warnings
from collections.abc import Iterator
from functools import cached_property

from invariants.facts.place import Place
from invariants.frontends.python.newer import older
from invariants.frontends.python.scopes import Definition, Scope, scopes

Bindings = dict[str, ast.expr]


class Module:
    """A file, as the modules of this frontend share it."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.tree = _parsed(content)
        self.scopes, self.nodes = scopes(self.tree)
        self.steps: dict[ast.AST, tuple[str, int]] = {}
        """Where the step of a call is: the function, and its place among the steps."""

    @cached_property
    def top(self) -> Scope:
        """The scope of the module itself."""
        return self.scopes[self.tree]

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines of the file, as they are."""
        return self.content.splitlines()

    @cached_property
    def definitions(self) -> list[tuple[Definition, Scope]]:
        """Every function, class and lambda with its own scope, in the order of the file."""
        return [(scope.node, scope) for scope in self.scopes.values() if not isinstance(scope.node, ast.Module)]

    @cached_property
    def bindings(self) -> Bindings:
        """What names stand for that are assigned once at the module's level."""
        found: Bindings = {}
        twice = set()
        for node in self.tree.body:
            for name, value in assigned(node):
                twice |= {name} & found.keys()
                found[name] = value
        return {name: value for name, value in found.items() if name not in twice}

    @cached_property
    def imported(self) -> dict[str, str]:
        """What names that are imported anywhere in the file are, as dotted names."""
        found: dict[str, str] = {}
        for node, _ in self.nodes:
            if isinstance(node, ast.Import):
                found |= {
                    each.asname or each.name.partition(".")[0]: each.name if each.asname else each.name.partition(".")[0]
                    for each in node.names
                }
            elif isinstance(node, ast.ImportFrom):
                source = "." * node.level + (node.module or "")
                found |= {each.asname or each.name: f"{source}.{each.name}" for each in node.names}
        return found

    def place(self, node: ast.expr | ast.stmt | ast.arg | ast.excepthandler | ast.keyword | ast.alias | ast.match_case) -> Place:
        """Where a node stands."""
        if isinstance(node, ast.match_case):
            node = node.body[0]
        line, end = node.lineno, node.end_lineno or node.lineno
        return Place(self.path, line, self._column(line, node.col_offset), end, self._column(end, node.end_col_offset or node.col_offset))

    def head(self, node: Definition) -> Place:
        """The head of a definition, from its name to the end of the line."""
        if isinstance(node, ast.Lambda):
            return self.place(node)
        text = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else b""
        start = text.find(node.name.encode(), node.col_offset)
        return Place(self.path, node.lineno, self._column(node.lineno, max(start, 0)), node.lineno, self._column(node.lineno, len(text)))

    def _column(self, line: int, offset: int) -> int:
        """Columns count characters, the parser bytes."""
        if line > len(self.lines) or self.lines[line - 1].isascii():
            return offset + 1
        return len(self.lines[line - 1][:offset].decode(errors="replace")) + 1

    def text(self, node: ast.expr) -> str:
        """A node as the file writes it, on one line."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        if first == last:
            return self.lines[first][node.col_offset : node.end_col_offset].decode(errors="replace")
        return " ".join(ast.unparse(node).split())

    def dotted(self, symbol: str) -> str:
        """A symbol with the import at its root written out: ``web.Response`` as ``aiohttp.web.Response``."""
        root, dot, rest = symbol.partition(".")
        return self.imported.get(root, root) + dot + rest


class Once(Module):
    """A module in which one name is not looked up again."""

    def __init__(self, module: Module, name: str) -> None:
        self.__dict__.update(module.__dict__)
        self.__dict__["bindings"] = {key: value for key, value in module.bindings.items() if key != name}
        self.__dict__["imported"] = module.imported


def _parsed(content: bytes) -> ast.Module:
    """The tree of a file, which may be written for a newer Python than the one that runs here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(content)
        except SyntaxError as error:
            try:
                return ast.parse(older(content.decode()))
            except (SyntaxError, ValueError):
                raise error from None


def assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives to a value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value
    elif type(node).__name__ == "TypeAlias":  # `type X = ...`, for which Python 3.11 has no class
        yield node.name.id, node.value  # type: ignore[attr-defined]
