import re

import pytest

from invariants.facts.place import PLATFORM
from invariants.finding import Outcome
from invariants.reports.github import render
from reports.outcomes import HOSTILE, HOW, finding, hostile, lines, outcome

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-zA-Z]+=[^,:\r\n]*,?)+)::([^\r\n]*)")


def commands(said: Outcome) -> list[tuple[str, dict[str, str], str]]:
    """What GitHub's runner makes of the output, every line of which must be a command."""
    found = []
    for line in render(said, lines, HOW).removesuffix("\n").split("\n"):
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        found.append((match[1], {key: unescaped(value) for key, value in properties.items()}, unescaped(match[3])))
    return found


def unescaped(text: str) -> str:
    """As actions/runner does (ActionCommand.cs)."""
    for sign, code in ((",", "%2C"), (":", "%3A"), ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


def test_a_finding_is_an_annotation_at_its_place() -> None:
    [annotation, notice] = commands(outcome(finding()))
    place = {"file": "migrations/1.sql", "line": "2", "endLine": "2", "col": "1", "endColumn": "22"}
    assert annotation == ("error", {**place, "title": "rls-enabled"}, "public.orders: row security is never enabled")
    assert notice[0] == "notice"
    assert notice[2].splitlines() == [
        "1 error",
        "tenancy  41 tables: 39 held, 1 broken, 1 carved out (expires in 9 days)",
        "env      vacuous: no manifest",
    ]


def test_a_clean_run_says_what_it_looked_at() -> None:
    assert [each[2].splitlines()[0] for each in commands(outcome())] == ["all held"]


def test_an_annotation_is_at_one_line_with_columns_where_that_is_all() -> None:
    found = finding()
    [(_, place, _), _] = commands(outcome(found._replace(place=found.place._replace(end_line=4))))
    assert (place["line"], place["endLine"], "col" in place) == ("2", "2", False)


def test_what_no_file_says_is_at_no_file() -> None:
    assert "file" not in commands(outcome(finding()._replace(place=PLATFORM)))[0][1]


def test_at_most_ten_of_a_level_the_worst_first_and_a_notice_with_the_rest() -> None:
    unverified = [finding(f"public.a{number}", verdict="unverified", line=number) for number in range(1, 9)]
    broken = [finding(f"public.b{number}", line=number) for number in range(1, 9)]
    notes = [finding(f"public.n{number}", level="note") for number in range(12)]
    found = commands(outcome(*unverified, *broken, *notes, errors=["a rule is broken"]))
    errors = [message.partition(":")[0] for name, _, message in found if name == "error"]
    assert errors == ["could not check", *(f"public.b{number}" for number in range(1, 9)), "public.a1"]
    notices = [message for name, _, message in found if name == "notice"]
    assert len(notices) == 10
    assert notices[-1].splitlines()[:2] == [
        "16 errors, 12 notes",
        "7 errors, 3 notes more than GitHub shows here: see the step's summary or its log",
    ]


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_a_repository_says_is_a_command(words: str) -> None:
    found = commands(hostile(words))
    assert [name for name, _, _ in found] == ["error", "error", "notice"]
    assert found[1][1].keys() == {"file", "line", "endLine", "col", "endColumn", "title"}


def test_percent_signs_commas_and_colons_arrive_as_they_are() -> None:
    [(_, place, message), _] = commands(outcome(finding("a%0Ab", "c\nd", path="a,b:c%25 ü.sql")))
    assert (place["file"], message) == ("a,b:c%25 ü.sql", "a%0Ab: c\nd")
