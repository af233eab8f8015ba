from typing import Any

import pytest

from invariants import settings
from invariants.facts.settings import (
    AppRole,
    Choice,
    Level,
    Migrations,
    Predicate,
    SearchPath,
    SessionSource,
    TenantKey,
    TenantRoot,
    TenantSchema,
)
from invariants.finding import ConfigError
from invariants.settings import CARVEOUTS, CONFIG

WHOLE = """\
# what holds here
[tenancy]
isolation = "row"
keys = [
    "tenant_id",
    "tenantId",   # the old way
]
root = "tenants"
roles = ["app_user"]
session = ["app.tenant_id", "auth.uid"]
predicates = ["is_member", "private.can_see"]
schemas = ["shop_*"]
force = "off"
force_reason = '''
[[database]]
is not a header here'''

[[database]]
name = "main"
migrations = ["packages/db/*.sql"]
runner = "drizzle"
search_path = ["app", "public"]

[[database]]
migrations = ["a/*.sql", "b/*.sql"]

[check]
unverified = "warning"
expires = "required"

[levels]
rls-forced = "note"
"tenant-key-indexed" = "off"
"""


def facts(text: str, path: str = CONFIG) -> list[Any]:
    return settings.read(path, text.encode())


def refusal(text: str, path: str = CONFIG) -> str:
    with pytest.raises(ConfigError) as error:
        facts(text, path)
    assert str(error.value).startswith(path)
    return str(error.value).removeprefix(path)


def test_a_configuration_is_facts_each_at_its_line() -> None:
    found = [(type(each), each.at.line, *each[1:]) for each in facts(WHOLE)]
    configured = "configured"
    assert found == [
        (TenantKey, 5, "", "tenant_id", configured, "the configuration says so"),
        (TenantKey, 6, "", "tenantId", configured, "the configuration says so"),
        (TenantRoot, 8, "", "public.tenants", configured),
        (AppRole, 9, "", "app_user", configured),
        (SessionSource, 10, "app.tenant_id", configured),
        (SessionSource, 10, "auth.uid", configured),
        (Predicate, 11, "public.is_member"),
        (Predicate, 11, "private.can_see"),
        (TenantSchema, 12, "shop_*"),
        (Choice, 3, "tenancy.isolation", "row", configured),
        (Choice, 13, "tenancy.force", "off", configured),
        (Choice, 28, "check.unverified", "warning", configured),
        (Choice, 29, "check.expires", "required", configured),
        (Migrations, 20, 0, "main", "drizzle", "packages/db/*.sql"),
        (SearchPath, 22, 0, 0, "app"),
        (SearchPath, 22, 0, 1, "public"),
        (Migrations, 25, 1, None, None, "a/*.sql"),
        (Migrations, 25, 1, None, None, "b/*.sql"),
        (Level, 32, "rls-forced", "note"),
        (Level, 33, "tenant-key-indexed", "off"),
    ]


def test_an_empty_configuration_says_nothing() -> None:
    assert facts("") == []


def test_dotted_keys_and_inline_tables_have_lines_too() -> None:
    assert facts('\ntenancy.root = "x.y"')[0].at.line == 2
    assert facts('\n\ntenancy = { root = "x.y" }')[0].at.line == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tenancy]\nkeyz = ['a']", ":2: `tenancy.keyz` is no key; did you mean `keys`?"),
        ("[tenancy]\nkeys = 'a'", ":2: `tenancy.keys`: it should be a valid list; write a list, in brackets"),
        ("[tenancy]\nkeys = [1]", "`tenancy.keys[1]`: it should be a valid string; write a string, in quotes"),
        ("[tenancy]\nkeys = ['']", "`tenancy.keys[1]`"),
        ("[tenancy]\nforce = 'of'", "it should be 'required' or 'off'; use one of those"),
        ("[tenancy]\nforce = 'off'", "say why in `force_reason`"),
        ("[[database]]\nmigration = ['a']", ":2: `database[1].migration` is no key; did you mean `migrations`?"),
        ("[[database]]\nname = 'a'", ":1: `database[1].migrations`: field required; add it"),
        ("[[database]]\nmigrations = []", "`database[1].migrations`"),
        ("tenancy = 3", ":1: `tenancy`: it should be a table of keys"),
        ("[levels]\nrls-forced = 'loud'", ":2: `levels.rls-forced`"),
        ("nonsense = 1", ":1: `nonsense` is no key; the keys here are check, confine, database, levels, routes, tenancy"),
        ("a = 1\nb", ":2: it is not TOML"),
        ("a = ", "it is not TOML"),
        ("[a]\n[a]", "it is not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_a_remedy(text: str, expected: str) -> None:
    assert expected in refusal(text)


def test_bytes_that_are_not_utf8_are_refused_at_their_line() -> None:
    with pytest.raises(ConfigError, match=r"config.toml:2: it is not UTF-8"):
        settings.read(CONFIG, b"# a\n# caf\xe9\n")


def test_a_byte_order_mark_and_crlf_are_read() -> None:
    assert settings.read(CONFIG, b'\xef\xbb\xbf[tenancy]\r\nroot = "a.b"\r\n')[0].at.line == 2


CARVEOUT = """
[[carveout]]
rule = "rls-enabled"
subject = "public.log"
reason = "By design."
owner = "@acme/security"
"""


def carveout(text: str) -> Any:
    (found,) = facts(text, CARVEOUTS)
    return found


def test_a_carveout_is_a_fact_at_its_header() -> None:
    found = carveout(CARVEOUT + 'database = "main"\nat_most = 3\nexpires = 2027-06-30\n')
    assert found[1:] == (0, "rls-enabled", "public.log", "main", 3, "By design.", "@acme/security", "2027-06-30", None, 0, False)
    assert found.at.line == 2


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('reason = "By design."', 'reason = "  "', "it names no reason"),
        ('reason = "By design."\n', "", "it names no reason"),
        ('owner = "@acme/security"\n', "", "it names no owner"),
        ('rule = "rls-enabled"\n', "", "it names no rule"),
        ("public.log", "public.*", "at_most"),
        ('reason = "By design."', "reason = 3", "its `reason` is wrong: it should be a valid string"),
        ("[[carveout]]", "[[carveout]]\nat_most = 0", "its `at_most` is wrong"),
        ("[[carveout]]", "[[carveout]]\nat_most = '3'", "its `at_most` is wrong"),
        ("[[carveout]]", "[[carveout]]\nexpires = '2027-06-30'", "its `expires` is wrong"),
        ("[[carveout]]", "[[carveout]]\nexpires = 2027-06-30T10:00:00", "its `expires` is wrong"),
    ],
)
def test_a_malformed_stanza_is_at_fault(old: str, new: str, fault: str) -> None:
    assert old in CARVEOUT
    assert fault in carveout(CARVEOUT.replace(old, new)).fault


def test_one_fault_does_not_touch_the_others() -> None:
    faults = [each.fault for each in facts(CARVEOUT + CARVEOUT.replace("By design.", "") + CARVEOUT, CARVEOUTS)]
    assert faults == [None, "it names no reason", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[carveout]]\nrul = 'a'", ":2: `carveout[1].rul` is no key; did you mean `rule`?"),
        ("[[carveouts]]\nrule = 'a'", ":1: `carveouts` is no key; did you mean `carveout`?"),
        ("carveout = 3", ":1: `carveout`: it should be a valid list"),
        ("[[carveout]\n", ":1: it is not TOML"),
    ],
)
def test_an_unknown_key_or_broken_toml_stops_the_run(text: str, expected: str) -> None:
    assert expected in refusal(text, CARVEOUTS)
