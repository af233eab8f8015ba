import pytest

from invariants.finding import Insertion, Patch
from invariants.mending.patches import BINDING
from invariants.reports.remedies import remedy, tailored
from invariants.rule import built_in_rules
from reports.outcomes import RULE, finding

RULES = {rule.id: rule for rule in built_in_rules()}


@pytest.mark.parametrize(
    ("rule", "subject", "line"),
    [
        ("rls-forced", "public.Export", 'alter table public."Export" force row level security;'),
        ("tenant-key-required", "public.carts.tenantId", "alter table public.carts alter column tenant_id set not null;"),
        ("rls-policy-isolates", "public.carts/support reads", 'alter policy "support reads" on public.carts'),
        ("env-declared", "MAIL_KEY", "[variables.MAIL_KEY]    # in .invariants/env.toml"),
        ("env-declared", "app/flags.py", "[variables.ORDERS_URL]    # in .invariants/env.toml"),
        ("rls-forced", "public.order_totals", "alter table public.order_totals force row level security;"),
        ("view-invoker-secured", "public.totals", "alter view public.totals set (security_invoker = true);"),
        ("definer-search-path-pinned", "app.purge", "alter function app.purge set search_path = '';"),
        (
            "rls-child-covered",
            "public.notes",
            "    using (exists (select 1 from customers where customers.id = public.notes.customer_id));",
        ),
        (
            "tenant-reference-scoped",
            "public.notes",
            "alter table public.notes add foreign key (tenant_id, customer_id) references customers (tenant_id, id);",
        ),
    ],
)
def test_a_fix_speaks_of_the_finding(rule: str, subject: str, line: str) -> None:
    assert line in tailored(RULES[rule], subject).split("\n")


def test_a_fix_binds_rows_as_the_repository_does() -> None:
    own = finding()._replace(subject="public.carts/own", binding='"shopId" = (select orders.shop from public.orders)')
    assert remedy(RULES["rls-policy-isolates"], own) == [
        "alter policy own on public.carts",
        '    using ("shopId" = (select orders.shop from public.orders));',
    ]


@pytest.mark.parametrize("rule", sorted(BINDING))
def test_every_rule_that_binds_rows_shows_how(rule: str) -> None:
    assert '("shopId" = shop())' in tailored(RULES[rule], "public.carts", '"shopId" = shop()')


@pytest.mark.parametrize(
    ("noun", "subject"),
    [("migrations", "migrations/0001_init.sql"), ("roles", "app"), ("modules", "public.enter"), ("carve-outs", "rls-forced public.audit")],
)
def test_the_example_stands_where_the_subject_is_nothing_that_it_could_name(noun: str, subject: str) -> None:
    own = RULE._replace(noun=noun, fix="alter policy tenant_rows on orders using (true);\ngrant select on order_totals to app;")
    assert tailored(own, subject) == own.fix


def test_what_mends_the_finding_itself_is_said_in_the_rule_s_stead() -> None:
    own = finding()._replace(patch=Patch(("alter table a", "-- why\ncreate index b"), ()))
    assert remedy(RULE, own) == ["alter table a;", "-- why", "create index b;"]
    said = finding()._replace(patch=Patch((), (), insertions=(Insertion("main.py", 3, "# invariants: auth public -- r"),)))
    assert remedy(RULE, said) == ["# invariants: auth public -- r"]
    assert remedy(RULE, finding()) == ["alter table public.orders enable row level security;"]
