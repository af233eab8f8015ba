"""Rust: ``std::env::var``, ``env!``, ``option_env!``, and the ``env`` of clap's arguments."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from invariants.facts.env import Blind, Read, Unresolved
from invariants.facts.place import Place
from invariants.frontends.env import code
from invariants.frontends.env.names import is_name

if TYPE_CHECKING:
    from tree_sitter import Node

Fact = Read | Unresolved | Blind
TRIGGERS = (b"env::", b"env!", b"env =", b"env=", b"env,", b"env)", b"envy", b"Env::", b"std::env")
FUNCTIONS = {"var", "var_os", "remove_var"}
MODULES = {"env", "dotenvy", "dotenv"}
MACROS = {"env": False, "option_env": True, "dotenv": False}
"""Macros that read a variable when the program is compiled, and whether it may be absent."""
WHOLE = {"vars", "vars_os"}
REMEDY = "Read it by its name, or name the function under `accessors` in .invariants/env.toml."
CLAP = re.compile(r"\b(?:arg|clap|structopt|envconfig)\b")


def matters(content: bytes) -> bool:
    """Whether a file may read a variable by itself; told without parsing it."""
    return any(word in content for word in TRIGGERS)


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of one file."""
    wanted = matters(content) or code.calls(content, accessors)
    yield from code.facts(path, content, wanted, lambda: _Reader(path, content, set(code.tails(accessors))).facts())


class _Reader:
    """One file: calls and macros are found as bytes, then looked at in the tree."""

    def __init__(self, path: str, content: bytes, accessors: set[str]) -> None:
        import tree_sitter_rust
        from tree_sitter import Language, Parser

        self._path = path
        self._content = content
        self._accessors = accessors
        self._local: set[str] = set()
        self._lines = content.split(b"\n")
        self._root = Parser(Language(tree_sitter_rust.language())).parse(content).root_node
        self._used = {*re.findall(r"use\s+std::env::(\w+)\s*;", content.decode("utf-8", "replace"))}
        for group in re.findall(r"use\s+std::env::\{([^}]*)\}", content.decode("utf-8", "replace")):
            self._used |= {each.strip() for each in group.split(",")}

    def facts(self) -> Iterator[Fact]:
        yield from self._calls(FUNCTIONS | WHOLE | self._accessors)
        while new := self._local - self._accessors:
            self._accessors |= new
            yield from self._calls(new)
        for node in self._found("env|option_env|dotenv"):
            if node.parent is not None and node.parent.type == "macro_invocation":
                yield from self._macro(node.parent, _text(node))
            elif node.parent is not None and node.parent.type == "token_tree":
                yield from self._attribute(node)
        for match in re.finditer(rb"\benvy::(?:from_env|prefixed)|\bEnv::(?:prefixed|raw)\(", self._content):
            at = self._at(match.start(), match.end())
            yield Unresolved(at, "", "", "which variables a struct takes from the environment cannot be told", REMEDY)

    def _calls(self, names: set[str]) -> Iterator[Fact]:
        for node in self._found("|".join(sorted(names))):
            if node.type in {"identifier", "field_identifier"}:
                yield from self._call(node)

    def _found(self, names: str) -> Iterator["Node"]:
        for match in re.finditer(rb"\b(?:" + names.encode() + rb")\b", self._content):
            node = self._root.descendant_for_byte_range(match.start(), match.end())
            if node is not None and (node.end_byte - node.start_byte) == match.end() - match.start():
                yield node

    def _call(self, node: "Node") -> Iterator[Fact]:
        """``env::var(X)``, ``std::env::var(X)``, ``var(X)`` where it was imported, and calls of accessors."""
        callee = node.parent if node.parent is not None and node.parent.type in {"scoped_identifier", "field_expression"} else node
        call = callee.parent
        if call is None or call.type != "call_expression" or call.child_by_field_name("function") != callee:
            return
        name, before = _text(node), _text(callee).replace(" ", "").rpartition("::")[0].rpartition("::")[2]
        is_own = name in self._accessors
        if not is_own and not (before in MODULES or (callee == node and name in self._used)):
            return
        if name in WHOLE:
            yield Unresolved(self._of(call), "", "", "which variable is read cannot be told: it goes through all of them", REMEDY)
        elif name != "remove_var":
            arguments = call.child_by_field_name("arguments")
            yield from self._key(arguments.named_children[0] if arguments is not None and arguments.named_children else None, call)

    def _key(self, key: "Node | None", call: "Node") -> Iterator[Fact]:
        while key is not None and key.type in {"reference_expression", "parenthesized_expression"}:
            key = key.named_children[-1] if key.named_children else None
        names = self._strings(key) if key is not None else []
        for name in names:
            yield from self._named(key or call, name, defaulted=_is_defaulted(call))
        if not names:
            function = _function(call)
            is_parameter = key is not None and key.type == "identifier" and _has_parameter(function, _text(key))
            accessor = _text(function.child_by_field_name("name")) if function is not None and is_parameter else ""
            if accessor and function is not None and not _text(function).startswith("pub"):
                self._local.add(accessor)
            elif accessor not in self._accessors:
                yield Unresolved(self._of(call), accessor, "", "which variable is read is decided when it runs", REMEDY)

    def _strings(self, node: "Node") -> list[str]:
        """A literal, what a constant holds, or each of an array that a loop goes through."""
        if node.type in {"string_literal", "raw_string_literal"}:
            return [_literal(node)]
        if node.type == "array_expression":
            parts = [self._strings(each) for each in node.named_children]
            return [each for part in parts for each in part] if all(parts) else []
        if node.type == "reference_expression" and node.named_children:
            return self._strings(node.named_children[-1])
        return self._constant(_text(node).rpartition("::")[2], node) if node.type in {"identifier", "scoped_identifier"} else []

    def _constant(self, name: str, node: "Node") -> list[str]:
        around = node.parent
        while around is not None:
            if around.type == "for_expression" and _text(around.child_by_field_name("pattern")) == name:
                over = around.child_by_field_name("value")
                return self._strings(over) if over is not None else []
            if around.type == "function_item" and _has_parameter(around, name):
                return []
            around = around.parent
        for each in self._found(re.escape(name)):
            if (
                each.parent is not None
                and each.parent.type in {"const_item", "static_item"}
                and each.parent.child_by_field_name("name") == each
            ):
                value = each.parent.child_by_field_name("value")
                return self._strings(value) if value is not None else []
        return []

    def _macro(self, macro: "Node", name: str) -> Iterator[Fact]:
        tokens = next((each for each in macro.named_children if each.type == "token_tree"), None)
        first = tokens.named_children[0] if tokens is not None and tokens.named_children else None
        if first is not None and first.type in {"string_literal", "raw_string_literal"} and name in MACROS:
            yield from self._named(first, _literal(first), defaulted=MACROS[name])

    def _attribute(self, node: "Node") -> Iterator[Fact]:
        """``#[arg(long, env = "ORDERS_URL")]``; without a value it is the field's name. ``env!`` inside another macro is one too."""
        rest = node.next_sibling
        attribute = _around(node, {"attribute_item"})
        if attribute is None:
            inside = rest.next_sibling if rest is not None and _text(rest) == "!" else None
            if inside is not None and inside.named_children and inside.named_children[0].type == "string_literal":
                yield from self._named(inside.named_children[0], _literal(inside.named_children[0]), defaulted=_text(node) == "option_env")
            elif rest is not None and _text(rest) == "::":
                yield from self._in_macro(rest)
        elif CLAP.search(_text(attribute)):
            has_default = "default_value" in _text(attribute)
            value = rest.next_sibling if rest is not None and _text(rest) == "=" else None
            if value is not None and value.type == "string_literal":
                yield from self._named(value, _literal(value), defaulted=has_default)
            elif value is None and (field := _field(attribute)):
                yield from self._named(node, field.upper(), defaulted=has_default)

    def _in_macro(self, colons: "Node") -> Iterator[Fact]:
        """``env::var("X")`` among the tokens of a macro."""
        function = colons.next_sibling
        arguments = function.next_sibling if function is not None else None
        if function is None or _text(function) not in FUNCTIONS or arguments is None or not arguments.named_children:
            return
        first = arguments.named_children[0]
        if first.type == "string_literal":
            yield from self._named(first, _literal(first), defaulted=False)
        else:
            yield Unresolved(self._of(function), "", "", "which variable is read is decided when it runs", REMEDY)

    def _named(self, node: "Node", name: str, *, defaulted: bool) -> Iterator[Read]:
        if is_name(name):
            yield Read(self._of(node), name, "server", "code", defaulted)

    def _of(self, node: "Node") -> Place:
        return self._at(node.start_byte, node.end_byte)

    def _at(self, start: int, stop: int) -> Place:
        line, column = self._point(start)
        end_line, end = self._point(stop)
        return Place(self._path, line, column, end_line, end)

    def _point(self, offset: int) -> tuple[int, int]:
        before = self._content[:offset]
        return before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1


def _text(node: "Node | None") -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _literal(node: "Node") -> str:
    return re.sub(r'^r?#*"|"#*$', "", _text(node))


def _around(node: "Node", kinds: set[str]) -> "Node | None":
    around = node.parent
    while around is not None and around.type not in kinds:
        around = around.parent
    return around


def _function(node: "Node") -> "Node | None":
    return _around(node, {"function_item"})


def _has_parameter(function: "Node | None", name: str) -> bool:
    parameters = function.child_by_field_name("parameters") if function is not None else None
    return any(_text(each.child_by_field_name("pattern")) == name for each in (parameters.named_children if parameters is not None else []))


def _field(attribute: "Node") -> str:
    """The field that an attribute stands on."""
    node = attribute.next_named_sibling
    while node is not None and node.type in {"attribute_item", "line_comment", "block_comment"}:
        node = node.next_named_sibling
    return _text(node.child_by_field_name("name")) if node is not None and node.type == "field_declaration" else ""


def _is_defaulted(call: "Node") -> bool:
    """``env::var(X).unwrap_or(...)``, ``.unwrap_or_else(|_| ...)``, ``.unwrap_or_default()``."""
    method = call.parent
    return method is not None and method.type == "field_expression" and _text(method.child_by_field_name("field")).startswith("unwrap_or")
