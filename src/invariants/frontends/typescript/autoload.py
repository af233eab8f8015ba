"""`@fastify/autoload`: a folder whose files are plugins. What it is told, and what a file says of its own prefix."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tree_sitter import Node

from invariants.facts.code import Constant
from invariants.facts.web import Mount
from invariants.frontends.typescript.dynamic import unread
from invariants.frontends.typescript.paths import braces, path_of, text_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import Registration
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, field, fields, named
from invariants.languages.trees import tail

SAID = {
    "routeParams": {"true": "params"},
    "dirNameRoutePrefix": {"false": "flat"},
    "autoHooks": {"true": "hooks"},
    "cascadeHooks": {"true": "cascade"},
    "overwriteHooks": {"true": "overwrite"},
}
"""What is said of a folder by true or false, and the words for it."""
HOOKS = "autoHooksPattern"
"""What tells which files are hooks, in the place of `autohooks`."""
PLAIN = frozenset({"dir", "options", "encapsulate", "forceESM", HOOKS, *SAID})
"""What may be said of a folder and still tells which files are loaded, under which paths."""
HERE = re.compile(r"__dirname|import\.meta\.dirname")
OWN = re.compile(r"\b(autoPrefix|prefixOverride|autoload)\b")
PORTABLE = re.compile(r"\^?(?:[\w-]|\\[.$]|\[[\w.-]+\]|\((?:\?:)?|\)|[?|])+\$?")
"""A regular expression of parts that mean the same in JavaScript and in Python."""
REMEDY = "Say the folder as path.join(__dirname, 'name'), without filters; or register each plugin."


def loaded(module: Reader, each: Registration, given: list[Node], position: int) -> Iterator[Any]:
    """A folder that is loaded, as `folder:routes`, with the words for what is said of it."""
    options = awaited(given[1]) if len(given) > 1 else None
    known = dict(fields(module.source, options)) if options is not None and options.type == "object" else {}
    folder = _folder(module, known.get("dir"), each.scope)
    told = {key: module.source.text(known[key]) for key in SAID if key in known}
    named_by = _pattern(module, known[HOOKS]) if HOOKS in known else ""
    if folder is None or named_by is None or known.keys() - PLAIN or not set(told.values()) <= {"true", "false"}:
        yield unread(module, each.call, "which plugins of a folder are loaded, and where,", REMEDY)
        return
    words = [word for key, value in told.items() if (word := SAID[key].get(value))] + ([f"named:{named_by}"] if named_by else [])
    prefix = field(module.source, known.get("options"), "prefix")
    text = path_of(module, prefix, each.scope) if prefix is not None else ""
    where = braces(text).rstrip("/") if text else text
    yield Mount(module.source.head(each.call), each.router, position, " ".join([f"folder:{folder}", *words]), where, False)


def _pattern(module: Reader, node: Node) -> str | None:
    """A regular expression that is written there, as Python has it; null where it may mean something else here."""
    inner = awaited(node)
    pattern, flags = inner.child_by_field_name("pattern"), inner.child_by_field_name("flags")
    text = module.source.text(pattern) if inner.type == "regex" and pattern is not None else ""
    said = set(module.source.text(flags)) if flags is not None else set()
    if not text or not PORTABLE.fullmatch(text) or not said <= {"i", "u"}:
        return None
    with suppress(re.error):
        return re.compile(f"(?i){text}" if "i" in said else text).pattern
    return None


def _folder(module: Reader, node: Node | None, scope: Scope) -> str | None:
    """A folder, as it stands to that of the file: `path.join(__dirname, "routes")`."""
    inner = awaited(node) if node is not None else None
    if inner is None:
        return None
    if inner.type == "identifier" and (value := scope.value(module.source.text(inner))) is not None and not _is_here(module, inner):
        return _folder(module, value, scope)
    if inner.type == "template_string" and len(named(inner)) == 2 and _is_here(module, named(named(inner)[0])[0]):
        return module.source.string_part(named(inner)[1]).strip("/")
    if inner.type == "call_expression" and tail(module.source.symbol(inner)) in {"join", "resolve"} and arguments(inner):
        first, *rest = arguments(inner)
        parts = [text_of(module, each, scope) for each in rest]
        return "/".join(part for part in parts if part) if _is_here(module, first) and None not in parts else None
    return None


def _is_here(module: Reader, node: Node) -> bool:
    """Whether an expression is the folder of the file, as far as its name or `dirname` tells."""
    text = module.source.text(awaited(node))
    return HERE.fullmatch(text) is not None or (tail(module.source.symbol(node)) == "dirname" and "import.meta.url" in text)


def own(module: Reader) -> Iterator[Constant]:
    """`module.exports.autoPrefix = "/x"`, `plugin.prefixOverride = ""`, `export const autoload = false`."""
    for node in module.source.root.named_children if OWN.search(module.source.text(module.source.root)) else ():
        inner = named(node)[0] if node.type == "expression_statement" and named(node) else node
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        key = tail(module.source.symbol(left)) if inner.type == "assignment_expression" else ""
        if right is not None and OWN.fullmatch(key):
            yield _said(module, key, right)
    for key in ("autoPrefix", "prefixOverride", "autoload"):
        value = module.bodies[0].scope.value(key)
        if value is not None and module.is_exported(key):
            yield _said(module, key, value)


def _said(module: Reader, key: str, value: Node) -> Constant:
    """What is said, as it is where it can be told; of a path that cannot be, that."""
    text = path_of(module, value, module.bodies[0].scope)
    return Constant(
        module.source.head(value), key, module.source.text(value) if key == "autoload" else text if text is not None else "${?}"
    )
