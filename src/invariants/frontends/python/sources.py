"""Sources of values: what they are called, and whether they keep anybody out where nobody says them."""

import ast
import re

from invariants.facts.code import FILLED, PERHAPS, SESSION, UNSET, bare, is_loose
from invariants.frontends.python.absences import is_empty
from invariants.frontends.python.parameters import Source
from invariants.frontends.python.symbols import callee
from invariants.frontends.python.syntax import Module

SETTINGS = {"settings", "config", "conf", "cfg", "env", "environ", "Config", "Settings"}
COLLECTIONS = {"dict", "set", "list", "defaultdict", "OrderedDict"}


def with_name(source: Source, name: ast.expr | None) -> Source:
    """A variable of the environment, or a header, with its name where that is written there; of a part, how much may be none of it."""
    if isinstance(name, ast.Slice) and not all(each is None or isinstance(each, ast.Constant) for each in (name.lower, name.upper)):
        return loosened(source, FILLED)
    origin, symbol = source
    has_names = origin == "environment" or (origin == "caller" and symbol.endswith("headers"))
    is_named = has_names and isinstance(name, ast.Constant) and isinstance(name.value, str)
    return (origin, f"{symbol}.{name.value}") if is_named else source  # type: ignore[union-attr]


def got_part(call: ast.Call) -> ast.Attribute | None:
    """``getattr(settings, "TOKEN", None)`` as the part that it gets, where that is written there."""
    name = call.args[1] if len(call.args) > 1 else None
    is_told = isinstance(name, ast.Constant) and isinstance(name.value, str)
    return ast.copy_location(ast.Attribute(call.args[0], name.value, ast.Load()), call) if is_told else None  # type: ignore[union-attr]


def shown(call: ast.Call) -> list[ast.FormattedValue]:
    """What a call puts into a text: ``str(value)``, ``"Bearer {}".format(token)``; nothing of any other."""
    is_text = isinstance(call.func, ast.Attribute) and call.func.attr == "format" and isinstance(call.func.value, ast.Constant)
    is_shown = callee(call) == "str" and len(call.args) == 1
    given = [*call.args, *(each.value for each in call.keywords)] if is_text or is_shown else []
    return [ast.copy_location(ast.FormattedValue(each, -1), call) for each in given]


def falls_back(call: ast.Call) -> bool:
    """Whether a call answers an empty text where there is nothing."""
    return any(map(is_empty, [*call.args[1:], *(each.value for each in call.keywords)]))


def is_written(call: ast.Call) -> bool:
    """Whether a call answers a text that everybody can read in the code where there is nothing."""
    others = [*call.args[1:], *(each.value for each in call.keywords)]
    return any(isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value for each in others)


def loosened(source: Source, kind: str) -> Source:
    """A variable of the environment that keeps nobody out where nobody sets it."""
    origin, symbol = source
    if kind.startswith(PERHAPS) and is_loose(symbol):
        return source
    if origin == "call" and is_session(symbol):
        return "other", f"{kind}{symbol}"
    is_kept = kind in {UNSET, f"{PERHAPS}{UNSET}", f"{PERHAPS}{FILLED}"} or bare(symbol).startswith(SESSION)
    is_setting = origin == "environment" or (origin == "other" and is_kept)
    return (origin, f"{kind}{bare(symbol)}") if is_setting else source


def is_filled_later(node: ast.expr) -> bool:
    """Whether a collection holds nothing where it is made."""
    if isinstance(node, ast.Call):
        return callee(node.func) in COLLECTIONS and not node.keywords and all(isinstance(each, ast.Name) for each in node.args)
    return (isinstance(node, ast.Dict) and not node.keys) or (isinstance(node, ast.List) and not node.elts)


def is_changed(name: str, module: Module) -> bool:
    """Whether something is put into a collection of the module's, or taken from it, after it was made."""
    words = rf"\b{name}(?:\.(?:add|append|clear|discard|extend|insert|pop|remove|update)\(|\s*(?:\+=|\|=|-=)|\[[^]]*\]\s*=)"
    return re.search(words.encode(), module.content) is not None


def is_session(path: str) -> bool:
    """Whether something is asked of a session by its name."""
    return "session" in path.split(".")[:-1] and path.rpartition(".")[2] in {"get", "pop"}


def has_name(node: ast.expr) -> bool:
    """Whether an expression is a part of something, or a name that nothing is known of."""
    return isinstance(node, ast.Attribute | ast.Name | ast.Subscript)


def called_below(node: ast.Attribute) -> bool:
    """Whether an attribute is one of what a call answered."""
    value: ast.expr = node.value
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Await):
        value = value.value
    return isinstance(value, ast.Call)


def is_request(name: str, module: Module) -> bool:
    """Whether a name is the request that a framework keeps for the module."""
    return module.imported.get(name, "").endswith((".request", ".websocket")) and name in {"request", "websocket"}


def is_setting(name: str, module: Module) -> bool:
    """Whether a name that is imported holds settings, or is one."""
    imported = module.imported.get(name, "")
    return imported != "" and (name in SETTINGS or name.lower().endswith("settings") or imported == "os.environ" or is_loud(name, imported))


def is_loud(name: str, imported: str) -> bool:
    """A name in capitals out of a module of settings."""
    return name.isupper() and any(word in imported.lower() for word in ("config", "settings", "env", "const", "flags"))
