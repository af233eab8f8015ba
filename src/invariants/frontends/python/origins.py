"""Where values come from: the caller, the environment, a call, a parameter; followed through local variables."""

import ast
from collections.abc import Iterable, Iterator

from invariants.facts.code import FILLED, PERHAPS, UNSET, VACANT, bare, is_loose
from invariants.frontends.python.absences import is_empty, may_be_none
from invariants.frontends.python.injection import annotated, default_of
from invariants.frontends.python.parameters import Source, parameters
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee, elements, named, symbol
from invariants.frontends.python.syntax import Module

ANSWERED = {"user", "auth", "state", "session", "ctx", "current_user", "identity", "principal", "tenant", "app", "auser", "auth_user"}
"""What of a request others have put there, rather than the caller."""
SETTINGS = {"settings", "config", "conf", "cfg", "env", "environ", "Config", "Settings"}
ENVIRONMENT = {"os.getenv", "os.environ.get", "os.environ.pop", "os.environb.get"}
INNER = 3
READERS = {"getenv", "get_settings", "Settings", "get_config", "env", "config", "Config"}
PURE = set("len str bool int any all isinstance set list tuple dict sorted min max hasattr getattr bytes cast".split())
FORMS = set("loads b64decode urlsafe_b64decode unquote unquote_plus parse_qs get_unverified_claims get_unverified_header".split())
"""Calls that read a value from another form of it, and prove nothing."""
LOOKS = set(
    "get getlist getall startswith endswith strip lstrip rstrip lower upper casefold isdigit split rsplit partition rpartition "
    "removeprefix replace encode decode keys values items match find rfind".split()
)
"""Methods of strings and mappings, whose answer comes from where the object does."""


class Origins:
    """The values that a function's variables may have, as it goes along."""

    def __init__(self, module: Module, scope: Scope) -> None:
        self.module = module
        self.scope = scope
        self.known: dict[str, set[Source]] = {}
        self._given: dict[str, set[Source]] = {}
        if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self.known |= {each.arg: {source} for each, source in parameters(scope)}

    def assign(self, target: ast.expr, value: ast.expr | None) -> None:
        """A variable is given a value, one of those that it may have."""
        if isinstance(target, ast.Name):
            told = isinstance(value, ast.Constant) and value.value is not None
            sources = {("constant", self.module.text(value))} if told and value else set(self.of(value))
            self.known.setdefault(target.id, set()).update(sources)  # type: ignore[arg-type]
        elif isinstance(target, ast.Tuple | ast.List):
            for each in target.elts:
                self.assign(each.value if isinstance(each, ast.Starred) else each, value)

    def of(self, node: ast.AST | None) -> Iterator[Source]:
        """The sources of an expression."""
        if isinstance(node, ast.Name):
            yield from self._name(node)
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.Subscript):
            yield from (_named(source, node.slice) for source in self.of(node.value))
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and is_empty(node.values[-1]):
            yield from (_loose(source, VACANT) for source in self._all(node.values[:-1]))
        elif isinstance(node, ast.FormattedValue) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)):
            yield from self._filled(node)
        elif isinstance(node, ast.Compare):
            yield from self._compared([node.left, *node.comparators])
        elif isinstance(node, ast.expr | ast.comprehension | ast.keyword) and not isinstance(node, ast.Lambda):
            yield from self._all(ast.iter_child_nodes(node))

    def _all(self, nodes: Iterable[ast.AST | None]) -> Iterator[Source]:
        for each in nodes:
            yield from self.of(each)

    def _may_be_none(self, node: ast.expr) -> bool:
        return may_be_none(node, self.scope, self._value)

    def _value(self, name: str, scope: Scope) -> ast.expr | None:
        """What a name stands for, where that is one thing; of a parameter, its default."""
        owner = scope.owner(name)
        if owner is None:
            return self.module.bindings.get(name)
        taken = next((each for each in owner.parameters if each.arg == name), None)
        if taken is not None and not isinstance(owner.node, ast.Module | ast.ClassDef) and name not in owner.values:
            return default_of(taken, owner.node.args) or annotated(taken.annotation)
        return owner.values.get(name)

    def _filled(self, node: ast.FormattedValue | ast.BinOp) -> Iterator[Source]:
        """What is put into a text: without a value that is not there, everybody knows the text."""
        for part in [node.value] if isinstance(node, ast.FormattedValue) else [node.left, node.right]:
            is_open = self._may_be_none(part) and not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add))
            for source in self.of(part):
                loose = FILLED if is_open or source[1].startswith(VACANT) else f"{PERHAPS}{FILLED}" if _is_named(part) else ""
                yield _loose(source, loose) if loose else source

    def _compared(self, sides: list[ast.expr]) -> Iterator[Source]:
        """What is held against each other; where both may be None, nothing that was sent is what nobody set."""
        absent = [each for each in sides if self._may_be_none(each)]
        for each in sides:
            kind = UNSET if each in absent and len(absent) > 1 else f"{PERHAPS}{UNSET}" if absent and _is_named(each) else ""
            if kind == UNSET and isinstance(each, ast.Call) and "session" in symbol(each.func).split("."):
                yield "other", f"{UNSET}{symbol(each.func)}"
                continue
            yield from (_loose(source, kind) if kind else source for source in self._side(each))

    def _side(self, each: ast.expr) -> Iterator[Source]:
        literal = [each] if isinstance(each, ast.Constant) else each.elts if isinstance(each, ast.Tuple | ast.List | ast.Set) else []
        for one in literal:
            if isinstance(one, ast.Constant) and one.value is not None:
                yield "constant", self.module.text(one)
        if not isinstance(each, ast.Constant):
            yield from self.of(each)

    def _name(self, node: ast.Name) -> Iterator[Source]:
        if node.id in self.known:
            yield from self.known[node.id]
        elif node.id in self.module.bindings and self.scope.owner(node.id) is None:
            yield from self._bound(node.id)
        elif _is_request(node.id, self.module):
            yield "caller", node.id
        elif _is_setting(node.id, self.module):
            yield "environment", node.id
        else:
            yield "other", node.id

    def _bound(self, name: str) -> Iterator[Source]:
        """A name of the module's level: what the environment says, or what is written there."""
        value = self.module.bindings[name]
        if listed := [each for each in elements(value) or [] if isinstance(each, ast.Constant) and each.value is not None]:
            yield from (("constant", self.module.text(each)) for each in listed)
            return
        told = {source for source in Origins(_Once(self.module, name), self.module.top).of(value) if source[0] in {"environment", "call"}}
        settings = {source for source in told if source[0] == "environment"}
        yield from settings or {("constant", name) if not told else ("other", name)}

    def _attribute(self, node: ast.Attribute) -> Iterator[Source]:
        path = symbol(node)
        root, _, rest = path.partition(".")
        if self.module.dotted(path).startswith("os.environ"):
            yield "environment", path
        elif _called_below(node):
            yield from (_named(source, ast.Constant(node.attr)) for source in self.of(node.value))
        elif self._asks(root) and rest.startswith("app.config"):
            yield "environment", path
        elif self._asks(root):
            first = rest.partition(".")[0]
            yield ("other" if first in ANSWERED else "caller"), path
        elif root in self.known:
            yield from self.known[root]
        elif _is_setting(root, self.module) or {"config", "settings", "environ"} & set(path.split(".")):
            yield "environment", path
        else:
            yield "other", path or self.module.text(node)

    def _asks(self, root: str) -> bool:
        """Whether a name is the request."""
        if root in self.known:
            return any(origin == "caller" and name == root for origin, name in self.known[root])
        return _is_request(root, self.module)

    def _call(self, node: ast.Call) -> Iterator[Source]:
        last = node.func.attr if isinstance(node.func, ast.Attribute) else callee(node)
        path = symbol(node.func)
        if self.module.dotted(path) in ENVIRONMENT or (last in READERS and "." not in path):
            said = _named(("environment", path), node.args[0] if node.args else None)
            yield _loose(said, VACANT) if _falls_back(node) else said
        elif last == "getattr" and isinstance(node.func, ast.Name) and (part := _part(node)) is not None:
            told = self.of(part)
            yield from (_loose(source, VACANT) if len(node.args) > 2 and is_empty(node.args[2]) else source for source in told)
        elif last == "str" and len(node.args) == 1:
            yield from self.of(ast.copy_location(ast.FormattedValue(node.args[0], -1), node))
        elif (isinstance(node.func, ast.Name) and last in PURE) or last in FORMS:
            yield from self._all([*node.args, *node.keywords])
        elif isinstance(node.func, ast.Attribute) and (self._is_told(node.func, last)):
            told = (_named(source, node.args[0] if node.args else None) for source in self.of(node.func.value))
            yield from (_loose(source, VACANT) if last == "get" and _falls_back(node) else source for source in told)
        else:
            name = named(node.func, self.scope) or self.module.text(node.func)
            for each in [*node.args, *(one.value for one in node.keywords)]:
                self._give(name, each)
            yield "call", name

    def _give(self, name: str, value: ast.expr) -> None:
        """What a call is given; what is the caller's also by the name that it has here."""
        sources = set(self.of(value))
        said = {source for origin, each in sources for source in [(origin, each), *(self.given(each) if origin == "call" else ())]}
        own = symbol(value)
        if own and any(origin == "caller" for origin, _ in said) and not any(each.startswith(f"{own}.") for _, each in said):
            sources.add(("caller", own))
        self._given.setdefault(name, set()).update(sources)

    def given(self, name: str, depth: int = INNER) -> Iterator[Source]:
        """What the calls of a name are given, and what the calls among that are given."""
        for origin, each in self._given.get(name, ()) if depth else ():
            yield origin, each
            yield from self.given(each, depth - 1) if origin == "call" else ()

    def _is_told(self, func: ast.Attribute, last: str) -> bool:
        """Whether a method only says what its object holds."""
        origins = {origin for origin, _ in self.of(func.value)}
        if "caller" in origins and self._asks(symbol(func).partition(".")[0]):
            return True
        return last in LOOKS and bool(origins) and origins <= {"caller", "environment", "constant", "parameter"}


class _Once(Module):
    """A module in which one name is not looked up again."""

    def __init__(self, module: Module, name: str) -> None:
        self.__dict__.update(module.__dict__)
        self.__dict__["bindings"] = {key: value for key, value in module.bindings.items() if key != name}
        self.__dict__["imported"] = module.imported


def _named(source: Source, name: ast.expr | None) -> Source:
    """A variable of the environment, or a header, with its name where that is written there."""
    origin, symbol = source
    has_names = origin == "environment" or (origin == "caller" and symbol.endswith("headers"))
    is_named = has_names and isinstance(name, ast.Constant) and isinstance(name.value, str)
    return (origin, f"{symbol}.{name.value}") if is_named else source  # type: ignore[union-attr]


def _part(call: ast.Call) -> ast.Attribute | None:
    """``getattr(settings, "TOKEN", None)`` as the part that it gets, where that is written there."""
    name = call.args[1] if len(call.args) > 1 else None
    is_told = isinstance(name, ast.Constant) and isinstance(name.value, str)
    return ast.copy_location(ast.Attribute(call.args[0], name.value, ast.Load()), call) if is_told else None  # type: ignore[union-attr]


def _falls_back(call: ast.Call) -> bool:
    """Whether a call answers an empty text where there is nothing."""
    return any(map(is_empty, [*call.args[1:], *(each.value for each in call.keywords)]))


def _loose(source: Source, kind: str) -> Source:
    """A variable of the environment that keeps nobody out where nobody sets it."""
    origin, symbol = source
    if kind.startswith(PERHAPS) and is_loose(symbol):
        return source
    is_setting = origin == "environment" or (origin == "other" and kind in {UNSET, f"{PERHAPS}{UNSET}", f"{PERHAPS}{FILLED}"})
    return (origin, f"{kind}{bare(symbol)}") if is_setting else source


def _is_named(node: ast.expr) -> bool:
    """Whether an expression is a part of something, or a name that nothing is known of."""
    return isinstance(node, ast.Attribute | ast.Name | ast.Subscript)


def _called_below(node: ast.Attribute) -> bool:
    """Whether an attribute is one of what a call answered."""
    value: ast.expr = node.value
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Await):
        value = value.value
    return isinstance(value, ast.Call)


def _is_request(name: str, module: Module) -> bool:
    return module.imported.get(name, "").endswith((".request", ".websocket")) and name in {"request", "websocket"}


def _is_setting(name: str, module: Module) -> bool:
    imported = module.imported.get(name, "")
    return imported != "" and (
        name in SETTINGS or name.lower().endswith("settings") or imported == "os.environ" or _is_loud(name, imported)
    )


def _is_loud(name: str, imported: str) -> bool:
    """A name in capitals out of a module of settings."""
    return name.isupper() and any(word in imported.lower() for word in ("config", "settings", "env", "const", "flags"))
