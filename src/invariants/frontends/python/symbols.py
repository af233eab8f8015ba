"""Symbols and constants: expressions as the names and strings that they are."""

import ast
import re
from http import HTTPStatus

from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.syntax import Bindings

PARAMETER = re.compile(r"\{(\w+):[^{}]*\}")


def symbol(node: ast.AST | None) -> str:
    """An expression as a dotted name, calls and subscripts left out; empty where it is none."""
    parts: list[str] = []
    while node is not None:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript | ast.Await | ast.Starred):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    return ".".join(reversed(parts)) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def named(node: ast.AST | None, scope: Scope) -> str:
    """A symbol, where its root is a definition inside another one by its name in the file."""
    found = symbol(node)
    root, dot, rest = found.partition(".")
    owner = scope.owner(root)
    if owner is None or root in owner.functions:
        return owner.functions[root] + dot + rest if owner else found
    other = owner.values.get(root) if not dot and isinstance(node, ast.Name) else None
    return other.id if isinstance(other, ast.Name) and owner.owner(other.id) is None else found


def held(node: ast.AST | None, scope: Scope) -> str:
    """A symbol whose root is anything inside a function: ``app`` in ``create_app`` is ``create_app.app``."""
    found = symbol(node)
    root, dot, rest = found.partition(".")
    return scope.qualified(root) + dot + rest if root else found


def callee(node: ast.AST | None) -> str:
    """The last word of what is called, or of a name: ``Depends`` of ``fastapi.Depends(f)``."""
    return symbol(node).rpartition(".")[2]


def keyword(call: ast.Call, *names: str) -> ast.expr | None:
    """The argument of one of these names."""
    return next((each.value for each in call.keywords if each.arg in names), None)


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """The argument at a place, or of one of these names."""
    found = keyword(call, *names)
    if found is None and position < len(call.args) and not any(isinstance(each, ast.Starred) for each in call.args[: position + 1]):
        return call.args[position]
    return found


def elements(node: ast.expr | None, known: Bindings | None = None) -> list[ast.expr] | None:
    """What a literal list holds, through names and concatenation; None where it cannot be told."""
    if node is None:
        return []
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        found = [elements(each.value, known) if isinstance(each, ast.Starred) else [each] for each in node.elts]
        return None if any(each is None for each in found) else [one for each in found for one in each or ()]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = elements(node.left, known), elements(node.right, known)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Constant) and node.value is None:
        return []
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return elements(node.values[0], known) or None
    if isinstance(node, ast.Name) and known and node.id in known:
        return elements(known[node.id], {name: value for name, value in known.items() if name != node.id})
    return None


def parts(node: ast.expr, known: Bindings) -> list[ast.expr]:
    """What a list holds, and those of its parts that cannot be told, each starred."""
    if (told := elements(node, known)) is not None:
        return told
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [one for each in node.elts for one in (parts(each.value, known) if isinstance(each, ast.Starred) else [each])]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return parts(node.left, known) + parts(node.right, known)
    if isinstance(node, ast.Name) and node.id in known:
        return parts(known[node.id], {name: value for name, value in known.items() if name != node.id})
    return [ast.copy_location(ast.Starred(node, ast.Load()), node)]


def constant(node: ast.expr | None, known: Bindings) -> str | None:
    """The string that an expression is; None where it cannot be told."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name) and node.id in known:
        return constant(known[node.id], {name: value for name, value in known.items() if name != node.id})
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return joined(constant(node.left, known), constant(node.right, known))
    if isinstance(node, ast.JoinedStr):
        return joined(*(constant(each.value if isinstance(each, ast.FormattedValue) else each, known) for each in node.values))
    if isinstance(node, ast.Call) and callee(node) in {"rstrip", "strip", "lstrip"} and isinstance(node.func, ast.Attribute):
        return constant(node.func.value, known)
    return None


def path(node: ast.expr | None, known: Bindings) -> str | None:
    """A path, or a part of one; what another file says stands in it as ``${symbol}``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return joined(path(node.left, known), path(node.right, known))
    if isinstance(node, ast.JoinedStr):
        return joined(*(path(each.value if isinstance(each, ast.FormattedValue) else each, known) for each in node.values))
    if isinstance(node, ast.Name) and node.id in known:
        return path(known[node.id], {name: value for name, value in known.items() if name != node.id})
    found = constant(node, known)
    is_name = isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and node.id not in known)
    return f"${{{symbol(node)}}}" if found is None and is_name and symbol(node) else found


def plain(path: str | None) -> str | None:
    """A path without the kinds of its parameters: ``{id:int}`` as ``{id}``."""
    return path and PARAMETER.sub(r"{\1}", path)


def joined(*parts: str | None) -> str | None:
    """Parts of a path in one; None where one of them cannot be told."""
    return None if None in parts else "".join(each for each in parts if each)


def number(node: ast.expr | None) -> int | None:
    """The status that an expression is: 401, status.HTTP_401_UNAUTHORIZED, HTTPStatus.UNAUTHORIZED, "401 Unauthorized"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and (line := re.match(r"(\d{3}) \w", node.value)):
        return int(line[1])
    name = symbol(node)
    if match := re.search(r"(?:^|\.)HTTP_(\d{3})_", name):
        return int(match[1])
    if name.startswith("HTTPStatus.") or ".HTTPStatus." in name:
        last = name.removesuffix(".value").rpartition(".")[2]
        return HTTPStatus[last].value if last in HTTPStatus.__members__ else None
    return None
