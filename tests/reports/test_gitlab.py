import json
from typing import Any

import pytest

from invariants.facts.place import PLATFORM
from invariants.finding import Outcome
from invariants.reports.gitlab import render
from reports.outcomes import HOSTILE, HOW, finding, hostile, lines, outcome


def entries(said: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(said, lines, HOW))
    return found


def test_a_finding_is_an_entry() -> None:
    found = finding()
    assert entries(outcome(found)) == [
        {
            "description": "public.orders: row security is never enabled",
            "check_name": "rls-enabled",
            "fingerprint": found.fingerprint,
            "severity": "critical",
            "location": {"path": "migrations/1.sql", "lines": {"begin": 2, "end": 2}},
        }
    ]


def test_a_clean_run_is_an_empty_array() -> None:
    assert entries(outcome()) == []


def test_what_could_not_be_checked_is_the_gravest() -> None:
    assert [each["severity"] for each in entries(outcome(finding(level="note"), errors=["a rule"]))] == ["blocker", "info"]


def test_no_fingerprint_comes_twice_and_each_is_stable() -> None:
    said = outcome(finding(), finding()._replace(database="other"), finding(), errors=["a", "a"])
    prints = [each["fingerprint"] for each in entries(said)]
    assert len(set(prints)) == 5
    assert prints == [each["fingerprint"] for each in entries(said)]
    assert finding().fingerprint in prints


def test_every_entry_has_a_file_and_a_line_from_one() -> None:
    [entry] = entries(outcome(finding()._replace(place=PLATFORM)))
    assert entry["location"] == {"path": ".invariants/config.toml", "lines": {"begin": 1, "end": 1}}
    [entry] = entries(outcome(finding()._replace(place=PLATFORM, related=((finding().place, "made here"),))))
    assert entry["location"]["path"] == "migrations/1.sql"


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_a_repository_says_it_stays_json(words: str) -> None:
    assert [each["description"] for each in entries(hostile(words))] == [f"could not check: {words}", f"{words}: {words}"]
