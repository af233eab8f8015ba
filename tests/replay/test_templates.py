"""Policies as templates: which fit other tables, and what of them is left open."""

import pytest

from invariants.replay.isolation.grounds import NONE, Grounds, Memory
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.templates import templates
from replay.statements import run

TABLES = (
    "create table t (id int, tenant_id int, owner int)",
    "create table m (tenant_id int, person text)",
    "create function f(int) returns boolean language sql as 'select true'",
)


def found(policy: str) -> list[tuple[str, str | None, str | None]]:
    """The column, USING and WITH CHECK of each template."""
    machine = run(*TABLES, policy)
    memory = Memory(Grounds(Tenancy(machine.catalog, [])), NONE)
    made = templates(machine, "main", memory, machine.catalog.policies, {})
    return [(each.column_name, each.using_text, each.check_text) for each in made]


@pytest.mark.parametrize(
    ("expression", "template"),
    [
        ("tenant_id = current_setting('a.b')::int", "\"{key}\" = current_setting('a.b')::int"),
        ("t.tenant_id = 1", '"{key}" = 1'),
        ("f(tenant_id)", 'f("{key}")'),
        (
            "exists (select 1 from m where m.tenant_id = t.tenant_id and person = 'a')",
            'EXISTS (SELECT 1 FROM m WHERE m.tenant_id = "{table}"."{key}" AND person = \'a\')',
        ),
        (
            "tenant_id in (select tenant_id from m)",
            '"{table}"."{key}" IN (SELECT tenant_id FROM m)',
        ),
    ],
)
def test_the_names_of_the_table_and_its_column_are_left_open(expression: str, template: str) -> None:
    assert found(f"create policy p on t using ({expression})") == [("tenant_id", template, None)]


def test_a_policy_that_asks_nothing_of_its_table_fits_any() -> None:
    assert found("create policy p on t using (true) with check (current_user = 'a')") == [("", "true", "current_user = 'a'")]


@pytest.mark.parametrize(
    "expression",
    ["tenant_id = 1 and owner = 2", "t is not null", "tenant_id = (select min(o.tenant_id) from t as o)"],
)
def test_a_policy_that_asks_for_more_fits_no_other(expression: str) -> None:
    assert found(f"create policy p on t using ({expression})") == []


def test_both_sides_must_ask_for_the_same_column() -> None:
    assert found("create policy p on t using (tenant_id = 1) with check (owner = 1)") == []
    assert found("create policy p on t using (tenant_id = 1) with check (tenant_id = 1)") == [("tenant_id", '"{key}" = 1', '"{key}" = 1')]
