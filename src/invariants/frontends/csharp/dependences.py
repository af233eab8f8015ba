"""Where the values in a condition come from, followed through local variables."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.csharp.scopes import Scope, Taken
from invariants.frontends.csharp.syntax import STRINGS, Source, arguments, bare, method, named
from invariants.languages import tracing
from invariants.languages.tracing import INNER, Dependency
from invariants.languages.trees import tail

CALLER = frozenset("Headers Query Cookies Body Form Path Method Host QueryString RouteValues HasFormContentType ContentType".split())
"""What of a request whoever sends it decides."""
REQUESTS = frozenset({"HttpRequest", "IFormCollection", "IFormFile", "IHeaderDictionary", "IQueryCollection"})
"""Types that hold what whoever sends the request decides."""
SETTINGS = ("settings", "config", "configuration", "options", "env", "environment", "webhostenvironment")
"""How what holds the setup of an application is called at its end: _globalSettings, Configuration."""
PURE = frozenset(
    """ToString Trim TrimStart TrimEnd ToLower ToUpper ToLowerInvariant ToUpperInvariant Equals StartsWith EndsWith Contains Split
    Substring Replace First FirstOrDefault Single SingleOrDefault Last LastOrDefault Any All Count Where Select ToList ToArray Parse
    TryParse TryGetValue GetValueOrDefault GetValue ConfigureAwait GetAwaiter GetResult Wait IsNullOrEmpty IsNullOrWhiteSpace Cast
    OfType Concat Join Except Intersect Distinct ContainsKey AsEnumerable ToHashSet SequenceEqual""".split()
)
"""Methods of strings, lists and the like, which answer nothing but what they are given."""
TAKING = frozenset({"TryGetValue", "ContainsKey"})
VALUES = frozenset({"string", "String", "Guid", "int", "Enum", "bool", "Enumerable", "Convert", "long", "Int32", "DateTime"})
"""Types whose methods are asked of what they are given."""
LITERALS = frozenset({*STRINGS, "integer_literal", "boolean_literal", "character_literal", "real_literal"})
SILENT = frozenset({"type_argument_list", "predefined_type", "comment", "null_literal", "typeof_expression", "throw_expression", "discard"})


class Tracer(tracing.Tracer[Scope]):
    """Follows values through the variables of a file."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source

    def given(self, call: Node, scope: Scope, depth: int = INNER) -> Iterator[Dependency]:
        """What a call is given, and what the calls among that are given; what is the caller's also by the name that it has here."""
        for each in arguments(call) if depth else ():
            inner = list(self.followed(each, scope, depth))
            yield from inner
            if any(found.origin == "caller" for found in inner):
                yield Dependency("caller", self.source.symbol(each))

    def origins(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        kind = node.type
        if depth == 0 or kind in SILENT:
            return
        if kind in LITERALS and not any(each.type == "interpolation" for each in node.named_children):
            yield Dependency("constant", self.source.brief(node).strip('"'))
        elif kind == "identifier":
            yield from self._variable(self.source.text(node), scope, seen, depth)
        elif kind in {"member_access_expression", "element_access_expression", "conditional_access_expression"}:
            yield from self._member(node, scope, seen, depth)
        elif kind == "invocation_expression":
            yield from self._call(node, scope, seen, depth)
        else:
            for child in _inner(node):
                yield from self.origins(child, scope, seen, depth - 1)

    def _variable(self, name: str, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        owner = scope.owner(name)
        if name in seen:
            return
        if owner is not None and name in owner.values:
            for value in owner.values[name]:
                yield from self.origins(value, owner, seen | {name}, depth - 1)
        if owner is not None and name in owner.parameters:
            yield _parameter(name, owner.parameters[name])
        elif owner is None or name not in owner.values:
            yield Dependency("environment" if is_setting(name) else "other", name)

    def _member(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        symbol = self.source.symbol(node)
        if node.type == "element_access_expression":
            symbol = ".".join([symbol, *(text for each in _indexes(node) if (text := self.source.string(each)))])
        known = _known(symbol, scope)
        base = _base(node)
        if known is not None:
            yield known
        elif base is not None and _holds(base, scope, self.source):
            said = self.source.symbol(base)
            for each in self.origins(base, scope, seen, depth - 1):
                yield each._replace(symbol=symbol) if each.symbol == said else each
        elif not symbol.partition(".")[0][:1].isupper() or symbol.startswith(("User.", "HttpContext.")):
            yield Dependency("other", symbol.removeprefix("this."))
        elif symbol:
            yield Dependency("constant" if symbol.count(".") == 1 else "other", symbol)

    def _call(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        symbol, called = self.source.symbol(node), method(node)
        known = _known(symbol, scope)
        if symbol in {"Environment.GetEnvironmentVariable", "System.Environment.GetEnvironmentVariable"}:
            yield Dependency("environment", ".".join(["env", *filter(None, map(self.source.string, arguments(node)))]))
        elif called is not None and called[1] in TAKING and known is not None and known.origin == "caller" and arguments(node):
            name = self.source.string(bare(arguments(node)[0])) or tail(self.source.symbol(arguments(node)[0]))
            yield Dependency("caller", f"{self.source.symbol(called[0])}.{name}")
        elif known is not None and (called is None or called[1] not in PURE):
            yield known
        elif symbol == "nameof":
            yield Dependency("constant", self.source.brief(node))
        elif called is not None and called[1] in PURE:
            on = [called[0]] if self.source.text(called[0]) not in VALUES else []
            for each in [*on, *arguments(node)]:
                yield from self.origins(each, scope, seen, depth - 1)
        else:
            yield Dependency("call", scope.called(self.source, node), node)


def _inner(node: Node) -> list[Node]:
    """The parts that a value depends on: of a lambda, what it comes to; of a pattern, what is compared with."""
    if node.type in {"lambda_expression", "anonymous_method_expression"}:
        body = node.child_by_field_name("body")
        return [body] if body is not None and body.type != "block" else []
    if node.type in {"object_creation_expression", "cast_expression", "as_expression"}:
        written = node.child_by_field_name("type") or node.child_by_field_name("right")
        return [each for each in named(node) if each != written]
    if node.type in {"declaration_pattern", "type_pattern", "declaration_expression"}:
        return []
    if node.type in {"subpattern", "assignment_expression"}:
        return named(node)[-1:]
    return named(node)


def _indexes(node: Node) -> list[Node]:
    listed = node.child_by_field_name("subscript") or named(node)[-1]
    return [bare(each) for each in named(listed) if named(each)]


def _base(node: Node) -> Node | None:
    """What a member is asked of."""
    if node.type == "conditional_access_expression":
        return node.child_by_field_name("condition")
    return node.child_by_field_name("expression")


def _holds(base: Node, scope: Scope, source: Source) -> bool:
    """Whether what a member is asked of says more than the member's name: a variable, a call, a member of one of them."""
    inner = bare(base)
    while inner.type in {"member_access_expression", "element_access_expression", "conditional_access_expression"}:
        found = _base(inner)
        if found is None:
            return False
        inner = bare(found)
    if inner.type == "identifier":
        return scope.owner(source.text(inner)) is not None or source.text(inner) == "User"
    return inner.type == "invocation_expression"


def _known(symbol: str, scope: Scope) -> Dependency | None:
    """What a dotted name says by itself: a part of the request, the environment, what was put beside the request before."""
    parts = symbol.removeprefix("this.").split(".")
    if "Items" in parts[1:] or "Features" in parts[1:]:
        return Dependency("other", symbol)
    owner = scope.owner(parts[0])
    taken = owner.parameters.get(parts[0]) if owner is not None else None
    is_request = "Request" in parts[:-1] or (taken is not None and tail(taken.type) in REQUESTS and len(parts) > 1)
    if is_request and (CALLER & set(parts) or (taken is not None and tail(taken.type) in REQUESTS - {"HttpRequest"})):
        return Dependency("caller", ".".join([*parts[:-1], parts[-1]]))
    if any(is_setting(each) for each in parts[:-1]) or (len(parts) > 1 and is_setting(parts[-1])):
        return Dependency("environment", symbol)
    return None


def is_setting(name: str) -> bool:
    """Whether a name is that of how an application is set up."""
    return name.lower().lstrip("_").endswith(SETTINGS)


def _parameter(name: str, taken: Taken) -> Dependency:
    if is_setting(name):
        return Dependency("environment", name)
    return Dependency("caller" if taken.is_sent or tail(taken.type) in REQUESTS else "parameter", name)
