"""Calls of what other files define: whether they might change the schema, and which tables they name."""

import re
import sys
from collections.abc import Iterator
from itertools import islice

from invariants.python.interpreter import Hint, Interpreter
from invariants.python.values import HOLE, Call, Class, Symbol, Unknown, Value

KNOWN = {
    "alembic",
    "sqlalchemy",
    "sqlmodel",
    "builtins",
    "connection",
    HOLE,
    "sqlalchemy_utils",
    "alembic_utils",
    "alembic_postgresql_enum",
    "geoalchemy2",
    "pgvector",
    "loguru",
    "structlog",
    "django",
    "apps",
    "schema_editor",
}
"""Libraries that are known, and what migrations are given."""
LOGGING = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "print"}
SCHEMA = re.compile(r"rls|polic|secur|tenant|grant|table|trigger|index|migrat|schema|enable|create|drop|alter|sql", re.IGNORECASE)
"""What functions that change the schema are called."""
SECURITY = re.compile(r"rls|polic|row_?(level_?)?secur|secure|isolat", re.IGNORECASE)
"""What functions that secure tables are called."""
NAME = re.compile(r'[\w$."-]{1,200}')
MANY = 500
"""So many names of one call are looked at."""


def is_foreign(call: Call) -> bool:
    """Whether a function of the application's own, of another file, is called."""
    root = call.path.partition(".")[0].removesuffix("()")
    is_own = root == "" or (root not in sys.stdlib_module_names and root not in KNOWN)
    return is_own and not isinstance(call.base, (Class, Unknown)) and call.name not in LOGGING and not call.name[:1].isupper()


def label(call: Call) -> str:
    """What a call is called, and where that is defined."""
    name = call.path.rpartition("()")[2].lstrip(".") or call.name
    module, _, function = name.rpartition(".")
    return f"{function} does is defined in another file, {module}" if module.strip(".") else f"{name} does is defined in another file"


def hint(machine: Interpreter, call: Call, doubt: str = "") -> None:
    """Tell which tables a call may be about: those that it names, or any, where it names nothing and is called after row security."""
    receiver = Symbol(call.path.rpartition(".")[0])
    found = dict.fromkeys(islice(_named([receiver, call]), MANY))
    for each in found:
        name = each.path.rpartition(".")[2] if isinstance(each, Symbol) else each
        if NAME.fullmatch(name):
            machine.emit(Hint(call.node, name=name, doubt=doubt))
        elif isinstance(each, str):
            machine.emit(Hint(call.node, sql=each))
    paths = [call.path, *(each.path for each in found if isinstance(each, Symbol))]
    is_named = any(isinstance(each, str) for each in found)
    if not doubt and not is_named and any(SECURITY.search(".".join(each.split(".")[-2:])) for each in paths):
        machine.emit(Hint(call.node))


def _named(value: Value) -> Iterator[str | Symbol]:
    """The texts and the names of the application's own in a value: of a call, those that it is given and that it is called on."""
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, Symbol) and value.base is None and value.path.partition(".")[0] not in KNOWN:
        yield value
    elif isinstance(value, dict):
        yield from _named([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _named(each)
    elif isinstance(value, Call):
        if value.name == "get_model" and len(value.args) == 2 and all(isinstance(each, str) for each in value.args):
            yield ".".join(value.args)
        yield from _named([*value.args, *value.kwargs.values(), value.base])
