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
create table carts (id uuid primary key, tenant_id uuid not null references tenants);
create index on carts (tenant_id);
"""
FILE = ".invariants/carveouts.toml"
HEAD = "# Exceptions of the product. Ask security first.\n\n"
ORDERS = (
    '# Read by the platform team.\n[[carveout]]\nrule = "rls-enabled"\nsubject = "public.orders"\nreason = "r"  # really\nowner = "o"\n'
)
OLD = (
    '# Old.\n[[carveout]]\nrule = "rls-enabled"\nsubject = "public.carts"\n'
    'reason = """\n[[carveout]]\n"""\nowner = "o"\nexpires = 2020-01-31\n'
)
DEAD = '[[carveout]]\nrule = "rls-enabled"\nsubject = "public.gone"\nreason = "r"\nowner = "o"\n'
ODD = '[[carveout]]\nrule = "rls-enabled"\nsubject = "public.gone"\nreason = ""\nowner = "o"\n'
SAY = ("--reason", "r", "--owner", "o")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "product", {"migrations/1_init.sql": INIT})


def test_each_is_listed_with_what_has_become_of_it(root: Path) -> None:
    immutable = '[[carveout]]\nrule = "migration-immutable"\nsubject = "migrations/1_init.sql"\nreason = "r"\nowner = "o"\n'
    write(root, {FILE: HEAD + "\n".join([ORDERS, OLD, DEAD, ODD, immutable])})
    listed = json.loads(run(root, "carveouts", "list", "--format", "json").stdout)
    assert [each["state"] for each in listed] == [
        "excuses 1",
        "expired on 2020-01-31",
        "excuses nothing",
        "malformed: it names no reason",
        "excuses the change it came with",
    ]
    assert listed[0] | {"rule": "rls-enabled", "subject": "public.orders", "owner": "o", "file": FILE, "line": 4} == listed[0]
    assert "excuses 1" in run(root, "carveouts", "list").stdout
    early = json.loads(run(root, "carveouts", "list", "--format", "json", "--as-of", "2020-01-31").stdout)
    assert early[1]["state"] == "excuses 1"


def test_one_that_is_added_excuses_and_leaves_the_others_as_they_were(root: Path) -> None:
    assert run(root, "carveouts", "add", "rls-enabled", "public.carts", *SAY, "--expires", "2999-12-31").returncode == 0
    write(root, {FILE: HEAD + ORDERS + "\n" + (root / FILE).read_text()})
    assert run(root, "check").returncode == 0
    text = (root / FILE).read_text()
    (root / "migrations/2_more.sql").write_text(INIT[INIT.index("create table carts") :].replace("carts", '"A ""b"""'))
    added = run(root, "carveouts", "add", "rls-enabled", 'public.A "b"', *SAY)
    assert added.returncode == 0, added.stderr
    assert (root / FILE).read_text().startswith(text)
    assert run(root, "check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rls-enabeld", "public.orders", *SAY), "there is no rule rls-enabeld"),
        (("rls-enabled", "public.nowhere", *SAY), "it would excuse nothing: there is no finding rls-enabled for public.nowhere"),
        (("rls-enabled", "public.*", *SAY), "without `at_most = N`"),
        (("rls-enabled", "public.*", *SAY, "--at-most", "1"), "it would excuse 2 subjects, more than --at-most 1"),
        (("rls-enabled", "public.orders", "--reason", " ", "--owner", "o"), "it names no reason"),
        (("rls-enabled", "public.orders", "--reason", "r"), "Missing option '--owner'"),
        (("rls-enabled", "public.orders", *SAY, "--database", "elsewhere"), "it would excuse nothing"),
        (("carveout-live", "rls-enabled public.orders", *SAY), "what is wrong with a carve-out is not carved out"),
    ],
)
def test_one_that_would_excuse_nothing_is_not_added(root: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(root, "carveouts", "add", *arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert not (root / FILE).exists()


def test_to_prune_is_to_remove_what_is_idle_and_nothing_else(root: Path) -> None:
    write(root, {FILE: HEAD + "\n".join([DEAD, ORDERS, OLD, ODD]) + "\n# The end.\n"})
    pruned = run(root, "carveouts", "prune")
    assert (
        pruned.stdout == "removed: rls-enabled public.gone (excuses nothing)\nremoved: rls-enabled public.carts (expired on 2020-01-31)\n"
    )
    assert (root / FILE).read_text() == HEAD + "\n".join([ORDERS, ODD]) + "\n# The end.\n"
    assert run(root, "carveouts", "prune").stdout == "nothing to remove\n"


def test_what_cannot_be_edited_safely_is_left_to_people(root: Path) -> None:
    text = 'carveout = [{rule = "rls-enabled", subject = "public.gone", reason = "r", owner = "o"}]\n'
    write(root, {FILE: text})
    for arguments in (("prune",), ("add", "rls-enabled", "public.orders", *SAY)):
        result = run(root, "carveouts", *arguments)
        assert result.returncode == 2
        assert "cannot be edited here; write each of them as a `[[carveout]]` stanza of its own" in result.stderr
    assert (root / FILE).read_text() == text


def test_a_broken_file_stops_every_command(root: Path) -> None:
    write(root, {FILE: "[[carveout]\n"})
    for arguments in (("list",), ("prune",), ("add", "rls-enabled", "public.orders", *SAY)):
        result = run(root, "carveouts", *arguments)
        assert result.returncode == 2
        assert ".invariants/carveouts.toml:1: it is not TOML" in result.stderr
