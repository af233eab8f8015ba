"""What is not asked again: the answer for who sees the same, and the worlds in which a row does not pass by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from invariants.facts import settings
from invariants.facts.place import PLATFORM
from invariants.replay.isolation import asking
from invariants.replay.isolation.asking import Asker
from invariants.replay.isolation.decision import Answer, decide
from invariants.replay.isolation.policies import Judge
from invariants.replay.isolation.search import Question, Start
from invariants.replay.isolation.tenancy import Tenancy
from replay.isolation.generation import policy_set
from replay.isolation.test_decision import KNOWN, machine
from replay.isolation.test_required import decided

Asked = list[tuple[Question, Start | None]]
HIDDEN = "alter table memberships enable row level security"
MEMBERS = "create policy p on orders for select using (tenant_id in (select tenant_id from memberships where user_id = auth.uid()))"
OWN_ROLES = "create policy own on memberships for select {} using (user_id = auth.uid())"


def from_the_first(tenancy: Tenancy, question: Question, _start: Start | None) -> Answer:
    """The answer of a search that begins with the first world."""
    return decide(tenancy, question)


def of_the_role(_asker: Asker, _answer: Answer, _key: Any, question: Question) -> str:
    return question.role


@pytest.mark.parametrize("seed", [*(f"asking-{number}" for number in range(60)), "19001-3422"])
def test_where_a_search_begins_and_who_else_asked_makes_no_difference(seed: str) -> None:
    """The last one asks whether a world can be, after the row has passed: that is no part of where the next search begins."""
    policies = policy_set(Random(seed))
    with patch.object(asking, "decide", from_the_first), patch.object(Asker, "_whose", of_the_role):
        anew = decided(policies)
    assert decided(policies) == anew, str(policies)


@contextmanager
def judging(*statements: str) -> Iterator[tuple[dict[str, str], Asked]]:
    """The verdict for each role on the policies named ``p``, after statements that are undone again; and what was decided for it."""
    catalog, asked = machine().catalog, Asked()

    def noted(tenancy: Tenancy, question: Question, start: Start | None) -> Answer:
        asked.append((question, start))
        return decide(tenancy, question, start)

    mark = catalog.journal.mark()
    try:
        machine().run(";".join(statements), PLATFORM)
        judge = Judge(catalog, "", KNOWN)
        [policy] = [each for each in catalog.policies if each.name == "p"]
        with patch.object(asking, "decide", noted):
            found = list(judge.verdicts(policy, "using", policy.using or ""))
        yield {each.role: each.verdict.word for each in found}, asked
    finally:
        catalog.journal.undo(mark)


def about(asked: Asked, table: str) -> list[str]:
    """The roles that questions about a table were decided for."""
    return [question.role for question, _ in asked if question.table.name == table]


def test_roles_that_see_the_same_are_answered_once() -> None:
    with judging(HIDDEN, OWN_ROLES.format(""), MEMBERS) as (words, asked):
        assert words == {"anon": "isolates", "authenticated": "isolates"}
        assert about(asked, "orders") == ["anon"]


OTHERS = {
    "a policy of one role's": (OWN_ROLES.format("to authenticated"), "denies", "isolates"),
    "a restrictive policy": (
        f"{OWN_ROLES.format('')}; create policy less on memberships as restrictive to authenticated using (false)",
        "isolates",
        "denies",
    ),
    "a superuser": (f"{OWN_ROLES.format('to app')}; alter role authenticated superuser", "denies", "isolates"),
    "an owner": (f"{OWN_ROLES.format('to app')}; alter table memberships owner to authenticated", "denies", "isolates"),
    "a policy that asks which role it is": (
        "create policy own on memberships using (user_id = auth.uid() and current_user = 'authenticated')",
        "denies",
        "isolates",
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_roles_that_see_something_else_are_answered_each(kind: str) -> None:
    more, first, second = OTHERS[kind]
    with judging(HIDDEN, more, MEMBERS) as (words, asked):
        assert words == {"anon": first, "authenticated": second}
        assert about(asked, "orders") == ["anon", "authenticated"]


def test_where_one_role_sees_nothing_another_may_see_what_is_open() -> None:
    opened = "create policy all_of_them on memberships for select to authenticated using (true)"
    policy = "create policy p on orders for select using (tenant_id in (select tenant_id from memberships))"
    with judging(HIDDEN, opened, policy) as (words, _):
        assert words == {"anon": "denies", "authenticated": "open"}


def test_roles_are_answered_each_where_it_is_asked_who_connected() -> None:
    policy = "create policy p on orders for select using (session_user = 'authenticator')"
    known = [*KNOWN[:4], settings.AppRole(PLATFORM, "", "app", "configured")]
    with patch(f"{__name__}.KNOWN", known), judging("create role authenticator", "alter role app login", policy) as (words, _):
        assert words == {"anon": "open", "app": "denies"}


UPDATED = "create policy p on orders for update using (exists (select 1 from memberships as m where m.user_id = orders.user_id) and {})"
BESIDE = "create policy q on orders for update using (tenant_id = current_setting('app.other')::uuid)"


def test_what_is_asked_besides_begins_with_the_first_world_in_which_the_row_may_pass() -> None:
    with judging(UPDATED.format("current_setting('app.all', true) is null"), BESIDE) as (words, asked):
        assert set(words.values()) == {"open"}
        [alone] = [question for question, start in asked if not question.is_together and not question.is_new]
        begun = [start for question, start in asked if question.is_together and not question.is_new]
        assert alone.texts
        assert [each is not None and any(each.tape) for each in begun] == [True]
