"""Python: what is read of ``os.environ``, and through django-environ, environs, decouple, Starlette, click and pydantic-settings.

It is read with the standard ``ast``: nothing is edited here, and libcst takes ten times as long.
"""

import ast
import warnings
from collections.abc import Iterator, Sequence

from invariants.facts.env import Blind, Declaration, Read, Taker, Unresolved
from invariants.frontends.env import code, pydantic
from invariants.frontends.env.names import is_name
from invariants.frontends.env.pynames import Names, tail
from invariants.frontends.env.text import unread

Fact = Read | Unresolved | Taker | Declaration | Blind
TRIGGERS = (b"environ", b"getenv", b"BaseSettings", b"pydantic_settings", b"decouple", b"starlette.config", b"envvar", b"from_prefixed_env")
MAPPING = {"get", "pop", "setdefault", "__getitem__", "__contains__"}
THROUGH = {"items", "keys", "values"}
URLS = {
    **dict.fromkeys(("db", "db_url"), "DATABASE_URL"),
    **dict.fromkeys(("cache", "cache_url"), "CACHE_URL"),
    **dict.fromkeys(("email", "email_url"), "EMAIL_URL"),
    "search_url": "SEARCH_URL",
}
"""What django-environ reads where no name is given."""
HANDED_ON = {"env", "environ", "environment"}
"""Keywords by which a process is given its environment: nothing is read."""
HARMLESS = {
    "dict",
    "copy",
    "deepcopy",
    "len",
    "print",
    "repr",
    "str",
    "bool",
    "id",
    "isinstance",
    "ChainMap",
    "patch",
    "setenv",
    "delenv",
    "update",
}
MOST = 4
"""So many functions of a file that read for one another are followed."""
REMEDY = "Read it by its name, or name the function under `accessors` in .invariants/env.toml."


def matters(content: bytes) -> bool:
    """Whether a file may read a variable by itself; told without parsing it."""
    return any(word in content for word in TRIGGERS)


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of one file."""
    yield from code.facts(path, content, matters(content) or code.calls(content, accessors), lambda: _facts(path, content, accessors))


def _facts(path: str, content: bytes, accessors: Sequence[str]) -> Iterator[Fact]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
        reader = _reader(path, content, tree, accessors)
        yield from reader.found
        yield from pydantic.settings(tree, reader.names)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"it does not parse: {error.msg}" if isinstance(error, SyntaxError) else "it does not parse"
        yield from unread(path, message, f"Mend it. {code.LEFT_OUT}")


def _reader(path: str, content: bytes, tree: ast.Module, accessors: Sequence[str]) -> "_Reader":
    """A pass over the file; another one where it has accessors of its own, which are known only then."""
    known = tuple(accessors)
    for _ in range(MOST):
        reader = _Reader(path, content, tree, known)
        reader.visit(tree)
        if reader.local <= set(known):
            break
        known = (*known, *sorted(reader.local))
    return reader


class _Reader(ast.NodeVisitor):
    """One pass over a file: who is called, with which names."""

    def __init__(self, path: str, content: bytes, tree: ast.Module, accessors: Sequence[str]) -> None:
        self.names = Names(path, content, tree, accessors)
        self.found: list[Fact] = []
        self.local: set[str] = set()
        """Functions of the file's own that read the variable they are given the name of."""
        self._functions: list[tuple[str, set[str]]] = []
        self._prefixes: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self._functions.append((node.name, {each.arg for each in arguments}))
        for each in arguments:
            if self.names.is_environment(each):
                self.found.append(Taker(self.names.at(each), node.name))
        self.generic_visit(node)
        self._functions.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_For(self, node: ast.For) -> None:
        self._walked(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._walked(node.iter)
        self.generic_visit(node)

    def _walked(self, node: ast.expr) -> None:
        if self.names.of(node) == "os.environ":
            self._unresolved(node, "", "which variable is read cannot be told: it goes through all of them")

    def visit_With(self, node: ast.With) -> None:
        """``with env.prefixed("ORDERS_"):``"""
        added = 0
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "prefixed" and call.args:
                self._prefixes += self.names.strings(call.args[0])[:1]
                added += 1
        self.generic_visit(node)
        del self._prefixes[len(self._prefixes) - added :]

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if self.names.of(node.value) in {"os.environ", "os.environb"} and isinstance(node.ctx, ast.Load):
            self._read(node.slice, defaulted=False)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        is_membership = isinstance(node.ops[0], ast.In | ast.NotIn)
        if is_membership and self.names.of(node.comparators[0]) == "os.environ":
            self._read(node.left, defaulted=True)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = self.names.of(node.func)
        owner, _, method = called.rpartition(".")
        key = node.args[0] if node.args else next((each.value for each in node.keywords if each.arg in {"key", "name", "var"}), None)
        if called in {"os.getenv", "os.getenvb", "decouple.config"} or (owner in {"os.environ", "os.environb"} and method in MAPPING):
            self._read(key, defaulted=_has_default(node) or method in {"setdefault", "__contains__"})
        elif owner == "os.environ" and method in THROUGH:
            self._unresolved(node, "", "which variable is read cannot be told: it goes through all of them")
        elif called.startswith("Env()") or called in {"Config()", "decouple.Config()"}:
            self._library(node, key, called.rpartition(".")[2])
        elif self.names.is_accessor(called):
            self._read(key, defaulted=_has_default(node))
        elif method == "from_prefixed_env":
            self._unresolved(node, "", "it takes in every variable of a prefix")
        self._keywords(node)
        self._handed(node, called)
        self.generic_visit(node)

    def _library(self, node: ast.Call, key: ast.expr | None, method: str) -> None:
        """``env("X")``, ``env.bool("X", default=False)``, ``env.db()``."""
        if key is None and method in URLS:
            self.found.append(Read(self.names.at(node), URLS[method], "server", "code", _has_default(node)))
        elif key is not None and method not in {"read_env", "prefixed", "seal", "read_envfile", "parser_for", "add_parser"}:
            self._read(key, defaulted=_has_default(node), prefix="".join(self._prefixes))

    def _keywords(self, node: ast.Call) -> None:
        """``click.option(..., envvar="X")``, ``app.config.from_envvar("X")``."""
        for each in node.keywords:
            if each.arg == "envvar":
                self._read(each.value, defaulted=False)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "from_envvar" and node.args:
            self._read(node.args[0], defaulted=False)

    def _handed(self, node: ast.Call, called: str) -> None:
        """The whole environment, as an argument of some function."""
        given = [*node.args, *(each.value for each in node.keywords if each.arg not in HANDED_ON and each.arg is not None)]
        name = tail(called) or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        harmless = name in HARMLESS or "patch" in called or called.startswith("subprocess.")
        if not harmless and any(self.names.of(each) == "os.environ" for each in given):
            self._unresolved(node, name, f"what {name or 'a function'} reads of the environment that it is handed cannot be told")

    def _read(self, key: ast.expr | None, *, defaulted: bool, prefix: str = "") -> None:
        if key is None:
            return
        texts = self.names.strings(key)
        for text in texts:
            name = prefix + text
            if is_name(name):
                self.found.append(Read(self.names.at(key), name, "server", "code", defaulted))
        if not texts:
            function, parameters = self._functions[-1] if self._functions else ("", set())
            is_parameter = isinstance(key, ast.Name) and key.id in parameters
            if is_parameter and self.names.is_own(function):
                self.local.add(function)
            elif not (is_parameter and self.names.is_accessor(function)):
                message = "which variable is read is decided when it runs"
                self.found.append(Unresolved(self.names.at(key), function if is_parameter else "", "", message, REMEDY))

    def _unresolved(self, node: ast.expr, taker: str, message: str) -> None:
        self.found.append(Unresolved(self.names.at(node), "", taker, message, REMEDY))


def _has_default(node: ast.Call) -> bool:
    """A value is given for when there is none; ``None`` is none."""
    given = [*node.args[1:2], *(each.value for each in node.keywords if each.arg in {"default", "fallback"})]
    return any(not (isinstance(each, ast.Constant) and each.value is None) for each in given)
