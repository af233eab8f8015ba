from datetime import date

import pytest

from invariants.facts.place import PLATFORM, Place
from invariants.finding import Outcome
from invariants.reports import concise, text
from invariants.reports.terminal import CONTROL
from reports.outcomes import HOSTILE, HOW, PACK, carved, finding, hostile, lines, nothing, outcome


def report(said: Outcome) -> str:
    return text.render(said, lines, HOW)


def test_a_finding_is_shown_as_the_rust_compiler_shows_it() -> None:
    shown = report(outcome(finding(related=[(Place("migrations/1.sql", 3, 5, 3, 14), "its key")])))
    assert (
        """\
error[rls-enabled]: public.orders: row security is never enabled
  --> migrations/1.sql:2:1
   |
 2 | create table orders (
   | ^^^^^^^^^^^^^^^^^^^^^
  --> migrations/1.sql:3:5
 3 |     tenant_id uuid not null
   |     ^^^^^^^^^ its key
   |
   = why: Without it every tenant reads every row.
   = fix:
       alter table public.orders enable row level security;
   = carve-out (.invariants/carveouts.toml):
       [[carveout]]
       rule = "rls-enabled"
       subject = "public.orders"
       reason = ""
       owner = ""
   = help: invariants explain rls-enabled
"""
        in shown
    )


def test_the_last_lines_tell_the_denominators() -> None:
    assert report(outcome(finding(), finding("public.carts", level="warning"), carved=[carved()])).endswith(
        """\
public.carts   rls-enabled  broken
public.orders  rls-enabled  broken
tenancy  41 tables: 39 held, 1 broken, 1 carved out (expires in 9 days)
env      vacuous: no manifest
1 error, 1 warning · 0.21 s
"""
    )
    assert report(outcome()).endswith("env      vacuous: no manifest\nall held · 0.21 s\n")


@pytest.mark.parametrize(("days", "words"), [(0, "expires today"), (1, "expires in 1 day"), (2, "expires in 2 days")])
def test_an_expiry_is_told_in_days(days: int, words: str) -> None:
    assert words in report(outcome(packs=[PACK._replace(next_expiry_days=days)]))
    assert "expires" not in report(outcome(packs=[PACK._replace(next_expiry_days=91)]))


def test_why_and_fix_are_told_once_a_rule() -> None:
    assert report(outcome(finding(), finding("public.carts"))).count("= why:") == 1


def test_what_no_file_says_is_shown_without_one() -> None:
    shown = report(outcome(finding()._replace(place=PLATFORM)))
    assert "--> what the platform brings\n" in shown


def test_the_database_is_named_where_there_are_several() -> None:
    assert "(main)" not in report(outcome(finding()))
    shown = report(outcome(finding(), finding()._replace(database='other "one"')))
    assert "error[rls-enabled]: public.orders (main): " in shown
    assert 'database = "main"' in shown


def test_colours_and_links_are_there_where_they_are_wanted() -> None:
    said = outcome(finding(path="migrations/a b#%.sql"))
    assert "\x1b" not in text.render(said, lines, HOW)
    colored = text.render(said, lines, HOW._replace(colored=True, base="file://host/shop"))
    assert "\x1b[1;31merror[rls-enabled]\x1b[0m" in colored
    assert "\x1b]8;;file://host/shop/migrations/a%20b%23%25.sql\x1b\\migrations/a b#%.sql:2:1\x1b]8;;\x1b\\" in colored


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_a_repository_says_commands_a_terminal_or_a_runner(words: str) -> None:
    for lines_of in (nothing, lambda _: words.split("\n")):
        for shown in (text.render(hostile(words), lines_of, HOW), concise.render(hostile(words), lines_of, HOW)):
            assert not CONTROL.search(shown)
            assert not [line for line in shown.split("\n") if line.lstrip().startswith("::")]
            assert "##[" not in shown


def test_concise_tells_a_finding_a_line() -> None:
    said = outcome(finding(), finding("public.carts", level="warning", verdict="unverified", line=7), errors=["rules/a.sql: too slow"])
    assert concise.render(said, lines, HOW._replace(today=date(2026, 1, 1))) == (
        "migrations/1.sql:2:1: error[rls-enabled] public.orders: row security is never enabled\n"
        "migrations/1.sql:7:1: warning[rls-enabled] public.carts: unverified: row security is never enabled\n"
        "tenancy  41 tables: 39 held, 1 broken, 1 carved out (expires in 9 days)\n"
        "env      vacuous: no manifest\n"
        "error: rules/a.sql: too slow\n"
        "1 error, 1 warning · 0.21 s\n"
    )
