"""Cookies of React Router's and Remix's that nobody signs: what is read out of one is what the caller sent."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import UNSIGNED, Setting
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, field, named
from invariants.languages.trees import tail


def unsigned(module: Reader) -> Iterator[Setting]:
    """What reads such a cookie, by the names of the module: `storage.getSession`, `getSession`, `seen.parse`."""
    for name, values in module.bodies[0].scope.values.items():
        made = awaited(values[0].node)
        read = _read(module, made) if made.type == "call_expression" else ""
        if read and values[0].part in {"", read}:
            symbol = name if values[0].part else f"{name}.{read}"
            yield Setting(module.source.head(made), "typescript", f"{UNSIGNED}{symbol}", 0, "")


def _read(module: Reader, call: Node) -> str:
    """What reads the cookie that a call makes, where the call says that nobody signs it; empty elsewhere."""
    made, given = tail(module.source.symbol(call)), arguments(call)
    if made == "createCookie" and given:
        return "" if len(given) > 1 and _may_sign(module, given[1]) else "parse"
    cookie = field(module.source, given[0], "cookie") if made == "createCookieSessionStorage" and given else None
    return "getSession" if cookie is not None and not _may_sign(module, cookie) else ""


def _may_sign(module: Reader, options: Node) -> bool:
    """Whether options may hold what a cookie is signed with."""
    inner = awaited(options)
    if inner.type != "object" or b"..." in (inner.text or b""):
        return True
    secrets = field(module.source, inner, "secrets")
    return secrets is not None and not (secrets.type == "array" and not named(secrets))
