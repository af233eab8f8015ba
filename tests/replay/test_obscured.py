"""What secures tables that cannot be told is said, so that what is missing elsewhere is not called broken."""

import pytest

from invariants.facts import db
from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.facts.source import Reason, Unread
from invariants.replay.obscured import obscured

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
