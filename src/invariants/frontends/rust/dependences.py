"""Where the values in a condition come from, followed through local variables."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.rust.macros import inside
from invariants.frontends.rust.scopes import Scope, Taken, variables
from invariants.frontends.rust.syntax import Source, arguments, bare, method, named
from invariants.languages import tracing
from invariants.languages.tracing import INNER, Dependency
from invariants.languages.trees import tail

CALLER = frozenset(
    """headers header uri method query path cookies cookie body params query_string match_info peer_addr connection_info""".split()
)
"""What of a request whoever sends it decides."""
REQUESTS = frozenset("Request Parts HttpRequest ServiceRequest RequestParts HttpMessage".split())
SENT = frozenset(
    """HeaderMap Path Query Json Form Bytes Multipart TypedHeader RawQuery Uri Method CookieJar Cookies RawBody Host OriginalUri Data
    RawForm ContentType""".split()
)
"""Types of parameters that hold what whoever sends the request decides."""
ENVIRONMENT = frozenset("config cfg settings env conf options".split())
PURE = frozenset(
    """as_str as_ref as_bytes as_deref as_mut to_str to_string to_owned into clone cloned copied ok err unwrap expect unwrap_or
    unwrap_or_default unwrap_or_else and_then map map_or map_or_else filter flatten transpose trim strip_prefix
    strip_suffix split split_once splitn starts_with ends_with contains eq ne cmp is_some is_none is_ok is_err is_empty
    len get first last next iter into_iter any all is_some_and is_none_or is_ok_and to_lowercase to_uppercase
    eq_ignore_ascii_case parse collect find nth zip or or_else then then_some into_inner inner value name borrow deref
    to_vec chars bytes trim_start_matches trim_end_matches take ok_or ok_or_else map_err insert extensions headers uri
    method path query cookies request req parts as_slice contains_key get_all get_one""".split()
)
"""Methods of strings, options and the like, which answer nothing but what they are given."""
TAKING = frozenset({"get", "get_all", "get_one", "contains_key"})
"""Methods that take a header by its name."""
LITERALS = frozenset({"string_literal", "raw_string_literal", "integer_literal", "boolean_literal", "char_literal", "float_literal"})
SILENT = frozenset(
    {"type_arguments", "type_identifier", "line_comment", "block_comment", "field_identifier", "primitive_type", "return_expression"}
)
"""What a value does not depend on: an arm that returns has none."""


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
        if kind in LITERALS:
            yield Dependency("constant", self.source.brief(node).strip('"'))
        elif kind == "identifier":
            yield from self._variable(self.source.text(node), scope, seen, depth)
        elif kind in {"field_expression", "scoped_identifier"}:
            yield from self._member(node, scope, seen, depth)
        elif kind == "call_expression":
            yield from self._call(node, scope, seen, depth)
        elif kind == "macro_invocation":
            yield from self._macro(node, scope, seen, depth)
        else:
            own = {self.source.text(each) for each in variables(node.child_by_field_name("parameters"))}
            for child in self._inner(node):
                yield from self.origins(child, scope, seen | own, depth - 1)

    def _inner(self, node: Node) -> list[Node]:
        """The parts that a value depends on: of a closure and a block, what they come to; of a pattern, nothing."""
        if node.type == "closure_expression":
            return [body] if (body := node.child_by_field_name("body")) is not None else []
        if node.type == "let_condition":
            return [value] if (value := node.child_by_field_name("value")) is not None else []
        if node.type in {"block", "async_block"}:
            return named(node)[-1:]
        if node.type == "match_arm":
            return [value] if (value := node.child_by_field_name("value")) is not None else []
        return named(node)

    def _variable(self, name: str, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        owner = scope.owner(name)
        if name in seen or name == "None":
            return
        if owner is None:
            yield Dependency("environment" if name.lower() in ENVIRONMENT else "other", name)
        elif name in owner.values:
            for value in owner.values[name]:
                yield from self.origins(value, owner, seen | {name}, depth - 1)
            if name in owner.parameters:
                yield _parameter(name, owner.parameters[name])
        elif name in owner.parameters:
            yield _parameter(name, owner.parameters[name])
        else:
            yield Dependency("other", name)

    def _member(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        symbol = self.source.symbol(node)
        known = _known(symbol, scope)
        if known is not None:
            yield known
        elif node.type == "field_expression" and not symbol.startswith("self."):
            base, field = self.source.text(named(node)[0]), tail(symbol)
            for each in self.origins(named(node)[0], scope, seen, depth - 1):
                yield each._replace(symbol=f"{base}.{field}") if each.symbol == base else each
        elif not tail(symbol)[:1].isupper():
            yield Dependency("other", symbol)

    def _call(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        symbol, called = self.source.symbol(node), method(node)
        known = _known(symbol, scope) if not any(each.type == "closure_expression" for each in arguments(node)) else None
        if (header := self._header(node, scope)) is not None and (known is not None or header.call == node):
            yield header._replace(call=None)
        elif known is not None and known.origin == "environment" and called is not None and called[1] in PURE:
            inner = self.origins(called[0], scope, seen, depth - 1)
            yield from map(Dependency.vacant, inner) if called[1] == "unwrap_or_default" else inner
        elif symbol.endswith(("env.var", "env.var_os")):
            yield self._variable_of(Dependency("environment", symbol), arguments(node))
        elif known is not None:
            yield known
        elif (called is not None and called[1] in PURE) or tail(symbol)[:1].isupper():
            for each in [called[0]] if called is not None else []:
                yield from self.origins(each, scope, seen, depth - 1)
            for each in arguments(node):
                yield from self.origins(each, scope, seen, depth - 1)
        else:
            yield Dependency("call", scope.function(symbol), node)

    def _header(self, node: Node, scope: Scope) -> Dependency | None:
        """The header that a chain of methods begins with, by its name, and the call that takes it."""
        while (called := method(node)) is not None:
            if called[1] in TAKING and arguments(node) and self._holds_headers(called[0], scope):
                name = self.source.string(bare(arguments(node)[0])) or tail(self.source.symbol(arguments(node)[0]))
                base = self.source.symbol(called[0])
                return Dependency("caller", f"{base if '.' in base else 'headers'}.get.{name}", node)
            node = bare(called[0])
        return None

    def _holds_headers(self, node: Node, scope: Scope) -> bool:
        """Whether an expression is all the headers of a request."""
        symbol = self.source.symbol(node)
        if "." in symbol:
            return tail(symbol) == "headers" and (known := _known(symbol, scope)) is not None and known.origin == "caller"
        owner = scope.owner(symbol)
        values = owner.values.get(symbol, []) if owner is not None else []
        return any(tail(self.source.symbol(each)) == "headers" for each in values) or _type(symbol, scope) == "HeaderMap"

    def _variable_of(self, known: Dependency, given: list[Node]) -> Dependency:
        """A variable of the environment, or a header, with its name where that is written there."""
        names = [self.source.text(each).strip('"') for each in given if each.type == "string_literal"]
        return known._replace(symbol=".".join([known.symbol, *names[:1]]))

    def _macro(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        name = tail(self.source.symbol(node.child_by_field_name("macro")))
        if name in {"cfg", "env", "option_env"}:
            yield self._variable_of(Dependency("environment", f"{name}!"), inside(self.source, node))
        for each in inside(self.source, node):
            yield from self.origins(each, scope, seen, depth - 1)


def _known(symbol: str, scope: Scope) -> Dependency | None:
    """What a dotted name says by itself: a part of the request, the environment, what was put beside the request before."""
    parts = symbol.split(".")
    owner = scope.owner(parts[0])
    taken = owner.parameters.get(parts[0]) if owner is not None else None
    if taken is not None and tail(taken.type) == "HeaderMap" and len(parts) > 1:
        return Dependency("caller", symbol)
    if taken is not None and tail(taken.type) in REQUESTS and len(parts) > 1:
        if "extensions" in parts or "extensions_mut" in parts:
            return Dependency("parameter", symbol)
        return Dependency("caller", symbol) if parts[1] in CALLER else None
    if ENVIRONMENT & set(parts[:-1]) or (len(parts) > 1 and parts[-1] in ENVIRONMENT):
        return Dependency("environment", symbol)
    return None


def _type(name: str, scope: Scope) -> str:
    """The type of a parameter."""
    owner = scope.owner(name)
    return tail(owner.parameters[name].type) if owner is not None and name in owner.parameters else ""


def takes_apart(source: Source, node: Node) -> bool:
    """Whether an expression only takes a part out of what it is about, and compares nothing."""
    called = method(node)
    is_plain = called is None or called[1] in PURE
    if node.type in {"binary_expression", "macro_invocation"} or (node.type == "call_expression" and not is_plain):
        return False
    is_function = node.type == "call_expression" and called is None and not tail(source.symbol(node))[:1].isupper()
    return not is_function and all(takes_apart(source, each) for each in named(node))


def _parameter(name: str, taken: Taken) -> Dependency:
    return Dependency("caller" if tail(taken.type) in SENT | REQUESTS else "parameter", name)
