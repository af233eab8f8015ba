"""Who the tenants are, told from the schema alone."""

import pytest

from invariants.facts import db
from invariants.facts.place import Place
from invariants.replay import tenancy

AT = Place("migrations/1.sql", 1, 1, 1, 2)


def schema(
    tables: dict[str, list[str]],
    foreign: dict[tuple[str, str], str] | None = None,
    runner: str = "plain",
    policies: dict[str, str] | None = None,
) -> tenancy.Schema:
    """A schema with these tables and columns; ``foreign`` maps a table and column to its target, ``policies`` a table to USING."""
    keys = {f"{table}_{column}_fkey": (table, column, target) for (table, column), target in (foreign or {}).items()}
    return tenancy.Schema(
        "db",
        runner,
        [db.Table(AT, "db", name, "public", "table", "permanent", "postgres", False, False, AT, AT, AT, "migration") for name in tables],
        [db.Column(AT, "db", t, c, i, "uuid", True, None, "none") for t, columns in tables.items() for i, c in enumerate(columns, 1)],
        [db.Constraint(AT, "db", t, n, "foreign", None, to, "no action", "no action", True) for n, (t, _, to) in keys.items()],
        [db.ConstraintColumn(AT, "db", t, n, 1, c, "id") for n, (t, c, _) in keys.items()],
        [],
        [],
        [],
        [db.Policy(AT, "db", table, "p", "all", True, using, None, AT, AT) for table, using in (policies or {}).items()],
    )


def names(of: tenancy.Schema) -> list[str]:
    return [key.name for key in tenancy.keys(of)]


def test_the_key_is_the_tenant_word_that_most_tables_carry() -> None:
    assert names(schema({"public.a": ["id", "org_id"], "public.b": ["org_id"], "public.c": ["project_id"]})) == ["org_id"]


def test_every_spelling_of_the_word_is_a_key() -> None:
    found = names(schema({"public.a": ["organizationId"], "public.b": ["organization_id"], "public.c": ["org_id"]}))
    assert set(found) == {"organizationId", "organization_id", "org_id"}


def test_a_surer_word_wins_with_half_the_tables() -> None:
    tables = {f"public.t{n}": ["project_id"] for n in range(4)} | {f"public.u{n}": ["tenantId"] for n in range(2)}
    assert names(schema(tables)) == ["tenantId"]


def test_a_word_on_one_table_that_refers_to_nothing_is_no_key() -> None:
    assert names(schema({"public.accounts": ["id", "account_id"]})) == []


def test_one_table_that_refers_to_its_tenants_is_enough() -> None:
    one = schema({"public.tenants": ["id"], "public.orders": ["tenant_id"]}, {("public.orders", "tenant_id"): "public.tenants"})
    assert names(one) == ["tenant_id"]


def test_users_are_tenants_only_where_clients_reach_the_tables() -> None:
    tables = {"public.users": ["id"], "public.notes": ["user_id"]}
    foreign = {("public.notes", "user_id"): "auth.users"}
    assert names(schema(tables, foreign)) == []
    assert names(schema(tables, foreign, runner="supabase")) == ["user_id"]


@pytest.mark.parametrize(
    "using",
    [
        "vault_id = current_setting('app.vault_id')::uuid",
        "nullif(current_setting('app.vault', true), '')::uuid = public.a.vault_id",
        "locked or vault_id::text = (select current_setting('app.vault', true))",
    ],
)
def test_what_policies_compare_with_the_session_is_a_key(using: str) -> None:
    tables = {"public.a": ["id", "vault_id", "org_id"], "public.b": ["vault_id", "org_id"]}
    assert names(schema(tables, policies=dict.fromkeys(tables, using))) == ["org_id", "vault_id"]


@pytest.mark.parametrize(
    "using",
    [
        "id = current_setting('app.vault_id')::uuid",
        "author_id = current_setting('app.user_id')::uuid",
        "vault_id = coalesce(vault_id, current_setting('app.vault')::uuid)",
        "vault_id <> current_setting('app.vault')::uuid",
        "vault_id = gen_random_uuid()",
        "vault_id = owner_id",
        "role = current_setting('app.role')",
    ],
)
def test_what_says_who_somebody_is_makes_no_key(using: str) -> None:
    tables = {"public.a": ["id", "vault_id", "author_id", "role"], "public.b": ["id", "vault_id", "author_id", "role"]}
    assert names(schema(tables, policies=dict.fromkeys(tables, using))) == []


def narrowed(*optional: str, using: str) -> list[str]:
    """The keys of two tables in which these columns may be absent."""
    tables = {"public.a": ["org_id", "vault_id"], "public.b": ["org_id", "vault_id"]}
    made = schema(tables, policies=dict.fromkeys(tables, using))
    columns = [each._replace(not_null=f"{each.table_name}.{each.name}" not in optional) for each in made.columns]
    return names(made._replace(columns=columns))


BOTH = "org_id = current_setting('app.org')::uuid and vault_id = current_setting('app.vault')::uuid"


def test_what_may_be_absent_and_is_compared_beside_the_key_parts_what_is_one_tenants() -> None:
    optional = ["public.a.vault_id", "public.b.vault_id"]
    assert narrowed(*optional, using=BOTH) == ["org_id"]
    assert narrowed(*optional, using=BOTH.partition(" and ")[2]) == ["org_id", "vault_id"]
    assert narrowed(*optional[:1], using=BOTH) == ["org_id", "vault_id"]


def test_the_policy_of_one_table_makes_no_key() -> None:
    assert names(schema({"public.a": ["vault_id"]}, policies={"public.a": "vault_id = current_setting('app.vault')"})) == []


def test_the_root_is_the_table_that_keys_point_to() -> None:
    tables = {"public.clubs": ["id"], "public.orders": ["tenant_id"], "public.lines": ["tenant_id"]}
    root = tenancy.root(schema(tables, {("public.orders", "tenant_id"): "public.clubs"}), ["tenant_id"])
    assert root is not None
    assert root.name == "public.clubs"


def test_without_foreign_keys_the_root_is_named_like_the_key() -> None:
    root = tenancy.root(schema({"public.Company": ["id"], "public.companies": ["id"], "public.a": ["companyId"]}), ["companyId"])
    assert root is not None
    assert root.name == "public.companies"


def role(name: str, *, bypass: bool = False, raised: bool = False) -> db.Role:
    return db.Role(AT, "db", name, False, bypass, raised, True, True, False, False, False, "migration")


def grant(name: str, privilege: str = "select") -> db.Grant:
    return db.Grant(AT, "db", "table", "public.a", None, name, privilege, False)


def test_roles_that_own_tables_or_are_made_above_row_security_are_not_the_applications() -> None:
    one = schema({"public.a": ["tenant_id"]})._replace(
        roles=[role("app"), role("service", bypass=True)],
        grants=[grant("app"), grant("service"), grant("postgres"), grant("public"), grant("auditor", "truncate")],
        policy_roles=[db.PolicyRole(AT, "db", "public.a", "p", "reader")],
    )
    assert [each.name for each in tenancy.app_roles(one)] == ["app", "reader"]


def test_a_role_that_was_put_above_row_security_later_is_the_applications() -> None:
    one = schema({"public.a": ["tenant_id"]})._replace(roles=[role("app", bypass=True, raised=True)], grants=[grant("app")])
    assert [each.name for each in tenancy.app_roles(one)] == ["app"]


@pytest.mark.parametrize(("runner", "names"), [("supabase", ["authenticated"]), ("plain", [])])
def test_a_platforms_clients_are_the_application_whatever_they_own_or_are(runner: str, names: list[str]) -> None:
    one = schema({"public.a": ["tenant_id"]}, runner=runner)
    one = one._replace(roles=[role("authenticated", bypass=True)], grants=[grant("authenticated"), grant("postgres")])
    one = one._replace(tables=[one.tables[0], one.tables[0]._replace(name="public.b", owner="authenticated")])
    assert [each.name for each in tenancy.app_roles(one)] == names
