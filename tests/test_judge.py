from collections import Counter
from datetime import date, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some

from invariants.facts import db, settings
from invariants.facts.place import Place
from invariants.finding import Finding, Rule
from invariants.judge import Judgement, judge, order
from invariants.rule import built_in_rules
from invariants.store import Store, Unit
from stores import table

TODAY = date(2026, 6, 15)
CAREFUL = [rule for rule in built_in_rules() if rule.pack == "carveouts"]


def rule(query: str, name: str = "tables-are-off", level: Any = "error", over: str = "db_table", pack: str = "own") -> Rule:
    return Rule(name, pack, "Title.", "Why.", "Fix.", level, over, "tables", (), query, f"{name}.sql")


EVERY_TABLE = rule("select at, database, name as subject, 'it is there' as message from db_table")


def place(line: int, file: str = "a.sql") -> Place:
    return Place(file, line, 1, line, 9)


def tables(*names: str, database: str = "main") -> list[Any]:
    return [table(name, place(number))._replace(database=database) for number, name in enumerate(names, 1)]


def carveout(position: int = 0, **said: Any) -> settings.Carveout:
    values: dict[str, Any] = {
        "rule": "tables-are-off",
        "subject": "public.a",
        "database": "",
        "at_most": None,
        "reason": "r",
        "owner": "o",
        "expires": None,
        "fault": None,
        "excused": 0,
        "expired": False,
    }
    return settings.Carveout(at=place(10 * position + 1, "carveouts.toml"), position=position, **(values | said))


def judged(facts: list[Any], *rules: Rule, selected: set[str] | None = None) -> Judgement:
    store = Store()
    unit = Unit("all", "1", "d")
    store.add(unit, facts)
    store.activate([unit])
    known = [*(rules or [EVERY_TABLE]), *CAREFUL]
    return judge(store, known, selected or {each.id for each in known}, TODAY)


def subjects(judgement: Judgement, name: str = "tables-are-off") -> list[str]:
    return [each.subject for each in judgement.findings if each.rule == name]


def faults(judgement: Judgement) -> dict[str, str]:
    return {each.rule: each.message for each in judgement.findings if each.rule.startswith("carveout-")}


def test_a_row_is_a_finding_at_its_place() -> None:
    (finding,) = judged(tables("public.a")).findings
    assert finding == Finding(
        "tables-are-off",
        "public.a",
        "main",
        "broken",
        "error",
        "it is there",
        place(1),
        (),
        sha256(b"tables-are-off\0public.a").hexdigest(),
    )


def test_findings_are_sorted_by_place() -> None:
    facts = [table("public.b", place(2, "b.sql")), table("public.z", place(1, "b.sql")), table("public.a", place(9, "a.sql"))]
    assert subjects(judged(facts)) == ["public.a", "public.z", "public.b"]


def test_rows_about_one_subject_are_one_finding() -> None:
    facts = [*tables("public.a"), *(db.Lineage(place(n), "main", "public.a", f"public.p{n}", "inherits") for n in (5, 4, 6))]
    query = "select at, database, table_name as subject, 'it inherits ' || parent as message from db_lineage"
    (finding,) = judged(facts, rule(query)).findings
    assert finding.message == "it inherits public.p4 (and 2 more)"
    assert finding.place == place(4)
    assert finding.related == ((place(5), "it inherits public.p5"), (place(6), "it inherits public.p6"))


def test_what_is_broken_comes_before_what_is_unverified() -> None:
    query = (
        "select at, name as subject, 'm' || at as message, case when name = 'public.b' then 'broken' else 'unverified' end as verdict from "
    )
    both = rule(query.replace("name as subject", "'all' as subject") + "db_table")
    (finding,) = judged(tables("public.a", "public.b"), both).findings
    assert (finding.verdict, finding.place) == ("broken", place(2))


def test_the_chain_of_statements_behind_a_subject_is_shown() -> None:
    steps = [db.History(place(n), "main", "table", "public.a", n, what) for n, what in enumerate(["created", "enabled", "disabled"], 2)]
    (finding,) = judged([*tables("public.a"), *steps]).findings
    assert finding.related == ((place(2), "created"), (place(3), "enabled"), (place(4), "disabled"))


def test_a_second_place_may_be_named() -> None:
    query = "select at, name as subject, 'm' as message, owner_at as also_at, 'owned here' as also from db_table"
    (finding,) = judged([table("public.a")._replace(owner_at=place(7))], rule(query)).findings
    assert finding.related == ((place(7), "owned here"),)


def test_databases_are_told_apart_where_there_are_several() -> None:
    facts = [*tables("public.a"), *tables("public.a", database="other")]
    facts += [db.Database(place(1), name, "plain", name, "detected") for name in ("main", "other")]
    one, two = judged(facts).findings
    assert {one.database, two.database} == {"main", "other"}
    assert one.fingerprint != two.fingerprint
    excused = judged([*facts, carveout(database="other")])
    assert [each.database for each in excused.findings] == ["main"]
    assert [each.finding.database for each in excused.carved] == ["other"]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("select name as subject, 'm' as message from db_table", "it answers no at"),
        ("select at, name, 'm' as message from db_table", "it answers no subject"),
        ("select at, name as subject, 'm' as message, 1 as extra from db_table", "it answers extra, which means nothing"),
        ("select at, name as subject, null as message from db_table", "a row without message"),
        ("select at, null as subject, 'm' as message from db_table", "a row without subject"),
        ("select 999 as at, name as subject, 'm' as message from db_table", "at no place"),
        ("select at, name as subject, 'm' as message, 'maybe' as verdict from db_table", "'maybe', which is neither"),
        ("select at, nme as subject, 'm' as message from db_table", "no such column: nme"),
        ("delete from main.db_table", "not authorized"),
    ],
)
def test_a_broken_rule_is_an_error_and_the_others_are_asked(query: str, complaint: str) -> None:
    answer = judged(tables("public.a"), rule(query, "broken-rule"), EVERY_TABLE)
    assert [error for error in answer.errors if error.startswith("broken-rule.sql: ") and complaint in error]
    assert subjects(answer) == ["public.a"]


def test_the_configuration_may_lower_a_rule_or_switch_it_off() -> None:
    at = place(1, "config.toml")
    assert [each.level for each in judged([*tables("public.a"), settings.Level(at, "tables-are-off", "note")]).findings] == ["note"]
    off = judged([*tables("public.a"), settings.Level(at, "tables-are-off", "off")])
    assert off.findings == ()
    assert "tables-are-off" not in {each.id for each in off.rules}


@pytest.mark.parametrize(
    ("level", "policy", "expected"),
    [("error", None, "error"), ("error", "warning", "warning"), ("warning", "error", "warning"), ("note", "warning", "note")],
)
def test_what_cannot_be_decided_counts_as_the_configuration_says(level: Any, policy: str | None, expected: str) -> None:
    facts = tables("public.a")
    if policy:
        facts.append(settings.Choice(place(1, "config.toml"), "check.unverified", policy, "configured"))
    query = "select at, name as subject, 'm' as message, 'unverified' as verdict from db_table"
    assert [each.level for each in judged(facts, rule(query, level=level)).findings] == [expected]


def test_a_carveout_excuses_exactly_what_it_names() -> None:
    answer = judged([*tables("public.a", "public.ab", "public.b"), carveout()])
    assert subjects(answer) == ["public.ab", "public.b"]
    assert [(each.finding.subject, each.reason, each.owner) for each in answer.carved] == [("public.a", "r", "o")]
    assert not faults(answer)


def test_a_pattern_excuses_as_many_as_it_says() -> None:
    facts = tables("public.a1", "public.a2", "public.b")
    assert subjects(judged([*facts, carveout(subject="public.a*", at_most=2)])) == ["public.b"]
    more = judged([*facts, carveout(subject="public.a*", at_most=1)])
    assert subjects(more) == ["public.a1", "public.a2", "public.b"]
    assert "more than at_most = 1" in faults(more)["carveout-justified"]


def test_only_the_star_is_special_in_a_pattern() -> None:
    facts = tables("public.a.b", "public.axb", "public.[ab]")
    assert subjects(judged([*facts, carveout(subject="public.a.*", at_most=9)])) == ["public.axb", "public.[ab]"]
    assert subjects(judged([*facts, carveout(subject="public.[ab]")])) == ["public.a.b", "public.axb"]


def test_a_carveout_holds_through_its_last_day() -> None:
    facts = tables("public.a")
    assert subjects(judged([*facts, carveout(expires="2026-06-15")])) == []
    expired = judged([*facts, carveout(expires="2026-06-14")])
    assert subjects(expired) == ["public.a"]
    assert faults(expired) == {"carveout-current": "it expired on 2026-06-14"}


def test_one_that_excuses_nothing_must_go() -> None:
    answer = judged([*tables("public.a"), carveout(subject="public.gone")])
    assert faults(answer) == {"carveout-live": "it excuses nothing any more"}
    assert [each.place.line for each in answer.findings if each.rule == "carveout-live"] == [1]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"fault": "it names no reason"}, "it names no reason"),
        ({"rule": "tables-are-of"}, "there is no rule tables-are-of"),
        ({"rule": "carveout-live", "subject": "x"}, "not carved out"),
    ],
)
def test_one_at_fault_excuses_nothing(said: dict[str, Any], complaint: str) -> None:
    answer = judged([*tables("public.a"), carveout(**said)])
    assert subjects(answer) == ["public.a"]
    assert list(faults(answer)) == ["carveout-justified"]
    assert complaint in faults(answer)["carveout-justified"]


def test_an_expiry_is_asked_for_where_configured() -> None:
    choice = settings.Choice(place(1, "config.toml"), "check.expires", "required", "configured")
    assert "until when" in faults(judged([*tables("public.a"), choice, carveout()]))["carveout-justified"]
    assert not faults(judged([*tables("public.a"), choice, carveout(expires="2026-07-01")]))


def test_carveouts_are_judged_against_all_rules_whatever_is_selected() -> None:
    answer = judged([*tables("public.a"), carveout()], selected={each.id for each in CAREFUL})
    assert answer.findings == ()
    assert answer.carved == ()


def test_packs_count_what_they_range_over() -> None:
    policies = rule(
        "select at, database, table_name || '/' || name as subject, 'm' as message from db_policy", "policies-are-off", over="db_policy"
    )
    only_b = rule("select at, database, name as subject, 'm' as message from db_table where name in ('public.b', 'public.c')")
    policy = db.Policy(place(9), "main", "public.a", "one/two", "all", True, None, None, place(9), place(9))
    expires = (TODAY + timedelta(9)).isoformat()
    answer = judged(
        [*tables("public.a", "public.b", "public.c", "public.d"), policy, carveout(subject="public.c", expires=expires)], policies, only_b
    )
    (own,) = (each for each in answer.packs if each.pack == "own")
    assert (own.total, own.held, own.broken, own.unverified, own.carved_out) == (4, 1, 2, 0, 1)
    assert (own.noun, own.counts, own.vacuous_reason, own.next_expiry_days) == ("tables", (("tables", 4),), None, 9)


def test_a_pack_that_ranges_over_nothing_is_vacuous() -> None:
    answer = judged([])
    (own,) = (each for each in answer.packs if each.pack == "own")
    assert (own.total, own.vacuous_reason) == (0, "no tables")
    assert set(answer.vacuous) == {"tables-are-off", *(each.id for each in CAREFUL)}


def test_a_range_that_is_no_relation_is_an_error() -> None:
    assert any("@over nowhere" in error for error in judged([], rule("select 1", over="nowhere")).errors)


NAMES = some.sampled_from(["public.a", "public.b", "public.ab", "app.a"])
STANZAS = some.fixed_dictionaries(
    {
        "subject": some.sampled_from(["public.a", "public.b", "public.*", "*", "none"]),
        "rule": some.sampled_from(["tables-are-off", "tables-are-off", "unknown"]),
        "at_most": some.sampled_from([1, 2, 9]),
        "expires": some.sampled_from([None, "2026-06-14", "2026-06-15", "2027-01-01"]),
        "fault": some.sampled_from([None, None, None, "it names no reason"]),
    }
)


@profile(deadline=None, max_examples=40)
@given(some.sets(NAMES), some.lists(STANZAS, max_size=5))
def test_carveouts_only_ever_take_findings_away_and_each_is_accounted_for(names: set[str], stanzas: list[dict[str, Any]]) -> None:
    facts = tables(*sorted(names))
    without = judged(facts)
    answer = judged([*facts, *(carveout(number, **stanza) for number, stanza in enumerate(stanzas))])
    own = [each for each in answer.findings if each.rule == "tables-are-off"]
    carved = [each.finding for each in answer.carved]
    assert Counter([*own, *carved]) == Counter(without.findings)
    for each in answer.carved:
        stanza = stanzas[(each.place.line - 1) // 10]
        assert stanza["fault"] is None
        assert stanza["rule"] == "tables-are-off"
        assert stanza["expires"] != "2026-06-14"
        assert stanza["subject"] == each.finding.subject or "*" in stanza["subject"]
    used = {each.place.line for each in answer.carved}
    about = [each for each in answer.findings if each.rule.startswith("carveout-")]
    reported = {place.line for each in about for place in [each.place, *(also for also, _ in each.related)]}
    for number, stanza in enumerate(stanzas):
        overlaps = any(fnmatchcase(each.subject, stanza["subject"]) for each in carved) or stanza in stanzas[:number]
        assert 10 * number + 1 in used | reported or overlaps
    assert all(order(one) <= order(two) for one, two in pairwise(answer.findings))
