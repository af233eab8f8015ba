"""One JavaScript file: every place where the environment stands, and what becomes of it there."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from invariants.facts.env import Declaration, Door, Read, Taker, Unresolved
from invariants.frontends.env import jsframeworks
from invariants.frontends.env.jscalls import calls, function_named, is_local
from invariants.frontends.env.jsdoors import doors
from invariants.frontends.env.jsloads import DIRECTIVE
from invariants.frontends.env.jsplaces import in_type, is_broken, is_defaulted, is_exported, is_hidden, is_written, scope, typed
from invariants.frontends.env.jstree import Tree, bare, function_of, name_of, parameters, text, wrapped
from invariants.frontends.env.names import is_name

Fact = Read | Unresolved | Taker | Declaration | Door
ENVIRONMENT = rb"process\s*(?:\?\.|\.)\s*env\b|process\[\s*['\"]env['\"]\s*\]|import\.meta\.env\b|Bun\.env\b|Deno\.env\b"
BUILT_IN = {"MODE", "BASE_URL", "PROD", "DEV", "SSR", "SITE", "ASSETS_PREFIX", "LEGACY"}
"""What Vite and Astro set in import.meta.env themselves."""
PUBLIC = re.compile(r"^(?:VITE_|PUBLIC_|NEXT_PUBLIC_|NUXT_PUBLIC_|EXPO_PUBLIC_|GATSBY_|REACT_APP_|STORYBOOK_|PLASMO_PUBLIC_)")
HANDED_ON = re.compile(r"env$|environment$|processEnv$|runtimeEnv$|Env$")
"""Keys under which a process, or a validator, is given the environment."""
HARMLESS = re.compile(
    r"(?:^|\.)(?:spawn(?:Sync)?|exec\w*|fork|execa\w*|assign|fill|stringify|log|debug|info|warn|freeze|structuredClone|expand|stubEnv|spyOn|"
    r"replaceProperty|defineProperty|mergeConfig|\$|expect|loadEnvConfig|populate)$"
)
THROUGH = {"Object.entries", "Object.values", "Object.fromEntries"}
REMEDY = "Read it by its name, or name the function under `accessors` in .invariants/env.toml."
WHOLE = "what is read of the whole environment cannot be told"


def facts(path: str, content: bytes, accessors: Sequence[str]) -> Iterator[Fact]:
    """Everything that a file reads and declares."""
    reader = Reader(Tree(path, content), accessors)
    reader.run()
    yield from reader.found


class Reader:
    """What is found out about one file."""

    def __init__(self, tree: Tree, accessors: Sequence[str]) -> None:
        self.tree = tree
        self.found: list[Fact] = []
        self._accessors = set(accessors)
        self._asked: set[str] = set()
        self._is_client = (said := DIRECTIVE.match(tree.content)) is not None and said[1] == b"client"
        self._aliases: set[tuple[str, int]] = set()
        self._offsets: list[tuple[int, str]] = []

    def run(self) -> None:
        for node in self.tree.found(ENVIRONMENT):
            if node.type in {"member_expression", "subscript_expression"}:
                self.use(node)
        if self.tree.root.has_error:
            self._recovered()
        self._typed()
        for accessor in sorted(self._accessors):
            self._called(accessor)
        for each in jsframeworks.imports(self.tree):
            self.imported(*each)
        jsframeworks.run(self)
        for pattern, through, node in doors(self.tree, self._offsets):
            self.found.append(Door(self.tree.place(node), pattern, through))

    def _recovered(self) -> None:
        """What stands by its name where the parser made nothing of the text around it."""
        for match in self.tree.stray(rb"(?:" + ENVIRONMENT + rb")(?:(?:\?\.|\.)([A-Za-z_]\w*)(?!\w|\s*=[^=]))?"):
            name = (match[1] or b"").decode()
            at = self.tree.span(match.start(1), match.end(1)) if name else self.tree.span(*match.span())
            if not name:
                self.found.append(Unresolved(at, "", "", "it does not parse here", "Mend the syntax."))
            elif is_name(name):
                self.found.append(Read(at, name, "client" if self._is_client else "server", "code", False))

    def read(self, node: Node, name: str, *, defaulted: bool = False, client: bool = False, schema: bool = False) -> None:
        """A variable that is read by its name."""
        self._offsets.append((node.start_byte, name))
        if is_name(name):
            side = "client" if client or self._is_client else "server"
            self.found.append(Read(self.tree.place(node), name, side, "schema" if schema else "code", defaulted))  # type: ignore[arg-type]

    def unresolved(self, node: Node, message: str, *, accessor: str = "", taker: str = "", remedy: str = REMEDY) -> None:
        self.found.append(Unresolved(self.tree.place(node), accessor, taker, message, remedy))

    def key(self, node: Node | None, at: Node, *, defaulted: bool = False, client: bool = False) -> None:
        """A variable that is read by an expression."""
        names = self.tree.strings(node)
        for name in names:
            self.read(node or at, name, defaulted=defaulted, client=client)
        if names:
            return
        inner, function = bare(node), function_of(at)
        is_parameter = function is not None and inner is not None and inner.type == "identifier" and text(inner) in parameters(function)
        accessor = name_of(function) if is_parameter else ""
        if accessor and is_local(self.tree, function) and accessor not in self._accessors:
            self._accessors.add(accessor)
            self._called(accessor)
        elif accessor not in self._accessors:
            self.unresolved(at, "which variable is read is decided when it runs", accessor=accessor)

    def use(self, environment: Node) -> None:
        """What becomes of the environment where it stands."""
        node = wrapped(environment)
        parent = node.parent
        if parent is None or in_type(node):
            return
        is_meta = text(environment).startswith("import.meta")
        if parent.type == "member_expression" and parent.child_by_field_name("object") == node:
            self._member(parent, text(parent.child_by_field_name("property")), is_meta=is_meta)
        elif is_broken(node):
            self.unresolved(node, "it does not parse here", remedy="Mend the syntax.")
        elif parent.type == "subscript_expression" and parent.child_by_field_name("object") == node:
            if not is_written(parent):
                self.key(parent.child_by_field_name("index"), parent, defaulted=is_defaulted(parent), client=False)
        elif parent.type == "binary_expression":
            self._binary(parent)
        elif parent.type == "ternary_expression" and parent.child_by_field_name("condition") != node:
            self.use(parent)
        else:
            self._whole(parent, node)

    def _member(self, member: Node, name: str, *, is_meta: bool) -> None:
        call = member.parent
        is_call = call is not None and call.type == "call_expression" and call.child_by_field_name("function") == member
        if is_call and call is not None and name in {"get", "has"}:
            arguments = call.child_by_field_name("arguments")
            first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
            self.key(first, call, defaulted=is_defaulted(call) or name == "has")
        elif is_call and call is not None and name == "toObject":
            self.use(call)
        elif not is_call and not is_written(member) and not (is_meta and name in BUILT_IN):
            node = member.child_by_field_name("property") or member
            self.read(node, name, defaulted=is_defaulted(member), client=is_meta and bool(PUBLIC.match(name)))

    def _binary(self, parent: Node) -> None:
        """``"X" in process.env``, ``process.env ?? {}``, ``given ?? process.env``."""
        operator = text(parent.child_by_field_name("operator"))
        if operator == "in":
            self.key(parent.child_by_field_name("left"), parent, defaulted=True)
        elif operator in {"??", "||", "&&"}:
            self.use(parent)

    def _whole(self, parent: Node, node: Node) -> None:
        """The environment itself is bound to a name, handed on, or gone through."""
        bound = next(
            (parent.child_by_field_name(field) for field in ("name", "pattern", "left") if parent.child_by_field_name(field)), None
        )
        if parent.type in {
            "variable_declarator",
            "assignment_expression",
            "required_parameter",
            "optional_parameter",
            "assignment_pattern",
        }:
            if bound is not None and bound != node:
                self._bound(bound, parent)
        elif parent.type == "object_assignment_pattern":
            self._alias(text(bound), parent)
        elif parent.type == "arguments":
            self._argument(parent, node)
        elif parent.type == "spread_element":
            self._spread(parent)
        elif parent.type == "for_in_statement":
            self.unresolved(node, "which variable is read cannot be told: it goes through all of them")
        elif (parent.type == "pair" and not HANDED_ON.search(text(parent.child_by_field_name("key")).strip("'\""))) or parent.type in {
            "return_statement",
            "arrow_function",
        }:
            self.unresolved(node, WHOLE, taker=name_of(function_of(node)) if parent.type != "pair" else "")

    def _bound(self, pattern: Node, parent: Node) -> None:
        if pattern.type in {"object_pattern", "object"}:
            self.destructured(pattern)
        elif pattern.type == "identifier":
            self._alias(text(pattern), parent)
            self._taken(parent)
            if is_exported(parent):
                self.unresolved(pattern, "what other files read of the environment that is exported here cannot be told")
        elif pattern.type == "member_expression":
            self._held(pattern)

    def destructured(self, pattern: Node, *, client: bool = False) -> None:
        """``const { A, B: b, C = "x", ...rest } = process.env``."""
        for each in pattern.named_children:
            if each.type in {"shorthand_property_identifier_pattern", "shorthand_property_identifier"}:
                self.read(each, text(each), client=client)
            elif each.type == "object_assignment_pattern":
                left = each.child_by_field_name("left") or each
                self.read(left, text(left), defaulted=True, client=client)
            elif each.type in {"pair_pattern", "pair"}:
                key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
                name = text(key).strip("'\"")
                self.read(key or each, name, defaulted=value is not None and value.type == "assignment_pattern", client=client)
            elif each.type == "rest_pattern":
                self.unresolved(each, WHOLE)

    def _alias(self, name: str, declared: Node) -> None:
        """Another name for the environment, where it is not hidden by a parameter of the same name."""
        within = self.tree.root if declared.type == "assignment_expression" else scope(declared)
        if not is_name(name) or (name, within.start_byte) in self._aliases:
            return
        self._aliases.add((name, within.start_byte))
        for node in self.tree.named(name, within):
            is_declared = node.parent is not None and node.parent.start_byte <= declared.start_byte < node.end_byte
            if node.type == "identifier" and not is_declared and not is_hidden(node, name, within):
                self.use(node)

    def _held(self, member: Node) -> None:
        """``this.env = process.env``: whatever else is called so."""
        written = text(member).encode()
        if (text(member), 0) not in self._aliases:
            self._aliases.add((text(member), 0))
            for node in self.tree.found(re.escape(written) + rb"(?![\w$])"):
                if node.type == "member_expression" and node.text == member.text and node != member:
                    self.use(node)

    def _taken(self, parent: Node) -> None:
        """A parameter that is the environment unless another is given."""
        if parent.type in {"required_parameter", "optional_parameter", "assignment_pattern"} and (name := name_of(function_of(parent))):
            self.found.append(Taker(self.tree.place(parent), name))

    def _typed(self) -> None:
        """Parameters, and fields of parameters, whose type is the environment's."""
        for node in self.tree.found(rb"(?:NodeJS\.)?\bProcessEnv\b") if b"ProcessEnv" in self.tree.content else ():
            field, parameter = typed(node)
            pattern = parameter.child_by_field_name("pattern") if parameter is not None else None
            if parameter is None or pattern is None:
                continue
            if not field:
                self._bound(pattern, parameter)
            elif pattern.type == "object_pattern" and field in map(text, pattern.named_children):
                self._alias(field, parameter)

    def _argument(self, arguments: Node, node: Node) -> None:
        call = arguments.parent
        called = call.child_by_field_name("function") or call.child_by_field_name("constructor") if call is not None else None
        name = re.sub(r"\s|\?", "", text(called))
        if call is None or HARMLESS.search(name) or name.rpartition(".")[2] in self._accessors:
            return
        if name in THROUGH or name == "Object.keys":
            self.unresolved(node, "which variable is read cannot be told: it goes through all of them")
        elif not jsframeworks.validated(self, call, called, node) and not jsframeworks.validated_outside(self, call):
            tail = name.rpartition(".")[2]
            function = function_named(self.tree, name)
            names = parameters(function) if function is not None else []
            position = [each for each in arguments.named_children if each.type != "comment"].index(node)
            if function is not None and len(names) > position:
                self._alias(names[position], function.child_by_field_name("parameters") or function)
                return
            self.unresolved(node, f"what {tail or 'a function'} reads of the environment that it is handed cannot be told", taker=tail)

    def _spread(self, spread: Node) -> None:
        """``{...process.env}``: another name for it where it is bound to one; else it is handed on."""
        whole = spread.parent
        if whole is not None and whole.type == "object":
            outer = wrapped(whole)
            if outer.parent is not None and outer.parent.type == "variable_declarator":
                self._whole(outer.parent, outer)

    def _called(self, accessor: str) -> None:
        """The calls of a function that reads the variable it is given the name of."""
        asked = accessor in self._asked
        self._asked.add(accessor)
        for call, given in calls(self.tree, accessor) if not asked else ():
            if given:
                named = next((each for each in given if self.tree.strings(each)), given[0])
                self.key(named, call, defaulted=named != given[-1] or is_defaulted(call))

    def imported(self, clause: Node, source: str) -> None:
        """What is imported from a module that is the environment."""
        is_client = source.endswith(("/public", "/client"))
        for each in clause.named_children:
            if each.type == "named_imports":
                for name in each.named_children:
                    self._specified(name, source, client=is_client)
            elif each.type in {"identifier", "namespace_import"} and source.endswith("process"):
                continue

    def _specified(self, specifier: Node, source: str, *, client: bool) -> None:
        name = text(specifier.child_by_field_name("name"))
        local = text(specifier.child_by_field_name("alias")) or name
        if "static" in source or (source.startswith("astro:env") and name != "getSecret"):
            self.read(specifier, name, client=client)
        elif name == "env":
            self._alias(local, specifier)
        elif name == "getSecret":
            self._called(local)
