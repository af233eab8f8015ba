from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some

from invariants import baseline
from invariants.facts.place import Place
from invariants.facts.settings import Debt
from invariants.finding import Finding, Rule
from invariants.settings.baseline import facts, text

AT = Place("a.sql", 1, 1, 1, 1)
RULES = {
    name: Rule(name, "p", "T", "W", "F", "error", "db_table", "tables", (), "q", "f", against)
    for name, against in (("held", ""), ("carveout-live", ""), ("migration-immutable", "base"))
}
WORD = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=9).filter(lambda word: bool(word.strip()))


def finding(rule: str = "held", subject: str = "a", database: str = "main") -> Finding:
    return Finding(rule, subject, database, "broken", "error", "m", AT, (), "f")


def debt(rule: str = "held", subject: str = "a", database: str = "") -> Debt:
    return Debt(AT, rule, subject, database)


def owed(debts: list[Debt], findings: list[Finding]) -> tuple[list[Finding], list[Debt]]:
    return baseline.subtract(debts, findings, RULES)


def test_an_entry_holds_the_finding_of_its_rule_and_subject() -> None:
    assert owed([debt()], [finding(), finding(subject="b")]) == ([finding()], [])


def test_an_entry_that_holds_nothing_is_paid() -> None:
    assert owed([debt(subject="c"), debt(rule="gone")], [finding()]) == ([], [debt(subject="c"), debt(rule="gone")])


def test_an_entry_without_a_database_holds_one_finding_at_most() -> None:
    both = [finding(database="main"), finding(database="other")]
    assert owed([debt()], both) == ([], [debt()])
    assert owed([debt(database="other")], both) == ([both[1]], [])
    assert owed([debt(database="third")], both[:1]) == ([], [debt(database="third")])


def test_what_a_change_does_and_what_is_wrong_with_an_exception_is_never_owed() -> None:
    for rule in ("carveout-live", "migration-immutable"):
        assert owed([debt(rule)], [finding(rule)]) == ([], [debt(rule)])


@profile(deadline=None, max_examples=100)
@given(some.lists(some.tuples(WORD, WORD, some.just("") | WORD), max_size=6))
def test_what_is_written_reads_back(entries: list[tuple[str, str, str]]) -> None:
    import json

    written = text([debt(*entry) for entry in entries])
    read: Any = list(facts("b.json", written, json.loads(written)))
    assert [tuple(each)[1:] for each in read] == sorted(set(entries))
    assert [each.at.line for each in read] == list(range(4, 4 + len(read)))
