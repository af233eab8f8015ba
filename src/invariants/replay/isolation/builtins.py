"""PostgreSQL's own functions, as far as they matter for whose a row is."""

from collections.abc import Callable, Mapping, Sequence

from invariants.replay.isolation import session, truth
from invariants.replay.isolation.compiling import boolean
from invariants.replay.isolation.computing import computed
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.members import element
from invariants.replay.isolation.standard import PLAIN
from invariants.replay.isolation.values import NULL, Json, Many, Nothing, Unknown, Value, Var
from invariants.replay.isolation.world import ITSELF

PLAIN_DELIMITERS = {",", ";", ":", " "}
"""They mean the same as patterns."""
Builtin = Callable[[Context, Sequence[Value]], Value]


def one(value: Value) -> Many:
    """A set of which one member is known."""
    return Many((value,))


def _current_setting(context: Context, arguments: Sequence[Value]) -> Value:
    name, *flags = arguments
    if NULL in arguments:
        return NULL
    text = found(name).constant if isinstance(name, Var) else None
    if text is None:
        return context.world.doubt("it reads a setting whose name is made at run time")
    said = [boolean(each) if isinstance(each, Var) else None for each in flags]
    if None in said:
        return context.world.doubt("it is told at run time whether the setting that it reads may be missing")
    return session.setting(context, text, missing_ok=truth.TRUE in said)


def _element(context: Context, arguments: Sequence[Value]) -> Value:
    return element(context, arguments[0])


def _pieces(context: Context, arguments: Sequence[Value]) -> Value:
    """An array of a text's pieces: each is another thing that the text says, so the text goes for the array."""
    text, *delimiters = arguments
    if not isinstance(text, Var):
        return text
    between = [found(each).constant if isinstance(each, Var) else None for each in delimiters]
    if len(between) != 1 or not between[0]:
        return context.world.doubt("it takes a text apart in a way that was not followed")
    constant = found(text).constant
    if constant is None:
        return text
    if between[0] not in PLAIN_DELIMITERS:
        return context.world.doubt(f"it was not followed which texts {constant} is made of")
    return Many(tuple(context.world.constant(each) for each in constant.split(between[0]))) if constant else Many()


def _has_role(context: Context, arguments: Sequence[Value]) -> Value:
    """pg_has_role([user,] role, privilege) of the session's role."""
    context.world.asks_role |= ITSELF
    texts = [found(each).constant if isinstance(each, Var) else None for each in arguments]
    wanted = texts[-2] if len(texts) > 1 else None
    catalog = context.tenancy.catalog
    mine, role = catalog.roles.named(context.role), catalog.roles.named(wanted or "")
    if wanted is None or mine is None or (len(texts) == 3 and texts[0] != context.role):
        return context.world.doubt("it asks for a role that cannot be told")
    return context.world.constant("true" if role is not None and role.oid in context.tenancy.held(mine.oid) else "false")


def _of_document(context: Context, arguments: Sequence[Value]) -> Value:
    """jsonb_extract_path_text(document, key, ...)."""
    document = session.document(arguments[0])
    steps = [found(each).constant if isinstance(each, Var) else None for each in arguments[1:]]
    if isinstance(document, Json) and all(step is not None for step in steps):
        return session.claim(context, document._replace(path=(*document.path, *(step or "" for step in steps))))
    return computed(context, "json_extract_path_text", [each for each in arguments if isinstance(each, Var | Nothing | Unknown)])


def _member_of_document(context: Context, arguments: Sequence[Value]) -> Value:
    return element(context, session.document(arguments[0]))


BUILTINS: Mapping[str, Builtin] = {
    "current_setting": _current_setting,
    "unnest": _element,
    "jsonb_array_elements_text": _member_of_document,
    "json_array_elements_text": _member_of_document,
    "jsonb_array_elements": _member_of_document,
    "json_array_elements": _member_of_document,
    "string_to_array": _pieces,
    "regexp_split_to_array": _pieces,
    "string_to_table": lambda context, arguments: element(context, _pieces(context, arguments)),
    "regexp_split_to_table": lambda context, arguments: element(context, _pieces(context, arguments)),
    "pg_has_role": _has_role,
    "jsonb_extract_path_text": _of_document,
    "json_extract_path_text": _of_document,
}


def call(context: Context, name: str, arguments: Sequence[Value], *, is_required: bool = False) -> Value:
    """What a function that no migration made answers."""
    if (known := BUILTINS.get(name)) is not None and arguments:
        return known(context, arguments)
    if name not in PLAIN:
        return context.world.doubt(f"it depends on {name}, which no migration makes; if it isolates, name it under `[tenancy] predicates`")
    return computed(context, name, arguments, is_required=is_required)
