"""The six forms of envVars (render.com, Blueprint YAML Reference)."""

from invariants.facts.env import Blind, Inclusion
from invariants.frontends.env import render
from readings import entries, only

TEXT = """\
services:
  - name: api
    envVars:
      - {key: A, value: "1"}
      - {key: B, generateValue: true}
      - {key: C, sync: false}
      - {key: D, fromDatabase: {name: db, property: connectionString}}
      - {fromGroup: shared}
envVarGroups:
  - name: shared
    envVars: [{key: E, value: ""}]
"""


def test_what_services_and_groups_are_given() -> None:
    assert sorted(entries(render.read, TEXT)) == [
        ("api", "A", "plain"),
        ("api", "B", "reference"),
        ("api", "C", "reference"),
        ("api", "D", "reference"),
        ("group/shared", "E", "empty"),
    ]
    assert [(each.scope, each.other) for each in only(render.read, TEXT, Inclusion)] == [("api", "group/shared")]


def test_what_is_no_yaml_is_said() -> None:
    assert only(render.read, "services: [", Blind)
