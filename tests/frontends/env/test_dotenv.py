import pytest

from invariants.facts.env import Blind, Declaration, Dotenv, Entry
from invariants.frontends.env import dotenv
from readings import entries, only


def test_forms_of_lines() -> None:
    text = "\ufeffA=1\nexport B='two words'\nC=\"many\nlines\"\n# D=1\nE=\nA=2 # later\n"
    assert entries(dotenv.read, text, ".env") == [("", "B", "plain"), ("", "C", "plain"), ("", "E", "empty"), ("", "A", "plain")]
    places = {each.name: (each.at.line, each.at.column) for each in only(dotenv.read, text, Entry, ".env")}
    assert places == {"B": (2, 8), "C": (3, 1), "E": (6, 1), "A": (7, 1)}


@pytest.mark.parametrize("text", ["A B=1\n", "A\n", "=1\n", "Y='it''s'\n", "A='open\n"])
def test_lines_that_say_nothing_are_said(text: str) -> None:
    assert only(dotenv.read, text, Blind, ".env")


@pytest.mark.parametrize("content", [b"A=1\0", b"A=" + b"x" * 10_000_000])
def test_files_that_are_no_settings_are_said(content: bytes) -> None:
    assert only(dotenv.read, content, Blind, ".env")
    assert not only(dotenv.read, content, Entry, ".env")


@pytest.mark.parametrize(
    ("path", "actual"),
    [
        (".env", ".env"),
        (".env.local", ".env.local"),
        (".env.example", ".env"),
        ("web/.env.local.example", "web/.env.local"),
        ("web/.env.sample", "web/.env"),
        ("env.example", ".env"),
        ("prod.env", "prod.env"),
        ("prod.env.template", "prod.env"),
        (".env.schema", ".env"),
        (".dev.vars.example", ".dev.vars"),
    ],
)
def test_what_an_example_is_copied_to(path: str, actual: str) -> None:
    (found,) = only(dotenv.read, "A=1\n", Dotenv, path)
    assert (found.actual, found.is_example) == (actual, path != actual)


def test_examples_declare_what_they_name_and_what_stands_in_comments_as_optional() -> None:
    text = "# Where the ledger is kept.\nLEDGER_URL=\n\n# SENTRY_DSN=\nAPI_KEY=\n"
    found = {each.name: (each.is_required, each.kind, each.about) for each in only(dotenv.read, text, Declaration, ".env.example")}
    assert found == {
        "LEDGER_URL": (True, None, "Where the ledger is kept."),
        "API_KEY": (True, "secret", ""),
        "SENTRY_DSN": (False, "secret", ""),
    }


def test_decorators_of_a_schema_say_more() -> None:
    text = "# of the mailer\n# @sensitive @required=false @type=string\nMAIL=\n# @public\nURL=x\n# @sensitive=false\nA_TOKEN=\n"
    found = {each.name: (each.is_required, each.kind, each.about) for each in only(dotenv.read, text, Declaration, ".env.schema")}
    assert found == {"MAIL": (False, "secret", "of the mailer"), "URL": (True, "public", ""), "A_TOKEN": (True, "config", "")}
