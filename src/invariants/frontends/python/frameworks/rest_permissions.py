"""Permissions that a method of a view puts together, by the action or the method that is asked for: ``if self.action == "list": ...``.

They are told as what stands on the class for each action and method that its conditions name, and for all others.
"""

import ast
from itertools import product
from typing import NamedTuple

from invariants.frontends.python.symbols import callee, constant, elements, symbol
from invariants.frontends.python.syntax import Bindings, Module

BY = " by "
"""Between a class and what its permissions are for: an action and a method."""
SUPER = "rest_framework.views.APIView.get_permissions"
"""Stands for the permissions that a view has where no method of its own puts them together."""
TABLES = "tables"
"""Says that the permissions stand in tables of the class, in whose place a class that stands on it may have others."""
ANY = "*"
ACTION, METHOD, LISTED = "self.action", "self.request.method", "self.permission_classes"
SAFE = ("GET", "HEAD", "OPTIONS")
CAUGHT = {"KeyError", "Exception", ""}
"""Errors by which a method tells that a table has nothing."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Asked(NamedTuple):
    """What a request asks for; an action or a method that no condition names is another one."""

    action: str
    method: str


class Told(NamedTuple):
    """The permissions for what is asked: those of a list, or those of the class; neither, where something else decides."""

    asked: Asked
    listed: ast.expr | None
    is_above: bool = False


class Undecided(Exception):
    """Something else decides."""


def told(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, tables: Bindings) -> list[Told] | None:
    """The permissions for each action and method; null where something else decides."""
    looked = [symbol(each) for each in ast.walk(node) if isinstance(each, ast.Attribute)]
    methods = METHODS if METHOD in looked else (ANY,)
    named: set[str] = set()
    while True:
        seen: set[str] = set()
        asked = [Asked(*each) for each in product([*sorted(named), ANY], methods)]
        try:
            found = [_decided(Reading(module.bindings, tables, each, seen), node.body, each) for each in asked]
        except (Missing, Undecided):
            return None
        if seen <= named:
            return found
        named |= seen


def _decided(reading: "Reading", body: list[ast.stmt], asked: Asked) -> Told:
    """What is answered for what is asked; where something else decides that for all actions, nothing is told of any."""
    try:
        found = reading.block(body)
    except Undecided:
        if asked.action == ANY:
            raise
        return Told(asked, None)
    if found is None:
        raise Undecided
    return found._replace(asked=asked)


class Missing(Exception):
    """A table has nothing for what is asked."""


class Reading:
    """Reads the method for one action and one method; tables: the dictionaries of its class."""

    def __init__(self, known: Bindings, tables: Bindings, asked: Asked, seen: set[str]) -> None:
        self._known = dict(known)
        self._tables = tables
        self._asked = asked
        self._seen = seen  # the actions that conditions and tables name
        self._listed: ast.expr | None = None

    def block(self, body: list[ast.stmt]) -> Told | None:
        """What a block answers; null where it comes to its end."""
        return next((found for found in map(self._statement, body) if found is not None), None)

    def _statement(self, node: ast.stmt) -> Told | None:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                return self.block(body if self._holds(test) else orelse)
            case ast.Try(body=body, handlers=[ast.ExceptHandler(type=error, body=otherwise)], orelse=[], finalbody=[]):
                return self._tried(body, otherwise) if callee(error) in CAUGHT else self.block(body)
            case ast.Return(value=ast.expr() as value):
                return self._answer(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._known[name] = self._looked_up(value)
            case ast.Assign(targets=[ast.Attribute() as target], value=value) if symbol(target) == LISTED:
                self._listed = self._looked_up(value)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return None
            case _:
                raise Undecided
        return None

    def _tried(self, body: list[ast.stmt], otherwise: list[ast.stmt]) -> Told | None:
        try:
            return self.block(body)
        except Missing:
            return self.block(otherwise)

    def _looked_up(self, node: ast.expr) -> ast.expr:
        """What a table of the class has for an action: ``self.by_action[self.action]``; anything else as it is."""
        match node:
            case ast.Subscript(value=ast.Attribute() as holder, slice=key) if (table := self._table(holder)) is not None:
                return self._entry(table, key, None)
            case ast.Call(func=ast.Attribute(value=ast.Attribute() as holder, attr="get"), args=[key, *rest]) if (
                table := self._table(holder)
            ) is not None:
                return self._entry(table, key, self._looked_up(rest[0]) if rest else ast.Constant(None))
        return node

    def _table(self, node: ast.expr) -> ast.Dict | None:
        found = self._tables.get(symbol(node).removeprefix("self.")) if symbol(node).startswith("self.") else None
        return found if isinstance(found, ast.Dict) else None

    def _entry(self, table: ast.Dict, key: ast.expr, otherwise: ast.expr | None) -> ast.expr:
        """What a table has under a name, or for the action that is asked for."""
        names = [constant(each, self._known) if each is not None else None for each in table.keys]
        said = self._asked.action if symbol(key) == ACTION else constant(key, self._known)
        if None in names or said is None:
            raise Undecided
        self._seen |= {each for each in names if each} if symbol(key) == ACTION else set()
        found = dict(zip(names, table.values, strict=True)).get(said, otherwise)
        if found is None:
            raise Missing
        return ast.copy_location(found, found)

    def _answer(self, node: ast.expr) -> Told:
        match node:
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._answer(body if self._holds(test) else orelse)
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="get_permissions")):
                return self._above()
            case ast.ListComp(elt=ast.Call(func=ast.Name(id=made), args=[]), generators=[one]):
                is_each = isinstance(one.target, ast.Name) and one.target.id == made and not one.ifs
                return self._above() if is_each and symbol(one.iter) == LISTED else self._list(one.iter) if is_each else self._list(None)
        return self._list(node)

    def _above(self) -> Told:
        return Told(self._asked, None, is_above=True) if self._listed is None else self._list(self._listed)

    def _list(self, node: ast.expr | None) -> Told:
        told = self._looked_up(node) if node is not None else None
        is_none = isinstance(told, ast.Constant)
        found = elements(told, self._known) if told is not None and not is_none else None
        if found is None:
            raise Undecided
        return Told(self._asked, ast.copy_location(ast.List(found, ast.Load()), told))  # type: ignore[arg-type]

    def _holds(self, test: ast.expr) -> bool:
        match test:
            case ast.BoolOp(op=operator, values=values):
                return (all if isinstance(operator, ast.And) else any)(map(self._holds, values))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return not self._holds(inner)
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
                return self._is(left, [right]) == isinstance(operator, ast.Eq)
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as operator], comparators=[right]):
                return self._is(left, self._among(right)) == isinstance(operator, ast.In)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self._known[name] = self._looked_up(value)
                return self._is_something(self._known[name])
        return self._is_something(self._looked_up(test))

    def _is_something(self, node: ast.expr) -> bool:
        """Whether there is anything in what a table has."""
        if isinstance(node, ast.Constant) and node.value is None:
            return False
        if not isinstance(node, ast.List | ast.Tuple):
            raise Undecided
        return bool(node.elts)

    def _among(self, node: ast.expr) -> list[ast.expr]:
        if callee(node) == "SAFE_METHODS":
            return [ast.Constant(each) for each in SAFE]
        if (table := self._table(node)) is not None and None not in table.keys:
            return [each for each in table.keys if each is not None]
        found = elements(node, self._known)
        if found is None:
            raise Undecided
        return found

    def _is(self, node: ast.expr, values: list[ast.expr]) -> bool:
        """Whether what is asked for is one of some that are written there."""
        texts = [constant(each, self._known) for each in values]
        if symbol(node) not in {ACTION, METHOD} or isinstance(node, ast.Call) or None in texts:
            raise Undecided
        if symbol(node) == METHOD:
            return self._asked.method in texts
        self._seen |= {each for each in texts if each}
        return self._asked.action in texts


def names(cls: str, asked: Asked) -> str:
    """What the permissions of a class stand on, for an action and a method."""
    return f"{cls}{BY}{asked.action} {asked.method}"
