import pytest

from invariants.wording import KEYWORDS, counted, identifier, in_days, plural, qualified
from server import Database


@pytest.mark.parametrize(("word", "many"), [("table", "tables"), ("policy", "policies"), ("view", "views")])
def test_nouns_have_a_plural(word: str, many: str) -> None:
    assert plural(word) == many


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "tables", "0 tables"),
        (1, "tables", "1 table"),
        (2, "tables", "2 tables"),
        (1, "policies", "1 policy"),
        (1, "carve-outs", "1 carve-out"),
    ],
)
def test_one_of_something_is_counted_in_the_singular(number: int, noun: str, words: str) -> None:
    assert counted(number, noun) == words


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "in 1 day"), (2, "in 2 days")])
def test_days_are_counted_from_today(days: int, words: str) -> None:
    assert in_days(days) == words


@pytest.mark.parametrize(
    ("name", "written"),
    [("orders", "orders"), ("Order", '"Order"'), ("order", '"order"'), ("a b", '"a b"'), ('a"b', '"a""b"'), ("ü", '"ü"'), ("1a", '"1a"')],
)
def test_names_are_quoted_where_they_must_be(name: str, written: str) -> None:
    assert identifier(name) == written
    assert qualified(f"public.{name}") == f"public.{written}"


def test_what_is_no_name_everywhere_is_what_postgresql_says(database: Database) -> None:
    assert {word for (word,) in database.run("select word from pg_get_keywords() where catcode <> 'U'")} == KEYWORDS
