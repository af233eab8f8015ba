"""Parameters, by where what they are given comes from."""

import ast
from collections.abc import Collection, Iterator

from invariants.facts.code import Origin
from invariants.frontends.python.asking import is_bearer
from invariants.frontends.python.functions import default_of, kind
from invariants.frontends.python.injection import SAID, dependency
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee

Source = tuple[Origin, str]
REQUESTS = {"request", "req", "websocket", "info", "conn", "connection", "http_request", "scope"}
REQUEST_TYPES = {"Request", "HttpRequest", "WebSocket", "HTTPConnection", "ASGIConnection", "HTTPRequest", "WSGIRequest", "WebSocketRoute"}
DATABASES = {
    "Session",
    "AsyncSession",
    "DBSession",
    "DbSession",
    "AsyncDBSession",
    "SessionDep",
    "AsyncSessionDep",
    "Connection",
    "AsyncConnection",
}
"""Types of connections to a database, whose sessions are nobody's."""
SCHEMES = {
    "HTTPBearer",
    "HTTPBasic",
    "HTTPDigest",
    "OAuth2PasswordBearer",
    "OAuth2AuthorizationCodeBearer",
    "OpenIdConnect",
    "APIKeyHeader",
    "APIKeyQuery",
    "APIKeyCookie",
}
"""What FastAPI takes credentials out of a request with, and proves nothing by."""
VERBS = {"get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket", "api_operation", "trace"}


def parameters(scope: Scope) -> Iterator[tuple[ast.arg, Source]]:
    """Each parameter of a function, and where it comes from."""
    asked = _is_endpoint(scope)
    for each in scope.parameters:
        typed = callee(kind(each.annotation)[0])
        injected = dependency(each, scope)
        if typed in DATABASES:
            yield each, ("other", "database")
        elif injected.rpartition(".")[2] in SCHEMES:
            yield each, ("caller", "request.headers.authorization")
        elif injected:
            yield each, ("call", injected)
        elif _is_said(each, scope, {"Cookie"}):
            yield each, ("caller", f"request.cookies.{each.arg}")
        elif typed in REQUEST_TYPES or (each.arg in REQUESTS and not typed) or _is_said(each, scope):
            yield each, ("caller", each.arg)
        else:
            yield each, ("caller" if asked and (not typed or typed.islower()) else "parameter", each.arg)


def _is_endpoint(scope: Scope) -> bool:
    """Whether requests call a function, so that its plain parameters are theirs; a framework gives `authenticate` what was sent."""
    around = scope.parent.node if scope.parent is not None else None
    if isinstance(around, ast.ClassDef) and scope.name.endswith(".authenticate"):
        return is_bearer(around)
    listed = [] if isinstance(scope.node, ast.Lambda | ast.Module) else scope.node.decorator_list
    return any(isinstance(each, ast.Call) and callee(each) in VERBS for each in listed)


def _is_said(node: ast.arg, scope: Scope, by: Collection[str] = SAID) -> bool:
    """Whether a parameter is declared to be the caller's: ``Header()``, ``Annotated[str, Query()]``."""
    own = scope.node.args if not isinstance(scope.node, ast.Module | ast.ClassDef) else None
    inside = [node.annotation] if node.annotation else []
    default = default_of(node, own) if own else None
    return any(isinstance(each, ast.Call) and callee(each) in by for one in [*inside, default] if one for each in ast.walk(one))
