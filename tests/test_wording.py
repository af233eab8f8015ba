import pytest

from invariants.wording import counted, in_days, plural


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
