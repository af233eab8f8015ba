"""What names mean in a Python file: imports, aliases of the environment, constants; told in one pass, whatever the scope."""

import ast
from collections.abc import Sequence

from invariants.facts.place import Place

READERS = {
    "environ.Env": "Env()",
    "environs.Env": "Env()",
    "environ.FileAwareEnv": "Env()",
    "starlette.config.Config": "Config()",
    "decouple.Config": "decouple.Config()",
    "decouple.AutoConfig": "decouple.Config()",
}
"""Classes whose instances read variables, and what an instance is called here."""
TYPES = ("_Environ", "Environ", "os._Environ")


class Names:
    """The names of one file."""

    def __init__(self, path: str, content: bytes, tree: ast.Module, accessors: Sequence[str]) -> None:
        self._path = path
        self._lines = content.split(b"\n")
        self._accessors = accessors
        self._meanings: dict[str, str] = {}
        self._constants: dict[str, list[str]] = {}
        for node in ast.walk(tree):
            self._learn(node)

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._meanings[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self._meanings[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            self._loop(node.target, node.iter)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._defaults(node.args)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        name = self._written(target)
        if not name:
            return
        meaning = self.of(value.func) if isinstance(value, ast.Call) else ""
        if meaning in READERS:
            self._meanings[name] = READERS[meaning]
        elif (meant := self.of(value)) in {"os.environ", "os.environb", "os.getenv"} or meaning == "os.environ.copy":
            self._meanings[name] = meant or "os.environ"
        elif (texts := self.strings(value)) and name not in self._constants:
            self._constants[name] = texts

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        """``for name in ("A", "B")``; what is not so simple makes the name unknown."""
        if isinstance(target, ast.Name):
            self._constants[target.id] = [*self._constants.get(target.id, []), *self.strings(over)]
        elif isinstance(target, ast.Tuple) and isinstance(over, ast.List | ast.Tuple):
            for number, part in enumerate(target.elts):
                rows = [row.elts[number] for row in over.elts if isinstance(row, ast.Tuple) and len(row.elts) > number]
                if isinstance(part, ast.Name):
                    self._constants[part.id] = [text for row in rows for text in self.strings(row)]

    def _defaults(self, arguments: ast.arguments) -> None:
        """A parameter whose default or type is the environment."""
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
        pairs += [(each, default) for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is not None]
        for each, default in pairs:
            if self.of(default) == "os.environ":
                self._meanings.setdefault(each.arg, "os.environ")
        for each in [*positional, *arguments.kwonlyargs]:
            if each.annotation is not None and ast.unparse(each.annotation).endswith(TYPES):
                self._meanings.setdefault(each.arg, "os.environ")
            elif each.arg in self._constants and each.arg not in self._meanings:
                self._constants.pop(each.arg)

    def of(self, node: ast.expr | None) -> str:
        """What an expression is called, imports and aliases seen through; empty where it is no name."""
        if isinstance(node, ast.Name):
            return self._meanings.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            written = self._written(node)
            if written in self._meanings:
                return self._meanings[written]
            owner = self.of(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        if isinstance(node, ast.Call) and (made := READERS.get(self.of(node.func))):
            return made
        return ""

    def _written(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return f"{node.value.id}.{node.attr}"
        return node.id if isinstance(node, ast.Name) else ""

    def strings(self, node: ast.expr) -> list[str]:
        """The strings that an expression may be, where all of them can be told."""
        if isinstance(node, ast.Constant):
            value = node.value.decode("ascii", "replace") if isinstance(node.value, bytes) else node.value
            return [value] if isinstance(value, str) else []
        if isinstance(node, ast.Name | ast.Attribute):
            return self._constants.get(self._written(node), [])
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = [self.strings(each) for each in node.elts]
            return [text for part in parts for text in part] if all(parts) else []
        if isinstance(node, ast.IfExp):
            left, right = self.strings(node.body), self.strings(node.orelse)
            return [*left, *right] if left and right else []
        if isinstance(node, ast.JoinedStr | ast.BinOp):
            return self._joined(node)
        return []

    def _joined(self, node: ast.JoinedStr | ast.BinOp) -> list[str]:
        """A text put together of parts that are all known."""
        if isinstance(node, ast.BinOp):
            parts = [self.strings(node.left), self.strings(node.right)] if isinstance(node.op, ast.Add) else [[]]
        else:
            parts = [self.strings(each.value if isinstance(each, ast.FormattedValue) else each) for each in node.values]
        found = [""]
        for part in parts:
            found = [before + text for before in found for text in part]
        return found[:64]

    def is_environment(self, argument: ast.arg) -> bool:
        return self._meanings.get(argument.arg) == "os.environ"

    def is_own(self, function: str) -> bool:
        """No other file is to call it, by its name."""
        return function.startswith("_") and not function.startswith("__")

    def is_accessor(self, called: str) -> bool:
        """The manifest says that this function reads the variable it is given the name of."""
        return bool(called) and any(
            each == called or each.endswith(f".{called}") or called.endswith(f".{each}") for each in self._accessors
        )

    def at(self, node: ast.expr | ast.arg) -> Place:
        """A node's place; the parser counts bytes, people count characters."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Place(self._path, node.lineno, self._column(node.lineno, node.col_offset), end_line, self._column(end_line, end))

    def _column(self, line: int, offset: int) -> int:
        before = self._lines[line - 1][:offset] if line <= len(self._lines) else b""
        return len(before.decode("utf-8", "replace")) + 1


def tail(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]
