import json

import pytest

from invariants.facts.env import Blind, Entry, Snapshot
from invariants.frontends.env import snapshot
from readings import entries, only

GOOD = {"schema": "invariants-snapshot/1", "platform": "vercel", "taken": "2026-11-01", "variables": [{"name": "A", "sealed": False}]}


def test_names_are_read_for_each_environment() -> None:
    text = json.dumps(GOOD | {"variables": [{"name": "A", "environments": ["preview", "production"], "type": "sensitive", "sealed": True}]})
    assert entries(snapshot.read, text) == [("preview", "A", "hidden"), ("production", "A", "hidden")]
    assert [each.taken for each in only(snapshot.read, text, Snapshot)] == ["2026-11-01"]


def test_vercel_cannot_seal_what_is_for_development() -> None:
    text = json.dumps(GOOD | {"variables": [{"name": "A", "environments": ["development", "production"], "sealed": False}]})
    assert [each.sealed for each in only(snapshot.read, text, Entry)] == [None, False]


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        "{}",
        json.dumps(GOOD | {"schema": "other/1"}),
        json.dumps(GOOD | {"taken": "yesterday"}),
        json.dumps(GOOD | {"taken": "2026-02-30"}),
        json.dumps(GOOD | {"variables": [{"name": "A", "updated": "2026-13-01"}]}),
        json.dumps(GOOD | {"variables": [{"name": "A", "updated": 20261101}]}),
        json.dumps(GOOD | {"variables": {}}),
        json.dumps(GOOD | {"variables": [{"name": "not a name"}]}),
        json.dumps(GOOD | {"variables": [{"name": "A", "value": "planted"}]}),
        json.dumps(GOOD | {"variables": [{"name": "A", "sealed": "yes"}]}),
        "[" * 100_000,
    ],
)
def test_what_is_not_of_the_form_says_nothing_but_that(document: str) -> None:
    (blind,) = snapshot.read("a.json", document.encode())
    assert isinstance(blind, Blind)
    assert "planted" not in str(blind)
