"""``invariants facts``: what there is to ask about, facts and views."""

from pathlib import Path

from cli.commands import run


def test_relations_and_views_are_listed_with_their_sentences(tmp_path: Path) -> None:
    lines = run(tmp_path, "facts").stdout.splitlines()
    said = dict(line.split(maxsplit=1) for line in lines)
    assert said["db_table"] == "A table that holds rows: ordinary, partitioned or foreign."
    assert said["tenant_table"].startswith("Tables whose rows belong to tenants")


def test_columns_are_told(tmp_path: Path) -> None:
    assert "rls_enabled  boolean  Row security is enabled." in run(tmp_path, "facts", "db_table").stdout
    assert "tenant_key" in run(tmp_path, "facts", "tenant_table").stdout.splitlines()


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    result = run(tmp_path, "facts", "db_tabel")
    assert result.returncode == 2
    assert "there is no relation db_tabel" in result.stderr
