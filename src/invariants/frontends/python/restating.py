"""Conditions said in other words that are easier to tell: what is asked of each of several things, and of one among several."""

import ast
from copy import deepcopy
from functools import partial

from invariants.facts.code import SESSION, bare
from invariants.frontends.python.origins import Origins
from invariants.frontends.python.rewording import marked, reworded
from invariants.frontends.python.symbols import callee, symbol

HOLDERS = {"session", "user", "request", "g", "current_user", "claims", "payload", "token", "principal", "identity"}
"""What holds what is known of who comes."""
ASKED = {"required", "needed", "allowed", "expected", "permitted", "demanded", "wanted", "accepted"}
FEW = 4
"""So many elements are asked for one by one."""
GATHERED = {"set", "frozenset", "list", "tuple", "sorted"}
COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.SetComp)
SETS = (ast.Set, ast.SetComp)
OF_SETS = {"issubset", "issuperset", "isdisjoint"}
SCOPED = (ast.Lambda, *COMPREHENSIONS, ast.DictComp)
DEEP = 5


def restated(test: ast.expr, origins: Origins) -> ast.expr:
    """A condition, part by part."""
    plain = reworded(test, origins)
    if plain is not test:
        return plain if isinstance(plain, ast.Constant) else marked(restated(plain, origins))
    match test:
        case ast.BoolOp(op=op, values=values):
            return _like(ast.BoolOp(op, [restated(each, origins) for each in values]), test)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = restated(operand, origins)
            return (_new if hasattr(inner, "is_restated") else _like)(ast.UnaryOp(ast.Not(), inner), test)
        case ast.IfExp(test=first, body=body, orelse=orelse):
            return _like(ast.IfExp(*(restated(each, origins) for each in (first, body, orelse))), test)
        case ast.Call(func=ast.Name(id="all" | "any" as word), args=[argument]):
            return _of_each(test, word, argument, origins)
        case ast.Call(func=ast.Attribute(value=value, attr=word), args=[other]) if word in OF_SETS:
            return _of_sets(test, word, value, other, origins)
        case ast.Call(func=ast.Attribute(value=value, attr="startswith" | "endswith"), args=[whole]) if _is_secret_in(
            whole, value, origins
        ):
            return _new(ast.Compare(value, [ast.Eq()], [whole]), test)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(test, left, op, right, origins)
        case ast.BinOp(left=left, op=ast.Sub(), right=right) if _is_set(left, origins) or _is_set(right, origins):
            return _filled(test, [left], origins)
    return test


def _written_out(node: ast.expr, origins: Origins) -> list[ast.expr]:
    """What is asked of each of a few things, one by one; nothing, where it is not told what they are."""
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts if len(node.elts) <= FEW and not any(isinstance(each, ast.Starred) for each in node.elts) else []
    if not isinstance(node, COMPREHENSIONS) or len(node.generators) != 1 or isinstance(node, ast.SetComp):
        return []
    [made] = node.generators
    told = origins.value(made.iter.id) if isinstance(made.iter, ast.Name) else made.iter
    several = told.elts if isinstance(told, ast.List | ast.Tuple) else []
    is_plain = isinstance(made.target, ast.Name) and not made.ifs and not any(isinstance(each, SCOPED) for each in ast.walk(node.elt))
    if not is_plain or not 0 < len(several) <= FEW or not all(isinstance(each, ast.Name | ast.Attribute) for each in several):
        return []
    return [_new(_Filled(made.target.id, each).visit(deepcopy(node.elt)), node) for each in several]  # type: ignore[attr-defined]


class _Filled(ast.NodeTransformer):
    """An expression with something in the place of a variable."""

    def __init__(self, name: str, value: ast.expr) -> None:
        self._name = name
        self._value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The variable."""
        return self._value if node.id == self._name else node


def _compared(test: ast.expr, left: ast.expr, op: ast.cmpop, right: ast.expr, origins: Origins) -> ast.expr:
    """Sets, of which an empty one is a part of every other; and one value among several that the environment says."""
    if isinstance(op, ast.LtE | ast.GtE) and (_is_set(left, origins) or _is_set(right, origins)):
        return _vacuous(test, [left if isinstance(op, ast.LtE) else right], origins)
    if not isinstance(op, ast.In | ast.NotIn):
        return test
    several = _elements(right, origins, DEEP)
    if several is None or not any(origin == "environment" for each in several for origin, _ in origins.of(each)):
        return test
    asked = several if len(several) <= FEW else [_new(ast.Tuple(several, ast.Load()), test)]
    equal: list[ast.expr] = [_new(ast.Compare(left, [ast.Eq()], [each]), test) for each in asked]
    found = equal[0] if len(equal) == 1 else _like(ast.BoolOp(ast.Or(), equal), test)
    return found if isinstance(op, ast.In) else _new(ast.UnaryOp(ast.Not(), found), test)


def _elements(node: ast.expr, origins: Origins, depth: int) -> list[ast.expr] | None:
    """What a collection holds, or what all of that comes out of; None of what may be a text."""
    match node:
        case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts) if elts:
            return [each.value if isinstance(each, ast.Starred) else each for each in elts]
        case ast.Name(id=name) if depth and (value := origins.value(name)) is not None:
            return _elements(value, origins, depth - 1)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in GATHERED:
            return _elements(inner, origins, depth)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return _elements(node.generators[0].iter, origins, depth)
        case ast.Call(func=ast.Attribute(attr="split" | "splitlines")):
            return [node]
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Add(), right=right):
            both = [_elements(left, origins, depth), _elements(right, origins, depth)]
            return None if None in both else [one for each in both for one in each or ()]
    return None


def _is_secret_in(whole: ast.expr, value: ast.expr, origins: Origins) -> bool:
    """Whether a value has to begin or end with what the environment says, and is not that itself."""
    return "environment" in {each for each, _ in origins.of(whole)} and "environment" not in {each for each, _ in origins.of(value)}


def _is_set(node: ast.expr, origins: Origins) -> bool:
    """Whether an expression is a set, as far as can be seen."""
    told = origins.value(node.id) if isinstance(node, ast.Name) else node
    return isinstance(told, SETS) or (isinstance(told, ast.Call) and callee(told.func) in {"set", "frozenset"})


def _set(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.copy_location(ast.Name("set", ast.Load()), node), [node], []), node)


def _of_each(test: ast.expr, word: str, argument: ast.expr, origins: Origins) -> ast.expr:
    """What is asked of each of several things: of a few, one by one."""
    if (told := _written_out(argument, origins)) and not (word == "any" and isinstance(argument, ast.List | ast.Tuple)):
        join = ast.Or() if word == "any" else ast.And()
        return restated(told[0] if len(told) == 1 else _like(ast.BoolOp(join, told), test), origins)
    if not isinstance(argument, COMPREHENSIONS):
        return test
    over = [each.iter for each in argument.generators]
    is_unknown = _asks_each(argument) or any(map(partial(_is_emptied, origins), over))
    return _filled(test, over, origins) if word == "any" else _vacuous(test, over, origins, is_unknown)


def _is_emptied(origins: Origins, node: ast.expr) -> bool:
    """Whether a list is empty as it is written, whatever is put into it later."""
    told = origins.value(node.id) if isinstance(node, ast.Name) else node
    return isinstance(told, ast.List | ast.Tuple) and not told.elts


def _of_sets(test: ast.expr, word: str, value: ast.expr, other: ast.expr, origins: Origins) -> ast.expr:
    """What a method says of two sets."""
    if word == "isdisjoint":
        return _vacuous(test, [value, other], origins)
    operator = ast.LtE() if word == "issubset" else ast.GtE()
    return restated(_new(ast.Compare(value, [operator], [_set(other)]), test), origins)


def _asks_each(node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> bool:
    """Whether each of several things is called that are told nowhere, or a method of each."""
    names = {each.target.id for each in node.generators if isinstance(each.target, ast.Name)}
    return any(isinstance(each, ast.Call) and symbol(each.func).partition(".")[0] in names for each in ast.walk(node.elt))


def _is_of_who(origins: Origins, node: ast.expr) -> bool:
    """Whether what a list holds depends on who comes, so that it may hold nothing; what is asked for does not."""
    name = symbol(node)
    if ASKED & set(name.lower().replace(".", "_").split("_")):
        return False
    found = origins.of(node)
    return name.partition(".")[0] in HOLDERS or any(each in {"caller", "call"} or bare(said).startswith(SESSION) for each, said in found)


def _vacuous(test: ast.expr, over: list[ast.expr], origins: Origins, is_unknown: bool = False) -> ast.expr:
    """What is so of all that somebody has is so of those who have nothing."""
    told = [_inside(each) for each in over if is_unknown or _is_of_who(origins, _inside(each))]
    empty = [_new(ast.UnaryOp(ast.Not(), each), test) for each in told]
    return _like(ast.BoolOp(ast.Or(), [*empty, test]), test) if empty else test


def _filled(test: ast.expr, over: list[ast.expr], origins: Origins) -> ast.expr:
    """What is so of something that somebody has is so of nobody who has nothing."""
    there = [_inside(each) for each in over if _is_of_who(origins, _inside(each))]
    return _like(ast.BoolOp(ast.And(), [*there, test]), test) if there else test


def _inside(node: ast.expr) -> ast.expr:
    """What a set is made of."""
    is_made = isinstance(node, ast.Call) and symbol(node.func) in GATHERED and len(node.args) == 1
    return _inside(node.args[0]) if is_made else node  # type: ignore[attr-defined]


def _like(node: ast.expr, test: ast.expr) -> ast.expr:
    return ast.copy_location(node, test)


def _new(node: ast.expr, test: ast.expr) -> ast.expr:
    """A part that is written nowhere."""
    node.is_restated = True  # type: ignore[attr-defined]
    return ast.copy_location(node, test)
