"""Conditions that ask which path a request has: what it is held against, and how."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from tree_sitter import Node

from invariants.facts.place import Place
from invariants.facts.web import ANSWER, PathTest
from invariants.frontends.typescript.listed import Listed, listed, one
from invariants.frontends.typescript.patterns import How, pattern
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.requests import REQUESTS
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, answer, arguments, awaited, bare, named, operator

Subject = Literal["path", "sent", "url", "original", "route", "given", "request"]
WORDS = re.compile(rb"\.(?:startsWith|endsWith|includes|some|test|has|match)\b")
EQUAL = re.compile(
    rb"=(?:(?<=[!=]=) ?[\"'`]/|(?:(?<=[\"'`][!=]=)|(?<=[\"'`] [!=]=)|(?<=[\"'`][!=]==)|(?<=[\"'`] [!=]==)) )"  # `!== "/`, `"/login" ===`
)
"""What stands in a file that asks for paths: one of them. Both begin with a letter, which is found fast."""
METHODS: Mapping[str, How] = {"startsWith": "starts", "endsWith": "ends", "includes": "holds"}
LISTS = frozenset({"includes", "has"})
NAMES: Mapping[Subject, tuple[str, ...]] = {
    "path": ("path", "req.path", "request.path"),
    "sent": ("url.pathname", "nextUrl.pathname", "URL.pathname"),
    "url": ("url", "req.url", "request.url", "raw.url", "req.raw.url"),
    "original": ("originalUrl",),
    "route": ("route.id",),
}
PARTS: Mapping[str, Subject] = {name: subject for subject, names in NAMES.items() for name in names}
"""What of a request its path is."""
LOWER = ".toLowerCase"
DEEP = 4


class Path(NamedTuple):
    """The path of a request, as an expression takes it."""

    subject: Subject
    folded: bool = False


class Held(NamedTuple):
    """A path, and what it is held against."""

    path: Path
    how: How | Literal["asks"]
    against: Listed
    suffix: str = ""


class Told(NamedTuple):
    """A condition about the path of a request."""

    negated: bool
    held: list[Held]


Known = Mapping[str, Path | list[Listed]]


def asked(reader: Reader) -> Iterator[PathTest]:
    """The branches of a file that ask for paths, and the functions that answer by one."""
    if not (WORDS.search(reader.source.content) or EQUAL.search(reader.source.content)):
        return
    yield from _answers(reader)
    for body in reader.bodies:
        parts = Counter(position for position, _ in body.conditions)  # a case of a switch has two
        for position, node in body.conditions if body.scope.name else ():
            told = Asking(reader, body.scope, {}).told(node, DEEP) if parts[position] == 1 else None
            yield from _tests(told, reader.source.place(node), body.scope.name, position) if told is not None else ()


def _answers(reader: Reader) -> Iterator[PathTest]:
    """What functions answer of a path that they are given, for those of other files which ask them."""
    for name, function in reader.nodes.items():
        fact = reader.functions.get(function.id) if function.type in FUNCTIONS else None
        if fact is not None and fact.exported:
            told = Asking(reader, reader.bodies[0].scope, {}).inside(function, Path("given"), {}, DEEP)
            yield from _tests(told, reader.source.head(function), name, ANSWER) if told is not None else ()


def _tests(told: Told, at: Place, function: str, position: int) -> Iterator[PathTest]:
    for (subject, folded), how, (kind, value, whole), suffix in told.held:
        known = "unknown" if kind == "regex" else kind
        if subject != "request":
            yield PathTest(at, function, position, told.negated, subject, how, folded, whole, known, value, suffix)


class Asking:
    """The conditions of one function; known: what some of its names are, where it is called by the function that asks."""

    def __init__(self, reader: Reader, scope: Scope, known: Known) -> None:
        self._reader = reader
        self._source = reader.source
        self._scope = scope
        self._known = known

    def told(self, node: Node, depth: int) -> Told | None:
        """What a condition asks of the path; null where it asks for something else as well."""
        inner = bare(node)
        if depth == 0:
            return None
        if inner.type == "unary_expression" and inner.children[0].type == "!":
            found = self.told(named(inner)[0], depth)
            return found._replace(negated=not found.negated) if found is not None else None
        if inner.type == "identifier":
            value = self._value(inner)
            return self.told(value, depth - 1) if value is not None and value.start_byte < inner.start_byte else None
        if inner.type == "binary_expression":
            return self._either(inner, depth) if operator(inner) == "||" else self._compared(inner)
        return self._call(inner, depth) if inner.type == "call_expression" else None

    def _value(self, node: Node) -> Node | None:
        name = self._source.text(node)
        return None if name in self._known else self._scope.value(name)

    def _either(self, node: Node, depth: int) -> Told | None:
        found = [self.told(each, depth) for each in (named(node)[0], named(node)[-1])]
        known = [each for each in found if each is not None and not each.negated]
        return Told(False, [held for each in known for held in each.held]) if len(known) == len(found) else None

    def _compared(self, node: Node) -> Told | None:
        sign, sides = operator(node), (named(node)[0], named(node)[-1])
        if sign not in {"===", "==", "!==", "!="}:
            return None
        left, right = map(self.path, sides)
        path, other = (left, sides[1]) if left is not None else (right, sides[0])
        return Told(sign.startswith("!"), self._against(path, "is", other)) if path is not None else None

    def _call(self, node: Node, depth: int) -> Told | None:
        function, given = node.child_by_field_name("function"), arguments(node)
        if function is None or len(given) != 1:
            return None
        if function.type == "identifier":
            return self._helper(self._source.text(function), given[0], depth)
        if function.type != "member_expression":
            return None
        on, method = named(function)[0], self._source.text(named(function)[-1])
        if (path := self.path(on)) is not None:
            matched = self._matched(path, [one(self._reader, given[0], self._scope)]) if method == "match" else []
            held = self._against(path, METHODS[method], given[0]) if method in METHODS else matched
            return Told(False, held) if held else None
        if method == "some":
            return self._some(on, given[0], depth)
        sent = self.path(given[0]) if method in LISTS or method == "test" else None
        if sent is None:
            return None
        return Told(False, [Held(sent, "is", each) for each in self._all(on)] if method in LISTS else self._matched(sent, self._all(on)))

    def _helper(self, name: str, given: Node, depth: int) -> Told | None:
        """`isPublic(req.path)` and `isPublic(req)`, of a function of this file or of another one."""
        path, inner = self.path(given), self._scope.function(name)
        path = Path("request") if path is None and self._is_request(self._source.text(given)) else path
        function = self._reader.nodes.get(inner) if inner else None
        if path is not None and function is not None:
            return self.inside(function, path, {}, depth)
        is_taken = path is not None and path.subject != "request" and name in self._reader.imports
        return Told(False, [Held(path, "asks", Listed("symbol", name))]) if path is not None and is_taken else None

    def _some(self, on: Node, function: Node, depth: int) -> Told | None:
        """`PUBLIC.some((each) => path.startsWith(each))`."""
        found = self.inside(function, self._all(on), self._known, depth)
        return found if found is not None and not found.negated else None

    def inside(self, function: Node, given: Path | list[Listed], known: Known, depth: int) -> Told | None:
        """What a function answers that is given one thing; known: the names around it."""
        taken = function.child_by_field_name("parameter") or function.child_by_field_name("parameters")
        names = [taken] if taken is not None and taken.type == "identifier" else named(taken) if taken is not None else []
        result = answer(function) if function.type in FUNCTIONS and len(names) == 1 else None
        body = function.child_by_field_name("body")
        if result is None or body is None or (body.type == "statement_block" and len(named(body)) > 1):
            return None
        pattern_ = names[0].child_by_field_name("pattern") or names[0]
        scope = next((each.scope for each in self._reader.bodies if each.scope.name == self._name(function)), self._scope)
        return Asking(self._reader, scope, {**known, self._source.text(pattern_): given}).told(result, depth - 1)

    def _name(self, function: Node) -> str:
        found = self._reader.functions.get(function.id)
        return found.name if found is not None else ""

    def _all(self, node: Node) -> list[Listed]:
        """What a list has in it, or the one thing that a name of it is."""
        given = self._known.get(self._source.text(bare(node)))
        return given if isinstance(given, list) else listed(self._reader, node, self._scope)

    def _against(self, path: Path, how: How, node: Node) -> list[Held]:
        first, suffix = self._ended(bare(node))
        known = self._known.get(self._source.text(first)) if first is not None else None
        if isinstance(known, list):
            return [Held(path, how, each, suffix) for each in known]
        return [Held(path, how, one(self._reader, node, self._scope))]

    def _ended(self, node: Node) -> tuple[Node | None, str]:
        """What a text begins with, and the rest of it: `each + "/"`, `${each}/`."""
        parts = named(node) if node.type in {"binary_expression", "template_string"} else []
        if node.type == "identifier" or len(parts) != 2:
            return node, ""
        first = named(parts[0])[0] if parts[0].type == "template_substitution" and named(parts[0]) else parts[0]
        rest = self._source.string_part(parts[1]) if parts[1].type == "string_fragment" else self._source.string(parts[1])
        return (first, rest) if rest is not None else (None, "")

    def _matched(self, path: Path, patterns: list[Listed]) -> list[Held]:
        """A path that regular expressions are held against."""
        found = []
        for each in patterns:
            told = pattern(each.value) if each.kind == "regex" else []
            found += [Held(path._replace(folded=path.folded or one.folded), one.how, Listed("text", one.text, each.whole)) for one in told]
            found += [Held(path, "holds", Listed("unknown", "", each.whole))] if not told else []
        return found

    def path(self, node: Node) -> Path | None:
        """The path of the request, where an expression is that."""
        inner = bare(node)
        if inner.type == "identifier":
            return self._named(self._source.text(inner), inner)
        if inner.type == "call_expression":
            function = inner.child_by_field_name("function")
            is_lower = function is not None and function.type == "member_expression" and self._source.text(function).endswith(LOWER)
            found = self.path(named(function)[0]) if function is not None and is_lower else None
            return found._replace(folded=True) if found is not None else None
        if inner.type == "member_expression" and self._source.symbol(inner) == "URL.pathname":
            return self._of_url(awaited(named(inner)[0]))
        return self._part(self._source.symbol(inner)) if inner.type == "member_expression" else None

    def _of_url(self, node: Node) -> Path | None:
        """`new URL(request.url).pathname`."""
        given = arguments(node) if node.type == "new_expression" else []
        found = self.path(given[0]) if given else None
        return found._replace(subject="sent") if found is not None and found.subject == "url" else None

    def _named(self, name: str, node: Node) -> Path | None:
        if isinstance(known := self._known.get(name), Path):
            return known if known.subject != "request" else None
        owner = self._scope.owner(name)
        found = owner.values.get(name, []) if owner is not None and name not in self._known else []
        if len(found) != 1 or found[0].node.start_byte >= node.start_byte:
            return None
        value, part, _ = found[0]
        if not part:
            return self.path(value)
        if part == "pathname" and awaited(value).type == "new_expression" and self._source.symbol(awaited(value)) == "URL":
            return self._of_url(awaited(value))
        return self._part(f"{self._source.symbol(value)}.{part}")

    def _part(self, symbol: str) -> Path | None:
        """A part of a request."""
        root, _, part = symbol.partition(".")
        return Path(PARTS[part]) if part in PARTS and self._is_request(root) else None

    def _is_request(self, name: str) -> bool:
        """Whether a name is that of what a function is given first, where that is a request."""
        if isinstance(known := self._known.get(name), Path):
            return known.subject == "request"
        owner = self._scope.owner(name) if name in REQUESTS else None
        taken = owner.parameters.get(name) if owner is not None else None
        return taken is not None and taken.position == 0
