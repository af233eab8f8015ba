from xml.etree import ElementTree as ET

import pytest

from invariants.finding import Outcome
from invariants.reports.junit import render
from reports.outcomes import HELD, HOSTILE, HOW, IDLE, RULE, finding, hostile, lines, outcome


def suites(said: Outcome) -> ET.Element:
    return ET.fromstring(render(said, lines, HOW).encode("utf-8"))


def test_every_rule_is_a_test_case_those_that_hold_included() -> None:
    cases = suites(outcome(finding(), finding("public.carts", level="warning"))).findall("testsuite[@name='tenancy']/testcase")
    assert [case.get("name") for case in cases] == [f"{rule.id}: {rule.title}" for rule in (RULE, HELD, IDLE)]
    assert [[child.tag for child in case] for case in cases] == [["failure"], [], ["skipped"]]
    assert cases[0][0].get("message") == "2 findings: error: public.orders: row security is never enabled"
    assert (cases[0][0].text or "").splitlines() == [
        "migrations/1.sql:2:1: error: public.orders: row security is never enabled",
        "migrations/1.sql:2:1: warning: public.carts: row security is never enabled",
    ]


def test_the_counts_add_up() -> None:
    said = suites(outcome(finding(), errors=["a rule is broken"]))
    assert {name: said.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert sum(int(suite.get("tests", "")) for suite in said) == 4


def test_the_denominators_are_told() -> None:
    [told] = suites(outcome()).findall("testsuite[@name='tenancy']/properties/property")
    assert told.get("value") == "41 tables: 39 held, 1 broken, 1 carved out (expires in 9 days)"


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_a_repository_says_it_stays_xml(words: str) -> None:
    said = suites(hostile(words))
    assert [case.get("name") for case in said.iter("testcase")][-1] == "could not check"
    assert {child.tag for child in said.iter()} == {
        "testsuites",
        "testsuite",
        "properties",
        "property",
        "testcase",
        "failure",
        "error",
    }
