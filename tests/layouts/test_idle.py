import json

import pytest

from invariants.layouts import configured, find, outside


def idle(*paths: str, **contents: str) -> dict[str, str]:
    """The files that do not run, and why; ``contents`` are those of manifests, by the last part of their names."""
    found = find(sorted(paths), lambda path: contents.get(path.rpartition("/")[2].partition(".")[0], "").encode())
    return {each.path: each.message for layout in found for each in layout.idle}


@pytest.mark.parametrize(
    "paths",
    [
        ("supabase/migrations/1_a.sql", "supabase/migrations/2_b.sql", "supabase/migrations/2_b.down.sql"),
        (
            "db/V1__a.sql",
            "db/V1.1__b.sql",
            "db/V10__c.sql",
            "db/U1__a.sql",
            "db/B1__a.sql",
            "db/R__views.sql",
            "db/afterMigrate__grants.sql",
        ),
        ("m/1_a.up.sql", "m/1_a.down.sql", "m/2_b.up.sql", "m/2_b.down.sql"),
        (
            "migrations/2024-01-01-120000_a/up.sql",
            "migrations/2024-01-01-130000_a/up.sql",
            "migrations/2024-01-01-130000_a/down.sql",
            "diesel.toml",
        ),
        ("p/20240101_a/migration.sql", "p/20240101_b/migration.sql", "p/20240101_b/down.sql"),
        ("migrations/0001_a.sql", "migrations/0001_b.sql", "migrations/notes.sql"),
        ("sqitch.plan", "deploy/a.sql", "deploy/a@v1.sql"),
    ],
)
def test_what_runs_is_not_idle(paths: tuple[str, ...]) -> None:
    assert idle(*paths, sqitch="%project=p\n\na 2025-01-01T00:00:00Z a <a@example.org>\n") == {}


def test_a_plan_names_a_change_a_line_whatever_its_notes_hold() -> None:
    plan = "%project=p\r\n\r\na 2025-01-01T00:00:00Z a <a@example.org> # before\u2028b\f\r\n"
    assert list(idle("sqitch.plan", "deploy/a.sql", "deploy/b.sql", sqitch=plan)) == ["deploy/b.sql"]


@pytest.mark.parametrize(
    ("paths", "second"),
    [
        (("supabase/migrations/1_a.sql", "supabase/migrations/1_b.sql"), "supabase/migrations/1_b.sql"),
        (("db/V1__a.sql", "db/V01.0__b.sql"), "db/V01.0__b.sql"),
        (("m/1_a.up.sql", "m/01_b.up.sql"), "m/1_a.up.sql"),
        (("hasura/1700_a/up.sql", "hasura/1700_b/up.sql"), "hasura/1700_b/up.sql"),
        (
            ("migrations/2024-01-01-120000_a/up.sql", "migrations/20240101120000_b/up.sql", "diesel.toml"),
            "migrations/20240101120000_b/up.sql",
        ),
    ],
)
def test_of_two_files_with_one_version_the_second_is_idle(paths: tuple[str, ...], second: str) -> None:
    found = idle(*paths)
    assert list(found) == [second]
    assert "has the same version as" in found[second]


def test_a_drizzle_journal_and_its_folder_say_the_same() -> None:
    journal = json.dumps({"dialect": "postgresql", "entries": [{"tag": "0000_a"}, {"tag": "0001_b"}, {"tag": "0002_c"}]}, indent=1)
    (layout,) = find(
        ["drizzle/0000_a.sql", "drizzle/0001_b.sql", "drizzle/9_z.sql", "drizzle/meta/_journal.json"], lambda _: journal.encode()
    )
    assert [(each.path, each.manifest, each.line) for each in layout.idle] == [
        ("drizzle/9_z.sql", "", 1),
        ("drizzle/0002_c.sql", "drizzle/meta/_journal.json", 11),
    ]


def test_a_configured_database_is_held_to_the_same() -> None:
    paths = ["supabase/migrations/1_a.sql", "supabase/migrations/1_b.sql", "supabase/migrations/c.sql"]
    (layout,) = configured([("main", ["supabase/migrations/*.sql"], None)], paths, lambda _: b"")
    assert [each.path for each in layout.idle] == ["supabase/migrations/c.sql", "supabase/migrations/1_b.sql"]


def test_outside_are_the_sql_files_of_the_product_that_no_runner_runs() -> None:
    paths = [
        "migrations/1_a.sql",
        "migrations/2_b.sql",
        "migrations/2_b.down.sql",
        "sql/rls.sql",
        "tests/t.sql",
        "db/structure.sql",
        "a.py",
    ]
    found = find(paths, lambda _: b"")
    assert outside(found, paths) == ["sql/rls.sql"]
    assert outside([], paths) == []
