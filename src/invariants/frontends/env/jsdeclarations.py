"""One JavaScript file as declarations that use one another: what of it is needed for a name, and what a name is needed for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from invariants.facts.place import Place
from invariants.frontends.env.components import script
from invariants.frontends.env.jssides import is_served
from invariants.frontends.env.jstree import Tree, text

COMPONENTS = (".vue", ".svelte", ".astro")
NAMES = {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
TYPES = {"type_annotation", "type_arguments", "type_parameters", "interface_declaration", "type_alias_declaration", "type_query"}
VARIABLES = {"lexical_declaration", "variable_declaration"}
EVERY = "*"
"""The name of whatever a file exports, where that is not said by name."""
RUN = ""
"""The name of what runs as soon as a file is loaded."""


class Taken(NamedTuple):
    """A name that a file takes from another; one that it only passes on is known to others as ``exported``."""

    source: str
    name: str
    local: str
    exported: str


class Declarations:
    """The declarations of a file, each with the names that it uses. A component is all in one, which runs."""

    def __init__(self, path: str, content: bytes) -> None:
        is_component = path.endswith(COMPONENTS)
        self._tree = Tree(path, script(content)[0] if is_component else content)
        self._is_component = is_component
        self._uses: dict[str, set[str]] = defaultdict(set)
        self.taken: list[Taken] = []
        self.exported: dict[str, str] = {}
        for statement in self._tree.root.named_children:
            self._stated(statement)
        if is_component:
            self._uses[RUN] |= {each.local for each in self.taken}

    def around(self, place: Place) -> set[str]:
        """The declarations that a place is in; none where browsers do not come to it."""
        row, found = place.line - 1, set[str]()
        if is_served(self._tree, place):
            return found
        for statement in self._tree.root.named_children:
            if statement.start_point.row <= row <= statement.end_point.row:
                found |= {name for name, node in self._declared(statement) if node.start_point.row <= row <= node.end_point.row}
        return found

    def needing(self, names: Iterable[str]) -> set[str]:
        """These names, and the declarations that use one of them, themselves or by way of others."""
        found = set(names)
        while more := {name for name, used in self._uses.items() if name not in found and used & found}:
            found |= more
        return found

    def known_as(self, names: set[str]) -> set[str]:
        """How other files know these declarations."""
        if self._is_component:
            return {EVERY, RUN} if names else set()
        return {exported for exported, local in self.exported.items() if local in names} | ({RUN} & names)

    def is_used(self, local: str, kept: Collection[str]) -> bool:
        """Whether a name is used, not as a type, and elsewhere than in what is kept."""
        return any(local in used for name, used in self._uses.items() if name not in kept)

    def _stated(self, statement: Node) -> None:
        source = _string(statement.child_by_field_name("source"))
        declared = statement.child_by_field_name("declaration") or statement
        if any(each.type == "type" for each in statement.children) or declared.type in TYPES:
            return
        if statement.type == "import_statement":
            self.taken += _imported(statement, source)
        elif source:
            self.taken += _passed_on(statement, source)
        else:
            for name, node in self._declared(statement):
                self._uses[name] |= set(_used(node))
            self.taken += _loaded(statement)
            if statement.type == "export_statement":
                self._export(statement)

    def _declared(self, statement: Node) -> Iterator[tuple[str, Node]]:
        """The names that a statement declares, each with its part of it."""
        inner = statement.child_by_field_name("declaration") or statement
        if self._is_component:
            yield RUN, statement
        elif inner.type in VARIABLES:
            for each in inner.named_children:
                yield from ((name, each) for name in _bound(each.child_by_field_name("name")))
        elif statement.type == "export_statement" and inner.child_by_field_name("name") is None:
            yield "default", statement
        elif (name := inner.child_by_field_name("name")) is not None:
            yield text(name), inner
        elif text(inner).startswith(("module.exports", "exports.")):
            self.exported[EVERY] = EVERY
            yield EVERY, inner
        else:
            yield RUN, inner

    def _export(self, statement: Node) -> None:
        clauses = [each for each in statement.named_children if each.type == "export_clause"]
        for clause in clauses:
            self._uses.pop("default", None)
            for each in clause.named_children:
                local = text(each.child_by_field_name("name"))
                self.exported[text(each.child_by_field_name("alias")) or local] = local
        is_default = any(each.type == "default" for each in statement.children)
        for name, _ in self._declared(statement) if not clauses else ():
            self.exported["default" if is_default else name] = name


def _imported(statement: Node, source: str) -> Iterator[Taken]:
    clause = next((each for each in statement.named_children if each.type == "import_clause"), None)
    if clause is None:
        yield Taken(source, EVERY, RUN, "")
        return
    for each in clause.named_children:
        if each.type == "identifier":
            yield Taken(source, "default", text(each), "")
        elif each.type == "namespace_import":
            yield Taken(source, EVERY, text(each.named_children[0]), "")
        else:
            yield from (Taken(source, *_specified(name), "") for name in each.named_children if not _is_type(name))


def _passed_on(statement: Node, source: str) -> Iterator[Taken]:
    clause = next((each for each in statement.named_children if each.type == "export_clause"), None)
    if clause is None:
        yield Taken(source, EVERY, "", EVERY)
    for each in clause.named_children if clause is not None else []:
        if not _is_type(each):
            name, exported = _specified(each)
            yield Taken(source, name, "", exported)


def _loaded(statement: Node) -> Iterator[Taken]:
    """``const { a } = require("./b")``, ``await import("./b")``: everything, under the names that are bound to it."""
    for call in _calls(statement):
        declarator = call.parent
        while declarator is not None and declarator.type not in {"variable_declarator", "program"}:
            declarator = declarator.parent
        given = call.child_by_field_name("arguments")
        source = _string(given.named_children[0]) if given is not None and given.named_children else ""
        pattern = declarator.child_by_field_name("name") if declarator is not None else None
        for local in _bound(pattern) or [RUN] if source else []:
            yield Taken(source, EVERY, local, "")


def _calls(node: Node) -> Iterator[Node]:
    todo = [node]
    while todo:
        each = todo.pop()
        if each.type == "call_expression" and text(each.child_by_field_name("function")) in {"require", "import"}:
            yield each
        todo += each.named_children


def _specified(specifier: Node) -> tuple[str, str]:
    """The name there, and the name here."""
    name = text(specifier.child_by_field_name("name"))
    return name, text(specifier.child_by_field_name("alias")) or name


def _is_type(specifier: Node) -> bool:
    return any(each.type == "type" for each in specifier.children)


def _string(node: Node | None) -> str:
    return text(node)[1:-1] if node is not None and node.type == "string" else ""


def _bound(pattern: Node | None) -> list[str]:
    """The names that a pattern binds."""
    if pattern is None:
        return []
    return [text(pattern)] if pattern.type == "identifier" else sorted(set(_used(pattern)))


def _used(node: Node) -> Iterator[str]:
    """The names in an expression or statement, those of types left out."""
    todo = [node]
    while todo:
        each = todo.pop()
        if each.type in NAMES:
            yield text(each)
        if each.type not in TYPES:
            todo += each.named_children
