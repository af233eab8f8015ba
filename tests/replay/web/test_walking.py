"""What a function does to a request, told by its steps alone."""

from typing import Any

import pytest

from invariants.bodies import opened, packed
from invariants.facts.code import Dependence, Function, Module, Step
from invariants.facts.place import Place
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.modules import Modules
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.walking import Walker

AT = Place("auth.py", 1, 1, 1, 1)


def step(position: int, kind: Any, symbol: str = "", **more: Any) -> Step:
    told = {"parent": None, "arm": "", "status": None, "handling": "ignored", "awaited": True, **more}
    return Step(AT, "guard", position, told["parent"], told["arm"], kind, symbol, told["status"], told["handling"], told["awaited"])


def state(*facts: Any, is_async: bool = False, name: str = "guard") -> str:
    corpus = Corpus({"auth.py"}, lambda _: [])
    named = [each._replace(function_name=name) for each in facts]
    known = [Module(AT, "python", "server"), Function(AT, name, "function", is_async, True, 1), *named]
    corpus.add("auth.py", opened("auth.py", packed(known)))
    walker = Walker(corpus, Symbols(corpus, Modules(corpus.paths, {})), {})
    found = walker.effect(Key("auth.py", name))
    assert found
    return found.state


def depends(origin: Any, symbol: str, position: int = 0) -> Dependence:
    return Dependence(AT, "guard", position, origin, symbol)


DENIED = (step(0, "branch", "not user"), step(1, "reject", "HTTPException", parent=0, arm="then", status=401))


def test_somebody_unknown_is_turned_away() -> None:
    assert state(*DENIED, depends("call", "lookup_user")) == "rejects"


def test_a_secret_that_the_environment_knows_is_a_check() -> None:
    assert state(*DENIED, depends("caller", "request.headers"), depends("environment", "os.environ.TOKEN")) == "rejects"


def test_whether_something_was_sent_is_no_check() -> None:
    assert state(*DENIED, depends("caller", "request.headers")) == "void"


@pytest.mark.parametrize("status", [404, 422, 429, 500])
def test_an_answer_about_the_request_turns_nobody_away(status: int) -> None:
    missing = DENIED[1]._replace(status=status)
    assert state(DENIED[0], missing, depends("call", "lookup_user")) == "void"


def test_what_the_caller_can_skip_guards_nothing() -> None:
    skip = (step(0, "branch", "request.args"), step(1, "return", parent=0, arm="then"))
    check = (step(2, "branch", "not user"), step(3, "reject", parent=2, arm="then", status=401))
    assert state(*skip, *check, depends("caller", "request.args"), depends("call", "lookup_user", 2)) == "void"


def test_what_the_environment_can_switch_off_is_unverified() -> None:
    skip = (step(0, "branch", "DEBUG"), step(1, "return", parent=0, arm="then"))
    check = (step(2, "branch", "not user"), step(3, "reject", parent=2, arm="then", status=401))
    assert state(*skip, *check, depends("environment", "DEBUG"), depends("call", "lookup_user", 2)) == "unverified"


@pytest.mark.parametrize(
    ("error", "expected"), [("AccessDenied", "rejects"), ("SessionStorageError", "unverified"), ("ValueError", "passes")]
)
def test_an_error_turns_somebody_away_where_it_says_so_and_may_where_it_is_about_who_comes(error: str, expected: str) -> None:
    raised = step(1, "reject", error, parent=0, arm="then")
    assert state(DENIED[0], raised, depends("call", "lookup_user"), name="save") == expected


def test_an_error_that_is_caught_and_forgotten_turns_nobody_away() -> None:
    inner = (step(1, "branch", "not user", parent=0, arm="body"), step(2, "reject", parent=1, arm="then", status=401))
    assert state(step(0, "attempt"), *inner, depends("call", "lookup_user", 1)) != "rejects"


def test_a_check_that_cannot_be_looked_into_is_unverified() -> None:
    assert state(step(0, "call", "require_user")) == "unverified"


def test_a_function_that_calls_itself_is_no_guard() -> None:
    assert state(step(0, "call", "guard")) == "void"


def test_ten_thousand_branches_are_folded_in_time() -> None:
    steps = [each for n in range(0, 20_000, 2) for each in (step(n, "branch", "x"), step(n + 1, "call", "f", parent=n, arm="then"))]
    assert state(*steps) == "void"
