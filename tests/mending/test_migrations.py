"""The next migration of each runner: it is found as such, in its place, and mends what it should."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from invariants.check import Options, Run, check
from invariants.finding import ConfigError, Edit
from invariants.mending.migrations.folder import next_name
from invariants.mending.patches import Sources, patched
from invariants.repair import lay, repair
from repositories import write
from server import Database

MOMENT = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
CONFIG = '[tenancy]\nkeys = ["tenant_id"]\nsession = ["app.tenant_id"]\nroles = ["app_user"]\n'
START = "create table tenants (id uuid primary key);\n"
ORDERS = "create table orders (id uuid primary key, tenant_id uuid not null references tenants);\n"
JOURNAL = {
    "version": "7",
    "dialect": "postgresql",
    "entries": [
        {"idx": n, "version": "7", "when": 1735689600000 + n, "tag": tag, "breakpoints": True} for n, tag in enumerate(["0000_a", "0001_b"])
    ],
}
ALEMBIC = """\
from alembic import op
revision = "{0}"
down_revision = {1}
def upgrade():
    op.execute("{2}")
"""
DJANGO = """\
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [{0}]
    operations = [migrations.RunSQL("{1}")]
"""


def sums(files: dict[str, str]) -> str:
    """``atlas.sum``, as its documentation describes it."""
    lines, running = [], sha256()
    for name, text in sorted(files.items()):
        running.update(name.encode() + text.encode())
        lines.append((name, b64encode(running.digest()).decode()))
    whole = sha256("".join(name + digest for name, digest in lines).encode()).digest()
    return f"h1:{b64encode(whole).decode()}\n" + "".join(f"{name} h1:{digest}\n" for name, digest in lines)


class Layout(NamedTuple):
    """A runner's migrations, and the files that come after them."""

    files: dict[str, str]
    expected: tuple[str, ...]
    says: str = "alter table public.orders enable row level security"


LAYOUTS = {
    "numbered": Layout({"migrations/0001_a.sql": START, "migrations/0002_b.sql": ORDERS}, ("migrations/0003_keep_tenants_apart.sql",)),
    "numbered with hyphens": Layout({"migrations/1-a.sql": START, "migrations/9-b.sql": ORDERS}, ("migrations/10-keep-tenants-apart.sql",)),
    "postgrator": Layout(
        {"migrations/001.do.a.sql": START, "migrations/002.do.b.sql": ORDERS}, ("migrations/003.do.keep_tenants_apart.sql",)
    ),
    "supabase": Layout(
        {"supabase/migrations/20250101000000_a.sql": START, "supabase/migrations/20250102000000_b.sql": ORDERS},
        ("supabase/migrations/20260601123000_keep_tenants_apart.sql",),
    ),
    "supabase, from the future": Layout(
        {"supabase/migrations/20250101000000_a.sql": START, "supabase/migrations/20991231000000_b.sql": ORDERS},
        ("supabase/migrations/20991231000001_keep_tenants_apart.sql",),
    ),
    "prisma": Layout(
        {
            "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
            "prisma/migrations/20250101000000_a/migration.sql": START,
            "prisma/migrations/20250102000000_b/migration.sql": ORDERS,
        },
        ("prisma/migrations/20260601123000_keep_tenants_apart/migration.sql",),
    ),
    "drizzle": Layout(
        {
            "drizzle/meta/_journal.json": json.dumps(JOURNAL, indent=2),
            "drizzle/meta/0001_snapshot.json": json.dumps({"id": "one", "prevId": "zero", "tables": {}}, indent=2),
            "drizzle/0000_a.sql": START,
            "drizzle/0001_b.sql": ORDERS,
        },
        ("drizzle/0002_keep_tenants_apart.sql", "drizzle/meta/_journal.json", "drizzle/meta/0002_snapshot.json"),
        "--> statement-breakpoint\nalter table public.orders force row level security",
    ),
    "drizzle in folders": Layout(
        {
            "drizzle/20250101000000_a/migration.sql": START,
            "drizzle/20250102000000_b/migration.sql": ORDERS,
            "drizzle/20250102000000_b/snapshot.json": json.dumps({"id": "one", "prevIds": ["zero"]}),
        },
        ("drizzle/20260601123000_keep_tenants_apart/migration.sql", "drizzle/20260601123000_keep_tenants_apart/snapshot.json"),
    ),
    "flyway": Layout({"db/V1__a.sql": START, "db/V1.9__b.sql": ORDERS}, ("db/V1.10__keep_tenants_apart.sql",)),
    "golang-migrate": Layout(
        {"db/000001_a.up.sql": START, "db/000001_a.down.sql": "", "db/000002_b.up.sql": ORDERS, "db/000002_b.down.sql": ""},
        ("db/000003_keep_tenants_apart.up.sql", "db/000003_keep_tenants_apart.down.sql"),
    ),
    "dbmate": Layout(
        {"db/migrations/20250101000000_a.sql": f"-- migrate:up\n{START}", "db/migrations/20250102000000_b.sql": f"-- migrate:up\n{ORDERS}"},
        ("db/migrations/20260601123000_keep_tenants_apart.sql",),
        "-- migrate:down\n",
    ),
    "goose": Layout(
        {"db/00001_a.sql": f"-- +goose Up\n{START}", "db/00002_b.sql": f"-- +goose Up\n{ORDERS}"},
        ("db/00003_keep_tenants_apart.sql",),
        "-- +goose Down\n",
    ),
    "sqlx": Layout(
        {"migrations/20250101000000_a.sql": START, "migrations/20250102000000_b.sql": ORDERS},
        ("migrations/20260601123000_keep_tenants_apart.sql",),
    ),
    "node-pg-migrate": Layout(
        {
            "migrations/1735689600000_a.sql": f"-- Up Migration\n{START}-- Down Migration\n",
            "migrations/1735689600001_b.sql": f"-- Up Migration\n{ORDERS}-- Down Migration\n",
        },
        ("migrations/1780317000000_keep_tenants_apart.sql",),
        "\n-- Down Migration\n",
    ),
    "hasura": Layout(
        {"migrations/default/1735689600000_a/up.sql": START, "migrations/default/1735689600001_b/up.sql": ORDERS},
        ("migrations/default/1780317000000_keep_tenants_apart/up.sql", "migrations/default/1780317000000_keep_tenants_apart/down.sql"),
    ),
    "diesel": Layout(
        {"diesel.toml": "", "migrations/2025-01-01-000000_a/up.sql": START, "migrations/2025-01-02-000000_b/up.sql": ORDERS},
        ("migrations/2026-06-01-123000_keep_tenants_apart/up.sql", "migrations/2026-06-01-123000_keep_tenants_apart/down.sql"),
    ),
    "atlas": Layout(
        {"migrations/20250101000000.sql": START, "migrations/20250102000000.sql": ORDERS}
        | {"migrations/atlas.sum": sums({"20250101000000.sql": START, "20250102000000.sql": ORDERS})},
        ("migrations/20260601123000.sql", "migrations/atlas.sum"),
    ),
    "graphile-migrate": Layout(
        {"db/committed/000001.sql": START, "db/committed/000002.sql": ORDERS, "db/current.sql": "-- Enter migration here\n"},
        ("db/current.sql",),
        "drop policy if exists tenant_rows on public.orders;\n",
    ),
    "alembic": Layout(
        {
            "alembic/env.py": "",
            "alembic/script.py.mako": "",
            "alembic/versions/aaaa_a.py": ALEMBIC.format("aaaa", None, START.strip()),
            "alembic/versions/bbbb_b.py": ALEMBIC.format("bbbb", '"aaaa"', ORDERS.strip()),
        },
        ("alembic/versions/ecd9b81f5321_keep_tenants_apart.py",),
        'down_revision = "bbbb"',
    ),
    "alembic with numbers": Layout(
        {
            "alembic/env.py": "",
            "alembic/script.py.mako": "",
            "alembic/versions/0001_a.py": ALEMBIC.format("0001", None, START.strip()),
            "alembic/versions/0002_b.py": ALEMBIC.format("0002", '"0001"', ORDERS.strip()),
        },
        ("alembic/versions/0003_keep_tenants_apart.py",),
        'revision = "0003"',
    ),
    "django": Layout(
        {
            "manage.py": "",
            "tenants/migrations/__init__.py": "",
            "shop/migrations/__init__.py": "",
            "tenants/migrations/0001_a.py": DJANGO.format("", START.strip()),
            "shop/migrations/0001_b.py": DJANGO.format('("tenants", "0001_a")', ORDERS.strip()),
        },
        ("shop/migrations/0002_keep_tenants_apart.py",),
        '        ("shop", "0001_b"),\n',
    ),
}


@pytest.fixture(params=list(LAYOUTS.values()), ids=list(LAYOUTS))
def layout(request: Any, tmp_path: Path) -> Layout:
    found: Layout = request.param
    write(tmp_path, {**found.files, ".invariants/config.toml": CONFIG})
    return found


def test_the_next_migration_is_in_its_place_and_mends(layout: Layout, tmp_path: Path) -> None:
    found = repair(Options(tmp_path, cached=False, only=("rls-enabled", "tenant-key-indexed")), moment=MOMENT)
    assert tuple(edit.path for edit in found.edits) == layout.expected
    assert layout.says in "".join(edit.after for edit in found.edits)
    before = {(each.rule, each.subject) for each in check(Options(tmp_path, cached=False)).findings}
    lay(tmp_path, found.edits)
    after = {(each.rule, each.subject) for each in check(Options(tmp_path, cached=False)).findings}
    assert ("rls-enabled", "public.orders") in before
    assert after == before - {(each.rule, each.subject) for each in found.mended}
    assert repair(Options(tmp_path, cached=False, only=("rls-enabled", "tenant-key-indexed")), moment=MOMENT).edits == ()


def test_drizzle_finds_it_in_the_journal_after_the_others(tmp_path: Path) -> None:
    write(tmp_path, {**LAYOUTS["drizzle"].files, ".invariants/config.toml": CONFIG})
    _, journal, snapshot = repair(Options(tmp_path, cached=False), moment=MOMENT).edits
    entries = json.loads(journal.after)["entries"]
    assert entries[:2] == JOURNAL["entries"]
    assert entries[2] == {"idx": 2, "version": "7", "when": 1780317000000, "tag": "0002_keep_tenants_apart", "breakpoints": True}
    assert journal.after.startswith('{\n  "version": "7"')
    said = json.loads(snapshot.after)
    assert said["prevId"] == "one" != said["id"]
    assert said["tables"] == {}


def test_atlas_finds_its_sums_in_order(tmp_path: Path) -> None:
    write(tmp_path, {**LAYOUTS["atlas"].files, ".invariants/config.toml": CONFIG})
    made, changed = repair(Options(tmp_path, cached=False), moment=MOMENT).edits
    files = {"20250101000000.sql": START, "20250102000000.sql": ORDERS, "20260601123000.sql": made.after}
    assert changed.after == sums(files)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"migrations/atlas.sum": "h1:wrong\n", "migrations/1_a.sql": START, "migrations/2_b.sql": ORDERS}, "its atlas.sum does not fit"),
        ({"migrations/a.sql": START, "migrations/b.sql": ORDERS}, "its migrations bear no numbers"),
        ({"db/structure.sql": START + ORDERS}, "written down by a tool"),
        ({"sqitch.plan": "%project=p\na 2025\nb 2025\n", "deploy/a.sql": START, "deploy/b.sql": ORDERS}, "sqitch's plan"),
        ({"graphile/committed/1.sql": START + ORDERS}, "no current.sql"),
        (
            {
                "alembic/env.py": "",
                "alembic/script.py.mako": "",
                "alembic/versions/a.py": ALEMBIC.format("a", None, START.strip()),
                "alembic/versions/b.py": ALEMBIC.format("b", '"a"', ORDERS.strip()),
                "alembic/versions/c.py": ALEMBIC.format("c", '"a"', "select 1"),
            },
            "do not end in one head",
        ),
    ],
    ids=["atlas", "no numbers", "dump", "sqitch", "graphile", "heads"],
)
def test_where_no_migration_can_be_written_the_reason_is_told(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    write(tmp_path, {**files, ".invariants/config.toml": CONFIG})
    found = repair(Options(tmp_path, cached=False), moment=MOMENT)
    assert found.edits == ()
    assert expected in {finding.rule: why for finding, why in found.unmended}["rls-enabled"]


def test_a_link_out_of_the_root_is_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "migrations").symlink_to(outside)
    (root / "current.sql").symlink_to(outside / "current.sql")
    for edit in (Edit("migrations/1.sql", None, "x"), Edit("current.sql", "", "x")):
        with pytest.raises(ConfigError, match="a link leads"):
            lay(root, [edit])
    assert not list(outside.iterdir())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["1_a", "2_b"], "3_keep_tenants_apart"),
        (["009", "010"], "011"),
        (["20250101_a"], "20260601_keep_tenants_apart"),
        (["202501010000_a"], "202606011230_keep_tenants_apart"),
        (["1735689600_a"], "1780317000_keep_tenants_apart"),
        (["a", "b"], None),
    ],
)
def test_names_go_on_as_they_began(names: list[str], expected: str | None) -> None:
    assert next_name(names, MOMENT) == expected


def test_a_migration_and_what_takes_it_back_run_one_after_the_other(tmp_path: Path, database: Database) -> None:
    write(tmp_path, {**LAYOUTS["golang-migrate"].files, ".invariants/config.toml": CONFIG})
    up, down = repair(Options(tmp_path, cached=False), moment=MOMENT).edits
    assert database.replay(START + ORDERS + "create role app_user;" + up.after + down.after + up.after) == []


@pytest.mark.parametrize("journal", ["{}", "[]", "no JSON", '{"entries": [{"idx": 0, "tag": "0000_a"}, {"idx": 1, "tag": "0001_b"}]}'])
def test_a_journal_that_is_not_as_drizzle_writes_it_stops_no_check(tmp_path: Path, journal: str) -> None:
    write(tmp_path, {"drizzle/meta/_journal.json": journal, "drizzle/0000_a.sql": START, "drizzle/0001_b.sql": ORDERS})
    assert check(Options(tmp_path, cached=False)).findings


def test_the_last_migration_is_read_once_for_all_findings(tmp_path: Path) -> None:
    write(tmp_path, {**LAYOUTS["goose"].files, ".invariants/config.toml": CONFIG})
    run = Run(Options(tmp_path, cached=False))
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return (tmp_path / path).read_bytes()

    sources = Sources(frozenset(LAYOUTS["goose"].files), read, MOMENT)
    done = patched(run.store, run.outcome().findings, sources)
    assert sum(each.patch is not None and bool(each.patch.edits) for each in done) > 1
    assert len(asked) == len(set(asked)) > 0
