"""The forms of the compose specification (docs.docker.com/reference/compose-file: environment, env_file, interpolation)."""

import pytest

from invariants.facts.env import Blind, Inclusion
from invariants.frontends.env import compose
from readings import entries, only, reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A", ["A"]),
        ("${A}", ["A"]),
        ("${A:-x}", ["A?"]),
        ("${A-x}", ["A?"]),
        ("${A:?gone}", ["A"]),
        ("${A?gone}", ["A"]),
        ("${A:+x}", ["A?"]),
        ("${A+x}", ["A?"]),
        ("${A:-${B:-x}}", ["A?", "B?"]),
        ("$$A $${B}", []),
    ],
)
def test_interpolation(text: str, expected: list[str]) -> None:
    assert reads(compose.read, f"services:\n  api:\n    image: '{text}'\n") == expected


def test_what_a_service_is_given() -> None:
    text = """
x-shared: &shared
  A: "1"
services:
  api:
    environment:
      <<: *shared
      B: ${B}
      C:
  worker:
    environment:
      - D=1
      - E
    build:
      args:
        - F
"""
    assert entries(compose.read, text) == [
        ("api", "B", "reference"),
        ("api", "C", "reference"),
        ("api", "A", "plain"),
        ("worker", "D", "plain"),
        ("worker", "E", "reference"),
    ]
    assert reads(compose.read, text) == ["B", "C", "E", "F"]


def test_what_a_service_has_from_elsewhere() -> None:
    text = """
services:
  api:
    env_file: [.env, {path: ../more.env, required: false}]
    extends: {file: base.yaml, service: base}
  worker:
    env_file: $FILE
    extends: api
"""
    found = [(each.scope, each.path, each.other, each.is_optional) for each in only(compose.read, text, Inclusion, "deploy/compose.yaml")]
    assert found == [
        ("api", "deploy/.env", "", False),
        ("api", "more.env", "", True),
        ("api", "deploy/base.yaml", "base", False),
        ("worker", "deploy/compose.yaml", "api", False),
    ]
    assert [each.scope for each in only(compose.read, text, Blind, "deploy/compose.yaml")] == ["worker"]


@pytest.mark.parametrize(
    "text", ["a: [", "a: b: c", "\t- x", "&a [*a, *a]", "a: &a\n  <<: *a\nservices:\n  x:\n    environment: *a\n", "- " * 20_000]
)
def test_what_is_no_yaml_is_said_and_loops_end(text: str) -> None:
    found = list(compose.read("compose.yaml", text.encode()))
    assert found
