"""What in an expression tells who the session is, and whether the caller could have made it up.

A setting, a signed claim or a function of the session. Casts, ``NULLIF(x, '')`` and wrapping sub-selects change nothing:
a setting that is missing or empty binds to no tenant.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from invariants.postgres.grammar import GrammarError, parse, pb, unwrap
from invariants.postgres.tree import strings, walk

Kind = Literal["tenant", "user", "editable"]

EDITABLE_CLAIMS = frozenset({"user_metadata", "raw_user_meta_data"})
"""Claims that a Supabase user sets for himself (auth.updateUser)."""
EDITABLE_SETTINGS = ("request.header", "request.cookie", "request.method", "request.path")
"""Settings that PostgREST fills from what the caller sent."""
USER_WORDS = ("user_id", "userid", "uid", "sub", "user", "member_id", "profile_id", "email")
"""How the names of settings and claims that hold a user, not a tenant, end."""


class Source(NamedTuple):
    """A term that tells who the session is; an ``editable`` one the caller writes himself."""

    kind: Kind
    name: str


class Sources(NamedTuple):
    """Where a database's sessions say who they are.

    ``configured`` settings and functions; where there are none, every custom setting counts. ``bodies`` holds the text of SQL functions
    without arguments, by ``schema.name``, which may be seen through.
    """

    configured: frozenset[str]
    bodies: Mapping[str, str]


def strip(node: Any) -> Any:
    """A node without the casts, sub-selects and NULLIFs that do not change which tenant it names."""
    kind, value = unwrap(node)
    if kind == "type_cast":
        return strip(value.arg)
    if kind == "sub_link" and value.sub_link_type == pb.EXPR_SUBLINK:
        inner = _selected(value.subselect)
        return node if inner is None else strip(inner)
    if kind == "a_expr" and value.kind == pb.AEXPR_NULLIF and constant(value.rexpr) is not None:
        return strip(value.lexpr)
    return node


def constant(node: Any) -> str | None:
    """The text of a string constant, casts aside; None for anything else."""
    kind, value = unwrap(node)
    if kind == "type_cast":
        return constant(value.arg)
    return value.sval.sval if kind == "a_const" and value.WhichOneof("val") == "sval" else None


def _selected(subselect: Any) -> Any:
    """The expression of ``SELECT expression``, where nothing else is asked."""
    kind, select = unwrap(subselect)
    if kind != "select_stmt" or len(select.target_list) != 1:
        return None
    if select.from_clause or select.HasField("where_clause") or select.op != pb.SETOP_NONE:
        return None
    return select.target_list[0].res_target.val


def source(node: Any, known: Sources, depth: int = 0) -> Source | None:
    """The session source that a node is, or None."""
    node = strip(node)
    kind, value = unwrap(node)
    if kind == "func_call":
        return _call(value, known, depth)
    if kind == "a_expr" and value.kind == pb.AEXPR_OP and strings(value.name)[-1] in {"->", "->>", "#>", "#>>"}:
        return _claim(node, known)
    return None


def _call(call: Any, known: Sources, depth: int) -> Source | None:
    name = ".".join(part for part in strings(call.funcname) if part != "pg_catalog")
    if name == "current_setting" and call.args:
        return _setting(constant(call.args[0]), known)
    if name in known.configured and not call.args:
        return Source("user" if name == "auth.uid" else _kind(name), f"{name}()")
    if name == "auth.uid":
        return Source("user", "auth.uid()")
    body = None if call.args else known.bodies.get(name)
    return None if body is None or depth > 8 else _seen_through(body, known, depth)


def _seen_through(body: str, known: Sources, depth: int) -> Source | None:
    """The source that an SQL function of one expression returns."""
    try:
        statements = parse(body)
    except GrammarError:
        return None
    if len(statements) != 1 or statements[0].kind != "select_stmt":
        return None
    inner = _selected(pb.Node(select_stmt=statements[0].node))
    return None if inner is None else source(inner, known, depth + 1)


def _setting(name: str | None, known: Sources) -> Source | None:
    """A custom setting (its name has a dot); built-in ones tell nothing of the tenant."""
    if name is None or "." not in name:
        return None
    name = name.lower()
    if name.startswith(EDITABLE_SETTINGS):
        return Source("editable", name)
    if name.startswith("request.jwt.claim."):
        return Source(_kind(name), name)
    if name == "request.jwt.claims" or (known.configured and name not in known.configured):
        return None
    return Source(_kind(name), name)


def _kind(name: str) -> Kind:
    last = name.rpartition(".")[2].lower()
    return "user" if last in USER_WORDS or last.endswith(("user_id", "userid")) else "tenant"


def _claim(node: Any, known: Sources) -> Source | None:
    """A member of the session's signed token: ``auth.jwt() -> 'app_metadata' ->> 'org_id'``."""
    path: list[str] = []
    kind, value = unwrap(node)
    while kind == "a_expr" and value.kind == pb.AEXPR_OP and strings(value.name)[-1] in {"->", "->>", "#>", "#>>"}:
        step = constant(value.rexpr)
        if step is None:
            return None
        path[:0] = step.strip("{}").split(",") if strings(value.name)[-1].startswith("#") else [step]
        kind, value = unwrap(strip(value.lexpr))
    if kind != "func_call" or not _is_token(value, known):
        return None
    editable = bool(EDITABLE_CLAIMS & set(path)) or _is_header(value)
    return Source("editable" if editable else _kind(path[-1]), "the claim " + ".".join(path))


def _is_token(call: Any, known: Sources) -> bool:
    name = ".".join(part for part in strings(call.funcname) if part != "pg_catalog")
    if name == "current_setting":
        return bool(call.args) and (_is_header(call) or constant(call.args[0]) == "request.jwt.claims")
    return name == "auth.jwt" or name in known.configured


def _is_header(call: Any) -> bool:
    return bool(call.args) and (constant(call.args[0]) or "").lower().startswith(EDITABLE_SETTINGS)


def settings_named(text: str, bodies: Mapping[str, str], *, is_body: bool = False, depth: int = 0) -> frozenset[str]:
    """The custom settings that an expression or body reads, through the functions that may be seen through too."""
    named, called = _calls(text if is_body else f"SELECT {text}")
    for name in called:
        if name in bodies and depth < 8:
            named |= settings_named(bodies[name], bodies, is_body=True, depth=depth + 1)
    return named


@lru_cache(maxsize=4096)
def _calls(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The custom settings that a text reads itself, and the functions that it calls without arguments."""
    named, called = set(), set()
    try:
        statements = parse(text)
    except GrammarError:
        return frozenset(), frozenset()
    for call in (each for statement in statements for each in walk(statement.node) if isinstance(each, pb.FuncCall)):
        name = ".".join(part for part in strings(call.funcname) if part != "pg_catalog")
        if name == "current_setting" and call.args and "." in (constant(call.args[0]) or ""):
            named.add((constant(call.args[0]) or "").lower())
        elif not call.args:
            called.add(name)
    return frozenset(named), frozenset(called)
