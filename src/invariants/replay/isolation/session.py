"""What a session says of itself: settings, claims of its token, its role. Each has one value in a world."""

from collections.abc import Sequence

from invariants.replay.isolation.context import Context
from invariants.replay.isolation.values import ERROR, FREE, MINE, NULL, SESSION, THEIRS, Json, Unknown, Value, Var
from invariants.replay.isolation.world import ITSELF

EDITABLE_CLAIMS = frozenset({"user_metadata", "raw_user_meta_data"})
"""Claims that a Supabase user sets for himself (auth.updateUser)."""
EDITABLE_SETTINGS = ("request.header", "request.cookie", "request.method", "request.path")
"""Settings that PostgREST fills from what the caller sent."""
CLAIMS = "request.jwt.claims"
"""The setting in which PostgREST keeps the claims of the token."""
WHO = "name the setting or function under `[tenancy] session`, if it says who the session is"

STATES = ("set", "unset", "empty")
"""What a setting may be."""
CONNECTED = "authenticator"
"""The role that PostgREST connects as, before it becomes the session's."""
ROLES = frozenset({"current_user", "session_user", "current_role", "user"})
SHARED = f"it compares a column with the role, which tenants may share; {WHO}, as `current_user`"


def setting(context: Context, name: str, *, missing_ok: bool, wanted: Sequence[str] = STATES) -> Value:
    """``current_setting(name)``: unset, emptied by an earlier transaction, or a value (manual, section 9.28.1)."""
    name = name.lower()
    if name == "role":
        return role(context)
    if name.startswith("request.jwt.claim."):
        return claim(context, Json(CLAIMS, (name.removeprefix("request.jwt.claim."),)))
    kept = context.world.kept
    if ("setting", name) not in kept:
        kept["setting", name] = context.world.required(STATES, wanted) if "." in name else "set"
    state = kept["setting", name]
    if state == "set":
        said = kept.get(("source", name))
        return said if isinstance(said, Var) else _kept(context, name, *_setting_marks(context, name))
    if state == "empty":
        return context.world.constant("")
    return NULL if missing_ok else ERROR


def _setting_marks(context: Context, name: str) -> tuple[frozenset[str], str]:
    known = context.tenancy.sources
    if name.startswith(EDITABLE_SETTINGS):
        return frozenset({FREE}), ""
    if "." not in name:
        return frozenset({SESSION}), f"{name} is a setting of PostgreSQL's own"
    if known and name not in known:
        return frozenset({SESSION}), f"{name} is none of the settings that say who the session is; {WHO}"
    return frozenset({MINE if context.tenancy.is_user(name) else SESSION}), ""


def _kept(context: Context, name: str, marks: frozenset[str], doubt: str = "") -> Var:
    """The one value of a name in this world: something, not an empty text."""
    kept = context.world.kept
    if ("source", name) not in kept:
        context.world.steps[_told(name, marks)] = None
        bars = frozenset({THEIRS}) if MINE in marks else frozenset[str]()
        kept["source", name] = Var(name, marks, bars, is_said=True, is_reference=not doubt, doubt=doubt)
    var = kept["source", name]
    assert isinstance(var, Var)
    return var


def _told(name: str, marks: frozenset[str]) -> str:
    if FREE in marks:
        return f"{name} holds what the caller wrote"
    return (
        f"{name} says who the user is"
        if MINE in marks
        else f"{name} says what the session is: its tenant, where the key is compared with it"
    )


def document(value: Value) -> Value:
    """A setting's value, read as JSON."""
    if isinstance(value, Var) and value.marks & {SESSION, FREE, MINE} and value.row is None:
        return Json(value.label, (), FREE in value.marks)
    return value


def claim(context: Context, part: Json) -> Value:
    """The text of a part of a document, which may be missing."""
    if not part.path:
        return Var(part.name, frozenset({FREE if part.is_free else SESSION}))
    if part.path == ("role",) and part.name == CLAIMS:
        return role(context)
    name = f"the claim {'.'.join(part.path)}" if part.name == CLAIMS else f"{part.name} {'.'.join(part.path)}"
    kept = context.world.kept
    if ("claim", name) not in kept:
        kept["claim", name] = context.world.choose((True, False))
    if not kept["claim", name]:
        return NULL
    is_free = part.is_free or bool(EDITABLE_CLAIMS & set(part.path))
    named = part.path[-2] if part.path[-1] == "*" and len(part.path) > 1 else part.path[-1]
    return _kept(context, name, frozenset({FREE if is_free else MINE if context.tenancy.is_user(named) else SESSION}))


def user(context: Context, name: str, *, is_required: bool = False) -> Value:
    """A function that answers the session's user, or NULL where nobody is signed in, unless somebody has to be."""
    kept = context.world.kept
    if ("user", name) not in kept:
        kept["user", name] = context.world.holds(is_required=is_required)
    return _kept(context, "the session's user", frozenset({MINE})) if kept["user", name] else NULL


def source(context: Context, name: str, *, is_required: bool = False) -> Value:
    """A function that is configured to answer who the session is."""
    if context.tenancy.is_user(name):
        return user(context, name, is_required=is_required)
    kept = context.world.kept
    if ("function", name) not in kept:
        kept["function", name] = context.world.holds(is_required=is_required)
    return _kept(context, f"{name}()", frozenset({SESSION})) if kept["function", name] else NULL


def login(context: Context) -> Value:
    """The role that connected: on Supabase PostgREST's, whoever it goes on as; elsewhere the session's, or one that became it."""
    context.world.asks_role |= ITSELF
    if context.role in {"anon", "authenticated"} and context.tenancy.catalog.roles.named(CONNECTED) is not None:
        return context.world.constant(CONNECTED)
    kept = context.world.kept
    if "login" not in kept:
        kept["login"] = not _is_reached(context) or context.world.choose((True, False))
    return role(context) if kept["login"] else context.world.doubt("nobody knows which role connected, before SET ROLE")


def _is_reached(context: Context) -> bool:
    """Whether sessions may come to the role by SET ROLE: it cannot log in, or others are members of it."""
    mine = context.tenancy.catalog.roles.named(context.role)
    return mine is not None and (not mine.login or any(each.role == mine.oid for each in context.tenancy.catalog.memberships))


def _own_role() -> Var:
    """The role, where it is configured to say who the session is."""
    return Var("the session's role", frozenset({MINE}), frozenset({THEIRS}))


def role(context: Context) -> Value:
    """The session's role. Tenants share it, unless each has one of its own, which nobody can tell."""
    context.world.asks_role |= ITSELF
    context.world.steps[f"the role is {context.role}"] = None
    if context.role == "public":
        return Unknown("it asks for the role, and nobody knows the application's; name them under `[tenancy] roles`")
    kept = context.world.kept
    if "role" not in kept:
        kept["role"] = _own_role() if context.tenancy.sources & ROLES else Var("the session's role", constant=context.role, doubt=SHARED)
    var = kept["role"]
    assert isinstance(var, Var)
    return var
