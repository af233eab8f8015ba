"""Functions and closures: what they are called, what they take, and their steps."""

from functools import partial

from tree_sitter import Node

from invariants.facts.code import Function, Parameter
from invariants.frontends.rust import extensions
from invariants.frontends.rust.conditions import divide
from invariants.frontends.rust.reader import Body, Item, Reader
from invariants.frontends.rust.scopes import Scope, Taken, variables
from invariants.frontends.rust.syntax import Source, named, switch
from invariants.languages.trees import tail

OPTIONAL = frozenset({"Option", "Result"})


def function(reader: Reader, node: Node, name: str) -> str:
    """Reads a function, and answers its name in the file."""
    if name in reader.switched and switch(node) is not None:
        return _other(reader, node, name)
    if name in reader.items:
        name = position_name(reader, node)
    outer = reader.body.scope
    outer.inner[tail(name)] = name
    is_async = any(child.type == "function_modifiers" and b"async" in (child.text or b"") for child in node.children)
    is_public = any(child.type == "visibility_modifier" for child in node.children)
    scope = Scope(name, outer)
    told = _parameters(reader.source, node, scope)
    reader.functions[name] = Function(reader.source.head(node), name, "function", is_async, is_public, len(told))
    reader.parameters[name] = told
    reader.items[name] = Item(name, node, scope)
    _body(reader, node, scope)
    return name


def closure(reader: Reader, node: Node) -> str:
    """Reads a closure: a function without a name."""
    if node.id in reader.closures:
        return reader.closures[node.id]
    name = reader.closures[node.id] = position_name(reader, node)
    scope = Scope(name, reader.body.scope)
    told = _parameters(reader.source, node, scope)
    body = node.child_by_field_name("body")
    is_async = body is not None and (body.type == "async_block" or any(child.type == "async" for child in node.children))
    reader.functions[name] = Function(reader.source.head(node), name, "function", is_async, False, len(told))
    reader.parameters[name] = told
    reader.items[name] = Item(name, node, scope)
    _body(reader, node, scope)
    return name


def _body(reader: Reader, node: Node, scope: Scope) -> None:
    from invariants.frontends.rust.returns import returns

    body = node.child_by_field_name("body")
    built = switch(node) if node.type == "function_item" else None
    with reader.reading(Body(scope)):
        if body is not None and built is not None:
            reader.switched[scope.name] = reader.body, len(reader.body.steps)
            divide(reader, node, reader.source.text(built), [built], partial(returns, reader, body), None)
        elif body is not None:
            returns(reader, body)


def _other(reader: Reader, node: Node, name: str) -> str:
    """A function that is there where another one of its name is not: the other way through that."""
    from invariants.frontends.rust.returns import returns

    body, position = reader.switched[name]
    before, reader.body = reader.body, body
    _parameters(reader.source, node, body.scope)
    reader.others.setdefault(name, []).append(Item(name, node, body.scope))
    inner = node.child_by_field_name("body")
    with body.under(position, "else"):
        if inner is not None:
            returns(reader, inner)
    reader.body = before
    return name


def position_name(reader: Reader, node: Node) -> str:
    """The name of a function without one: where it begins, after the name of what is around it."""
    place = reader.source.place(node)
    return reader.body.scope.qualified(f"({place.line}:{place.column})")


def _parameters(source: Source, node: Node, scope: Scope) -> list[Parameter]:
    """The parameters as facts, their names put into the scope."""
    told = []
    listed = [each for each in named(node.child_by_field_name("parameters")) if each.type not in {"self_parameter", "attribute_item"}]
    for position, each in enumerate(listed):
        pattern = each.child_by_field_name("pattern") if each.type == "parameter" else each
        written = each.child_by_field_name("type") if each.type == "parameter" else None
        symbol, optional = type_of(source, written)
        names = variables(pattern)
        for name in names:
            scope.parameters[source.text(name)] = Taken(position, symbol, extensions.held(source, written))
        own = source.text(names[0]) if len(names) == 1 else ""
        told.append(Parameter(source.place(each), scope.name, position, own, symbol, optional))
    return told


def type_of(source: Source, node: Node | None) -> tuple[str, bool]:
    """The symbol of a type, and whether there may be none: `Option<User>` as User; of `impl Fn(Request) -> T`, Fn."""
    symbol = source.symbol(node)
    if node is not None and tail(symbol) in OPTIONAL and node.type == "generic_type":
        inner = named(node.child_by_field_name("type_arguments"))
        return (type_of(source, inner[0])[0] if inner else symbol), True
    return symbol, False
