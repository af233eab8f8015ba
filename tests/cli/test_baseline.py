import json
from pathlib import Path

import pytest

from cli.commands import run
from repositories import repository, write

INIT = """create table tenants (id uuid primary key);
alter table tenants enable row level security, force row level security;
create policy self on tenants using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
create index on orders (tenant_id);
"""
CARTS = "create table carts (id uuid primary key, tenant_id uuid not null references tenants);\ncreate index on carts (tenant_id);\n"
MEND = """alter table orders enable row level security, force row level security;
create policy tenant_rows on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
FILE = ".invariants/baseline.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "product", {"migrations/1_init.sql": INIT})


def owed(root: Path) -> list[dict[str, str]]:
    document = json.loads((root / FILE).read_text())
    assert document["schema"] == "invariants-baseline/1"
    found: list[dict[str, str]] = document["debt"]
    return found


def test_debt_is_written_once_and_does_not_fail(root: Path) -> None:
    assert run(root, "check").returncode == 1
    written = run(root, "baseline", "write")
    assert (written.returncode, written.stdout) == (0, f"{FILE}: 1 finding is owed, 0 paid since\n")
    assert owed(root) == [{"rule": "rls-enabled", "subject": "public.orders"}]
    result = run(root, "check")
    assert result.returncode == 0
    assert "tenancy     2 tables: 1 held, 1 in the baseline" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 owed · ")


def test_what_is_new_fails_and_is_not_taken_in_unless_asked(root: Path) -> None:
    run(root, "baseline", "write")
    write(root, {"migrations/2_carts.sql": CARTS})
    assert run(root, "check").returncode == 1
    again = run(root, "baseline", "write")
    assert again.stderr == "1 finding is not in it: pay them, or take them in with --grow\n"
    assert [each["subject"] for each in owed(root)] == ["public.orders"]
    assert run(root, "check").returncode == 1
    run(root, "baseline", "write", "--grow")
    assert [each["subject"] for each in owed(root)] == ["public.carts", "public.orders"]
    assert run(root, "check").returncode == 0


def test_what_is_paid_is_said_and_pruned_and_fails_when_it_comes_back(root: Path) -> None:
    run(root, "baseline", "write")
    write(root, {"migrations/2_mend.sql": MEND})
    result = run(root, "check")
    assert result.returncode == 0
    assert "paid, and still in the baseline: rls-enabled public.orders; `invariants baseline prune` removes" in result.stdout
    assert run(root, "baseline", "prune").stdout == f"paid: rls-enabled public.orders\n{FILE}: 0 findings are owed\n"
    assert owed(root) == []
    (root / "migrations/2_mend.sql").unlink()
    assert run(root, "check").returncode == 1


def test_to_write_is_to_prune_too(root: Path) -> None:
    run(root, "baseline", "write")
    write(root, {"migrations/2_mend.sql": MEND})
    assert run(root, "baseline", "write").stdout == f"{FILE}: 0 findings are owed, 1 paid since\n"
    assert owed(root) == []


def test_two_databases_owe_each_for_itself(root: Path) -> None:
    write(root, {"other/migrations/1_init.sql": INIT})
    run(root, "baseline", "write")
    assert [each["database"] for each in owed(root)] == ["migrations", "other/migrations"]
    (root / "other/migrations/1_init.sql").write_text(INIT + MEND)
    assert run(root, "baseline", "prune").stdout.startswith("paid: rls-enabled public.orders\n")
    assert [each["database"] for each in owed(root)] == ["migrations"]


def test_json_and_sarif_show_debt_as_debt(root: Path) -> None:
    run(root, "baseline", "write")
    write(root, {"migrations/2_carts.sql": CARTS})
    document = json.loads(run(root, "check", "--format", "json").stdout)
    assert [each["subject"] for each in document["findings"]] == ["public.carts"]
    assert [each["subject"] for each in document["debt"]] == ["public.orders"]
    (sarif,) = json.loads(run(root, "check", "--format", "sarif").stdout)["runs"]
    states = {each["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: each["baselineState"] for each in sarif["results"]}
    assert states == {"public.carts": "new", "public.orders": "unchanged"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "error: .invariants/baseline.json:1: it is not JSON:"),
        ("[]", "error: .invariants/baseline.json:1: it should be a table of keys; mend it, or write it anew"),
        ('{"schema": "invariants-baseline/2", "debt": []}', "`schema`: it should be 'invariants-baseline/1'"),
        (
            '{"schema": "invariants-baseline/1",\n "debt": [\n{"rule": "a", "subject": "{b}"},\n{"rule": "a"}]}',
            "baseline.json:4: `debt[2].subject`: ",
        ),
        ('{"schema": "invariants-baseline/1", "debt": [{"rule": "a", "subject": "b", "line": 3}]}', "`debt[1].line`: it is no key"),
        ('{"schema": "invariants-baseline/1", "debt": 3}', "`debt`: it should be a valid list"),
        ("\xff", "it is not JSON"),
        ("[" * 100_000, "error: .invariants/baseline.json:1: "),
    ],
)
@pytest.mark.parametrize("command", [("check",), ("baseline", "prune"), ("baseline", "write")])
def test_a_file_that_is_no_baseline_stops_every_command(root: Path, command: tuple[str, ...], text: str, said: str) -> None:
    write(root, {FILE: text})
    result = run(root, *command)
    assert result.returncode == 2
    assert said in result.stderr
    assert "write" in result.stderr, "the remedy"
    assert (root / FILE).read_text() == text
