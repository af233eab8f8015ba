"""Classes that a framework asks whether a request may pass, and what it does with their answer.

A framework makes an object of such a class and calls one method of it. The steps of the class are its constructor's and then that call, so
that whoever follows the class as a guard comes to where it decides.
"""

import ast
from collections.abc import Iterator

from invariants.facts.code import Argument, Dependence, Step
from invariants.facts.code import Function as Definition
from invariants.facts.place import Place
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import callee, named
from invariants.frontends.python.syntax import Module, assigned

RUNS = ("__call__", "authenticate_request", "dispatch", "process_request", "process_view", "handle")
"""Methods that are run: what they do is what the class does."""

VIEWED = "process_view"
"""What Django runs of a middleware just before a view, whatever its ``__call__`` does: that comes later here, since it hands on."""

ASKS = {"has_permission": 403, "is_accessible": 403, "authenticate": 401}
"""Methods whose answer decides, and the status where it is false."""

BEARERS = {
    "HttpBearer",
    "HttpBasicAuth",
    "APIKeyHeader",
    "APIKeyQuery",
    "APIKeyCookie",
    "ApiKeyAuth",
    "SessionAuth",
    "HttpAuthBase",
    "APIKeyBase",
}
"""Classes whose ``authenticate`` refuses where it answers nothing; elsewhere that means nobody in particular."""

Fact = Definition | Step | Dependence | Argument


def decided(module: Module, scope: Scope, position: int) -> Iterator[Step | Dependence]:
    """The steps of a class beyond its constructor's, which come to this place."""
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    own = {each.name: (module.head(each), f"{scope.name}.{each.name}") for each in node.body if isinstance(each, Function)}
    taken = {name: value for each in node.body for name, value in assigned(each) if isinstance(value, ast.Attribute)}
    own |= {name: (module.place(value), named(value, scope)) for name, value in taken.items() if name in {*ASKS, *RUNS}}
    asked = next((each for each in ASKS if each in own and (each != "authenticate" or is_bearer(node))), None)
    asked = "__call__" if asked == "authenticate" and "__call__" in own else asked
    runs = next((each for each in RUNS if each in own), None)
    if asked:
        yield from _asked(own[asked][0], scope.name, position, own[asked][1], ASKS.get(asked, 401))
    elif runs:
        for place, each in enumerate([VIEWED, runs] if VIEWED in own and runs == "__call__" else [runs]):
            yield _call(own[each][0], scope.name, position + place, own[each][1], "returned")


def asked(at: Place, name: str, symbols: list[str], status: int, given: str = "") -> Iterator[Fact]:
    """A function that asks others, and refuses where all say no: how a framework treats the functions that it is given."""
    yield Definition(at, name, "function", False, False, 0)
    for place, each in enumerate(symbols):
        yield from _asks(at, name, place * 3, each)
        if given:
            yield Dependence(at, name, place * 3 + 1, "other", given, each)
            yield Argument(at, name, place * 3, "0", "symbol", given, given)
    yield Step(at, name, len(symbols) * 3, None, "", "reject", symbols[-1], status, "ignored", True)


def _asked(at: Place, function: str, position: int, symbol: str, status: int) -> Iterator[Step | Dependence]:
    yield from _asks(at, function, position, symbol)
    yield Step(at, function, position + 3, None, "", "reject", symbol, status, "ignored", True)


def _asks(at: Place, function: str, position: int, symbol: str) -> Iterator[Step | Dependence]:
    """One function that is asked; whoever it says yes to passes."""
    yield _call(at, function, position, symbol, "tested")
    yield Step(at, function, position + 1, None, "", "branch", f"{symbol}()", None, "ignored", True)
    yield Dependence(at, function, position + 1, "call", symbol)
    yield Step(at, function, position + 2, position + 1, "then", "next", "", None, "ignored", True)


def _call(at: Place, function: str, position: int, symbol: str, handling: str) -> Step:
    return Step(at, function, position, None, "", "call", symbol, None, handling, True)  # type: ignore[arg-type]


def is_bearer(node: ast.ClassDef) -> bool:
    """Whether a class is asked who comes with what a request brought."""
    return any(callee(each) in BEARERS for each in node.bases)


def test_of(node: ast.AST) -> str:
    """The function that a call of ``user_passes_test`` comes to; empty of anything else."""
    is_test = isinstance(node, ast.Call) and callee(node.func) == "user_passes_test" and not isinstance(node.func, ast.Call)
    return f"({node.lineno}:{node.col_offset + 1}).test" if is_test else ""  # type: ignore[attr-defined]
