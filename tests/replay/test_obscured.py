"""What secures tables that cannot be told is said, so that what is missing elsewhere is not called broken."""

from typing import get_args

import pytest

from invariants.facts import db
from invariants.facts.ddl import Handed, Statement
from invariants.facts.place import Place
from invariants.facts.source import Reason, Unread
from invariants.replay.obscured import obscured
from invariants.replay.run import Migration, replay

AT = Place("a.sql", 3, 1, 7, 4)
LOOP = "do $$ begin execute 'alter table ' || x || ' enable row level security'; create policy p on y; end $$"


def doubt(line: int, reason: Reason = "dynamic", file: str = "a.sql") -> Unread:
    return Unread(Place(file, line, 1, line, 9), reason, "it cannot be told", "say it")


def test_each_thing_that_a_doubtful_statement_does_is_told() -> None:
    found = obscured([Statement(AT, 0, "do_stmt", LOOP)], [doubt(5)], "main")
    assert list(found) == [db.Obscured(AT, "main", "enable"), db.Obscured(AT, "main", "policy")]


@pytest.mark.parametrize("other", [doubt(2), doubt(8), doubt(5, file="b.sql"), doubt(5, "syntax")])
def test_what_is_doubtful_elsewhere_or_for_other_reasons_obscures_nothing(other: Unread) -> None:
    assert not list(obscured([Statement(AT, 0, "do_stmt", LOOP)], [other], "main"))


def test_to_take_a_force_back_forces_nothing() -> None:
    body = "alter table ${name} no force row level security"
    assert not list(obscured([Statement(AT, 0, "alter_table_stmt", body)], [doubt(3, "template")], "main"))


def suspected(name: str = "", body: str = "", doubt: str = "") -> tuple[set[tuple[str, str | None]], list[str]]:
    """What is told of two tables once code was handed this, and what there is to say of it."""
    statements = ["create schema app", "create table app.orders ()", "create table notes ()"]
    facts = [Statement(AT, 0, "", each) for each in statements]
    found = replay("main", "plain", [Migration("a.py", [*facts, Handed(AT, 3, name, body, doubt)])], [])
    told: set[tuple[str, str | None]] = {(each.what, each.table_name) for each in found if isinstance(each, db.Obscured)}
    return told, [each.message for each in found if isinstance(each, Unread)]


def test_code_of_another_file_may_do_anything_to_a_table_that_it_names() -> None:
    assert suspected("notes")[0] == {(what, "public.notes") for what in get_args(db.Securing)}
    assert suspected('"app".orders')[0] == {(what, "app.orders") for what in get_args(db.Securing)}


@pytest.mark.parametrize("name", ["orders", "app", "app.notes", "other"])
def test_what_is_no_table_is_nothing_to_be_in_doubt_about(name: str) -> None:
    assert suspected(name, doubt="it is elsewhere") == (set(), [])


def test_a_table_that_is_named_is_what_there_is_to_say() -> None:
    assert suspected("notes", doubt="it is elsewhere")[1] == ["it is elsewhere"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("ALTER TABLE notes FORCE ROW LEVEL SECURITY", {("force", "public.notes")}),
        ('alter table only "app"."orders" enable row level security', {("enable", "app.orders")}),
        ("CREATE POLICY \ufffd ON notes USING (\ufffd)", {("policy", "public.notes")}),
        ("CREATE POLICY p ON \ufffd USING (EXISTS (SELECT FROM a JOIN b ON b.id = a.id))", {("policy", None)}),
        ("ALTER TABLE app.\ufffd ENABLE ROW LEVEL SECURITY", {("enable", None)}),
        ("CREATE INDEX ON notes (a); ALTER TABLE notes ALTER a SET NOT NULL", {("index", "public.notes"), ("require", "public.notes")}),
        ("DROP TABLE \ufffd", set()),
        ("", {("enable", None), ("force", None), ("policy", None)}),
    ],
)
def test_sql_that_is_known_in_part_says_what_it_may_do_and_to_which_table(body: str, told: set[tuple[str, str | None]]) -> None:
    assert suspected(body=body)[0] == told


def test_a_table_stays_in_doubt_by_its_new_name_and_not_once_it_is_made_anew() -> None:
    def found(*statements: str) -> set[str | None]:
        facts: list[Statement | Handed] = [
            Statement(AT, 0, "", "create table notes ()"),
            Handed(AT, 1, "notes", "", ""),
            *(Statement(AT, 2, "", each) for each in statements),
        ]
        return {each.table_name for each in replay("main", "plain", [Migration("a.py", facts)], []) if isinstance(each, db.Obscured)}

    assert found("alter table notes rename to remarks") == {"public.remarks"}
    assert found("drop table notes", "create table notes ()") == set()
