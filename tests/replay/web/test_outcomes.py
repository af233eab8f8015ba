"""What a branch comes to whose paths all end in the same ways is told without asking who decides it."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from invariants.replay.web.outcomes import DENY, IDLE, PASS, STOP, Decider, Outcome, Strength, agreed, answered, joined, known

STRENGTHS = st.sampled_from(get_args(Strength))
PATHS = st.frozensets(st.one_of(st.just(DENY), st.just(STOP), STRENGTHS.map(lambda strength: Outcome("pass", strength))), min_size=1)
DECIDERS = st.sampled_from(get_args(Decider))


@given(path=PATHS, decider=DECIDERS, unusual=st.booleans(), several=st.integers(2, 3))
def test_whoever_decides_comes_to_the_same(path: frozenset[Outcome], decider: Decider, unusual: bool, several: int) -> None:
    if agreed([path] * several):
        ways = {str(number): path for number in range(several)}
        assert known(ways, "0") == ways
        assert joined([answered(each) for each in ways.values()], decider, unusual) == agreed(ways.values()) == path


def test_paths_that_end_in_different_ways_are_not_agreed() -> None:
    assert not agreed([frozenset({PASS}), frozenset({PASS, DENY})])


def test_where_nobody_comes_by_it_matters_who_decides() -> None:
    assert not agreed([frozenset({DENY}), frozenset({DENY})])


def test_what_is_open_for_a_reason_is_asked_about() -> None:
    assert not agreed([frozenset({IDLE}), frozenset({IDLE})])
