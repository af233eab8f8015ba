"""Where values come from: the caller, the environment, a call, a parameter; followed through local variables."""

import ast
from collections.abc import Iterable, Iterator

from invariants.facts.code import FILLED, NOTHING, PERHAPS, UNSET, VACANT
from invariants.frontends.python.absences import is_empty, is_text, may_be_none
from invariants.frontends.python.defaults import default, met, of_class
from invariants.frontends.python.functions import default_of
from invariants.frontends.python.injection import annotated
from invariants.frontends.python.parameters import REQUESTS, Source, parameters
from invariants.frontends.python.registering import imports
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.sessions import asked_of, in_session
from invariants.frontends.python.sources import (
    called_below,
    falls_back,
    got_part,
    has_name,
    is_changed,
    is_filled_later,
    is_request,
    is_session,
    is_setting,
    is_written,
    loosened,
    shown,
    with_name,
)
from invariants.frontends.python.symbols import callee, elements, named, symbol
from invariants.frontends.python.syntax import Module, Once

ANSWERED = {"user", "auth", "state", "session", "ctx", "current_user", "identity", "principal", "tenant", "app", "auser", "auth_user"}
"""What of a request others have put there, rather than the caller."""
ENVIRONMENT = {"os.getenv", "os.environ.get", "os.environ.pop", "os.environb.get"}
USERS: list[set[Source]] = [{("other", name)} for name in ("request.user", "self.request.user", "current_user")]
"""Users whom frameworks put beside every request."""
INNER = 3
WHOLE = {*REQUESTS, "self.request"}
READERS = {"getenv", "get_settings", "Settings", "get_config", "env", "config", "Config"}
PURE = set("len str bool int any all isinstance set frozenset list tuple dict sorted min max hasattr getattr bytes cast".split())
FORMS = set("loads b64decode urlsafe_b64decode unquote unquote_plus parse_qs get_unverified_claims get_unverified_header".split())
"""Calls that read a value from another form of it, and prove nothing."""
GETTERS = {"get", "getlist", "getall", "getheader", "get_all", "pop"}
"""Those of the methods below, and of a request, that say which part they take."""
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
        elif isinstance(target, ast.Attribute) and (name := symbol(target)).startswith("self."):
            self.known.setdefault(name, set()).update(self.of(value))
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
        elif name := self._held(node):
            yield "other", name
        elif isinstance(node, ast.Subscript):
            yield from (with_name(source, node.slice) for source in self.of(node.value))
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and is_text(last := node.values[-1]):
            said = self._all(node.values[:-1])
            kind = VACANT if is_empty(last) else FILLED
            yield from (loosened(each, kind) if kind == VACANT or each[0] == "environment" else each for each in said)
        elif isinstance(node, ast.FormattedValue) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)):
            yield from self._filled(node)
        elif isinstance(node, ast.Compare):
            yield from met(node, self.value)
            yield from self._compared([node.left, *node.comparators])
            yield from self._met([node.left, *node.comparators]) if isinstance(node.ops[0], ast.Eq | ast.NotEq) else ()
        elif isinstance(node, ast.expr | ast.comprehension | ast.keyword) and not isinstance(node, ast.Lambda):
            yield from self._all(ast.iter_child_nodes(node))

    def _all(self, nodes: Iterable[ast.AST | None]) -> Iterator[Source]:
        for each in nodes:
            yield from self.of(each)

    def _held(self, node: ast.AST | None) -> str:
        """The name of what is taken out of what is kept beside a request, or of its user; empty of anything else."""
        if isinstance(node, ast.Await) and callee(node.value) == "auser" and self.asks(symbol(node.value).partition(".")[0]):
            return "request.user"
        return self.beside(node.value, node.slice) if isinstance(node, ast.Subscript) else ""

    def may_be_none(self, node: ast.expr) -> bool:
        """Whether a value is None where nobody says it."""
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
            is_open = self.may_be_none(part) and not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add))
            for source in self.of(part):
                loose = FILLED if is_open or source[1].startswith(VACANT) else f"{PERHAPS}{FILLED}" if has_name(part) else ""
                yield loosened(source, loose) if loose else source

    def _compared(self, sides: list[ast.expr]) -> Iterator[Source]:
        """What is held against each other; where both may be None, nothing that was sent is what nobody set."""
        if name := asked_of(sides, self.module, self.asks):
            yield "other", name
            return
        absent = [each for each in sides if self.may_be_none(each)]
        for each in sides:
            is_doubted = has_name(each) or any(map(self._is_taken, sides))
            kind = UNSET if each in absent and len(absent) > 1 else f"{PERHAPS}{UNSET}" if absent and is_doubted else ""
            yield from (loosened(source, kind) if kind else source for source in self._side(each))

    def _met(self, sides: list[ast.expr]) -> Iterator[Source]:
        """That both sides may be nothing, where it is told elsewhere: by what a call answers, or a function is given."""
        absent = list(map(self.may_be_none, sides))
        told = [self._is_taken(each) or any(origin == "call" for origin, _ in self.of(each)) for each in sides]
        if any(told) and all(first or second for first, second in zip(absent, told, strict=True)):
            yield "constant", NOTHING

    def _is_taken(self, node: ast.expr) -> bool:
        """Whether a value is a parameter, and nothing is known of what that is given."""
        return isinstance(node, ast.Name) and self.known.get(node.id) == {("parameter", node.id)}

    def _side(self, each: ast.expr) -> Iterator[Source]:
        literal = [each] if isinstance(each, ast.Constant) else each.elts if isinstance(each, ast.Tuple | ast.List | ast.Set) else []
        for one in literal:
            if isinstance(one, ast.Constant) and one.value is not None:
                yield "constant", self.module.text(one)
        yield from self.of(each) if not isinstance(each, ast.Constant) else ()

    def _name(self, node: ast.Name) -> Iterator[Source]:
        if node.id in self.known:
            yield from self.known[node.id]
        elif node.id in self.module.bindings and self.scope.owner(node.id) is None:
            yield from self._bound(node.id)
        elif is_request(node.id, self.module):
            yield "caller", node.id
        elif is_setting(node.id, self.module):
            yield "environment", node.id
        else:
            yield "other", node.id

    def _bound(self, name: str) -> Iterator[Source]:
        """A name of the module's level: what the environment says, or what is written there."""
        value = self.module.bindings[name]
        if is_filled_later(value):
            yield "other", name
            return
        listed = elements(value) or []
        if written := [each for each in listed if isinstance(each, ast.Constant) and each.value is not None]:
            yield from (("constant", self.module.text(each)) for each in written)
            if len(written) < len(listed) or is_changed(name, self.module):
                yield "other", name
            return
        told = {source for source in Origins(Once(self.module, name), self.module.top).of(value) if source[0] in {"environment", "call"}}
        settings = {source for source in told if source[0] == "environment"}
        yield from settings or {("constant", name) if not told else ("other", name)}

    def _attribute(self, node: ast.Attribute) -> Iterator[Source]:
        path = symbol(node)
        root, _, rest = path.partition(".")
        if self.module.dotted(path).startswith("os.environ"):
            yield "environment", path
        elif any(origin == "call" for origin, _ in self.known.get(path, ())):
            yield from self.known[path]
        elif called_below(node):
            yield from (with_name(source, ast.Constant(node.attr)) for source in self.of(node.value))
        elif self.asks(root) and rest.startswith("app.config"):
            yield "environment", path
        elif self.asks(root):
            first = rest.partition(".")[0]
            yield ("other" if first in ANSWERED else "caller"), path
        elif root in self.known:
            yield from self.known[root]
        elif is_setting(root, self.module) or {"config", "settings", "environ"} & set(path.split(".")):
            yield "environment", path
        else:
            yield "other", path or self.module.text(node)
            yield from of_class(path, self.scope)

    def asks(self, root: str) -> bool:
        """Whether a name is the request."""
        if root in self.known:
            return any(origin == "caller" and name == root for origin, name in self.known[root])
        return is_request(root, self.module)

    def _call(self, node: ast.Call) -> Iterator[Source]:
        last = node.func.attr if isinstance(node.func, ast.Attribute) else callee(node)
        path = symbol(node.func)
        if self.module.dotted(path) in ENVIRONMENT or (last in READERS and "." not in path):
            said = with_name(("environment", path), node.args[0] if node.args else None)
            yield loosened(said, VACANT if falls_back(node) else FILLED) if falls_back(node) or is_written(node) else said
        elif last == "getattr" and isinstance(node.func, ast.Name) and (part := got_part(node)) is not None:
            got = list(self.of(part))
            yield from (loosened(source, VACANT) if len(node.args) > 2 and is_empty(node.args[2]) else source for source in got)
            yield from default(node, 2) if not any(origin == "environment" for origin, _ in got) else ()
        elif parts := shown(node):
            yield from self._all(parts)
        elif (
            last in {"get", "pop"}
            and isinstance(node.func, ast.Attribute)
            and node.args
            and (name := self.beside(node.func.value, node.args[0]))
        ):
            yield "other", f"{VACANT}{name}" if falls_back(node) else name
            yield from default(node, 1)
        elif (isinstance(node.func, ast.Name) and last in PURE) or last in FORMS:
            yield from self._all([*node.args, *node.keywords])
        elif isinstance(node.func, ast.Attribute) and (self._is_told(node.func, last)):
            which = node.args[0] if node.args and last in GETTERS else None
            told = (with_name(source, which) for source in self.of(node.func.value))
            yield from (loosened(source, VACANT) if last == "get" and falls_back(node) else source for source in told)
        elif is_session(path) and falls_back(node):
            yield "other", f"{VACANT}{path}"
        else:
            name = named(node.func, self.scope) or self.module.text(node.func)
            for each in [*node.args, *(one.value for one in node.keywords)]:
                self._give(name, each)
            yield "call", name
            yield from default(node, 1, self.value) if last in {"get", "setdefault", "pop"} else ()

    def beside(self, node: ast.expr, name: ast.expr) -> str:
        """The name of what is kept beside a request, or in its session: ``g.get("user")``, ``session["user"]``; empty of anything else."""
        if told := in_session(node, name, self.module, self.asks):
            return told
        holder = symbol(node).removeprefix("self.")
        is_kept = holder == "g" or (self.asks(holder) and "." not in holder and imports(self.module, "aiohttp"))
        is_told = is_kept and isinstance(node, ast.Name | ast.Attribute) and isinstance(name, ast.Constant)
        return f"{holder}.{name.value}" if is_told and isinstance(name.value, str) else ""  # type: ignore[attr-defined]

    def _give(self, name: str, value: ast.expr) -> None:
        """What a call is given; what is the caller's also by the name that it has here."""
        sources = set(self.of(value))
        said = {source for origin, each in sources for source in [(origin, each), *(self.given(each) if origin == "call" else ())]}
        own = symbol(value)
        if own and any(origin == "caller" for origin, _ in said) and not any(each.startswith(f"{own}.") for _, each in said):
            sources.add(("caller", own))
        self._given.setdefault(name, set()).update(sources)

    def sent(self, node: ast.expr) -> str:
        """What of the request a value is, divided by blanks; empty where it may be something else, or is the request as a whole."""
        found = set(self.of(node)) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BoolOp) else set()
        origins = {origin for origin, _ in found}
        parts = sorted(each for origin, each in found if origin == "caller" and each not in WHOLE)
        return " ".join(dict.fromkeys([*parts, symbol(node)])).strip() if parts and origins <= {"caller", "constant"} else ""

    def given_on(self, node: ast.expr) -> str:
        """What of the request a value is that a call is given, and whether there may be nothing of it; the user of the request, as that."""
        if said := self.sent(node):
            return f"{UNSET}{said}" if self.may_be_none(node) else said
        users = set(self.of(node)) if isinstance(node, ast.Name | ast.Attribute) else set()
        return next((name.removeprefix("self.") for _, name in users), "") if users in USERS else ""

    def value(self, name: str) -> ast.expr | None:
        """What a name stands for, where that is one thing."""
        return self._value(name, self.scope)

    def given(self, name: str, depth: int = INNER) -> Iterator[Source]:
        """What the calls of a name are given, and what the calls among that are given."""
        for origin, each in self._given.get(name, ()) if depth else ():
            yield origin, each
            yield from self.given(each, depth - 1) if origin == "call" else ()

    def _is_told(self, func: ast.Attribute, last: str) -> bool:
        """Whether a method only says what its object holds."""
        origins = {origin for origin, _ in self.of(func.value)}
        if "caller" in origins and self.asks(symbol(func).partition(".")[0]):
            return True
        return last in LOOKS and bool(origins) and origins <= {"caller", "environment", "constant", "parameter"}
