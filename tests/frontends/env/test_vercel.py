from invariants.facts.env import Blind
from invariants.frontends.env import vercel
from readings import entries, only


def test_what_a_project_is_given() -> None:
    text = '{"env": {"A": "@a", "B": "1"}, "build": {"env": {"C": ""}}}'
    assert entries(vercel.read, text) == [("", "A", "reference"), ("", "B", "plain"), ("", "C", "empty")]
    assert entries(vercel.read, "[]") == []


def test_what_is_no_json_is_said() -> None:
    assert only(vercel.read, "{", Blind)
