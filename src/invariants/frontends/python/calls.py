"""What expressions do, step by step: calls, in the order that they run."""

import ast
from collections.abc import Callable, Iterable
from typing import Any

from invariants.facts.code import ANSWER, DISPLAY, Act, Arm, Handling
from invariants.frontends.python.asking import is_bearer, test_of
from invariants.frontends.python.conditions import LARGE, LEAVES, Ways, is_compound, leaves, split
from invariants.frontends.python.drafts import Draft
from invariants.frontends.python.imports import unwrapped
from invariants.frontends.python.origins import PURE, Origins
from invariants.frontends.python.parameters import Source
from invariants.frontends.python.rejects import aborts, refused
from invariants.frontends.python.restating import restated
from invariants.frontends.python.rewording import without_names
from invariants.frontends.python.scopes import COMPREHENSIONS, Scope, children
from invariants.frontends.python.symbols import callee, named, symbol
from invariants.frontends.python.syntax import Module

RUNNERS = {"run_in_threadpool": 0, "to_thread": 0, "run_sync": 0, "run_in_executor": 1}
"""What runs the function that it is given, and where among its arguments that stands."""
WAITERS = {"gather", "wait_for", "run", "shield", "run_until_complete", "wait", "next", "anext"}
"""What waits for the calls among its arguments, or has them go as far as to what they yield first."""
HANDLERS = {"call_next", "handler", "next", "get_response", "next_handler", "view_func", "next_call"}
INNER = {"get_response", "app", "_app", "inner", "application"}
GATHERING = {"list", "tuple", "set", "sorted", "any", "all", "dict"}
"""What goes through whatever it is given, so that a generator runs."""
DISPLAYS = (ast.List, ast.ListComp, ast.Tuple, ast.Dict, ast.DictComp, ast.Set, ast.SetComp, ast.GeneratorExp, ast.JoinedStr)
PASSING = {"dispatch", "dispatch_request", "__call__"}


class Calls:
    """The walk through the expressions of one function."""

    def __init__(self, module: Module, scope: Scope, name: str) -> None:
        self.module = module
        self.scope = scope
        self.name = name
        self.drafts: list[Draft] = []
        self.parent: Draft | None = None
        self.arm: Arm = ""
        self.origins = Origins(module, scope)
        self.answers: dict[str, list[Draft]] = {}
        """The calls whose answers variables hold."""
        self.values: dict[str, ast.expr] = {}
        self.givens: dict[str, list[Any]] = {}
        """What variables were given, each time."""

    def add(self, node: ast.expr | ast.stmt | ast.excepthandler, kind: Act, symbol: str, *, status: int | None = None,
            handling: Handling = "ignored", awaited: bool = False) -> Draft:  # fmt: skip
        """One step more."""
        draft = Draft(node, kind, symbol, self.parent, self.arm, len(self.drafts), status, handling, awaited)
        self.drafts.append(draft)
        return draft

    def at(self, draft: Draft, arm: Arm, walk: Callable[[], object]) -> None:
        """What is walked goes into an arm of a step."""
        outer = self.parent, self.arm
        self.parent, self.arm = draft, arm
        walk()
        self.parent, self.arm = outer

    def branched(self, test: ast.expr, ways: Ways, size: int = 0) -> None:
        """A branch for each part of a condition, unless too much would be written out again."""
        whole = restated(self.stands_for(test), self.origins)
        if size > LARGE or leaves(whole) > LEAVES:
            self.leaf(test, ways)
        else:
            split(whole, ways, self.leaf)

    def stands_for(self, test: ast.expr) -> ast.expr:
        """The compound condition that a variable was given once."""
        known = self.scope.values.get(test.id) if isinstance(test, ast.Name) else None
        if known is not None and is_compound(known):
            return known
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name):
            inner = self.stands_for(test.operand)
            return ast.copy_location(ast.UnaryOp(test.op, inner), test) if inner is not test.operand else test
        return test

    def leaf(self, test: ast.expr, ways: Ways) -> None:
        """A branch, with what its condition calls before it; none, where it is written down how it ends."""
        if isinstance(test, ast.Constant):
            (ways.then if test.value else ways.otherwise)()
            return
        self.expression(test, "tested")
        self.mark(test, "tested")
        said = ast.unparse(test) if hasattr(test, "is_restated") else self.module.text(test)
        said = ast.unparse(without_names(test)) if ":=" in said else said
        draft = self.add(test, "branch", said)
        draft.sources = sorted(set(self.origins.of(test)))
        self.at(draft, "then", ways.then)
        self.at(draft, "else", ways.otherwise)

    def expression(self, node: ast.AST | None, handling: Handling, *, awaited: bool = False) -> None:
        """The calls of an expression, innermost first."""
        match node:
            case None | ast.Constant() | ast.Name() | ast.Lambda():
                return
            case ast.Await(value=value):
                self.expression(value, handling, awaited=True)
                self.wait(value)
            case ast.Call():
                self.call(node, handling, awaited=awaited)
            case ast.BoolOp(values=[first, *rest]):
                self.expression(first, "tested" if handling == "ignored" else handling)
                self.rest(first, rest, handling)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.branched(test, Ways(lambda: self.expression(body, handling), lambda: self.expression(orelse, handling)))
            case ast.NamedExpr(target=target, value=value):
                before = len(self.drafts)
                self.expression(value, handling)
                self.origins.assign(target, value)
                self.remember(target, value, self.drafts[before:])
            case ast.Yield(value=value) | ast.YieldFrom(value=value):
                self.expression(value, "kept", awaited=isinstance(node, ast.YieldFrom))
                self.add(node, "next", "")
            case ast.Compare() | ast.UnaryOp() | ast.Attribute() | ast.Starred():
                self.children(node, handling if handling == "tested" else "kept", awaited=awaited)
            case _ if isinstance(node, COMPREHENSIONS):
                self.comprehension(node)
            case _:
                self.children(node, "kept", awaited=awaited)

    def children(self, node: ast.AST | None, handling: Handling, *, awaited: bool = False) -> None:
        self.each(children(node) if node else (), handling, awaited=awaited)

    def each(self, nodes: Iterable[ast.AST], handling: Handling, *, awaited: bool = False) -> None:
        for one in nodes:
            self.expression(one, handling, awaited=awaited)

    def rest(self, first: ast.expr, rest: list[ast.expr], handling: Handling) -> None:
        """The right side of ``and`` and ``or``, which the left one decides about."""
        calls = [each for each in rest if _calls(each)]
        if calls:
            draft = self.add(first, "branch", self.module.text(first))
            draft.sources = sorted(set(self.origins.of(first)))
            self.at(draft, "then", lambda: self.each(calls, handling))

    def comprehension(self, node: ast.AST) -> None:
        """What runs for each element is in a loop."""
        assert isinstance(node, COMPREHENSIONS)
        self.expression(node.generators[0].iter, "kept")
        told = [each for each in children(node) if not isinstance(each, ast.comprehension)]
        inner = [*(each for one in node.generators for each in one.ifs), *told]
        for one in node.generators:
            self.origins.assign(one.target, one.iter)
        if any(_calls(each) for each in inner):
            draft = self.add(node, "loop", "")
            self.at(draft, "body", lambda: self.each(inner, "kept"))

    def call(self, node: ast.Call, handling: Handling, *, awaited: bool) -> None:
        """One call: its arguments first, then itself, then what it runs."""
        if isinstance(node.func, ast.Name) and node.func.id in {*PURE, "super"} and self.scope.owner(node.func.id) is None:
            self.children(node, handling, awaited=node.func.id in GATHERING)
            return
        self.expression(node.func, "kept")
        last = node.func.attr if isinstance(node.func, ast.Attribute) else callee(node.func)
        for each in [*node.args, *(one.value for one in node.keywords)]:
            self.expression(each, "kept", awaited=last in WAITERS and not _keeps_errors(node))
        inner = unwrapped(node.func)
        name = self.module.scopes[inner].name if isinstance(inner, ast.Lambda) else named(inner, self.scope)
        name = f".{last}" if last and (not name or self.is_past(node.func)) else self.answer(node.func) or name
        if isinstance(node.func, ast.Attribute) and name.startswith("super.") and self.asks_for_key(node.func):
            name = f"{self.name.rpartition('.')[0]}.authenticate"
        draft = self.add(node, "next" if self.passes(node) else "call", name, handling=handling, awaited=awaited or inner is not node.func)
        draft.has_arguments = True
        draft.forwards = any(isinstance(each, ast.Starred) for each in node.args)
        given = [*node.args, *(one.value for one in node.keywords)]
        draft.sent = {each: said for each in given if (said := self.origins.given_on(each))}
        if last in RUNNERS and len(node.args) > RUNNERS[last] and (awaited or "from_thread" in name):
            run = self.add(node.args[RUNNERS[last]], "call", named(node.args[RUNNERS[last]], self.scope), handling=handling, awaited=True)
            run.has_arguments = False

    def answer(self, func: ast.expr) -> str:
        """The symbol of what is called that a call answers: ``Checker("a")(user)``, also where a variable holds it."""
        made = self.maker(func)
        is_made = isinstance(made, ast.Call) and unwrapped(made) is made
        found = named(made, self.scope) if is_made else ""
        return f"{found}{ANSWER}" if found and not found.startswith("super.") else ""

    def sent(self, call: ast.Call) -> int | None:
        """The status of an answer that turns away and sends itself, as ASGI has them."""
        made = self.maker(call.func)
        return refused(made) if isinstance(made, ast.Call) else None

    def is_end(self, node: ast.expr | None) -> bool:
        """Whether what is returned ends the request itself: ``return abort(401)``, ``return await response(scope, receive, send)``."""
        if isinstance(node, ast.Await):
            return isinstance(node.value, ast.Call) and self.sent(node.value) is not None
        return isinstance(node, ast.Call) and aborts(node)

    def maker(self, func: ast.expr) -> ast.expr | None:
        """What is called, of a variable what it was given once."""
        return self.scope.values.get(func.id) if isinstance(func, ast.Name) else func

    def passes(self, node: ast.Call) -> bool:
        """Whether a call passes the request on: the next handler's, a wrapped function's, the application's own."""
        func = node.func
        if isinstance(func, ast.Attribute):
            base = func.value
            if isinstance(base, ast.Call) and callee(base) == "super":
                return not self.is_past(func) and func.attr in PASSING and not self.extends_security() and not self.asks_for_key(func)
            return isinstance(base, ast.Name) and base.id == "self" and func.attr in INNER
        if not isinstance(func, ast.Name):
            return False
        owner = self.scope.owner(func.id)
        if owner is None or func.id in owner.functions or not any(each.arg == func.id for each in owner.parameters):
            return False
        return owner is not self.scope or func.id in HANDLERS

    def is_past(self, func: ast.expr) -> bool:
        """Whether a method is that of what comes after another class: ``super(Mixin, self).dispatch`` in a class that is not the mixin."""
        base = func.value if isinstance(func, ast.Attribute) else None
        return (
            isinstance(base, ast.Call) and callee(base) == "super" and bool(base.args) and symbol(base.args[0]) not in self.name.split(".")
        )

    def asks_for_key(self, func: ast.Attribute) -> bool:
        """Whether a class that is asked who comes leaves that to its base, which asks its ``authenticate``."""
        around = self.scope.parent.node if self.scope.parent is not None else None
        return func.attr == "__call__" and isinstance(around, ast.ClassDef) and is_bearer(around)

    def extends_security(self) -> bool:
        """Whether the file's classes stand on those of FastAPI that take credentials out of a request, and hand nothing on."""
        return any(each.startswith("fastapi.security") for each in self.module.imported.values())

    def wait(self, node: ast.expr) -> None:
        """A coroutine in a variable is awaited."""
        for draft in self.answers.get(node.id, []) if isinstance(node, ast.Name) else []:
            draft.awaited = True

    def remember(self, target: ast.expr, value: ast.expr, made: list[Draft]) -> None:
        """The calls whose answer a variable now holds."""
        through = [draft for each in ast.walk(value) if isinstance(each, ast.Name) for draft in self.answers.get(each.id, [])]
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                self.answers.setdefault(each.id, []).extend([*through, *made][:20])
                self.values[each.id] = value

    def mark(self, node: ast.AST | None, handling: Handling) -> None:
        """What becomes of the answers that the variables of an expression hold."""
        for each in ast.walk(node) if node else ():
            for draft in self.answers.get(each.id, []) if isinstance(each, ast.Name) else []:
                draft.returned = draft.returned or handling == "returned"
                if draft.handling != "tested":
                    draft.handling = handling

    def nothing(self, value: ast.expr | None) -> list[Source]:
        """Of an answer that may be None where nobody said it, that, and what it is made of; nothing of another one."""
        if value is None or isinstance(value, ast.Constant) or not self.origins.may_be_none(value):
            return []
        return sorted({("constant", "None"), *self.origins.of(value)})

    def tested(self, node: ast.expr) -> str:
        """The test of ``user_passes_test`` that a call or a variable stands for."""
        return test_of(self.values.get(node.id, node) if isinstance(node, ast.Name) else node)

    def answered(self, value: ast.expr | None) -> str:
        """The symbol that is returned, where it is one; a constant as Python writes it."""
        value = unwrapped(value) if value is not None else None
        if value is None or isinstance(value, ast.Constant):
            said = None if value is None else value.value
            return repr(said) if isinstance(said, bool | None) else DISPLAY if said else ""
        if isinstance(value, ast.Lambda):
            return self.module.scopes[value].name
        if test := self.tested(value) or (self.tested(value.func) if isinstance(value, ast.Call) else ""):
            return test
        if isinstance(value, DISPLAYS) or (isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) and _is_there(value.values[-1])):
            return DISPLAY
        return named(value, self.scope) if symbol(value) else ""


def _is_there(node: ast.expr) -> bool:
    """Whether a value is something as it is written."""
    return isinstance(node, DISPLAYS) or (isinstance(node, ast.Constant) and bool(node.value))


def _keeps_errors(node: ast.Call) -> bool:
    """Whether a call answers with the errors of what it waits for: ``gather(check(), return_exceptions=True)``."""
    return any(
        each.arg == "return_exceptions" and not (isinstance(each.value, ast.Constant) and not each.value.value) for each in node.keywords
    )


def _calls(node: ast.AST) -> bool:
    """Whether an expression calls anything that does something."""
    return any(isinstance(one, ast.Call) and callee(one) not in {*PURE, "super"} for one in ast.walk(node))
