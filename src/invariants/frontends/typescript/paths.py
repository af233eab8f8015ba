"""Paths as code says them: written out, put together, kept in constants of this file or of another one."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from invariants.facts.code import Constant
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, fields, key_name, named

DEEP = 6
SPELLED = re.compile(r"(?:\w+\.)*[A-Z][A-Z0-9_]+(?:\.\w+)*")
"""What constants are spelled as."""
PART = re.compile(r"[\w/{}$*:.~-]{0,100}")
"""What may be a part of a path."""
DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})


def text_of(module: Reader, node: Node | None, scope: Scope) -> str | None:
    """A string that can be told in this file: written out, put together, or in a constant."""
    return _told(module, node, scope, DEEP, beyond=False)


def path_of(module: Reader, node: Node | None, scope: Scope) -> str | None:
    """A string where a path is expected: what another file says of it stands in it as `${symbol}`."""
    return _told(module, node, scope, DEEP, beyond=True)


def may_be_path(module: Reader, node: Node, scope: Scope) -> bool:
    """A name that is told to be a string, or is spelled as a constant is."""
    text = path_of(module, node, scope)
    return text is not None and (not text.startswith("${") or SPELLED.fullmatch(module.source.text(node)) is not None)


def is_unclear(module: Reader, node: Node, scope: Scope) -> bool:
    """Whether it cannot be told here if something is a path or a function: a parameter, or what is put together in another way."""
    inner = awaited(node)
    if inner.type != "identifier":
        return inner.type in {"template_string", "binary_expression", "ternary_expression"}
    name = module.source.text(inner)
    owner, value = scope.owner(name), scope.value(name)
    if owner is None or owner.function(name) or name in module.imports:
        return False
    return name in owner.parameters if value is None else value.type not in FUNCTIONS and is_unclear(module, value, owner)


def _told(module: Reader, node: Node | None, scope: Scope, depth: int, beyond: bool) -> str | None:
    if node is None or depth == 0:
        return None
    inner = awaited(node)
    if inner.type == "string":
        return module.source.string(inner)
    if inner.type == "template_string":
        return _filled(module, inner, scope, depth, beyond)
    if inner.type == "binary_expression":
        parts = [_told(module, each, scope, depth - 1, beyond) for each in named(inner)]
        return None if None in parts else "".join(part for part in parts if part)
    if inner.type in {"identifier", "member_expression"}:
        found = meant(module, inner, scope)
        if found is not None:
            return _told(module, found, scope, depth - 1, beyond)
        return f"${{{module.source.text(inner)}}}" if beyond and _is_elsewhere(module, inner, scope) else None
    return None


def _filled(module: Reader, node: Node, scope: Scope, depth: int, beyond: bool) -> str | None:
    parts = []
    for child in node.named_children:
        filled = child.type == "template_substitution"
        inner = named(child)[0] if filled and named(child) else None
        part = _told(module, inner, scope, depth - 1, beyond) if filled else module.source.string_part(child)
        if part is None:
            return None
        parts.append(part)
    return "".join(parts)


def meant(module: Reader, node: Node, scope: Scope) -> Node | None:
    """The expression that a name stands for, or a field of a literal object that does."""
    if node.type == "identifier":
        return scope.value(module.source.text(node))
    if node.type != "member_expression":
        return None
    holder = meant(module, awaited(named(node)[0]), scope)
    literal = _literal(module, holder) if holder is not None else None
    key = module.source.text(named(node)[-1])
    return next((value for name, value in fields(module.source, literal) if name == key), None) if literal is not None else None


def _literal(module: Reader, node: Node) -> Node | None:
    """A literal object, also one that is frozen."""
    inner = awaited(node)
    if inner.type == "call_expression" and module.source.symbol(inner) == "Object.freeze" and arguments(inner):
        inner = awaited(arguments(inner)[0])
    return inner if inner.type == "object" else None


def _is_elsewhere(module: Reader, node: Node, scope: Scope) -> bool:
    """A name that is imported, or a member of an enumeration or class of this file."""
    text = module.source.text(node)
    root = text.partition(".")[0]
    is_plain = re.fullmatch(r"[\w.]+", text) is not None and scope.owner(root) is None
    return is_plain and (root in module.imports or node.type == "member_expression")


def constants(module: Reader) -> Iterator[Constant]:
    """The strings that names of the module stand for, where they may be parts of paths."""
    scope = module.bodies[0].scope
    for name, values in scope.values.items():
        if len(values) == 1 and not values[0].part and values[0].constant:
            yield from _constants(module, name, values[0].node, DEEP)
    for node in module.source.root.named_children:
        inner = node.child_by_field_name("declaration") or node
        if inner.type not in {"enum_declaration", "class_declaration"}:
            continue
        own, body = inner.child_by_field_name("name"), inner.child_by_field_name("body")
        if own is not None and body is not None:
            for child in named(body):
                yield from _member(module, module.source.text(own), child)


def _constants(module: Reader, name: str, node: Node, depth: int) -> Iterator[Constant]:
    text = path_of(module, node, module.bodies[0].scope)
    if text is not None and PART.fullmatch(text):
        yield Constant(module.source.head(node), name, braces(text) if text.startswith("/") else text)
    literal = _literal(module, node) if depth else None
    for key, value in fields(module.source, literal) if literal is not None else []:
        yield from _constants(module, f"{name}.{key}", value, depth - 1)


def _member(module: Reader, owner: str, node: Node) -> Iterator[Constant]:
    """A value of an enumeration, or a static field of a class."""
    key, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if key is not None and value is not None and node.type in {"enum_assignment", "public_field_definition", "field_definition"}:
        yield from _constants(module, f"{owner}.{key_name(module.source, key)}", value, 1)


SEGMENTS: Mapping[str, str] = {"(.*)": "{path}"}


def braces(path: str) -> str:
    """A path with its parameters as {name}: `:id`, `:id(\\d+)`, `:id?`, `*`, `*rest`, `{/:rest}`."""
    marked = re.sub(r":(\w+)(?:\([^)]*\)|\{(?!/)[^}]*\})?[?*+]?", "\0\\1\1", path)
    opened = re.sub(r"\{(/[^{}]*|\*\w+)\}", r"\1", marked).replace("\0", "{").replace("\1", "}")
    parts = [_segment(part) for part in opened.split("/")]
    return "/".join(parts) if path.startswith("/") or path == "" else "/" + "/".join(parts)


def _segment(part: str) -> str:
    wild = re.fullmatch(r"\*(\w*)", part)
    return f"{{{wild[1] or 'path'}}}" if wild else SEGMENTS.get(part, part)


def below(path: str) -> str:
    """The pattern of everything at and below a path."""
    plain = re.sub(r"/?(\*\w*|\(\.\*\)|\{/?\*\w+\})$", "", path)
    return f"{braces(plain).rstrip('/')}/**"


def exactly(path: str) -> str:
    """The pattern of what a route's path is: a wildcard at its end stands for something, so that the path before it is not among that."""
    wild = re.search(r"(/?)(\*\w*|\(\.\*\))$", path)
    if wild is None or path in {"*", "/*", "(.*)", "/(.*)"}:
        return below(path) if wild or re.search(r"\{/?\*\w+\}$", path) else braces(path)
    return f"{braces(path[: wild.start()]).rstrip('/')}/*/**"
