"""What a file takes from others, and what it gives to them."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from invariants.facts.code import Alias, Import
from invariants.frontends.typescript.plain import promised
from invariants.frontends.typescript.scopes import parts
from invariants.frontends.typescript.syntax import CLASSES, FUNCTIONS, Source, arguments, awaited, bare, fields, named

DECLARED = FUNCTIONS | CLASSES
TAKING = frozenset({"import_clause", "import_require_clause"})


def imports(source: Source, root: Node) -> Iterator[Import]:
    """Every import, and every name that is passed on from another file."""
    for node in root.named_children:
        if node.type == "import_statement":
            yield from _imported(source, node)
        elif node.type == "export_statement" and (origin := source.string(node.child_by_field_name("source"))) is not None:
            yield from _passed_on(source, node, origin)


def _imported(source: Source, node: Node) -> Iterator[Import]:
    typed = any(child.type == "type" for child in node.children)
    for clause in (each for each in named(node) if each.type in TAKING):
        origin = source.string(node.child_by_field_name("source") or clause.child_by_field_name("source")) or ""
        for child in named(clause):
            at = source.place(child)
            if child.type == "identifier":
                is_module = clause.type == "import_require_clause"
                yield Import(at, source.text(child), origin, "" if is_module else "default", None, typed)
            elif child.type == "namespace_import":
                yield Import(at, source.text(named(child)[0]), origin, "", None, typed)
            elif child.type == "named_imports":
                yield from (_specifier(source, each, origin, typed) for each in named(child) if each.type == "import_specifier")


def _specifier(source: Source, node: Node, origin: str, typed: bool) -> Import:
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    own = source.text(name) if name is not None else ""
    typed = typed or (node.child_count > 1 and any(child.type == "type" for child in node.children))
    return Import(source.place(node), source.text(alias) if alias is not None else own, origin, own, None, typed)


def _passed_on(source: Source, node: Node, origin: str) -> Iterator[Import]:
    typed = any(child.type == "type" for child in node.children)
    clauses = [child for child in named(node) if child.type in {"export_clause", "namespace_export"}]
    for clause in clauses:
        if clause.type == "namespace_export":
            yield Import(source.place(clause), "", origin, "", source.text(named(clause)[0]), typed)
        for each in named(clause) if clause.type == "export_clause" else []:
            taken = _specifier(source, each, origin, typed)
            yield taken._replace(local="", exported=taken.local)
    if not clauses:
        yield Import(source.place(node), "", origin, "*", "*", typed)


def required(source: Source, target: Node, value: Node, name: str = "") -> Iterator[Import]:
    """What `const x = require("y")` and `await import("y")` take; name: what it is called, where no variable takes it."""
    inner = awaited(value)
    member = ""
    if inner.type == "member_expression":
        member, inner = source.text(named(inner)[-1]), awaited(named(inner)[0])
    function = inner.child_by_field_name("function") if inner.type == "call_expression" else None
    if function is None or not (function.type == "import" or source.text(function) == "require"):
        return
    origin = source.string(arguments(inner)[0]) if arguments(inner) else None
    if origin is None:
        return
    if target.type == "identifier" or name:
        yield Import(source.place(target), name or source.text(target), origin, member, None, False)
    for taken, part in parts(source, target):
        if part.type in {"identifier", "shorthand_property_identifier_pattern"} and not member:
            yield Import(source.place(part), source.text(part), origin, "" if taken == "..." else taken, None, False)


class Export(NamedTuple):
    """What others may import: what it is called here, where it is exported, and the expression, where it is one."""

    name: str
    at: Node
    value: Node | None


def exports(source: Source, root: Node) -> dict[str, Export]:
    """What others may import, by the name that they import it by; of what has no name here, the same name."""
    found: dict[str, Export] = {}
    for node in root.named_children:
        kind = node.type
        if kind == "export_statement" and node.child_by_field_name("source") is None:
            found.update(_exported(source, node))
        elif kind == "expression_statement" and named(node) and named(node)[0].type == "assignment_expression":
            found.update(_assigned(source, named(node)[0]))
    return found


def _exported(source: Source, node: Node) -> Iterator[tuple[str, Export]]:
    is_default = any(child.type == "default" for child in node.children)
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    if declaration is not None:
        for name, at in _declared(source, declaration):
            yield ("default" if is_default else name), Export(name, at, None)
    for each in _specifiers(node):
        taken = _specifier(source, each, "", False)
        yield taken.local, Export(taken.name, each, None)
    if is_default and value is not None:
        yield "default", Export(source.text(value) if bare(value).type == "identifier" else "default", value, value)
    elif declaration is None and value is None and named(node) and named(node)[0].type == "identifier":
        yield "default", Export(source.text(named(node)[0]), named(node)[0], named(node)[0])


def _specifiers(node: Node) -> list[Node]:
    return [each for clause in named(node) if clause.type == "export_clause" for each in named(clause)]


def _declared(source: Source, node: Node) -> Iterator[tuple[str, Node]]:
    name = node.child_by_field_name("name")
    if node.type in DECLARED:
        yield (source.text(name) if name is not None else "default"), node
    for child in named(node) if node.type in {"lexical_declaration", "variable_declaration"} else []:
        target = child.child_by_field_name("name")
        if target is not None and target.type == "identifier":
            yield source.text(target), child
        for _, part in parts(source, target) if target is not None else []:
            yield source.text(part), part


def _assigned(source: Source, node: Node) -> Iterator[tuple[str, Export]]:
    """What CommonJS exports."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    name = exported_name(source.symbol(left))
    if not name or right is None:
        return
    yield name, Export(source.text(right) if right.type == "identifier" else name, node, right)
    for key, value in fields(source, right) if right.type == "object" and name == "default" else []:
        yield key, Export(source.text(value) if value.type in {"identifier", "shorthand_property_identifier"} else key, value, value)


def exported_name(symbol: str) -> str:
    """What CommonJS exports by an assignment to this; the function itself is called the same."""
    for prefix in ("module.exports.", "exports."):
        if symbol.startswith(prefix):
            return symbol.removeprefix(prefix)
    return "default" if symbol in {"module.exports", "exports"} else ""


def aliases(source: Source, root: Node) -> Iterator[Alias]:
    """Names at the module's level for other expressions, and exports under another name."""
    for node in root.named_children:
        kind = node.type
        inner = node.child_by_field_name("declaration") or node if kind == "export_statement" else node
        for child in named(inner) if inner.type in {"lexical_declaration", "variable_declaration"} else []:
            yield from _alias(source, child)
        if kind == "export_statement" and (value := node.child_by_field_name("value")) is not None:
            yield from _named(source, value, "default", value)
        if kind == "expression_statement" and named(node) and named(node)[0].type == "assignment_expression":
            yield from _exported_value(source, named(node)[0])
        if kind == "export_statement" and node.child_by_field_name("source") is None:
            yield from _renamed(source, node)


def _exported_value(source: Source, node: Node) -> Iterator[Alias]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    name = exported_name(source.symbol(left))
    if name and right is not None:
        yield from _named(source, right, name, node)
        for key, value in fields(source, right) if right.type == "object" and name == "default" else []:
            if key != source.text(value):
                yield from _named(source, value, key, value)


def _renamed(source: Source, node: Node) -> Iterator[Alias]:
    for each in _specifiers(node):
        taken = _specifier(source, each, "", False)
        if taken.local != taken.name:
            yield Alias(source.place(each), taken.local, taken.name, False)
    declaration = node.child_by_field_name("declaration")
    name = declaration.child_by_field_name("name") if declaration is not None else None
    if declaration is not None and name is not None and any(child.type == "default" for child in node.children):
        yield Alias(source.head(declaration), "default", source.text(name), False)


def _alias(source: Source, declarator: Node) -> Iterator[Alias]:
    target, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
    if target is None or value is None or any(required(source, target, value)):
        return
    if target.type == "identifier":
        yield from _named(source, value, source.text(target), declarator)
    symbol, called = source.symbol(awaited(value)), awaited(value).type in {"call_expression", "new_expression"}
    for name, part in parts(source, target):
        if symbol and part.type in {"identifier", "shorthand_property_identifier_pattern"}:
            yield Alias(source.place(part), source.text(part), f"{symbol}.{name}" if not called else symbol, called)


def _named(source: Source, value: Node, name: str, at: Node) -> Iterator[Alias]:
    inner = awaited(value)
    symbol = source.text(inner) if inner.type == "shorthand_property_identifier" else source.symbol(inner)
    if again := promised(source, inner):
        yield Alias(source.place(at), name, again, False)
    elif symbol and inner.type not in DECLARED and symbol != name:
        yield Alias(source.place(at), name, symbol, inner.type in {"call_expression", "new_expression"})
