"""What every format owes, whatever a repository says."""

import re
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invariants.cli.output import FORMATS
from invariants.reports.places import moved
from invariants.reports.terminal import CONTROL
from reports.outcomes import HOSTILE, HOW, carved, finding, hostile, lines, nothing, outcome

each_format = pytest.mark.parametrize("form", FORMATS)


def rendered(form: str, words: str) -> str:
    text: str = import_module(f"invariants.reports.{form}").render(
        hostile(words), lambda _: words.split("\n"), HOW._replace(suppressed=True)
    )
    return text


def faults(form: str, words: str) -> list[str]:
    """What would command a terminal that shows the report, or the runner that logs it."""
    text = rendered(form, words)
    commands = [] if form == "github" else re.findall(r"^\s*::.*", text, re.MULTILINE)
    return [*CONTROL.findall(text.replace("\t", "")), *commands]


@each_format
@pytest.mark.parametrize("words", HOSTILE)
def test_a_report_commands_nothing(form: str, words: str) -> None:
    assert faults(form, words) == []


@each_format
@given(words=st.text() | st.text(":#[\n\x1b\x9b \t|`<>&'\"%\\", max_size=12))
def test_no_text_makes_a_report_command(form: str, words: str) -> None:
    assert faults(form, words) == []


@each_format
def test_a_report_says_the_same_to_the_byte(form: str) -> None:
    render = import_module(f"invariants.reports.{form}").render
    said = outcome(finding(), carved=[carved()])
    assert render(said, lines, HOW) == render(said, lines, HOW)
    assert render(outcome(), nothing, HOW).endswith("\n")


def test_a_root_within_a_repository_is_seen_from_its_top() -> None:
    said = outcome(finding(related=[(finding().place, "its key")]), carved=[carved()])
    there, lines_there = moved(said, lines, "apps/shop")
    assert there.findings[0].place.file == there.findings[0].related[0][0].file == "apps/shop/migrations/1.sql"
    assert there.carved[0].place.file == "apps/shop/.invariants/carveouts.toml"
    assert lines_there("apps/shop/migrations/1.sql") == lines("migrations/1.sql")
    assert moved(said, lines, "") == (said, lines)
