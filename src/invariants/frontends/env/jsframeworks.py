"""What frameworks read for a program: schemas of the environment, modules that are the environment, settings that publish it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.facts.env import Declaration, Kind
from invariants.frontends.env.jscalls import calls
from invariants.frontends.env.jsdoors import values
from invariants.frontends.env.jstree import Tree, bare, pairs, text, wrapped
from invariants.frontends.env.names import is_name, sounds_secret

if TYPE_CHECKING:
    from invariants.frontends.env.jsreader import Reader

MODULES = re.compile(
    r"^(?:\$env/(?:static|dynamic)/(?:private|public)|astro:env/(?:client|server)|cloudflare:workers|(?:node:)?process|bun)$"
)
T3 = {"server": False, "client": True, "shared": False, "clientPrefix": False}
PARSES = {"parse", "safeParse", "parseAsync", "safeParseAsync", "decode", "validate", "validateSync", "assert", "create", "cast"}
NEST = rb"[cC]onfig(?:Service)?\s*\.\s*(?:get|getOrThrow)\s*(?:<[^>()]*>)?\s*\(\s*['\"]([A-Z][A-Z0-9_]*)['\"]"
ADONIS = rb"\b[eE]nv\s*\.\s*get\s*\(\s*['\"]([A-Z][A-Z0-9_]*)['\"]"
ADONIS_MODULES = (b"start/env", b"adonisjs/core/env", b"Core/Env")
NUXT = re.compile(r"(?:^|/)nuxt\.config\.[cm]?[jt]s$")


def imports(tree: Tree) -> Iterator[tuple[Node, str]]:
    """The import clauses of modules that are the environment, each with the module's name."""
    for node in tree.root.named_children:
        if node.type == "import_statement":
            source = text(node.child_by_field_name("source")).strip("'\"")
            clause = next((each for each in node.named_children if each.type == "import_clause"), None)
            if clause is not None and MODULES.match(source):
                yield clause, source


def run(reader: "Reader") -> None:
    """The calls and files of frameworks."""
    content = reader.tree.content
    for call in _calls(reader.tree, "createEnv"):
        _t3(reader, call)
    for call in _calls(reader.tree, "loadEnv"):
        reader.use(call)
    for name in ("cleanEnv", "customCleanEnv", "parseEnv"):
        for call in _calls(reader.tree, name):
            _schema(reader, _argument(call, 1), "envalid")
    if b"@nestjs/config" in content:
        _quoted(reader, NEST)
    if any(word in content for word in ADONIS_MODULES):
        _quoted(reader, ADONIS)
        for call in [*_calls(reader.tree, "create"), *_calls(reader.tree, "rules")]:
            _schema(reader, _argument(call, -1), "envalid")
    if NUXT.search(reader.tree.path):
        for node in values(reader.tree, rb"\bruntimeConfig\b"):
            _nuxt(reader, node, "NUXT")


def validated(reader: "Reader", call: Node, called: Node | None, node: Node) -> bool:
    """The environment goes through a schema that is known, so that what is read of it is what the schema names."""
    name = text(called)
    if re.search(r"(?:^|\.)(?:cleanEnv|customCleanEnv|parseEnv|createEnv)$", name):
        return True
    if called is not None and called.type == "member_expression" and text(called.child_by_field_name("property")) in PARSES:
        owner = called.child_by_field_name("object")
        given = [each for each in call.named_children if each.type == "arguments"]
        schema = owner if given and given[0].named_children[:1] == [node] else None
        return any([_zod(reader, schema), *(_zod(reader, each) for each in given[0].named_children if each != node)]) if given else False
    return False


def validated_outside(reader: "Reader", call: Node) -> bool:
    """What a function makes of the environment goes straight into such a schema: ``Schema.parse(withoutEmpty(process.env))``."""
    outer = wrapped(call).parent
    parse = outer.parent if outer is not None and outer.type == "arguments" else None
    called = parse.child_by_field_name("function") if parse is not None and parse.type == "call_expression" else None
    return parse is not None and called is not None and validated(reader, parse, called, wrapped(call))


def _calls(tree: Tree, name: str) -> Iterator[Node]:
    return (call for call, _ in calls(tree, name))


def _argument(call: Node, position: int) -> Node | None:
    arguments = call.child_by_field_name("arguments")
    given = [each for each in arguments.named_children if each.type != "comment"] if arguments is not None else []
    return given[position] if -len(given) <= position < len(given) else None


def _t3(reader: "Reader", call: Node) -> None:
    """``createEnv({ server: {...}, client: {...}, shared: {...} })`` (env.t3.gg)."""
    for key, _, value in pairs(_argument(call, 0)):
        if key in T3:
            _schema(reader, value, "t3-env", client=T3[key])


def _schema(reader: "Reader", node: Node | None, origin: str, *, client: bool = False) -> None:
    """An object whose keys are variables."""
    for name, key, value in pairs(_constant(reader.tree, node)):
        if is_name(name):
            said = text(value)
            optional = bool(re.search(r"optional\(|\.default\(|default:|nullish\(|devDefault", said))
            reader.read(key, name, defaulted=optional, client=client, schema=True)
            kind: Kind | None = "public" if client else "secret" if sounds_secret(name) else None
            about = re.search(r"(?:describe\(|desc:\s*)([\"'`])(.*?)\1", said)
            reader.found.append(Declaration(reader.tree.place(key), name, kind, not optional, origin, about[2] if about else ""))  # type: ignore[arg-type]


def _constant(tree: Tree, node: Node | None) -> Node | None:
    """An expression, or what the constant that it names holds."""
    node = bare(node)
    if node is None or node.type != "identifier":
        return node
    for each in tree.named(text(node)):
        parent = each.parent
        if parent is not None and parent.type == "variable_declarator" and parent.child_by_field_name("name") == each:
            return bare(parent.child_by_field_name("value"))
    return None


def _zod(reader: "Reader", node: Node | None) -> bool:
    """The objects in a schema of zod, valibot, yup, joi or arktype; false where none can be seen."""
    schema = _constant(reader.tree, node)
    if schema is None or schema.type not in {"call_expression", "object"}:
        return False
    found = [schema] if schema.type == "object" else list(_objects(reader.tree, schema))
    for each in found:
        _schema(reader, each, "zod")
    return bool(found)


def _objects(tree: Tree, call: Node, depth: int = 0) -> Iterator[Node]:
    """``z.object({...}).extend({...}).merge(other)``, refinements left out."""
    called = call.child_by_field_name("function")
    if called is None or depth > 12:
        return
    owner = bare(called.child_by_field_name("object")) if called.type == "member_expression" else None
    for each in [owner, *(call.child_by_field_name("arguments") or call).named_children]:
        inner = _constant(tree, each)
        if inner is None:
            continue
        if inner.type == "object" and any(True for _ in pairs(inner)):
            yield inner
        elif inner.type == "call_expression":
            yield from _objects(tree, inner, depth + 1)


def _quoted(reader: "Reader", pattern: bytes) -> None:
    """Names in the calls of a service that reads variables."""
    for match in re.finditer(pattern, reader.tree.content):
        node = reader.tree.root.descendant_for_byte_range(match.start(1), match.end(1))
        if node is not None and node.type == "string_fragment":
            reader.read(node, match[1].decode())


def _nuxt(reader: "Reader", node: Node, prefix: str) -> None:
    """``runtimeConfig``: each key is read from NUXT_KEY where that is set (nuxt.com, Runtime Config)."""
    for name, key, value in pairs(node):
        words = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name)
        variable = f"{prefix}_{words}".upper()
        inner = bare(value)
        if inner is not None and inner.type == "object":
            _nuxt(reader, inner, variable)
        else:
            reader.read(key, variable, defaulted=True, client=variable.startswith("NUXT_PUBLIC_"), schema=True)
