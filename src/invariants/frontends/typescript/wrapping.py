"""Handlers inside what wraps them: `withAuth(async (req) => ..., {role})`, told from the outside in."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from invariants.facts.web import Means, Use
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import CLASSES, FUNCTIONS, arguments, awaited
from invariants.languages.trees import tail

COMPOSERS = frozenset({"compose", "pipe", "chain", "flow", "combine", "applyMiddleware", "withMiddleware", "use", "stackMiddlewares"})
"""Functions that put wrappers together."""
DEEP = 12


class Layer(NamedTuple):
    """One thing around a handler; the call that puts it there, where it is one."""

    symbol: str
    at: Node
    call: Node | None


class Wrapped(NamedTuple):
    """A handler and what is around it, the outermost first."""

    handler: str
    node: Node
    layers: list[Layer]


def unwrap(reader: Reader, node: Node) -> Wrapped:
    """Takes an expression apart into what wraps and what is wrapped."""
    layers: list[Layer] = []
    for _ in range(DEEP):
        node = awaited(node)
        if node.type == "call_expression":
            layers.extend(_layers(reader, node))
            inner = _wrapped(reader, node)
            if inner is None:
                return Wrapped(reader.source.symbol(node), node, layers)
            node = inner
        elif node.type == "identifier" and (value := _value(reader, node)) is not None:
            node = value
        else:
            break
    return Wrapped(name(reader, node), node, layers)


def name(reader: Reader, node: Node) -> str:
    """What a function or symbol is called in the file."""
    inner = awaited(node)
    if inner.id in reader.functions:
        return reader.functions[inner.id].name
    symbol = reader.source.text(inner) if inner.type == "shorthand_property_identifier" else reader.source.symbol(inner)
    own = reader.bodies[0].scope.function(symbol) or symbol
    return shadowed(reader, inner, symbol) or own if own in reader.nodes or symbol in reader.imports else own


def shadowed(reader: Reader, node: Node, symbol: str) -> str:
    """A parameter of a function around that is called as something of the module is; empty where there is none."""
    above = node.parent
    while above is not None:
        known = reader.functions.get(above.id)
        if known is not None and any(each.name == symbol for each in reader.parameters.get(known.name, ())):
            return f"{known.name}.{symbol}"
        above = above.parent
    return ""


def _value(reader: Reader, node: Node) -> Node | None:
    """The call that a variable of the module was given."""
    value = reader.bodies[0].scope.value(reader.source.text(node))
    return awaited(value) if value is not None and awaited(value).type in {"call_expression", "identifier"} else None


def _layers(reader: Reader, call: Node, curried: bool = False) -> Iterator[Layer]:
    """What a call puts around its handler; curried: the handler is given to what the call answers."""
    function = call.child_by_field_name("function")
    if function is not None and awaited(function).type == "call_expression":
        yield from _layers(reader, awaited(function), curried=True)
        return
    symbol = reader.source.symbol(function)
    given = arguments(call)
    if tail(symbol) in COMPOSERS and (curried or len(given) > 1):
        handler = None if curried else _wrapped(reader, call)
        for each in given:
            if handler is None or each.id != handler.id:
                yield Layer(name(reader, each), each, awaited(each) if awaited(each).type == "call_expression" else None)
    else:
        yield Layer(symbol, call, call)


def _wrapped(reader: Reader, call: Node) -> Node | None:
    """The argument that is the handler: a function, a call that wraps another, or the name of one."""
    function = call.child_by_field_name("function")
    given = [each for each in arguments(call) if awaited(each).type != "object"]
    functions = [each for each in given if awaited(each).type in FUNCTIONS]
    composes = tail(reader.source.symbol(function)) in COMPOSERS
    if functions:
        return functions[-1 if composes else 0]
    if composes and function is not None and awaited(function).type != "call_expression":
        return given[-1] if given else None
    return next((each for each in given if _may_be_handler(reader, awaited(each))), None)


def _may_be_handler(reader: Reader, node: Node) -> bool:
    if node.type == "identifier":
        text = reader.source.text(node)
        value = reader.bodies[0].scope.value(text)
        is_known = bool(reader.bodies[0].scope.function(text)) or text in reader.imports
        return is_known or (value is not None and awaited(value).type in {"call_expression", "identifier"} | FUNCTIONS)
    return node.type in {"call_expression", "member_expression"} | CLASSES


def uses(reader: Reader, layers: list[Layer], router: str, position: int, means: Means, first: int = 0) -> Iterator[Use]:
    """The uses that stand on one endpoint."""
    for rank, layer in enumerate(layers, first):
        call = reader.calls.get(layer.call.id) if layer.call is not None else None
        yield own(reader, layer.at, router, position, rank, means, layer.symbol)._replace(
            function_name=call.function if call else "", step=call.position if call else None
        )


def own(reader: Reader, at: Node, router: str, position: int, rank: int, means: Means, symbol: str) -> Use:
    """A use that stands on the endpoint of a place alone."""
    return Use(reader.source.head(at), router, position, True, rank, means, symbol, "all", "/**", "", "", False, "", None)
