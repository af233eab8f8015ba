"""``invariants explain``: the page of a rule, and the reasoning about a policy."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invariants.check import Options, Run
from invariants.cli.explain import command
from repositories import write

MIGRATION = """\
create table tenants (id uuid primary key);
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
alter table orders enable row level security;
create function tenant() returns uuid language sql stable as $$ select current_setting('app.tenant')::uuid $$;
create policy rows on orders for select using (
    (tenant_id = tenant() and true)
    or current_setting('app.mode', true) = 'support'
);
create policy narrow on orders as restrictive using (true);
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    write(tmp_path / "product", {"migrations/1.sql": MIGRATION})
    monkeypatch.chdir(tmp_path / "product")
    return tmp_path / "product"


def explained(subject: str) -> Result:
    return CliRunner().invoke(command, [subject], standalone_mode=False)


def test_a_policy_is_explained_disjunct_by_disjunct(root: Path) -> None:
    lines = explained("public.orders/rows").output.splitlines()
    assert lines[:6] == [
        "public.orders/rows",
        "",
        "USING tenant_id = tenant() AND true",
        "  at migrations/1.sql:6",
        "  comes to tenant_id = current_setting('app.tenant')::uuid",
        "  isolates (as public, select): it binds the row to the session",
    ]
    assert "  - public.tenant is seen through" in lines
    assert "  - the restrictive policy narrow is asked besides: true" in lines
    [said] = [number for number, line in enumerate(lines) if line.startswith("USING current_setting")]
    assert lines[said + 1] == "  at migrations/1.sql:7"
    assert lines[said + 2] == "  open (as public, select): a session passes whatever the row, once app.mode is 'support'"
    assert lines[said + 3] == "  for example public with app.mode = 'support': a row of another tenant"


def test_the_view_of_policies_holds_the_reasoning_too(root: Path) -> None:
    found = Run(Options(root)).store.ask("select verdict, folded, steps from policy where name = 'rows'")[1]
    [(verdict, folded, steps)] = found
    assert (verdict, folded) == ("open", "current_setting('app.mode', true) = 'support'")
    assert "the restrictive policy narrow is asked besides: true" in steps


def test_arguments_without_names_are_put_in_their_places(root: Path) -> None:
    mine = "create function mine(uuid) returns boolean language sql stable as $$ select $1 = tenant() and 1 = 2 $$;\n"
    write(root, {"migrations/2.sql": f"{mine}create policy own on orders using (mine(tenant_id) and true);\n"})
    assert "  comes to tenant_id = current_setting('app.tenant')::uuid AND 1 = 2" in explained("public.orders/own").output.splitlines()


def test_what_was_not_judged_is_said(root: Path) -> None:
    assert "did you mean public.orders/rows?" in str(explained("public.orders/row").exception)
    assert "restrictive policies" in str(explained("public.orders/narrow").exception)
    assert "did you mean rls-forced?" in str(explained("rls-force").exception)
    assert "there is no rule nothing-like-it" in str(explained("nothing-like-it").exception)


def test_a_rule_is_explained_by_its_page(root: Path) -> None:
    said = explained("rls-forced").output
    assert said.startswith("rls-forced (tenancy, error; rules/tenancy/rls-forced.sql)\n\nRow security is forced on every tenant table")
    assert "\n\nFix:\n\n    alter table orders force row level security;\n\n" in said
    assert "CWE-639" in said
