"""Where the values in a condition come from, followed through local variables."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import DISPLAY, FILLED, UNSET, VACANT
from invariants.frontends.rust import extensions
from invariants.frontends.rust.absences import is_made_up, is_mended, may_meet
from invariants.frontends.rust.macros import inside
from invariants.frontends.rust.scopes import Scope, Taken, variables
from invariants.frontends.rust.syntax import Source, arguments, bare, extracts, method, named
from invariants.languages import tracing
from invariants.languages.tracing import INNER, Dependency
from invariants.languages.trees import tail

CALLER = frozenset(
    """headers header uri method query path cookies cookie body params query_string match_info peer_addr connection_info""".split()
)
"""What of a request whoever sends it decides."""
REQUESTS = frozenset("Request Parts HttpRequest ServiceRequest RequestParts HttpMessage".split())
SENT = frozenset(
    """HeaderMap Path Query Json Form Bytes Multipart TypedHeader RawQuery Uri Method CookieJar Cookies RawBody Host OriginalUri
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
STRINGS = frozenset({"str", "String", "Vec", "Option", "Result", "Into", "From", "ToString", "ToOwned", "Clone", "Some", "Ok"})
"""Types whose functions only make another form of what they are given."""
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
        named_only = call.type == "call_expression" and any(self._named(each, scope) for each in arguments(call))
        about = [called[0]] if named_only and (called := method(call)) is not None and called[1] in PURE else arguments(call)
        for each in about if depth else ():
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
        elif kind == "attribute_item":
            yield Dependency("environment", "cfg!")
        elif kind == "identifier":
            yield from self._variable(self.source.text(node), scope, seen, depth)
        elif kind in {"field_expression", "scoped_identifier"}:
            yield from self._member(node, scope, seen, depth)
        elif kind == "call_expression":
            yield from self._call(node, scope, seen, depth)
        elif kind == "binary_expression":
            yield from self._compared(node, scope, seen, depth)
        elif kind == "macro_invocation":
            yield from self._macro(node, scope, seen, depth)
        else:
            own = {self.source.text(each) for each in variables(node.child_by_field_name("parameters"))}
            for child in self._inner(node):
                yield from self.origins(child, scope, seen | own, depth - 1)

    def _compared(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        """Two values; of two options, what the application keeps may be none, as what nobody sends is."""
        found = (each for child in named(node) for each in self.origins(child, scope, seen, depth - 1))
        if may_meet(self.source, node, scope):
            yield from (each._replace(origin="environment").loose(UNSET) if _is_kept(each) else each for each in found)
        else:
            yield from found

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
                yield from [Dependency("constant", DISPLAY)] if is_made_up(self.source, value) else []
            yield from self._parameter(name, owner.parameters[name]) if name in owner.parameters else ()
        elif name in owner.parameters:
            yield from self._parameter(name, owner.parameters[name])
        else:
            yield Dependency("other", name)

    def _parameter(self, name: str, taken: Taken) -> Iterator[Dependency]:
        """A parameter; what Rocket calls data is the body of a request, and what actix-web calls so is what the application keeps."""
        is_body = tail(taken.type) == "Data" and b"rocket" in self.source.content
        yield Dependency("caller" if is_body or tail(taken.type) in SENT | REQUESTS else "parameter", name)
        yield from [Dependency("parameter", f"{extensions.BESIDE}{taken.held}")] if taken.held else []

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
        if (kept := extensions.taken(self.source, node)) is not None:
            yield Dependency("parameter", kept)
            return
        is_plain = not any(each.type == "closure_expression" or self._named(each, scope) for each in arguments(node))
        known = _known(symbol, scope) if is_plain else None
        if (header := self._header(node, scope)) is not None and (known is not None or header.call == node):
            yield header._replace(call=None)
        elif known is not None and known.origin == "environment" and called is not None and called[1] in PURE:
            kind = self._otherwise(node, called[1])
            inner = self.origins(called[0], scope, seen, depth - 1)
            yield from (each.loose(kind) if kind and each.origin == "environment" else each for each in inner)
        elif symbol.endswith(("env.var", "env.var_os")):
            yield self._variable_of(Dependency("environment", symbol), arguments(node))
        elif known is not None:
            yield known
        elif (called is not None and called[1] in PURE) or tail(symbol)[:1].isupper():
            yield from [Dependency("constant", DISPLAY)] if is_mended(self.source, node) else []
            kind = self._otherwise(node, called[1]) if called is not None else ""
            for found in self.origins(called[0], scope, seen, depth - 1) if called is not None else ():
                yield found.loose(kind) if kind and found.origin == "environment" else found
            for each in arguments(node):
                name = self._named(each, scope) if called is not None else ""
                yield from [Dependency("call", name, node)] if name else self.origins(each, scope, seen, depth - 1)
        elif (taken := extracts(self.source, node)) == "" and tail(
            made := symbol.removesuffix("_parts").removesuffix(".from_request")
        ) in SENT:
            yield Dependency("caller", f"request.{tail(made).lower()}")
        else:
            yield Dependency("call", scope.function(taken or symbol), node)

    def _named(self, node: Node, scope: Scope) -> str:
        """The function that a method is given by its name, to call it with what it is about: `token.is_some_and(is_valid)`."""
        symbol = self.source.symbol(node) if node.type in {"identifier", "scoped_identifier"} else ""
        owner = scope.owner(symbol.partition(".")[0])
        is_free = owner is None or (symbol in owner.inner and symbol not in owner.values)
        is_function = is_free and tail(symbol)[:1].islower() and tail(symbol) not in PURE
        return scope.function(symbol) if is_function and symbol.partition(".")[0] not in STRINGS else ""

    def _otherwise(self, node: Node, name: str) -> str:
        """What is taken where a variable is not set, and stands there for everybody to read."""
        if name == "unwrap_or_default":
            return VACANT
        given = arguments(node) if name in {"unwrap_or", "unwrap_or_else", "map_or", "map_or_else"} else []
        written = self._text(given[0]) if given else None
        return "" if written is None else FILLED if written else VACANT

    def _text(self, node: Node) -> str | None:
        """A text that is written out, as what a closure answers or a method makes of it."""
        inner = bare(node)
        while (body := inner.child_by_field_name("body") if inner.type == "closure_expression" else None) is not None:
            inner = bare(body)
        while (called := method(inner)) is not None:
            inner = bare(called[0])
        is_made = inner.type == "call_expression" and self.source.symbol(inner) in {"String.new", "String.from"}
        if is_made or self.source.symbol(inner) == "String.new":
            return next((self.source.string(each) for each in arguments(inner)), "") if is_made else ""
        return self.source.string(inner)

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


def _is_kept(value: Dependency) -> bool:
    """Whether a value is a part of what the application keeps, or what it is set up with."""
    return value.origin == "environment" or (value.origin in {"parameter", "other"} and "." in value.symbol)


def takes_apart(source: Source, node: Node) -> bool:
    """Whether an expression only takes a part out of what it is about, and compares nothing."""
    called = method(node)
    is_plain = called is None or called[1] in PURE
    if node.type in {"binary_expression", "macro_invocation"} or (node.type == "call_expression" and not is_plain):
        return False
    is_function = node.type == "call_expression" and called is None and not tail(source.symbol(node))[:1].isupper()
    return not is_function and all(takes_apart(source, each) for each in named(node))
