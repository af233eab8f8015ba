"""What is shown case by case, and what a search of every world finds, is the same."""

from random import Random
from unittest.mock import patch

import pytest

from invariants.replay.isolation import decision
from invariants.replay.isolation.budget import Excess
from replay.isolation.comparing import Outcome, decide
from replay.isolation.generation import PolicySet, policy_set
from replay.isolation.test_decision import read

NEVER, AT_ONCE = 100_000, 0
"""Choices made before a refutation is tried."""


def decided(policies: PolicySet, few: int) -> dict[tuple[str, str, str], str]:
    """The verdict for each role, command and side."""
    outcome = Outcome(policies)
    with patch.multiple(decision, FEW=few, MORE=few):
        decide(policies, outcome)
    return outcome.decided


@pytest.mark.parametrize("seed", range(60))
def test_a_refutation_says_what_a_search_of_every_world_says(seed: int) -> None:
    policies = policy_set(Random(f"refutation-{seed}"))
    assert decided(policies, AT_ONCE) == decided(policies, NEVER), str(policies)


OWN, SAID = "tenant_id = tenant()", "tenant() is not null"
SHOWN = [
    f"case when {SAID} then {OWN} else false end",
    f"({OWN} or not {SAID}) and {SAID}",
    f"(status = 'open' or {OWN}) and (status is null or {OWN}) and (status <> 'open' or {OWN})",
    f"(deleted or {OWN}) and (not deleted or {OWN})",
    f"case when status = 'x' then {OWN} else status = 'x' and deleted end",
    f"coalesce({OWN}, {SAID}) and {SAID}",
]


@pytest.mark.parametrize("text", SHOWN)
def test_parts_that_hang_together_are_told_by_what_is_given(text: str) -> None:
    """No search of every world is left to decide it."""
    with patch.object(decision, "FEW", AT_ONCE), patch.object(decision.Decision, "_found", side_effect=Excess):
        assert read(text).verdict == "isolates"
