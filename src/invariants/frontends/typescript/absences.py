"""What an expression is where nobody sent or set what it asks for: `undefined`, `null`, or a text that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.frontends.typescript.syntax import Source, arguments, awaited, bare, field, named, operator
from invariants.languages.trees import tail

if TYPE_CHECKING:
    from invariants.frontends.typescript.dependences import Tracer
    from invariants.frontends.typescript.scopes import Scope, Value

Absent = frozenset[str]
SOMETHING: Absent = frozenset()
"""It is something, or nobody can tell here what it is."""
UNDEFINED: Absent = frozenset({"undefined"})
NULL: Absent = frozenset({"null"})
LASTING = frozenset({"param", "params", "path", "pathname", "method", "url", "originalUrl", "baseUrl", "nextUrl"})
"""Parts of a request that are there whatever is sent."""
NULLED = frozenset({"headers", "searchParams", "formData", "form"})
"""What answers `null` where it holds nothing of a name; the rest answers `undefined`."""
HOLDING = frozenset({"headers", "cookies", "query"})
"""Parts of a request that hold what is sent under a name, whatever answers with the request: `requestOf(context).headers["x-key"]`."""
OPENED = ("process.env.", "import.meta.env.", "Deno.env.", "Bun.env.")
BOUND = re.compile(r"(?:c|ctx|context|(?:event|ctx|context)\.platform)\??\.env\??\.\w+")
"""A variable of the environment that a platform puts beside the request: Hono's and Cloudflare's `c.env.TOKEN`."""
PROVIDED = frozenset({"SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_DB_URL"})
"""Variables that Supabase sets for every edge function."""
COUNTED = frozenset({"Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat"})
DEEP = 8


class Absences:
    """Follows expressions to what they are where something is not there."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._source = tracer.source

    def meet(self, left: Node, right: Node, scope: Scope, *, is_strict: bool) -> bool:
        """Whether two values are the same where neither was sent or set; not where one of them is written out as nothing."""
        if any(is_nothing(self._source, each) for each in (left, right)):
            return False
        both = self.of(left, scope), self.of(right, scope)
        is_loose = not is_strict and all(each & (UNDEFINED | NULL) for each in both)
        return is_loose or bool(both[0] & both[1])

    def is_never(self, left: Node, right: Node, scope: Scope) -> bool:
        """Whether one kind of nothing is asked for where there is another: `user?.id === null`."""
        for side, other in ((left, right), (right, left)):
            wanted = self._source.text(other)
            if wanted in {"null", "undefined"} and (absent := self.of(side, scope)):
                return wanted not in absent
        return False

    def of(self, node: Node, scope: Scope, depth: int = DEEP) -> Absent:
        """What an expression is where nothing was sent or set; nothing is said of one that is something, or may be anything."""
        inner = awaited(node)
        read = READS.get(inner.type)
        return read(self, inner, scope, depth - 1) if read is not None and depth else SOMETHING

    def _name(self, node: Node, scope: Scope, depth: int) -> Absent:
        name = self._source.text(node)
        owner = scope.owner(name)
        if owner is None or name not in owner.values:
            is_sent = owner is not None and name in owner.parameters and owner.parameters[name].name != "" and name not in owner.defaults
            return UNDEFINED if is_sent and self._is_sent(node, scope) else SOMETHING
        return frozenset(each for value in owner.values[name] for each in self._value(name, value, owner, depth))

    def _value(self, name: str, value: Value, owner: Scope, depth: int) -> Absent:
        if not value.part:
            return self.of(value.node, owner, depth)
        pattern = self._source.text(value.node.parent.child_by_field_name("name")) if value.node.parent is not None else ""
        found = [each for each in self._tracer.trace(value.node, owner) if each.origin != "constant"]
        is_told = bool(found) and all(each.origin in {"caller", "environment"} for each in found)
        is_lasting = any(not LASTING.isdisjoint(each.symbol.split(".")) for each in found)
        return UNDEFINED if is_told and not is_lasting and f"{name} =" not in pattern else SOMETHING

    def _member(self, node: Node, scope: Scope, depth: int) -> Absent:
        if b"?." in (node.text or b""):
            return UNDEFINED
        written = self._written(node, scope)
        if written is not None:
            return self.of(written, scope, depth)
        symbol = self._source.symbol(node)
        is_opened = symbol.startswith(OPENED) or BOUND.fullmatch(symbol) is not None
        is_opened = (
            is_opened
            or self._is_private(symbol, scope)
            or (symbol in {each[:-1] for each in OPENED} and node.type == "subscript_expression")
        )
        is_missing = (
            is_opened
            or tail(self._source.symbol(named(node)[0])) in HOLDING
            or self._is_lacking(node, scope)
            or self._is_sent(node, scope)
            or self._is_looked_up(node, scope)
        )
        return UNDEFINED if is_missing else SOMETHING

    def _is_private(self, symbol: str, scope: Scope) -> bool:
        """Whether a variable of the environment is asked for that SvelteKit looks up when it is: `env.TOKEN` of `$env/dynamic/private`."""
        first, _, rest = symbol.partition(".")
        taken = self._tracer.imports.get(first) if scope.owner(first) is None else None
        return bool(rest) and taken is not None and taken.source.startswith("$env/dynamic/")

    def _written(self, node: Node, scope: Scope) -> Node | None:
        """The field of an object that is written out, as a variable holds it."""
        holder = named(node)[0]
        value = scope.value(self._source.text(holder)) if holder.type == "identifier" and node.type == "member_expression" else None
        return field(self._source, awaited(value), self._source.text(named(node)[-1])) if value is not None else None

    def _is_lacking(self, node: Node, scope: Scope) -> bool:
        """Whether a field is asked of an object that is written out in the place of nothing, without it: `(user || {}).id`."""
        if node.type != "member_expression":
            return False
        holder, name = bare(named(node)[0]), self._source.text(named(node)[-1])
        owner = scope.owner(self._source.text(holder)) if holder.type == "identifier" else None
        held = [each.node for each in owner.values.get(self._source.text(holder), []) if not each.part] if owner is not None else [holder]
        made = [bare(named(each)[-1]) for each in map(_given, held) if operator(each) in {"||", "??"}]
        written = [each for each in made if each.type == "object" and b"..." not in (each.text or b"")]
        return any(field(self._source, each, name) is None for each in written)

    def _is_looked_up(self, node: Node, scope: Scope) -> bool:
        """Whether something is taken out of a table that is written out, by a key that may not be in it."""
        table = scope.value(self._source.text(named(node)[0])) if node.type == "subscript_expression" else None
        return table is not None and awaited(table).type == "object" and self._source.string(named(node)[-1]) is None

    def _is_sent(self, node: Node, scope: Scope) -> bool:
        """Whether a value is a part of the request that a caller may leave out."""
        found = self._tracer.trace(node, scope)
        told = [each.symbol.split(".") for each in found if each.origin == "caller"]
        return (
            bool(told)
            and len(told) == len([each for each in found if each.origin != "constant"])
            and all("searchParams" in each or LASTING.isdisjoint(each) for each in told)
        )

    def _call(self, node: Node, scope: Scope, depth: int) -> Absent:
        function, symbol = node.child_by_field_name("function"), self._source.symbol(node)
        if symbol == "String" and len(arguments(node)) == 1:
            return _spoken(self.of(arguments(node)[0], scope, depth))
        if symbol in COUNTED and arguments(node):
            return frozenset({"NaN"}) if "undefined" in self.of(arguments(node)[0], scope, depth) else SOMETHING
        if function is not None and b"?." in (function.text or b""):
            return UNDEFINED
        if symbol == "Deno.env.get":
            name = self._source.string(arguments(node)[0]) if arguments(node) else None
            return SOMETHING if name in PROVIDED else UNDEFINED
        return self._taken(node, symbol, scope)

    def _taken(self, node: Node, symbol: str, scope: Scope) -> Absent:
        """A call that takes one thing out of a request."""
        owner, _, method = symbol.rpartition(".")
        if not arguments(node) or owner in {"ctx", "ctx.request"} or method not in {"get", "header", "query", "cookie", "queries"}:
            return SOMETHING
        is_parameter = tail(owner) == "searchParams" and bool(self._tracer.alone(node, scope, ("caller", "constant")))
        if not (is_parameter or self._is_sent(node, scope)):
            return SOMETHING
        is_named = method == "get" and (tail(owner) in NULLED or self._is_nulled(node, scope))
        return NULL if is_named else UNDEFINED

    def _is_nulled(self, node: Node, scope: Scope) -> bool:
        """Whether what a variable holds is asked, which was given what answers `null`: `const sent = await headers()`."""
        function = node.child_by_field_name("function")
        holder = self._source.text(named(function)[0]) if function is not None else ""
        value = scope.value(holder)
        told = {tail(self._source.symbol(value)) if value is not None else "", holder}
        return not told.isdisjoint(NULLED) or "params" in holder.lower() or "headers" in holder.lower()

    def _either(self, node: Node, scope: Scope, depth: int) -> Absent:
        if operator(node) not in {"||", "??", "&&"}:
            return SOMETHING
        found = self.of(named(node)[-1], scope, depth)
        return found | self.of(named(node)[0], scope, depth) if operator(node) == "&&" else found

    def _choice(self, node: Node, scope: Scope, depth: int) -> Absent:
        return self.of(named(node)[1], scope, depth) | self.of(named(node)[-1], scope, depth)

    def _text(self, node: Node, scope: Scope, depth: int) -> Absent:
        """A text that is nothing but what is put into it."""
        parts = named(node)
        is_bare = len(parts) == 1 and parts[0].type == "template_substitution" and bool(named(parts[0]))
        return _spoken(self.of(named(parts[0])[0], scope, depth)) if is_bare else SOMETHING


def is_nothing(source: Source, node: Node) -> bool:
    """Whether an expression is written out as nothing."""
    return node.type in {"undefined", "null"} or source.text(node) == "undefined"


def _given(node: Node) -> Node:
    """What an assignment gives, where that is what an expression is."""
    inner = awaited(node)
    return awaited(named(inner)[-1]) if inner.type == "assignment_expression" else inner


def _spoken(absent: Absent) -> Absent:
    return frozenset(f"'{each}'" for each in absent)


Read = Callable[[Absences, Node, "Scope", int], Absent]
READS: Mapping[str, Read] = {
    "undefined": lambda *_: UNDEFINED,
    "null": lambda *_: NULL,
    "identifier": Absences._name,
    "member_expression": Absences._member,
    "subscript_expression": Absences._member,
    "call_expression": Absences._call,
    "binary_expression": Absences._either,
    "ternary_expression": Absences._choice,
    "template_string": Absences._text,
}
