"""Files that migrations run from inside count where they are run."""

from pathlib import Path

import pytest

from invariants.check import Options, Run

CASES = {
    "a file beside, then the rest": {
        "migrations/0001_a.sql": "\\i ../sql/tables.sql\nalter table b enable row level security;\n",
        "sql/tables.sql": "create table b (id int);\n",
    },
    "a file in a file": {
        "migrations/0001_a.sql": "\\ir one.inc\nalter table b enable row level security;\n",
        "migrations/one.inc": "\\ir two.inc\n",
        "migrations/two.inc": "create table b (id int);\n",
    },
    "a file that includes what includes it": {
        "migrations/0001_a.sql": "\\i ../sql/tables.sql\nalter table b enable row level security;\n",
        "sql/tables.sql": "create table b (id int);\n\\i ../migrations/0001_a.sql\n",
    },
}


def run(root: Path, files: dict[str, str]) -> Run:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return Run(Options(root, cached=False))


@pytest.mark.parametrize("files", CASES.values(), ids=CASES)
def test_an_included_file_runs_where_it_is_included(tmp_path: Path, files: dict[str, str]) -> None:
    assert run(tmp_path, files).store.ask("select name, rls_enabled from db_table")[1] == [("public.b", 1)]


def test_a_file_that_is_not_there_is_reported_at_its_line(tmp_path: Path) -> None:
    made = run(tmp_path, {"migrations/0001_a.sql": "select 1;\n\\i gone.sql\n"})
    assert made.store.ask("select file, line from source_unread")[1] == [("migrations/0001_a.sql", 2)]
