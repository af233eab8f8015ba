"""What functions do, step by step: statements in the order that they run."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from invariants.facts.code import FILLING, Argument, Arm, Dependence, Kept, Step
from invariants.frontends.python.arguments import arguments
from invariants.frontends.python.asking import decided
from invariants.frontends.python.cases import Casing
from invariants.frontends.python.conditions import Ways, lines, looked_up
from invariants.frontends.python.drafts import Draft, answers
from invariants.frontends.python.functions import constructor, owned
from invariants.frontends.python.injection import filling, marker, target
from invariants.frontends.python.making import reached
from invariants.frontends.python.managers import suppressed, swallows
from invariants.frontends.python.parts import fields, told
from invariants.frontends.python.rejects import aborts, raised, refused
from invariants.frontends.python.symbols import callee, named
from invariants.frontends.python.syntax import Module
from invariants.frontends.python.verdicts import is_verdict

Fact = Step | Argument | Dependence | Kept

PREDICATES = {"has_permission", "has_object_permission", "test_func", "is_accessible", "has_access"}
"""Methods that frameworks ask whether a request may pass."""


def steps(module: Module) -> Iterator[Fact]:
    """The steps of the module and of every function in it."""
    for scope in module.scopes.values():
        if isinstance(scope.node, ast.ClassDef):
            made = constructor(scope, module)
            body = Body(module, made, scope.name)
            yield from body.facts() if made is not scope else ()
            yield from decided(module, scope, len(body.drafts))
            yield from fields(module, scope)
        elif owned(scope) == scope.name:
            yield from Body(module, scope, scope.name).facts()


class Body(Casing):
    """The body of one function, or of the module."""

    def facts(self) -> Iterator[Fact]:
        """Its facts, once it has been walked."""
        node = self.scope.node
        if isinstance(node, ast.Lambda):
            self.returned(node.body, node.body)
        elif not isinstance(node, ast.ClassDef):
            self.injected()
            self.statements(node.body)
        for position, draft in enumerate(self.drafts):
            yield draft.step(self.module, self.name, position)
            if isinstance(draft.node, ast.Call) and draft.kind in {"call", "next"} and draft.has_arguments:
                yield from arguments(self.module, self.scope, self.name, position, draft.node, draft.sent)
                if draft.handling == "ignored":
                    yield from answers(self.module, self.name, position, draft.node, self.answers)
            yield from told(self.module, self.name, position, draft) if draft.parts else ()
            yield from self.dependences(draft, position)
            if draft.kind == "keep":
                yield Kept(draft.place(self.module), self.name, position, draft.symbol)
        self.module.steps |= {each.node: (self.name, place) for place, each in enumerate(self.drafts) if each.has_arguments}

    def dependences(self, draft: Draft, position: int) -> Iterator[Dependence]:
        """What a branch depends on, and what the calls among that are given."""
        at = draft.place(self.module)
        for origin, symbol in draft.sources:
            yield Dependence(at, self.name, position, origin, symbol)
            given = sorted(set(self.origins.given(symbol))) if origin == "call" else []
            yield from (Dependence(at, self.name, position, *each, symbol) for each in given)

    def injected(self) -> None:
        """The calls that fill parameters run first."""
        for each in self.scope.parameters:
            found = marker(each, self.scope)
            called = target(found, each.annotation) if found else None
            if called is not None:
                draft = self.add(called, "call", reached(called, self.scope.parent or self.scope), handling="kept", awaited=True)
                draft.has_arguments = False
                self.answers.setdefault(each.arg, []).append(draft)
            elif (call := filling(each, self.scope, self.module)) is not None:
                symbol = f"{named(call, self.scope.parent or self.scope)}{FILLING}"
                self.add(call, "call", symbol, handling="kept", awaited=True).has_arguments = True

    def statements(self, body: list[ast.stmt]) -> None:
        for each in body:
            self.statement(each)

    def statement(self, node: ast.stmt) -> None:
        """One statement; what is under it goes into its arms."""
        if walk := WALKS.get(type(node).__name__):
            walk(self, node)

    def asserted(self, node: ast.Assert) -> None:
        """What does not hold is an error."""
        error = ast.copy_location(ast.Name("AssertionError", ast.Load()), node)
        self.branch(node.test, [], [ast.copy_location(ast.Raise(exc=error, cause=None), node)])

    def alone(self, value: ast.expr) -> None:
        """An expression whose value nobody takes."""
        call = value.value if isinstance(value, ast.Await) else value
        if isinstance(call, ast.Call) and aborts(call):
            self.children(call, "kept")
            self.add(call, "reject", named(call.func, self.scope), status=raised(self.written(call)))
        elif isinstance(call, ast.Call) and isinstance(value, ast.Await) and (status := self.sent(call)) is not None:
            self.add(call, "reject", named(self.maker(call.func), self.scope), status=status)
        elif isinstance(call, ast.BoolOp):
            self.either(call)
        else:
            self.expression(value, "ignored")
            if isinstance(call, ast.Call):
                self.put(call)

    def either(self, value: ast.BoolOp) -> None:
        """``check() or abort(401)``: the last part is what is done, where the others do not decide alone."""
        first, last = ast.copy_location(ast.BoolOp(value.op, value.values[:-1]), value), value.values[-1]
        test = first if len(first.values) > 1 else first.values[0]
        done, nothing = (lambda: self.alone(last)), (lambda: None)
        self.branched(test, Ways(done, nothing) if isinstance(value.op, ast.And) else Ways(nothing, done))

    def assigned(self, targets: list[ast.expr], value: ast.expr | None) -> None:
        if value is not None:
            before = len(self.drafts)
            self.expression(value, "kept")
            made = [each for each in self.drafts[before:] if each.parent is self.parent or each.node is value]
            for each in targets:
                self.origins.assign(each, value)
                self.remember(each, value, made)
                self.keep(each, value)

    def returned(self, node: ast.stmt | ast.expr, value: ast.expr | None) -> None:
        """The end of a function, and what it answers."""
        given = self.values.get(value.id) if isinstance(value, ast.Name) else value
        self.named(given)
        status = refused(given)
        if isinstance(value, ast.IfExp):
            self.branched(value.test, Ways(lambda: self.returned(node, value.body), lambda: self.returned(node, value.orelse)))
        elif self.is_end(value):
            self.alone(value)  # type: ignore[arg-type]
        elif status is not None:
            self.children(value, "kept")
            self.add(node, "reject", named(given, self.scope), status=status, handling="returned").parts = self.parts(given)
        elif is_verdict(value) or (self.is_predicate() and value is not None and not isinstance(value, ast.Constant)):
            assert value is not None
            self.branched(value, Ways(lambda: self._constant(node, "True"), lambda: self._constant(node, "False")))
        elif (parted := self.verdict(value)) is not None:
            self.branched(parted[0], Ways(lambda: self.returned(node, parted[1]), lambda: self.returned(node, parted[2])))
        else:
            self.expression(value, "returned")
            self.mark(value, "returned")
            if not (self.drafts and self.drafts[-1].kind == "next" and self.drafts[-1].node in _inside(value)):
                draft = self.add(node, "return", self.answered(value))
                draft.sources, draft.parts = self.nothing(value), self.taken(value) or self.parts(given)

    def is_predicate(self) -> bool:
        """Whether a framework asks the function a question, so that whatever it answers is true or false."""
        return self.name.rpartition(".")[2] in PREDICATES

    def _constant(self, node: ast.stmt | ast.expr, symbol: str) -> None:
        self.add(node, "return", symbol)

    def raised(self, node: ast.Raise) -> None:
        told = self.values.get(node.exc.id) if isinstance(node.exc, ast.Name) else node.exc
        told = self.module.bindings.get(node.exc.id, told) if isinstance(node.exc, ast.Name) and told is None else told
        if isinstance(told, ast.Call) and told is node.exc:
            self.children(told, "kept")
        draft = self.add(node, "reject", named(told or node.exc, self.scope), status=raised(self.written(told or node.exc)))
        draft.parts = self.taken(node.exc)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        over = node.test if isinstance(node, ast.While) else node.iter
        self.expression(over, "kept", awaited=not isinstance(node, ast.While))
        if not isinstance(node, ast.While):
            self.origins.assign(node.target, over)
        draft = self.add(node, "loop", "")
        self.under(draft, "body", node.body)
        self.under(draft, "else", node.orelse)

    def within(self, node: ast.With | ast.AsyncWith) -> None:
        """A context: its managers are entered, and one that swallows errors is a handler that does nothing."""
        for each in node.items:
            self.expression(each.context_expr, "kept", awaited=True)
            if each.optional_vars is not None:
                self.origins.assign(each.optional_vars, each.context_expr)
        if any(swallows(each.context_expr, self.module, self.scope.values, node.body) for each in node.items):
            draft = self.add(node, "attempt", "")
            self.under(draft, "body", node.body)
            named = [one for each in node.items for one in suppressed(each.context_expr)]
            self.at(draft, "handler", lambda: self.handlers(named) if named else self.add(node, "branch", ""))
        else:
            self.statements(node.body)

    def attempt(self, node: ast.Try) -> None:
        if (asked := looked_up(node)) is not None:
            self.branch(asked, [*node.body, *node.orelse], node.handlers[0].body)
            self.statements(node.finalbody)
            return
        draft = self.add(node, "attempt", "")
        self.under(draft, "body", node.body)
        self.under(draft, "else", node.orelse)
        self.at(draft, "handler", lambda: self.handlers(node.handlers))
        self.under(draft, "finally", node.finalbody)

    def handlers(self, listed: list[ast.ExceptHandler]) -> None:
        """One handler after the other, each a branch on the error's class; what none of them takes goes on as the error that it is."""
        if not listed:
            assert self.parent is not None
            self.add(self.parent.node, "reject", "")
            return
        first, *rest = listed
        if first.type is None or callee(first.type) in {"Exception", "BaseException"}:
            before = len(self.drafts)
            self.statements(first.body)
            if before == len(self.drafts):
                self.add(first, "branch", "")  # that nothing is done about an error is something, too
            return
        draft = self.add(first, "branch", self.module.text(first.type))
        draft.sources = [("other", self.module.text(first.type))]
        self.under(draft, "then", first.body)
        self.at(draft, "else", lambda: self.handlers(rest))

    def defined(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """What of a definition runs where it stands: decorators, defaults, annotations, and the body of a class."""
        for each in node.decorator_list:
            self.expression(each, "kept")
        if isinstance(node, ast.ClassDef):
            for base in [*node.bases, *(each.value for each in node.keywords)]:
                self.expression(base, "kept")
            self.inner(node)
        else:
            self.signature(node.args)

    def inner(self, node: ast.ClassDef) -> None:
        """The body of a class, whose names are its own."""
        outer, self.scope = self.scope, self.module.scopes[node]
        self.statements(node.body)
        self.scope = outer

    def signature(self, node: ast.arguments) -> None:
        annotations = [each.annotation for each in [*node.posonlyargs, *node.args, *node.kwonlyargs]]
        for each in [*node.defaults, *node.kw_defaults, *annotations]:
            self.expression(each, "kept")

    def under(self, draft: Draft, arm: Arm, body: list[ast.stmt]) -> None:
        self.at(draft, arm, lambda: self.statements(body))

    def branch(self, test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt]) -> None:
        self.branched(test, Ways(lambda: self.statements(then), lambda: self.statements(otherwise)), max(lines(then), lines(otherwise)))


WALKS: dict[str, Callable[[Body, Any], None]] = {
    "Expr": lambda body, node: body.alone(node.value),
    "Return": lambda body, node: body.returned(node, node.value),
    "Raise": Body.raised,
    "Assign": lambda body, node: body.assigned(node.targets, node.value),
    "AnnAssign": lambda body, node: body.assigned([node.target], node.value),
    "AugAssign": lambda body, node: body.assigned([node.target], node.value),
    "If": lambda body, node: body.branch(node.test, node.body, node.orelse),
    "Assert": Body.asserted,
    "For": Body.loop,
    "AsyncFor": Body.loop,
    "While": Body.loop,
    "With": Body.within,
    "AsyncWith": Body.within,
    "Try": Body.attempt,
    "TryStar": Body.attempt,
    "Match": Body.match,
    "FunctionDef": Body.defined,
    "AsyncFunctionDef": Body.defined,
    "ClassDef": Body.defined,
}
"""How each statement is walked; the others do nothing that counts."""


def _inside(node: ast.AST | None) -> set[ast.AST]:
    return set(ast.walk(node)) if node else set()
