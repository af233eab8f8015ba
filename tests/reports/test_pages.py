"""What a rule's page holds, in a terminal."""

import pytest

from invariants.reports.pages import standard, text
from reports.outcomes import RULE


def test_a_page_goes_from_the_invariant_to_the_query() -> None:
    assert text(RULE._replace(against="base")).split("\n\n") == [
        "rls-enabled (tenancy, error; rules/tenancy/rls-enabled.sql)",
        "Row security is enabled on every tenant table.",
        "Why: Without it every tenant reads every row.",
        "A second paragraph.",
        "Fix:",
        "    alter table orders enable row level security;",
        "Ranges over: tenant_table",
        "Needs a base: It is asked only where there is one to compare with: `--staged`, `--since`.",
        "Supports: SOC 2 CC6.1, CWE-639",
        "The rule itself:",
        "    select 1",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [("iso27001:A.8.3", "ISO/IEC 27001 A.8.3"), ("asvs5:8.4.1", "OWASP ASVS 5.0 8.4.1"), ("ours:12", "ours:12"), ("plain", "plain")],
)
def test_standards_are_called_as_people_call_them(name: str, said: str) -> None:
    assert standard(name) == said
