"""What policies, views and functions give away: the settings and claims they read, and the constants they compare with."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from invariants.postgres.bodies import queries
from invariants.postgres.grammar import GrammarError, parse, parse_expression, pb, unwrap
from invariants.postgres.tree import strings, walk
from invariants.prove.catalog import Catalog, Function

ARROWS = {"->", "->>", "#>", "#>>"}
DEEPEST = 8
"""Functions are seen through so many calls deep."""


class Claim(NamedTuple):
    """A setting, or a member of the document that it holds."""

    setting: str
    path: tuple[str, ...] = ()


class Comparison(NamedTuple):
    """What stands in one comparison."""

    claims: frozenset[Claim]
    columns: frozenset[str]
    constants: tuple[str, ...]


class Clues(NamedTuple):
    """All that was found."""

    claims: frozenset[Claim]
    constants: Mapping[Claim, tuple[str, ...]]
    """What claims are compared with, where that is no column."""
    beside: Mapping[Claim, frozenset[str]]
    """The names of columns that claims are compared with."""
    values: Mapping[str, tuple[str, ...]]
    """By column name: the constants it is compared with."""
    columns: frozenset[str]
    """The names of columns that any policy mentions."""


def clues(catalog: Catalog) -> Clues:
    """What the catalog's expressions give away."""
    reader = _Reader(catalog.functions)
    texts = [text for policy in catalog.policies for text in (policy.using, policy.check) if text]
    trees = [tree for text in texts for tree in expression(text)]
    columns = {name for tree in trees for name in _columns(tree)}
    trees += [tree for view in catalog.views for tree in statements(view.text)]
    trees += [tree for function in catalog.functions for tree in body(function.language, function.body)]
    found = [each for tree in trees for each in reader.comparisons(tree)]
    constants, beside, values = defaultdict(dict), defaultdict(set), defaultdict(dict)  # type: ignore[var-annotated]
    for comparison in found:
        for claim in comparison.claims:
            constants[claim].update(dict.fromkeys(comparison.constants))
            beside[claim].update(comparison.columns)
        for column in comparison.columns:
            values[column].update(dict.fromkeys(comparison.constants))
    claims = frozenset(each for tree in trees for each in reader.claims(tree))
    return Clues(
        claims,
        {claim: tuple(each) for claim, each in constants.items() if each},
        {claim: frozenset(each) for claim, each in beside.items()},
        {column: tuple(each) for column, each in values.items() if each},
        frozenset(columns),
    )


@lru_cache(maxsize=4096)
def compared(text: str) -> Mapping[str, tuple[str, ...]]:
    """By column: the constants that one expression compares it with."""
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for tree in expression(text):
        for comparison in _Reader(()).comparisons(tree):
            for column in comparison.columns:
                values[column].update(dict.fromkeys(comparison.constants))
    return {column: tuple(each) for column, each in values.items()}


@lru_cache(maxsize=4096)
def expression(text: str) -> tuple[Any, ...]:
    """The tree of an expression; none where it cannot be read."""
    try:
        return (parse_expression(text),)
    except GrammarError:
        return ()


@lru_cache(maxsize=4096)
def statements(text: str) -> tuple[Any, ...]:
    """The trees of statements; none where they cannot be read."""
    try:
        return tuple(each.node for each in parse(text))
    except GrammarError:
        return ()


@lru_cache(maxsize=4096)
def body(language: str, text: str) -> tuple[Any, ...]:
    """The trees of a function's queries; none where they cannot be read."""
    try:
        return tuple(statement.node for query in queries(language, text) for statement in query.statements)
    except GrammarError:
        return ()


def _columns(tree: Any) -> Iterator[str]:
    for each in walk(tree):
        if isinstance(each, pb.ColumnRef) and each.fields[-1].WhichOneof("node") == "string":
            yield each.fields[-1].string.sval


class _Reader:
    """Reads expressions, and sees through the functions that return what a setting holds."""

    def __init__(self, functions: Sequence[Function]) -> None:
        self._trees: dict[str, tuple[Any, ...]] = {}
        self._parameters: dict[str, tuple[str, ...]] = {}
        for function in functions:
            trees, parameters = body(function.language, function.body), tuple(name for name, _ in function.arguments)
            for name in (function.name, function.name.rpartition(".")[2]):
                if self._trees.setdefault(name, trees) is trees:
                    self._parameters[name] = parameters
        self._seen: dict[str, frozenset[Claim]] = {}
        self._asked: dict[tuple[str, tuple[str, ...]], frozenset[Claim]] = {}
        self._given: Mapping[str, str] = {}
        """What the parameters are of the function that is being read, where it was called with constants."""

    def claims(self, tree: Any) -> Iterator[Claim]:
        """The claims that a tree reads itself; those in functions it calls are theirs, unless it says which, or takes a member of them."""
        for each in walk(tree):
            if isinstance(each, pb.FuncCall):
                yield from self._setting(each)
                yield from self._answered(each)
            elif isinstance(each, pb.A_Expr) and _is_arrow(each):
                yield from self._members(each, 0)

    def comparisons(self, tree: Any) -> Iterator[Comparison]:
        for each in walk(tree):
            if isinstance(each, pb.A_Expr) and not _is_arrow(each) and each.kind != pb.AEXPR_NULLIF:
                yield self._comparison([each.lexpr, each.rexpr])
            elif isinstance(each, pb.CaseExpr) and each.HasField("arg"):
                yield self._comparison([each.arg, *(when.case_when.expr for when in each.args)])
            elif isinstance(each, pb.TypeCast) and strings(each.type_name.names)[-1:] == ["bool"]:
                found = self._comparison([each.arg])
                yield found._replace(constants=("true", "false") if found.claims else ())

    def _comparison(self, nodes: Sequence[Any]) -> Comparison:
        atoms = [atom for node in nodes for atom in self._atoms(node, 0)]
        return Comparison(
            frozenset(each for each in atoms if isinstance(each, Claim)),
            frozenset(each[0] for each in atoms if isinstance(each, tuple) and not isinstance(each, Claim)),
            tuple(each for each in atoms if isinstance(each, str) and each),
        )

    def _atoms(self, node: Any, depth: int) -> Iterator[Any]:
        """The claims, the columns (in tuples of one) and the constants (as texts) that an operand is made of."""
        kind, value = unwrap(node)
        if kind == "column_ref" and value.fields[-1].WhichOneof("node") == "string":
            yield (value.fields[-1].string.sval,)
        elif kind == "a_const":
            yield from _constant(value)
        elif kind == "func_call":
            yield from self._called(value, depth)
        elif kind == "a_expr" and _is_arrow(value):
            yield from self._members(value, depth)
        elif kind == "sub_link":
            if value.sub_link_type == pb.EXPR_SUBLINK and not value.subselect.select_stmt.from_clause:
                for target in value.subselect.select_stmt.target_list:
                    yield from self._atoms(target.res_target.val, depth)
        else:
            for child in _children(kind, value):
                yield from self._atoms(child, depth)

    def _called(self, call: Any, depth: int) -> Iterator[Any]:
        settings = list(self._setting(call))
        if settings:
            yield from settings
        elif (name := _name(call)) in self._trees and not call.args:
            yield from self._through(name, depth)
        elif answered := self._answered(call):
            yield from answered
        else:
            for argument in call.args:
                yield from self._atoms(argument, depth)

    def _through(self, name: str, depth: int) -> frozenset[Claim]:
        """The claims that a function's body reads, through what it calls too."""
        if name in self._seen or depth > DEEPEST:
            return self._seen.get(name, frozenset())
        self._seen[name] = frozenset()
        found: set[Claim] = set()
        for tree in self._trees.get(name, ()):
            found |= set(self.claims(tree))
            for each in walk(tree):
                if isinstance(each, pb.FuncCall):
                    found |= self._through(_name(each), depth + 1)
        self._seen[name] = frozenset(found)
        return self._seen[name]

    def _answered(self, call: Any) -> frozenset[Claim]:
        """The claims that a function reads which is told by constants what to read, such as ``claim('role')``."""
        name, told = _name(call), tuple(text for argument in call.args for text in islice(self._texts(argument), 1))
        if name not in self._trees or not told or len(told) != len(call.args):
            return frozenset()
        if (name, told) not in self._asked:
            self._asked[name, told] = frozenset()
            numbered = {f"${number}": text for number, text in enumerate(told, 1)}
            outer, self._given = self._given, {**dict(zip(self._parameters[name], told, strict=False)), **numbered}
            self._asked[name, told] = frozenset(claim for tree in self._trees[name] for claim in self.claims(tree))
            self._given = outer
        return self._asked[name, told]

    def _texts(self, node: Any) -> Iterator[str]:
        """The constants that a node is made of, or what a parameter was called with."""
        kind, value = unwrap(node)
        if kind == "type_cast":
            yield from self._texts(value.arg)
        elif kind == "a_const":
            yield from _constant(value)
        elif kind == "param_ref":
            yield from filter(None, [self._given.get(f"${value.number}")])
        elif kind == "column_ref" and value.fields[-1].WhichOneof("node") == "string":
            yield from filter(None, [self._given.get(value.fields[-1].string.sval)])

    def _setting(self, call: Any) -> Iterator[Claim]:
        if _name(call) == "current_setting" and call.args:
            for name in self._texts(call.args[0]):
                if "." in name:
                    yield Claim(name.lower())

    def _members(self, expression: Any, depth: int) -> Iterator[Claim]:
        """The member of a claim that a chain of arrows leads to."""
        steps = list(self._texts(expression.rexpr))
        if strings(expression.name)[-1].startswith("#"):
            steps = [step for path in steps for step in path.strip("{}").split(",")]
        for each in self._atoms(expression.lexpr, depth):
            if isinstance(each, Claim):
                yield Claim(each.setting, (*each.path, *steps))


def _is_arrow(expression: Any) -> bool:
    return bool(expression.kind == pb.AEXPR_OP and strings(expression.name)[-1] in ARROWS)


def _name(call: Any) -> str:
    return ".".join(part for part in strings(call.funcname) if part != "pg_catalog")


def _children(kind: str, value: Any) -> Iterator[Any]:
    """The operands below a node that only wraps them."""
    if kind in {"type_cast", "named_arg_expr"}:
        yield value.arg
    elif kind == "a_expr":
        yield from (value.lexpr, value.rexpr)
    elif kind == "coalesce_expr":
        yield from value.args
    elif kind == "a_array_expr":
        yield from value.elements
    elif kind == "list":
        yield from value.items
    elif kind == "row_expr":
        yield from value.args
    elif kind == "collate_clause":
        yield value.arg


def _constant(value: Any) -> Iterator[str]:
    kind = value.WhichOneof("val")
    if kind == "sval":
        yield value.sval.sval
    elif kind == "ival":
        yield str(value.ival.ival)
    elif kind == "fval":
        yield value.fval.fval
    elif kind == "boolval":
        yield "true" if value.boolval.boolval else "false"
