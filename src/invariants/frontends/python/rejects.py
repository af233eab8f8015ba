"""What ends a request: errors that are raised, answers with the status of a refusal, redirects."""

import ast
from http import HTTPStatus

from invariants.frontends.python.symbols import argument, callee, keyword, number

RAISED = {
    "PermissionDenied": 403,
    "NotAuthenticated": 401,
    "AuthenticationFailed": 401,
    "Unauthorized": 401,
    "Forbidden": 403,
    "HTTPUnauthorized": 401,
    "HTTPForbidden": 403,
    "HTTPBadRequest": 400,
    "HTTPNotFound": 404,
    "HTTPFound": 302,
    "HTTPSeeOther": 303,
    "NotAuthorizedException": 401,
    "PermissionDeniedException": 403,
    "AuthenticationError": 401,
    "AuthorizationError": 403,
    "Http404": 404,
    "NotFound": 404,
    "BadRequest": 400,
}
ANSWERS = {
    "HttpResponseForbidden": 403,
    "HttpResponseNotAllowed": 405,
    "HttpResponseBadRequest": 400,
    "HttpResponseNotFound": 404,
    "HttpResponseGone": 410,
    "HttpResponseServerError": 500,
    "HttpResponseRedirect": 302,
    "HttpResponsePermanentRedirect": 301,
    "RedirectResponse": 307,
    "redirect_to_login": 302,
    "redirect": 302,
    "Redirect": 302,
    "HTTPUnauthorized": 401,
    "HTTPForbidden": 403,
    "HTTPFound": 302,
    "unauthorized": 401,
    "forbidden": 403,
    "handle_no_permission": 403,
    "permission_denied": 403,
    "login_required_response": 401,
}
"""Calls that answer a refusal, by the last word of their names."""

CODES = {
    "UNAUTHENTICATED": 401,
    "NOT_AUTHENTICATED": 401,
    "INVALID_TOKEN": 401,
    "TOKEN_EXPIRED": 401,
    "NOT_AUTHORIZED": 403,
    "ACCESS_DENIED": 403,
    "PERMISSION_DENIED": 403,
    "INSUFFICIENT_PERMISSION": 403,
    "INSUFFICIENT_PERMISSIONS": 403,
    "INVALID_INPUT": 400,
    "INVALID_REQUEST": 400,
    "VALIDATION_ERROR": 400,
}
"""Statuses by what applications call the codes of their errors, beside the names that HTTP has."""

ENDS = {"abort", "permission_denied", "unauthorized_exit"}
"""Calls that raise."""


def raised(node: ast.expr | None) -> int | None:
    """The status of what is raised, where it says one."""
    if isinstance(node, ast.Call):
        if callee(node) == "abort" and node.args and isinstance(node.args[0], ast.Call):
            return refused(node.args[0])
        said = number(argument(node, 0, "status_code", "status", "code"))
        by_name = number(keyword(node, "status_code", "status", "code"))
        return by_name or (said if said and 100 <= said < 600 else None) or RAISED.get(callee(node)) or _among(node)
    return RAISED.get(callee(node))


def _among(node: ast.Call) -> int | None:
    """``HttpError(401, ...)``, ``ApiError("no", 403)``, ``AppError(ErrorCode.FORBIDDEN)``: a status among the arguments."""
    return next((found for each in node.args if (found := number(each) or _coded(each)) and 400 <= found < 600), None)


def _coded(node: ast.expr) -> int | None:
    """The status that a member of an enumeration means, by its name."""
    if not isinstance(node, ast.Attribute):
        return None
    status = HTTPStatus.__members__.get(node.attr)
    return status.value if status else 404 if node.attr.endswith("_NOT_FOUND") else CODES.get(node.attr)


def aborts(node: ast.Call) -> bool:
    """Whether a call raises by itself: ``abort(401)``."""
    return callee(node) in ENDS


def refused(node: ast.expr | None) -> int | None:
    """The status of a returned value that refuses or redirects; None of any other."""
    if isinstance(node, ast.Await):
        return refused(node.value)
    if isinstance(node, ast.Tuple) and len(node.elts) in {2, 3}:
        return _refusal(number(node.elts[1])) or _refusal(number(node.elts[0]))
    if isinstance(node, ast.Call):
        status = number(keyword(node, "status_code", "status", "code"))
        second = number(argument(node, 0 if callee(node) == "empty" else 1))
        return _refusal(status) if status else _refusal(second) or ANSWERS.get(callee(node)) or _wrapped(node)
    return None


def _wrapped(node: ast.Call) -> int | None:
    """``make_response(jsonify(...), 401)`` and ``abort(make_response(...))`` say it inside."""
    return refused(node.args[0]) if callee(node) in {"make_response", "abort"} and node.args else None


def _refusal(status: int | None) -> int | None:
    return status if status is not None and 300 <= status < 600 else None
