"""What helpers are given that the caller sent."""

from invariants.facts.code import Dependence, Origin
from invariants.facts.place import PLATFORM
from invariants.replay.web.sending import Sent, all_sent

SENT = (Sent("wanted", "query.wanted"),)


def looks_at(*found: tuple[Origin, str]) -> list[Dependence]:
    return [Dependence(PLATFORM, "check", 0, origin, symbol, "") for origin, symbol in found]


def told(found: list[Dependence]) -> list[tuple[str, str]]:
    return [(each.origin, each.symbol) for each in all_sent(found, SENT)]


def test_a_parameter_that_was_sent_is_the_callers() -> None:
    assert told(looks_at(("parameter", "wanted"), ("constant", "None"))) == [("caller", "query.wanted"), ("constant", "None")]


def test_what_is_held_against_what_others_know_stays_a_parameter() -> None:
    found = looks_at(("parameter", "wanted"), ("call", "tenants_of"))
    assert told(found) == [("parameter", "wanted"), ("call", "tenants_of")]
    assert told(looks_at(("parameter", "wanted"), ("parameter", "user"))) == [("parameter", "wanted"), ("parameter", "user")]
