"""Worlds that cannot be are left out where something is required: that makes no difference but to the time it takes."""

from collections.abc import Sequence
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from invariants.replay.isolation.decision import TOO_MANY
from invariants.replay.isolation.world import World
from replay.isolation.comparing import Outcome, decide
from replay.isolation.generation import PolicySet, policy_set
from replay.isolation.test_decision import read, worst


def decided(policies: PolicySet) -> dict[tuple[str, str, str], str]:
    """The verdict for each role, command and side."""
    outcome = Outcome(policies)
    decide(policies, outcome)
    return outcome.decided


def any_option(world: World, options: Sequence[Any], _wanted: Sequence[Any]) -> Any:
    """Any of all the options, whatever is wanted."""
    return world.choose(options)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_left_out_makes_no_difference(seed: int) -> None:
    policies = policy_set(Random(f"required-{seed}"))
    with patch.object(World, "required", any_option):
        everywhere = decided(policies)
    assert decided(policies) == everywhere, str(policies)


WHO = "nullif(current_setting('app.user_id', true), '')::uuid"
USERS = f"select user_id from memberships where user_id in (select id from users where id = {WHO})"
NESTED = f"user_id in (select user_id from orders where user_id in ({USERS}))"


def test_queries_inside_one_another_do_not_have_too_many_cases() -> None:
    assert read(NESTED).verdict == "isolates"
    with patch.object(World, "required", any_option):
        assert read(NESTED).reason == TOO_MANY


ABSENT = "create policy p on orders for select using (exists (select 1 from memberships as m where m.tenant_id = orders.tenant_id {}))"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        (f"and m.user_id = {WHO}", "isolates"),
        (f"and coalesce(m.user_id = {WHO}, true)", "open"),
        (f"and m.user_id is not distinct from {WHO}", "isolates"),
        (f"and (m.user_id = {WHO}) is not false", "open"),
        ("and current_setting('app.all', true) = ''", "open"),
        ("and current_setting('app.all', true) is null", "open"),
        ("and nullif(current_setting('app.all', true), 'x') = ''", "open"),
    ],
)
def test_a_setting_that_is_unset_or_empty_is_left_out_only_where_nothing_passes_then(more: str, verdict: str) -> None:
    assert worst(ABSENT.format(more)).verdict == verdict


def test_what_is_not_there_may_still_be_missing() -> None:
    """A query that is taken to find nothing is asked about rows that are there: what it asks in turn may be so or not."""
    asked = "select 1 from plans as p where p.id = plan_id and exists (select 1 from users as u where u.id = p.made_by)"
    assert read(f"plan_id is not null and not exists ({asked})").verdict == "open"
