"""What is declared: functions, types, what types implement, modules inside the file."""

import re
from collections.abc import Callable, Mapping

from tree_sitter import Node

from invariants.facts.code import Base, Function
from invariants.frontends.rust import imports
from invariants.frontends.rust.functions import function, type_of
from invariants.frontends.rust.reader import Body, Reader
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import attributes, is_test, named
from invariants.languages.trees import tail

ENTRIES = {
    "FromRequestParts": "from_request_parts",
    "FromRequest": "from_request",
    "Layer": "layer",
    "Service": "call",
    "Transform": "new_transform",
    "Fairing": "on_request",
    "ValidateRequest": "validate",
    "AuthorizeRequest": "authorize",
    "AsyncAuthorizeRequest": "authorize",
}
"""What a framework calls of a type that implements one of these: that is what becoming such a value does."""


DERIVED = re.compile(rb"derive\(.*\bFromRequest(?:Parts)?\b", re.DOTALL)
VIA = b"via("
"""Says that something is made by another extractor, which only takes what is beside the request."""


def item(reader: Reader, node: Node) -> None:
    """One item; what only tests run is left out."""
    read = ITEMS.get(node.type)
    if read is not None and not is_test(node):
        read(reader, node)
    elif read is None:
        reader.expression(node, "ignored")


def _function(reader: Reader, node: Node) -> None:
    function(reader, node, reader.body.scope.qualified(reader.source.text(node.child_by_field_name("name"))))


def declared(reader: Reader, node: Node, name: str) -> None:
    """A type or trait, once."""
    if name not in reader.functions:
        is_public = any(child.type == "visibility_modifier" for child in node.children)
        reader.functions[name] = Function(reader.source.head(node), name, "class", False, is_public, 0)


def _type(reader: Reader, node: Node) -> None:
    name = reader.body.scope.qualified(reader.source.text(node.child_by_field_name("name")))
    declared(reader, node, name)
    said = [DERIVED.search(each.text or b"") for each in attributes(node)] if node.type == "struct_item" else []
    if any(said) and not any(VIA in (each.text or b"") for each in attributes(node)):
        _derived(reader, node, name)


def _derived(reader: Reader, node: Node, name: str) -> None:
    """A type that is made of a request by its fields, each of which may turn that away."""
    with reader.reading(Body(Scope(name, reader.body.scope))):
        for each in _fields(node):
            symbol, is_optional = type_of(reader.source, each)
            if symbol and not is_optional:
                reader.body.add("call", reader.source.place(each), symbol, handling="returned")


def _fields(node: Node) -> list[Node]:
    """The types of the fields of a structure, but of those that are made in another way."""
    found, skips = [], False
    for each in named(node.child_by_field_name("body")):
        kind = each.child_by_field_name("type") if each.type == "field_declaration" else each
        if each.type == "attribute_item":
            skips = VIA in (each.text or b"")
        elif kind is not None and each.type != "visibility_modifier":
            found += [] if skips else [kind]
            skips = False
    return found


def _trait(reader: Reader, node: Node) -> None:
    _type(reader, node)
    name = reader.body.scope.qualified(reader.source.text(node.child_by_field_name("name")))
    _methods(reader, node, name)


def _impl(reader: Reader, node: Node) -> None:
    name = reader.body.scope.qualified(tail(reader.source.symbol(node.child_by_field_name("type"))))
    trait = reader.source.symbol(node.child_by_field_name("trait"))
    if not name:
        return
    declared(reader, node, name)
    if trait:
        traits = reader.traits.setdefault(name, [])
        reader.facts.append(Base(reader.source.head(node), name, len(traits), trait))
        traits.append(tail(trait))
    _methods(reader, node, name)
    if tail(trait) in ENTRIES:
        _entered(reader, node, name, tail(trait))


def _made(reader: Reader, node: Node, trait: str) -> str:
    """The service that a layer makes, as its associated type says."""
    for each in named(node.child_by_field_name("body")):
        if each.type == "type_item" and reader.source.text(each.child_by_field_name("name")) in {"Service", "Transform"}:
            return reader.source.symbol(each.child_by_field_name("type")) if trait in {"Layer", "Transform"} else ""
    return ""


def _methods(reader: Reader, node: Node, name: str) -> None:
    with reader.reading(Body(Scope(name, reader.body.scope, owner=name))):
        for each in named(node.child_by_field_name("body")):
            if each.type in {"function_item", "const_item"}:
                item(reader, each)
    if not reader.bodies[-1].steps and reader.bodies[-1].scope.name == name:
        reader.bodies.pop()


def _entered(reader: Reader, node: Node, name: str, trait: str) -> None:
    """What the framework calls of the type."""
    body = next((each for each in reader.bodies if each.scope.name == name), None)
    if body is None:
        body = Body(Scope(name, reader.body.scope))
        reader.bodies.append(body)
    called = _made(reader, node, trait) or f"{name}.{ENTRIES[trait]}"
    body.add("call", reader.source.head(node), called, handling="returned")


def _module(reader: Reader, node: Node) -> None:
    block = node.child_by_field_name("body")
    if block is None:
        return
    name = reader.body.scope.qualified(reader.source.text(node.child_by_field_name("name")))
    for taken in imports.inside(reader.source, block):
        reader.facts.append(taken)
        reader.imports.setdefault(taken.local, taken)
    with reader.reading(Body(Scope(name, reader.body.scope))):
        for each in named(block):
            item(reader, each)


def _constant(reader: Reader, node: Node) -> None:
    value = node.child_by_field_name("value")
    if value is not None:
        reader.constants.setdefault(reader.source.text(node.child_by_field_name("name")), value)
        reader.expression(value)


def _nothing(_reader: Reader, _node: Node) -> None:
    """What runs nothing."""


ITEMS: Mapping[str, Callable[[Reader, Node], None]] = {
    "function_item": _function,
    "struct_item": _type,
    "enum_item": _type,
    "union_item": _type,
    "trait_item": _trait,
    "impl_item": _impl,
    "mod_item": _module,
    "const_item": _constant,
    "static_item": _constant,
    "use_declaration": _nothing,
    "type_item": _nothing,
    "attribute_item": _nothing,
    "inner_attribute_item": _nothing,
    "macro_definition": _nothing,
    "extern_crate_declaration": _nothing,
    "foreign_mod_item": _nothing,
}
