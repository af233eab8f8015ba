from invariants.facts.env import Blind, Entry
from invariants.frontends.env import fly
from readings import entries, only


def test_what_machines_are_given() -> None:
    text = 'app = "a"\n[build.args]\n  A = "0"\n[env]\n  A = "1"\n  URL = "redis://cache.acme.io"\n'
    assert entries(fly.read, text) == [("", "A", "plain"), ("", "URL", "plain")]
    assert [(each.at.line, each.at.column, each.transport) for each in only(fly.read, text, Entry)] == [(5, 3, "none"), (6, 3, "open")]


def test_what_is_no_toml_is_said() -> None:
    assert only(fly.read, "[env", Blind)
