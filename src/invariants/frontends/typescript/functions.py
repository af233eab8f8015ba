"""Functions: what they are called, what they take, and their steps."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Function, Parameter
from invariants.frontends.typescript.reader import Body, Reader
from invariants.frontends.typescript.returns import returns
from invariants.frontends.typescript.scopes import Field, Scope, parts
from invariants.frontends.typescript.syntax import Source, arguments, named
from invariants.languages.trees import tail

ACTION = "use server"
DECLARED = frozenset({"function_declaration", "generator_function_declaration"})
SENT = {"Query": "query", "Headers": "headers", "Body": "body", "Param": "param", "Cookies": "cookies"}
"""Decorators of parameters, and what of the request they stand for."""


def function(reader: Reader, node: Node, name: str, exported: bool) -> str:
    """Reads a function, and answers its name in the file; one that was read before is only named."""
    if node.id in reader.functions:
        return reader.functions[node.id].name
    name = _name(reader, node, name)
    taken = parameters(node)
    is_async = any(child.type == "async" for child in node.children)
    is_exported = exported or reader.is_exported(name)
    fact = Function(reader.source.head(node), name, "function", is_async, is_exported, len(taken))
    reader.functions[node.id] = fact
    reader.nodes[name] = node
    place = len(reader.facts)
    reader.facts.append(fact)
    scope = Scope(name, reader.body.scope)
    reader.parameters[name] = list(take(reader.source, name, scope, taken))
    if node.id in reader.executors:
        scope.settles = tuple(scope.parameters)
    body = node.child_by_field_name("body")
    scope.decides = node.id in reader.deciders or tail(name) == "canActivate"
    scope.is_sent = node.id in reader.deciders or (is_exported if reader.acts else directive(reader.source, body) == ACTION)
    with reader.reading(Body(scope, node.id in reader.actors or (scope.is_sent and not scope.decides))):
        for parameter in taken:
            reader.expression(parameter.child_by_field_name("value"))
        if body is not None and body.type == "statement_block":
            hoist(reader, named(body), scope)
            reader.statements(named(body), last=True)
        elif body is not None:
            returns(reader, body, body)
    if scope.promises:
        reader.facts[place] = reader.functions[node.id] = fact._replace(is_async=True)
    return name


def _name(reader: Reader, node: Node, name: str) -> str:
    """What a function is called: what it is assigned to, its own name, or where it begins."""
    outer, source = reader.body.scope, reader.source
    own = node.child_by_field_name("name")
    is_declared = bool(name) or node.type in DECLARED
    if not name and own is not None:
        name = outer.qualified(source.text(own))
    if not name or name in reader.nodes:
        reader.doubled.update({name} if is_declared and not _is_accessor(node) else ())
        return position_name(reader, node)
    if name.startswith(f"{outer.name}." if outer.name else ""):
        outer.inner[name.removeprefix(f"{outer.name}.") if outer.name else name] = name
    return name


def _is_accessor(node: Node) -> bool:
    """Whether a method is one that gets or sets something, or the class's own, beside which there may be one of its objects."""
    return any(each.type in {"get", "set", "static"} for each in node.children)


def position_name(reader: Reader, node: Node) -> str:
    """The name of a function without one: where it begins, after the name of what is around it."""
    place = reader.source.place(node)
    return reader.body.scope.qualified(f"({place.line}:{place.column})")


def hoist(reader: Reader, nodes: list[Node], scope: Scope) -> None:
    """Functions that are declared can be called before they stand there."""
    for node in nodes:
        inner = node.child_by_field_name("declaration") or node if node.type == "export_statement" else node
        name = inner.child_by_field_name("name") if inner.type in DECLARED else None
        if name is not None:
            scope.inner.setdefault(reader.source.text(name), scope.qualified(reader.source.text(name)))


def directive(source: Source, body: Node | None) -> str | None:
    """The directive that a body or a file begins with: use server, use client."""
    for child in named(body) if body is not None else []:
        if child.type != "expression_statement" or not named(child) or named(child)[0].type != "string":
            return None
        text = source.string(named(child)[0])
        if text in {"use server", "use client"}:
            return text
    return None


def parameters(node: Node) -> list[Node]:
    """The parameters of a function."""
    single = node.child_by_field_name("parameter")
    found = node.child_by_field_name("parameters")
    return [single] if single is not None else [each for each in named(found) if each.type != "this"] if found is not None else []


def take(source: Source, name: str, scope: Scope, nodes: list[Node]) -> Iterator[Parameter]:
    """The parameters of a function as facts, their names put into its scope."""
    for position, node in enumerate(nodes):
        pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        if pattern.type == "rest_pattern" and named(pattern):
            pattern = named(pattern)[0]
        is_name = pattern.type == "identifier"
        own = source.text(pattern) if is_name else ""
        if is_name:
            scope.parameters[own] = Field(position, _sent_as(source, node))
        else:
            _destructure(source, scope, position, pattern, "")
        scope.defaults.update(_defaults(source, node))
        annotation = node.child_by_field_name("type")
        optional = node.type == "optional_parameter" or node.child_by_field_name("value") is not None
        yield Parameter(source.place(node), name, position, own, type_name(source, annotation), optional)


def _sent_as(source: Source, parameter: Node) -> str:
    """The part of a request that a parameter is by its decorator (NestJS's `@Headers("authorization") token`); empty where it is none, or
    all of such a part, of which it is not told what is looked at."""
    for decorator in (child for child in named(parameter) if child.type == "decorator"):
        called = named(decorator)[0]
        if part := SENT.get(tail(source.symbol(called))):
            said = source.string(given[0]) if (given := arguments(called)) else None
            return f"{part}.{said}" if said else ""
    return ""


def _defaults(source: Source, node: Node) -> Iterator[tuple[str, str]]:
    """The names in a parameter that are yes or no where nobody gives them."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    is_told = value is not None and value.type in {"true", "false"}
    name = node.child_by_field_name("pattern") or node.child_by_field_name("left") if is_told else None
    if name is not None and value is not None:
        yield source.text(name), value.type
    for child in named(node):
        yield from _defaults(source, child) if child.type.endswith("pattern") else ()


def _destructure(source: Source, scope: Scope, position: int, pattern: Node, path: str) -> None:
    """The names that a pattern takes out of a parameter, and which of its fields each is."""
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        scope.parameters[source.text(pattern)] = Field(position, path)
    for name, inner in parts(source, pattern):
        _destructure(source, scope, position, inner, f"{path}.{name}" if path else name)


def type_name(source: Source, annotation: Node | None) -> str:
    """The symbol of a type: `User` of `User | null` and of `Promise<User>`; empty where it has none."""
    node = annotation
    while node is not None:
        if node.type in {"type_identifier", "nested_type_identifier"}:
            return source.symbol(node)
        inner = [each for each in named(node) if each.type not in {"literal_type", "predefined_type", "asserts"}]
        if node.type not in {"type_annotation", "union_type", "generic_type", "parenthesized_type", "readonly_type"} or not inner:
            return ""
        node = inner[0]
    return ""
