"""Whether statements can change the schema, told from their text."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from invariants.postgres.grammar import GrammarError, Parsed, parse, pb, unwrap
from invariants.postgres.plpgsql import nodes as n
from invariants.postgres.plpgsql import parse_body
from invariants.postgres.tree import strings, walk
from invariants.replay.catalog import Catalog
from invariants.replay.machine import NO_EFFECT
from invariants.replay.plpgsql import finding
from invariants.replay.plpgsql.values import GAP

HARMLESS_WORDS = {"insert", "update", "delete", "merge", "select", "with", "comment", "analyze", "vacuum", "notify", "truncate", "lock",
                  "refresh", "reindex", "cluster", "copy", "explain", "listen", "unlisten", "values", "table", "checkpoint"}  # fmt: skip


IMMATERIAL = NO_EFFECT | {
    "select_stmt",
    "call_stmt",
    "do_stmt",
    "create_extension_stmt",
    "alter_extension_stmt",
    "variable_set_stmt",
    "refresh_mat_view_stmt",
}
"""Statements that touch no table, policy, role or grant themselves."""


class Effects:
    """Asks one catalog, function bodies included."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._asked: set[int] = set()

    def of(self, body: Iterable[n.Statement]) -> bool:
        """Whether any of the statements, or of those inside them, can change the schema."""
        return any(self._statement(each) for each in body)

    def _statement(self, it: n.Statement) -> bool:
        if isinstance(it, n.Execute):
            return self.of_dynamic(it.text.text)
        if isinstance(it, n.ForQuery):
            return (self.of_dynamic(it.query.text) if it.dynamic else not it.cursor and self.of_text(it.query.text)) or self.of(it.body)
        if isinstance(it, (n.Run, n.Perform)):
            return self.of_text(it.query.text)
        if isinstance(it, n.ReturnQuery):
            return self.of_dynamic(it.query.text) if it.dynamic else self.of_text(it.query.text)
        return any(self.of_expression(each) for each in expressions(it)) or any(self.of(each) for each in bodies(it))

    def of_expression(self, text: str) -> bool:
        return "(" in text and self.of_text(f"SELECT {text}")

    def of_text(self, text: str) -> bool:
        """Whether a text of SQL can."""
        return any(self.of_parsed(each) for each in _parsed(text))

    def of_parsed(self, parsed: Parsed) -> bool:
        if parsed.kind not in IMMATERIAL and not _is_of_database(parsed):
            return True
        if parsed.kind == "do_stmt" or (parsed.kind == "select_stmt" and parsed.node.HasField("into_clause")):
            return True
        return any(self.of_function(strings(each.funcname)) for each in walk(parsed.node) if isinstance(each, pb.FuncCall))

    def of_function(self, parts: list[str]) -> bool:
        """Whether any function of that name can."""
        found = finding.functions(self.catalog, parts[-2] if len(parts) > 1 else "", parts[-1])
        return any(self._body(each) for each in found)

    def knows(self, parts: list[str]) -> bool:
        """Whether a migration or PostgreSQL made a function of that name."""
        return parts[-2] == "pg_catalog" or bool(finding.functions(self.catalog, parts[-2], parts[-1]))

    def _body(self, function: Any) -> bool:
        if function.oid in self._asked:
            return False
        self._asked.add(function.oid)
        if function.language == "sql":
            return self.of_text(function.body)
        try:
            return function.language == "plpgsql" and self.of((parse_body(function.body),))
        except GrammarError:
            return False

    def of_dynamic(self, expression: str) -> bool:
        """Whether the text that an expression makes can, told from the literal it begins with."""
        literal = _literal(expression)
        if literal is None:
            return True
        word = literal.split(maxsplit=1)[0].lower() if literal.split() else ""
        return word not in HARMLESS_WORDS or (";" in literal.rstrip().rstrip(";") and word != "with")

    def of_pattern(self, pattern: str) -> bool:
        """Whether a text that is known in part can."""
        try:
            return any(self.of_parsed(each) for each in parse(pattern))
        except GrammarError:
            words = pattern.split(maxsplit=1)
            return not words or GAP in words[0] or words[0].lower() not in HARMLESS_WORDS


def _is_of_database(parsed: Parsed) -> bool:
    """It is about a database as such: who may connect to it, and its settings."""
    return parsed.kind == "alter_database_set_stmt" or (parsed.kind == "grant_stmt" and parsed.node.objtype == pb.OBJECT_DATABASE)


@lru_cache(maxsize=2048)
def _parsed(text: str) -> tuple[Parsed, ...]:
    try:
        return tuple(parse(text))
    except GrammarError:
        return ()


def _literal(expression: str) -> str | None:
    """The string that an expression begins with: its own, format's, or the first of a concatenation."""
    found = _parsed(f"SELECT {expression}")
    node = found[0].node.target_list[0].res_target.val if found else None
    while node is not None:
        kind, value = unwrap(node)
        if kind == "a_const" and value.WhichOneof("val") == "sval":
            return str(value.sval.sval)
        if kind == "a_expr" and strings(value.name)[-1] == "||":
            node = value.lexpr
        elif kind == "func_call" and strings(value.funcname)[-1] in {"format", "concat"} and value.args:
            node = value.args[0]
        else:
            return None
    return None


def bodies(it: n.Statement) -> list[tuple[n.Statement, ...]]:
    """The statements that a statement holds."""
    if isinstance(it, n.Block):
        return [it.body, *(handler.body for handler in it.handlers)]
    if isinstance(it, n.If):
        return [*(body for _, body in it.branches), it.otherwise]
    if isinstance(it, n.Case):
        return [*(body for _, body in it.branches), it.otherwise or ()]
    return [it.body] if isinstance(it, (n.Loop, n.ForInteger, n.ForQuery, n.ForEach)) else []


def expressions(it: n.Statement) -> list[str]:
    """The expressions of a statement's own."""
    if isinstance(it, n.Block):
        return [each.default.text for each in it.declarations if each.default]
    if isinstance(it, n.Assign):
        return [it.value.text]
    if isinstance(it, (n.If, n.Case)):
        return [condition.text for condition, _ in it.branches]
    if isinstance(it, (n.Return, n.ReturnNext)):
        return [it.value.text] if it.value else []
    return [it.condition.text] if isinstance(it, (n.Loop, n.Exit)) and it.condition else []


def assigned(body: Iterable[n.Statement]) -> set[str]:
    """The variables that statements give a value."""
    found: set[str] = set()
    for it in body:
        if isinstance(it, n.Assign):
            found.add(it.target.text.partition("[")[0].strip().lower())
        elif isinstance(it, (n.Run, n.Execute, n.Fetch)):
            found |= {*it.into, "found"}
        elif isinstance(it, (n.ForQuery, n.ForEach)):
            found |= {*it.targets, "found"}
        elif isinstance(it, n.Diagnostics):
            found |= {target for target, _ in it.items}
        elif isinstance(it, n.Perform):
            found.add("found")
        for inner in bodies(it):
            found |= assigned(inner)
    return found


def leaves(body: Iterable[n.Statement], *, in_loop: bool = False) -> bool:
    """Whether statements can end what they stand in: RETURN, EXIT or CONTINUE of a loop around them."""
    for it in body:
        if isinstance(it, (n.Return, n.ReturnNext, n.ReturnQuery)) or (isinstance(it, n.Exit) and (not in_loop or it.label)):
            return True
        inside = in_loop or isinstance(it, (n.Loop, n.ForInteger, n.ForQuery, n.ForEach))
        if any(leaves(inner, in_loop=inside) for inner in bodies(it)):
            return True
    return False
