"""Contexts and expressions as docs.github.com describes them (Contexts reference, Workflow syntax)."""

from invariants.facts.env import Read, Unresolved
from invariants.frontends.env import workflow
from readings import entries, only, reads

TEXT = """\
on: push
env:
  LEVEL: info
jobs:
  test:
    env:
      KEY: ${{ secrets.KEY }}
    if: vars.ENABLED == 'true' || secrets['OTHER'] != ''
    steps:
      - run: |
          echo "MADE=1" >> "$GITHUB_ENV"
          echo $LEVEL $MADE $KEY "$GIVEN"
      - uses: actions/checkout@v4
        env:
          TOKEN: ${{ secrets.GITHUB_TOKEN }}
          URL: ${{ vars.URL || 'x' }}
"""


def test_secrets_variables_and_what_scripts_expand_are_read() -> None:
    assert sorted(reads(workflow.read, TEXT)) == ["ENABLED", "GIVEN", "KEY", "OTHER", "URL?"]
    (given,) = [each for each in only(workflow.read, TEXT, Read) if each.name == "GIVEN"]
    assert given.at.line == 12


def test_jobs_are_given_what_is_set_for_all_for_them_and_for_their_steps() -> None:
    assert entries(workflow.read, TEXT) == [
        ("", "LEVEL", "plain"),
        ("test", "KEY", "reference"),
        ("test", "TOKEN", "reference"),
        ("test", "URL", "reference"),
    ]


def test_names_that_are_computed_are_unresolved() -> None:
    text = "jobs:\n  a:\n    steps:\n      - run: x ${{ secrets[matrix.key] }} ${{ toJSON(secrets) }}\n"
    assert len(only(workflow.read, text, Unresolved)) == 2
