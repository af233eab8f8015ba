"""What one term of a policy does: binds the row to the session's tenant, passes everyone, passes no one, or cannot be told.

A term that looks at the row alone, or at the session alone, cannot tell one tenant's rows from another's: it is open.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from invariants.postgres.grammar import pb, unwrap, write_expression
from invariants.postgres.tree import strings, walk
from invariants.replay.isolation.sources import EDITABLE_CLAIMS, Source, Sources, constant, source, strip

Word = Literal["isolates", "open", "denies", "unverified"]
Side = Literal["using", "check"]
ROLE_TESTS = frozenset({"auth.role", "current_user", "session_user", "current_role", "user"})
HARMLESS = frozenset(
    {
        "current_setting",
        "coalesce",
        "lower",
        "upper",
        "trim",
        "btrim",
        "now",
        "length",
        "nullif",
        "auth.uid",
        "auth.jwt",
        "auth.role",
        "auth.email",
    }
)
"""Functions whose result depends on the session or their arguments alone."""


class Verdict(NamedTuple):
    """A verdict and its reason, a clause that follows a colon."""

    word: Word
    reason: str


class Scope(NamedTuple):
    """What a term is judged against: the table, its tenant keys, which of them refuse NULL, and what the session is known by."""

    table: str
    keys: frozenset[str]
    required: frozenset[str]
    sources: Sources
    predicates: frozenset[str]
    roles: frozenset[str]
    side: Side = "using"
    told: dict[Any, Any] = {}  # noqa: RUF012  (a NamedTuple's default; each database gives its own)
    """The verdicts told so far, by what they depend on."""


def judge(node: Any, scope: Scope) -> Verdict:
    """The verdict on a boolean expression: the worst of its disjuncts, the best of its conjuncts."""
    kind, value = unwrap(node)
    if kind == "bool_expr" and value.boolop != pb.NOT_EXPR:
        verdicts = [judge(each, scope) for each in value.args]
        return _worst(verdicts) if value.boolop == pb.OR_EXPR else _best(verdicts)
    if kind == "sub_link" and (inner := strip(node)) is not node:
        return judge(inner, scope)
    return _leaf(node, scope)


def disjuncts(node: Any) -> Iterator[Any]:
    """The arms of the outermost ORs."""
    kind, value = unwrap(node)
    if kind == "bool_expr" and value.boolop == pb.OR_EXPR:
        for each in value.args:
            yield from disjuncts(each)
    else:
        yield node


def _worst(verdicts: list[Verdict]) -> Verdict:
    order: tuple[Word, ...] = ("open", "unverified", "isolates", "denies")
    return min(verdicts, key=lambda each: order.index(each.word))


def _best(verdicts: list[Verdict]) -> Verdict:
    order: tuple[Word, ...] = ("denies", "isolates", "unverified", "open")
    return min(verdicts, key=lambda each: order.index(each.word))


def _leaf(node: Any, scope: Scope) -> Verdict:
    for rule in (_literal, _tautology, _comparison, _membership_list, _role_test, _predicate):
        verdict = rule(node, scope)
        if verdict is not None:
            return verdict
    return _by_what_it_reads(node)


def _literal(node: Any, _: Scope) -> Verdict | None:
    """``true``, ``false``, ``NULL``; a constant compared with itself."""
    kind, value = unwrap(strip(node))
    if kind == "a_const" and value.isnull:
        return Verdict("denies", "it is never true")
    if kind == "a_const" and value.WhichOneof("val") == "boolval":
        return Verdict("open", "it is always true") if value.boolval.boolval else Verdict("denies", "it is never true")
    if kind == "a_expr" and _operator(value) == "=" and unwrap(value.lexpr)[0] == unwrap(value.rexpr)[0] == "a_const":
        same = _text(value.lexpr) == _text(value.rexpr)
        return Verdict("open", "it is always true") if same else Verdict("denies", "it is never true")
    return None


def _tautology(node: Any, scope: Scope) -> Verdict | None:
    """What every row passes: a column compared with itself or a fallback on itself; a key asked only whether it is there."""
    kind, value = unwrap(node)
    if kind == "null_test":
        return _null_test(value, scope)
    if kind != "a_expr" or value.kind == pb.AEXPR_IN or _operator(value) not in {"=", "IS NOT DISTINCT FROM", ">=", "<="}:
        return None
    left, right = strip(value.lexpr), strip(value.rexpr)
    if unwrap(left)[0] == "column_ref" and _text(left) == _text(right):
        return Verdict("open", "it compares the column with itself")
    for column, other in ((left, right), (right, left)):
        other_kind, fallback = unwrap(other)
        if other_kind == "coalesce_expr" and _text(column) in {_text(strip(arg)) for arg in fallback.args}:
            return Verdict("open", "without a tenant in the session it compares the column with itself")
    return None


def _null_test(value: Any, scope: Scope) -> Verdict | None:
    asks_null = value.nulltesttype == pb.IS_NULL
    column = _key(value.arg, scope)
    if column is None:
        if asks_null and source(value.arg, scope.sources):
            return Verdict("open", "a session without a tenant passes for every row")
        return None
    if not asks_null:
        return Verdict("open", "it asks only that the row has a tenant, not which")
    if column in scope.required:
        return Verdict("denies", "the key is never NULL")
    return Verdict("unverified", "rows without a tenant pass for everyone")


def _comparison(node: Any, scope: Scope) -> Verdict | None:
    """A column compared with a session source."""
    kind, value = unwrap(node)
    if kind != "a_expr":
        return None
    operator = _operator(value)
    if operator not in {"=", "<>", "!="}:
        return None
    for column, other in ((value.lexpr, value.rexpr), (value.rexpr, value.lexpr)):
        name, said = _key(column, scope), source(other, scope.sources)
        if name is not None:
            return _key_against(name, said, other, operator)
        if said is not None and operator == "=" and unwrap(strip(column))[0] == "column_ref":
            return _other_against(_text(strip(column)), said, scope)
    return None


def _key_against(key: str, said: Source | None, other: Any, operator: str) -> Verdict | None:
    if operator != "=":
        return Verdict("open", f"it passes every value of {key} but one") if said or unwrap(strip(other))[0] == "a_const" else None
    if said is None:
        if unwrap(strip(other))[0] == "a_const":
            return Verdict("open", f"it binds {key} to a constant, the same for every session")
        return None
    if said.kind == "editable":
        return Verdict("open", f"{said.name} is written by the caller")
    return Verdict("isolates", f"it binds {key} to {said.name}")


def _other_against(column: str, said: Source, scope: Scope) -> Verdict | None:
    """Own rows isolate reading; written rows must still ask for the tenant."""
    if said.kind == "editable":
        return Verdict("open", f"{said.name} is written by the caller")
    if said.kind != "user":
        return None
    if scope.side == "using":
        return Verdict("isolates", f"it binds {column} to {said.name}: own rows only")
    return Verdict("open", f"it asks who writes the row ({column}), not for which tenant")


def _membership_list(node: Any, scope: Scope) -> Verdict | None:
    """``key IN (source, ...)``, ``key = ANY (ARRAY[source])``: every member must be a source."""
    kind, value = unwrap(node)
    if kind != "a_expr" or value.kind not in {pb.AEXPR_IN, pb.AEXPR_OP_ANY} or _operator(value) != "=":
        return None
    key = _key(value.lexpr, scope)
    members = _members(value.rexpr)
    if key is None or not members:
        return None
    return _worst([_key_against(key, source(each, scope.sources), each, "=") or _unknown(each) for each in members])


def _members(node: Any) -> list[Any]:
    kind, value = unwrap(strip(node))
    if kind == "list":
        return list(value.items)
    return list(value.elements) if kind == "a_array_expr" else []


def _role_test(node: Any, scope: Scope) -> Verdict | None:
    """``auth.role() = 'service_role'``, ``current_user IN ('x')``: which roles of the application meet it."""
    kind, value = unwrap(node)
    if kind != "a_expr" or _operator(value) != "=":
        return None
    tested, against = value.lexpr, value.rexpr
    if constant(tested) is not None:
        tested, against = against, tested
    members = _members(against) or [against]
    names = {constant(each) for each in members}
    if not _is_role(strip(tested)) or None in names:
        return None
    met = sorted(name for name in names if name in scope.roles)
    if met or not scope.roles:
        return Verdict("open", f"it asks only for the role, which {', '.join(met) or 'a session'} has, not for the tenant")
    return Verdict("denies", "no role of the application meets it")


def _is_role(node: Any) -> bool:
    kind, value = unwrap(node)
    if kind == "func_call":
        return ".".join(strings(value.funcname)) in ROLE_TESTS
    if kind == "sqlvalue_function":
        return value.op in {pb.SVFOP_CURRENT_USER, pb.SVFOP_SESSION_USER, pb.SVFOP_CURRENT_ROLE, pb.SVFOP_USER}
    found = kind == "a_expr" and _operator(value) == "->>" and constant(value.rexpr) == "role"
    return found and "auth.jwt" in _functions(node) | ({"auth.jwt"} if "request.jwt.claims" in _text(node) else set())


def _predicate(node: Any, scope: Scope) -> Verdict | None:
    """A function declared to isolate, asked about the row's key."""
    kind, value = unwrap(node)
    if kind != "func_call":
        return None
    name = ".".join(strings(value.funcname))
    if not {name, f"public.{name}"} & scope.predicates:
        return None
    if any(_key(each, scope) for each in value.args):
        return Verdict("isolates", f"{name} is declared to isolate")
    return Verdict("unverified", f"{name} is declared to isolate, but is not asked about the row's key")


def _by_what_it_reads(node: Any) -> Verdict:
    """Neither recognised nor refuted: open where it cannot depend on both the row and the session."""
    kinds = {type(each).__name__ for each in walk(node)}
    if "SubLink" in kinds:
        return Verdict("unverified", f"it asks other rows: {_short(node)}")
    unknown = sorted(_functions(node) - HARMLESS)
    if unknown:
        seen = f"it depends on {', '.join(unknown)}, which was not seen through"
        return Verdict("unverified", f"{seen}; if it isolates, name it under `[tenancy] predicates`")
    if any(claim in _text(node) for claim in EDITABLE_CLAIMS):
        return Verdict("open", "user metadata is written by the caller")
    row = "ColumnRef" in kinds
    session = "FuncCall" in kinds or "SQLValueFunction" in kinds
    if row and session:
        return _unknown(node)
    what = "the row, whoever asks" if row else "the session, whatever the row"
    return Verdict("open", f"it looks only at {what}: no tenant is asked for")


def _unknown(node: Any) -> Verdict:
    return Verdict("unverified", f"it could not be told what it asks: {_short(node)}")


def _functions(node: Any) -> set[str]:
    calls = (each for each in walk(node) if isinstance(each, pb.FuncCall))
    return {".".join(part for part in strings(call.funcname) if part != "pg_catalog") for call in calls}


def _key(node: Any, scope: Scope) -> str | None:
    """The tenant key that a node is, casts aside."""
    kind, value = unwrap(node)
    if kind == "type_cast":
        return _key(value.arg, scope)
    if kind != "column_ref" or unwrap(value.fields[-1])[0] != "string":
        return None
    parts = strings(value.fields)
    qualified = len(parts) == 1 or ".".join(parts[:-1]) in {scope.table, scope.table.partition(".")[2]}
    return parts[-1] if qualified and parts[-1] in scope.keys else None


def _operator(value: Any) -> str:
    """An operator as SQL writes it; DISTINCT tests by their words."""
    if value.kind == pb.AEXPR_NOT_DISTINCT:
        return "IS NOT DISTINCT FROM"
    return strings(value.name)[-1] if value.kind in {pb.AEXPR_OP, pb.AEXPR_IN, pb.AEXPR_OP_ANY} and value.name else ""


def _text(node: Any) -> str:
    return write_expression(node)


def _short(node: Any) -> str:
    text = " ".join(_text(node).split())
    return text if len(text) <= 80 else text[:77] + "..."
