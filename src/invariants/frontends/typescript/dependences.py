"""Where the values in a condition come from, followed through local variables."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from tree_sitter import Node

from invariants.facts.code import DISPLAY, Import
from invariants.frontends.typescript.absences import OPENED, Absences
from invariants.frontends.typescript.choosing import SENT, either
from invariants.frontends.typescript.claims import is_there
from invariants.frontends.typescript.comparing import SIZES, against, among, compared, held, names_nothing
from invariants.frontends.typescript.making import is_counted, is_filled, is_made, is_something, is_true, may_be_set, stood_for
from invariants.frontends.typescript.plain import OWNING, PURE, element, is_transparent, promised, taken_apart, taken_out
from invariants.frontends.typescript.requests import ASKED, CALLER, HEADERS, NEXT_HEADERS, REQUESTS, TAKES, is_caller, is_request, is_switch
from invariants.frontends.typescript.scopes import Scope, Value
from invariants.frontends.typescript.signing import SIGNING, keyed
from invariants.frontends.typescript.syntax import FUNCTIONS, WRAPPED, Source, answer, arguments, awaited, bare, named, operator
from invariants.languages import tracing
from invariants.languages.tracing import DEEP, INNER, MANY, Dependency, partly
from invariants.languages.trees import tail

ENVIRONMENT = frozenset("process.env import.meta.env Deno.env Bun.env env config settings flags ENV CONFIG".split())
COOKIE = ("hono/cookie", "getCookie")
RACING = frozenset({"Promise.any", "Promise.race"})  # they answer with one of several promises
KOA = frozenset({"koa", "koa-router", "@koa/router"})
SILENT = FUNCTIONS | {"null", "undefined", "comment", "this", "property_identifier", "type_identifier"}
"""What depends on nothing, or on what comes later."""


class Tracer(tracing.Tracer[Scope]):
    """Follows values through the variables of a file."""

    def __init__(self, source: Source, imports: Mapping[str, Import]) -> None:
        super().__init__(source)
        self.source = source
        self.imports = imports
        self.absences = Absences(self)
        self.signs = SIGNING in source.content
        self._variables: dict[tuple[int, str], list[Dependency]] = {}

    def given(self, call: Node, scope: Scope, depth: int = INNER) -> Iterator[Dependency]:
        """What a call is given, and what the calls among that are given; what is the caller's also by the name that it has here."""
        for each in against(call) if depth else ():
            inner = list(self.followed(each, scope, depth))
            yield from inner
            name = self.source.symbol(each)
            if any(found.origin == "caller" for found in inner) and not any(found.symbol.startswith(f"{name}.") for found in inner):
                yield Dependency("caller", name)

    def origins(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        kind = node.type
        if kind in WRAPPED:
            node = bare(node)
            kind = node.type
        if depth == 0 or kind in SILENT:
            return iter(())
        read = READS.get(kind) or TWO.get(operator(node) or kind) or Tracer._parts
        return read(self, node, scope, seen, depth)

    def _literal(self, node: Node, _scope: Scope, _seen: frozenset[str], _depth: int) -> Iterator[Dependency]:
        yield Dependency("constant", self.source.brief(node).strip("\"'`"))

    def _parts(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        for child in named(node):
            yield from self.origins(child, scope, seen, depth - 1)

    def _assigned(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        """What is assigned where something was to be asked: `if (user.role = "admin")`; the last of several, which is what they come to."""
        yield from self._one(named(node)[-1], scope, seen, depth)

    def _one(self, value: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        """A value that is all that is asked, or may be; one that is written is there whoever comes."""
        yield from self.origins(value, scope, seen, depth - 1)
        is_there = is_made(value) or is_true(value) or (bool(self.source.string(value)) and value.type == "string")
        yield from [Dependency("constant", DISPLAY)] if is_there else []

    def _chosen(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        """A value or another one: a string where nothing is set (`process.env.TOKEN ?? "dev"`), a secret where nothing is sent."""
        first, last = (list(self.origins(each, scope, seen, depth - 1)) for each in (named(node)[0], named(node)[-1]))
        is_empty = self.source.text(named(node)[-1]) in {"''", '""'}
        yield from map(Dependency.vacant, first) if self.source.string(named(node)[-1]) is not None else first
        if not is_empty:
            yield from map(Dependency.vacant, last) if any(each.origin == "caller" for each in first) else last
            is_sent = any(each.origin == "call" for each in first) and {each.origin for each in last} in SENT
            is_written = any(each.origin == "call" for each in first) and bool(self.source.string(named(node)[-1]))
            yield from [Dependency("constant", DISPLAY)] if is_sent or is_written else []

    def _variable(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        """What a variable depends on; that is followed once. One that comes back to another adds no more than that one has."""
        name = self.source.text(node)
        owner = self._owner(name, scope)
        if name == "undefined" or name in seen:
            return
        key = (id(owner), name)
        if not seen and key not in self._variables:
            self._variables[key] = list(dict.fromkeys(islice(self._held(name, owner, seen, DEEP), MANY)))
        yield from self._variables[key] if key in self._variables else self._held(name, owner, seen, depth)

    def _held(self, name: str, owner: Scope | None, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        if owner is None:
            yield self._global(name)
        elif name in owner.values:
            for value in owner.values[name]:
                yield from self._value(value, owner, seen | {name}, depth)
            yield from [Dependency("constant", DISPLAY)] if may_be_set(self.source, name, owner) else []
        elif name in owner.parameters:
            yield _parameter(name, owner)
            yield from [Dependency("constant", owner.defaults[name])] if name in owner.defaults else []
        else:
            yield Dependency("other", name)

    def _owner(self, name: str, scope: Scope) -> Scope | None:
        """The function that has a variable; none of what is taken from another file (`const { SECRET } = require("./config")`)."""
        owner = scope.owner(name)
        if owner is None or name not in self.imports:
            return owner
        return None if any(self.source.symbol(each.node) == "require" for each in owner.values.get(name, [])) else owner

    def _value(self, value: Value, owner: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        first = value.part.split(".")[0]
        symbol = self.source.symbol(value.node)
        if first in CALLER and (is_request(symbol) or tail(symbol) in ASKED):
            yield Dependency("caller", f"{symbol}.{first}")
        elif first and symbol in {"process.env", "import.meta.env"}:
            yield Dependency("environment", f"{symbol}.{first}")
        else:
            node = element(self.source, value.node, first)
            is_part = value.part != ("" if node is value.node else first)
            found = taken_out(symbol, value.part, self.origins(node, owner, seen, depth - 1))
            yield from partly(found) if is_part else found
            is_told = is_there(self.source, value, owner)
            yield from [Dependency("constant", DISPLAY)] if is_told or (not value.part and is_made(value.node)) else []

    def _global(self, name: str) -> Dependency:
        if name in ENVIRONMENT or (name in self.imports and is_switch(name)):
            return Dependency("environment", name)
        return Dependency("other", name)

    def _member(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        symbol = self.source.symbol(node)
        known = self._known(symbol, scope)
        if known and node.type == "subscript_expression":
            known = self._named(known, named(node)[-1])
        if known:
            yield known
            return
        is_known = is_counted(node, scope.value) or self._stands_in(stood_for(self.source, node, scope), scope)
        yield from [Dependency("constant", DISPLAY)] if is_known else []
        yield from (
            partly(self.origins(named(node)[0], scope, seen, depth - 1))
            if not symbol.startswith("this.")
            else [Dependency("other", symbol)]
        )
        if node.type == "subscript_expression":
            key = list(self.origins(named(node)[-1], scope, seen, depth - 1))
            yield from key
            yield from [Dependency("constant", DISPLAY)] if self._is_named(node, key, scope) else []

    def _stands_in(self, node: Node | None, scope: Scope) -> bool:
        """Whether what stands in the place of nothing is something, or what the caller sent."""
        return node is not None and (is_something(self.source, node) or bool(self.alone(node, scope, ("caller", "constant"))))

    def _is_named(self, node: Node, key: list[Dependency], scope: Scope) -> bool:
        """Whether a caller names a part of an object, which has those that all objects have: `KEYS["constructor"]`."""
        table = scope.value(self.source.text(named(node)[0]))
        return table is not None and awaited(table).type == "object" and any(each.origin == "caller" for each in key)

    def _named(self, known: Dependency, name: Node) -> Dependency:
        """A variable of the environment, a header, or what was put beside a request, with its name where that is written there."""
        has_names = known.origin != "caller" or HEADERS & set(known.symbol.split("."))
        said = self.source.string(name) if has_names else None
        return known._replace(symbol=f"{known.symbol}.{said}") if said else known

    def _known(self, symbol: str, scope: Scope) -> Dependency | None:
        """What a dotted name says by itself: a part of the request, the environment, a field of a parameter."""
        parts = symbol.split(".")
        asked = next((place for place, each in enumerate(parts) if each in ASKED), None)
        if asked is not None and is_caller(["request", *parts[asked + 1 :]]):
            return Dependency("caller", symbol)
        if f"{symbol}.".startswith(OPENED):
            return Dependency("environment", symbol)
        owner = self._owner(parts[0], scope)
        if owner is None:
            return Dependency("environment", symbol) if parts[0] in ENVIRONMENT else None
        if self._is_asked(parts[0], owner) and is_caller(["request", *parts[1:]]):
            return Dependency("caller", symbol)
        field = owner.parameters.get(parts[0])
        if field is None or parts[0] in owner.values:
            return None
        if field.name in {"", *REQUESTS} and is_caller(parts):
            return Dependency("caller", symbol)
        if "env" in parts[1:2]:
            return Dependency("environment", symbol)
        return _parameter(parts[0], owner)._replace(symbol=symbol)

    def _call(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        symbol = self.source.symbol(function)
        known = self._answer(symbol, scope, node)
        if known and arguments(node) and (known.origin != "caller" or tail(symbol) in TAKES):
            known = self._named(known, arguments(node)[0])
        if known and known.origin == "caller" and (taken := taken_apart(function, symbol)) is not None:
            yield from self.origins(taken, scope, seen, depth - 1)
        elif known:
            yield known
        elif function is not None and tail(symbol) in {"catch", "then", "finally"}:
            yield from self.origins(named(function)[0], scope, seen, depth - 1)
            is_answered = any(each is not None and is_made(bare(each)) for each in map(answer, arguments(node)))
            yield from [Dependency("constant", DISPLAY)] if is_answered else []
        elif symbol in RACING and arguments(node) and arguments(node)[0].type == "array":
            for each in named(arguments(node)[0]):
                yield from self._one(each, scope, seen, depth)
        elif (is_plain := self._is_plain(symbol, node, scope)) or self._is_pure(function, scope):
            given = [found for each in arguments(node) for found in self.origins(each, scope, seen, depth - 1)]
            if function is not None and function.type == "member_expression" and not is_plain:
                on = list(self.origins(named(function)[0], scope, seen, depth - 1))
                yield from held(self.source.text(named(function)[-1]), on, given, names_nothing(named(function)[0], scope.value))
            yield from [*given, Dependency("constant", DISPLAY)] if is_made(node) and symbol != "Promise.resolve" else given
        else:
            sent = list(keyed(self, node, scope, seen, depth))
            yield from sent or [Dependency("call", promised(self.source, function) or symbol, node)]
            inner = named(function)[0] if function is not None and tail(symbol) == "every" else None
            inner = None if inner is None or is_filled(inner, scope.value) else inner
            yield from (each for each in self.origins(inner, scope, seen, depth - 1) if each.symbol == DISPLAY) if inner else ()

    def _answer(self, symbol: str, scope: Scope, node: Node) -> Dependency | None:
        """A call that reads the request or the environment."""
        parts = symbol.split(".")
        if symbol == "Deno.env.get":
            return Dependency("environment", symbol)
        taken = self.imports.get(parts[0])
        if taken and taken.source == "next/headers" and taken.name in NEXT_HEADERS:
            return Dependency("caller", symbol)
        if taken and (taken.source, taken.name) == COOKIE:
            return Dependency("caller", f"{self.source.symbol(arguments(node)[0])}.cookies.get" if arguments(node) else symbol)
        owner = scope.owner(parts[0])
        if owner is not None and self._is_asked(parts[0], owner) and is_caller(["request", *parts[1:]]):
            return Dependency("caller", symbol)
        field = owner.parameters.get(parts[0]) if owner is not None else None
        if owner is None or field is None or parts[0] in owner.values:
            return None
        if symbol in {"req.get", "request.get"} or self._is_header(parts, node):  # in Express, in Koa
            return Dependency("caller", f"{parts[0]}.headers.get")
        if field.name in CALLER or (field.name in {"", *REQUESTS} and is_caller(parts)):
            return Dependency("caller", symbol)
        return Dependency("parameter", symbol) if parts[0] in {"c", "ctx"} and parts[-1] == "get" else None

    def _is_header(self, parts: list[str], node: Node) -> bool:
        """Whether a call takes a header of Koa's (`ctx.get("authorization")`), and nothing that was put beside the request."""
        if parts not in (["ctx", "get"], ["ctx", "request", "get"]):
            return False
        name = (self.source.string(arguments(node)[0]) or "") if arguments(node) else ""
        sources = {each.source for each in self.imports.values()}
        is_told = "-" in name or name.lower() in {"authorization", "cookie"} or "request" in parts
        return bool(KOA & sources) or (is_told and not any("hono" in each for each in sources))

    def _is_asked(self, name: str, owner: Scope) -> bool:
        """Whether a variable is the request, which a call answered with."""
        given = owner.values.get(name, [])
        return len(given) == 1 and not given[0].part and tail(self.source.symbol(given[0].node)) in ASKED

    def _is_plain(self, symbol: str, node: Node, scope: Scope) -> bool:
        """A function that checks nothing; one that asks what an object has, where that is a request."""
        given = arguments(node) if symbol in OWNING else []
        return is_transparent(symbol, self.imports) or (bool(given) and bool(self.alone(given[0], scope, ("caller",))))

    def _is_pure(self, function: Node | None, scope: Scope) -> bool:
        """A method of a string or list; or of an object that a caller's value was put into (`url.searchParams.get`)."""
        if function is None or function.type != "member_expression":
            return False
        method = self.source.text(named(function)[-1])
        if method in PURE:
            return True
        inner = named(function)[0]
        return method in {"get", "getAll"} and all(each.origin in {"caller", "constant"} for each in self.trace(inner, scope))


def _parameter(name: str, owner: Scope) -> Dependency:
    part = owner.parameters[name].name
    is_sent = owner.is_sent or part.split(".")[0] in CALLER
    return Dependency("caller" if is_sent else "parameter", part if is_sent and part.startswith("headers.") else name)


Read = Callable[[Tracer, Node, Scope, frozenset[str], int], Iterator[Dependency]]
TWO: Mapping[str, Read] = {
    **dict.fromkeys(("assignment_expression", "sequence_expression"), Tracer._assigned),
    **dict.fromkeys(("||", "??"), Tracer._chosen),
    "ternary_expression": either,
    **dict.fromkeys(("==", "===", "!=", "!==", *SIZES), compared),
    "in": among,
}
"""What reads an expression of two values."""
READS: Mapping[str, Read] = {
    **dict.fromkeys(("string", "number", "true", "false", "regex"), Tracer._literal),
    **dict.fromkeys(("identifier", "shorthand_property_identifier"), Tracer._variable),
    **dict.fromkeys(("member_expression", "subscript_expression"), Tracer._member),
    **dict.fromkeys(("call_expression", "new_expression"), Tracer._call),
}
"""What reads any other one."""
