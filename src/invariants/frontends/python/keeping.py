"""What functions put beside a request, or into a session: ``g.user``, ``request.state.user``, ``request["user"]``, ``session["user"]``."""

import ast
from typing import NamedTuple

from invariants.facts.code import DISPLAY, Arm, Handling
from invariants.frontends.python.calls import Calls
from invariants.frontends.python.conditions import Ways
from invariants.frontends.python.drafts import Draft
from invariants.frontends.python.parameters import REQUESTS, Source
from invariants.frontends.python.sessions import filled, in_session
from invariants.frontends.python.symbols import argument, callee, symbol

DEEP = 5
"""So many variables are followed to what they were given."""
WRITTEN = (ast.Constant, ast.Dict, ast.List, ast.Tuple)
MADE = (*WRITTEN, ast.Call)
"""What is somebody, whoever that is."""
BESIDE = {"g", *REQUESTS} - {"info"}
"""What lives as long as a request does."""


class Given(NamedTuple):
    """A value that a variable was given, and where."""

    value: ast.expr
    parent: Draft | None
    arm: Arm


class Keeping(Calls):
    """The walk through what functions put beside requests."""

    def keep(self, target: ast.expr, value: ast.expr) -> None:
        """A variable's value is remembered; one that is put beside a request is a step, as far as it is taken apart."""
        if isinstance(target, ast.Name):
            self.givens.setdefault(target.id, []).append(Given(value, self.parent, self.arm))
        elif name := self.session(target) or beside(target):
            self.kept(name, value, DEEP)

    def session(self, target: ast.expr) -> str:
        """The name of a place in a session; empty of any other."""
        is_part = isinstance(target, ast.Subscript)
        return in_session(target.value, target.slice, self.module, self.origins.asks) if is_part else ""  # type: ignore[attr-defined]

    def call(self, node: ast.Call, handling: Handling, *, awaited: bool) -> None:
        """A call, and what it puts into a session."""
        super().call(node, handling, awaited=awaited)
        for name, value in filled(node, self.module, self.origins.asks):
            self.kept(name, value, DEEP)

    def put(self, call: ast.Call) -> None:
        """``setattr(g, "user", user)`` as the assignment that it is."""
        if callee(call.func) == "setattr" and len(call.args) == 3 and isinstance(call.args[1], ast.Constant):
            target = ast.copy_location(ast.Attribute(call.args[0], str(call.args[1].value), ast.Store()), call)
            self.keep(target, call.args[2])

    def named(self, value: ast.expr | None) -> None:
        """Litestar puts beside a request what a middleware of authentication answers."""
        if isinstance(value, ast.Call) and callee(value.func) == "AuthenticationResult":
            user = argument(value, 0, "user")
            if user is not None:
                self.kept("request.user", user, DEEP)

    def kept(self, name: str, value: ast.expr, depth: int) -> None:
        """One step for each value that it may be; for those of variables, where they were given them."""
        match value:
            case ast.BoolOp(op=ast.Or(), values=values):
                for each in values:
                    self.kept(name, each, depth)
            case ast.BoolOp(values=[*first, last]):
                test = first[0] if len(first) == 1 else ast.copy_location(ast.BoolOp(ast.And(), first), value)
                self.branched(test, Ways(lambda: self.kept(name, last, depth), _nothing))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.branched(test, Ways(lambda: self.kept(name, body, depth), lambda: self.kept(name, orelse, depth)))
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                self.kept(name, inner, depth)
            case ast.Name(id=held) if depth and (held in self.givens or isinstance(self.module.bindings.get(held), MADE)):
                for given in self.givens.get(held) or [Given(self.module.bindings[held], self.parent, self.arm)]:
                    self.kept_there(name, given, depth - 1)
            case _ if not (isinstance(value, ast.Constant) and not value.value):
                self.told(name, value)

    def kept_there(self, name: str, given: Given, depth: int) -> None:
        """What a variable was given, where it was."""
        if given.parent is None:
            self.kept(name, given.value, depth)
        else:
            self.at(given.parent, given.arm, lambda: self.kept(name, given.value, depth))

    def told(self, name: str, value: ast.expr) -> None:
        """The step of one value."""
        draft = self.add(value, "keep", name)
        said: set[Source] = {("constant", DISPLAY)} if isinstance(value, WRITTEN) else set()
        said |= {("constant", "None")} if self.origins.may_be_none(value) else set()
        draft.sources = sorted(said | set(self.origins.of(value)))

    def written(self, node: ast.expr | None) -> ast.expr | None:
        """A call with what its arguments stand for in their place."""
        if not isinstance(node, ast.Call):
            return node
        args = [self.stood(each) for each in node.args]
        keywords = [ast.keyword(each.arg, self.stood(each.value)) for each in node.keywords]
        return ast.copy_location(ast.Call(node.func, args, keywords), node)

    def stood(self, node: ast.expr) -> ast.expr:
        return (self.origins.value(node.id) or node) if isinstance(node, ast.Name) else node


def beside(node: ast.expr) -> str:
    """The name of a place beside a request; empty of any other."""
    found = symbol(node)
    if isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        found = f"{found}.{key}" if isinstance(key, str) else ""
    elif not isinstance(node, ast.Attribute):
        return ""
    root, _, rest = found.removeprefix("self.").partition(".")
    return found if root in BESIDE and rest else ""


def _nothing() -> None:
    """Nothing is kept."""
