"""Policies that ask very much at once: what is plain keeps its verdict, and what is too much is given up by counts, never by the clock."""

import pytest

from invariants.facts import db
from invariants.replay.isolation.budget import FEW_ASKED, LIGHT, MOST_ASKED, Effort, Endless
from invariants.replay.isolation.compiling import Made
from invariants.replay.isolation.constants import alike
from invariants.replay.isolation.decision import INSIDE, LARGEST, TOO_LARGE, TOO_MANY, weight
from invariants.replay.isolation.policies import MOST_APART, disjuncts
from invariants.replay.isolation.refutation import Refutation
from replay.isolation.test_adversarial import OWN, asked, function

READS = "current_setting('app.s{0}', true) = 'x'"
IS_IN = "tenant_id in (select m.tenant_id from memberships as m where m.user_id = auth.uid() and m.rank = 'r{0}')"


def joined(count: int, text: str, word: str) -> str:
    """So many conditions, each with a number of its own."""
    return f" {word} ".join(f"({text.format(number)})" for number in range(count))


def listed(count: int) -> str:
    return ", ".join(f"'a{number}'" for number in range(count))


OTHERS = "status <> 'a{0}'"
STATUS = joined(1000, "status = 'a{0}'", "or")
CASES = " ".join(f"when status = 'a{number}' then true" for number in range(1000))
PLAIN = {
    "a thousand ORs": (STATUS, "open"),
    "a thousand ORs, and the tenant": (f"({STATUS}) and {OWN}", "isolates"),
    "a thousand ANDs, and the tenant": (f"{joined(1000, OTHERS, 'and')} and {OWN}", "isolates"),
    "IN": (f"status in ({listed(9000)})", "open"),
    "IN, and the tenant": (f"status in ({listed(9000)}) and {OWN}", "isolates"),
    "NOT IN, and the tenant": (f"status not in ({listed(9000)}) and {OWN}", "isolates"),
    "ANY": (f"status = any (array[{listed(5000)}])", "open"),
    "ALL, and the tenant": (f"status <> all (array[{listed(5000)}]) and {OWN}", "isolates"),
    "VALUES": (f"status in (values {', '.join(f'({each})' for each in listed(2000).split(', '))})", "open"),
    "CASE": (f"case {CASES} else false end", "open"),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_what_is_wide_and_plain_is_decided(kind: str) -> None:
    text, word = PLAIN[kind]
    assert asked(text).verdict == word


LARGE = {
    "settings": joined(1000, READS, "or"),
    "settings, all of them": joined(1000, READS, "and"),
    "memberships": joined(100, IS_IN, "or"),
    "CASE": "case " + " ".join(f"when {READS.format(number)} then {OWN}" for number in range(500)) + " else false end",
    "COALESCE": "tenant_id = coalesce(" + ", ".join(f"current_setting('app.s{number}', true)::uuid" for number in range(1000)) + ")",
}


@pytest.mark.parametrize("kind", LARGE)
def test_what_is_too_large_is_not_looked_at(kind: str) -> None:
    found = asked(LARGE[kind])
    assert (found.verdict, found.reason, found.cases) == ("unverified", TOO_LARGE, 0)


def test_what_is_too_large_is_told_what_to_do() -> None:
    assert "divide it into several policies" in TOO_LARGE
    assert "divide it into several policies" in TOO_MANY


def test_every_part_of_what_is_too_large_is_decided_by_itself() -> None:
    text = joined(MOST_APART, IS_IN, "or")
    assert len(disjuncts(text)) == MOST_APART
    assert asked(text).verdict == "isolates"


def test_more_disjuncts_than_are_judged_apart_are_judged_as_one() -> None:
    assert disjuncts(joined(MOST_APART + 1, "status = 'a{0}'", "or")) == (joined(MOST_APART + 1, "status = 'a{0}'", "or"),)
    found = asked(joined(MOST_APART + 1, OWN + " and status = 'a{0}'", "or"))
    assert (found.verdict, found.position) == ("isolates", 0)
    assert asked(joined(MOST_APART, OWN + " and status = 'a{0}'", "or") + " or deleted").verdict == "open"


def test_calls_and_queries_weigh_more_than_constants() -> None:
    constants, settings, queries = f"status in ({listed(5000)})", joined(1000, READS, "or"), joined(100, IS_IN, "or")
    assert weight(constants) < 100
    assert LARGEST < weight(settings) < weight(queries) * 2
    assert weight(OWN) == 15


@pytest.mark.parametrize(
    "text", [*(each for each, _ in PLAIN.values()), OWN, READS, IS_IN, "a LIKE b ESCAPE c", "a SIMILAR TO b", "a IS NORMALIZED"]
)
def test_a_text_weighs_no_more_than_is_told_from_its_length_and_its_parentheses(text: str) -> None:
    assert weight(text) <= len(text) + INSIDE * text.count("(")


def test_a_body_that_is_very_long_is_not_seen_through() -> None:
    assert asked("is_one(status)", function("is_one(status text)", joined(10, "status = 'a{0}'", "or"), "boolean")).verdict == "open"
    found = asked("is_all(status)", function("is_all(status text)", joined(2000, "status = 'a{0}'", "or"), "boolean"))
    assert (found.verdict, "too long to be seen through" in found.reason) == ("unverified", True)


def cases(found: db.PolicyTerm) -> tuple[str, int]:
    return found.verdict, found.cases


def test_what_asks_for_the_tenant_is_looked_at_first() -> None:
    assert cases(asked(f"{joined(1000, OTHERS, 'and')} and {OWN}")) == cases(asked(f"{joined(300, OTHERS, 'and')} and {OWN}"))


def test_the_same_is_decided_and_given_up_each_time() -> None:
    text = joined(300, "(status = 'a{0}' or user_id::text = 'b{0}')", "and")
    assert [cases(asked(text)) for _ in range(2)] == [("denies", 10)] * 2  # two columns are not three hundred constants
    hard = f"not ({joined(200, READS, 'or')})"
    assert asked(hard).reason == asked(hard).reason == TOO_MANY


def test_what_is_asked_counts_once_there_is_much_of_it() -> None:
    effort = Effort()
    for _ in range(FEW_ASKED + LIGHT):
        effort.ask()
    assert effort.choices == 1
    with pytest.raises(Endless):
        any(map(Effort.ask, [effort] * MOST_ASKED))


def test_what_is_not_asked_is_not_made() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    each = Made([1, 2, 3], make)
    assert next(iter(each)) == 1
    assert made == [1]
    assert list(each) == list(each) == made == [1, 2, 3]


ALIKE = [("1.0", "1"), ("TRUE", "yes"), ("A", " a "), ("1 day", "24 hours"), (f"{10:032x}", f"{{{'0' * 31}A}}")]
UNLIKE = [("1", "2"), ("a", "b"), ("", "a"), ("true", "no"), (f"{10:032x}", f"{11:032x}")]


@pytest.mark.parametrize(("one", "other"), [*ALIKE, *UNLIKE])
def test_texts_are_alike_where_some_type_takes_them_for_one(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one) == ((one, other) in ALIKE)


def test_a_refutation_has_a_budget_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{joined(20, OTHERS, 'and')} and (({OWN} and status = 'x') or ({OWN} and user_id is null))"
    assert asked(text).verdict == "isolates"
    monkeypatch.setattr("invariants.replay.isolation.refutation.MOST_TOLD", 1)
    attempts: list[bool] = []
    holds = Refutation.holds

    def noted(attempt: Refutation) -> bool:
        attempts.append(holds(attempt))
        return attempts[-1]

    monkeypatch.setattr(Refutation, "holds", noted)
    asked(text.replace("'x'", "'y'"))
    assert attempts
    assert not any(attempts)
