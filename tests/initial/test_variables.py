"""A first manifest is written where variables are read, and brings nothing to light."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from initial.looking import edited, known, unknown
from invariants.check import Options, Run
from invariants.initial import variables
from invariants.initial.values import Edit, Looked
from invariants.settings import ENV
from repositories import repository, write

TODAY = date(2026, 6, 1)
CODE = {"app.ts": "process.env.ORDERS_URL; process.env.MAIL_API_KEY\n"}
EXAMPLE = {".env.example": "ORDERS_URL=\nMAIL_API_KEY=\n"}


def looked(folder: Path, files: dict[str, str], edits: "list[Edit] | None" = None) -> Looked:
    root = repository(folder / "product", files)
    return variables.look(Run(Options(root, cached=False)), edits or [], TODAY)


def drafted(found: Looked) -> dict[str, Any]:
    return tomllib.loads(edited(found)[ENV])


def test_what_is_read_and_shown_is_in_the_manifest(tmp_path: Path) -> None:
    found = looked(tmp_path, CODE | EXAMPLE)
    assert known(list(found.notices)) == ["2 variables are read"]
    assert drafted(found)["variables"] == {"MAIL_API_KEY": {"kind": "secret"}, "ORDERS_URL": {"kind": "config"}}
    assert drafted(found)["targets"]["local"]["file"] == ".env.example"


def test_where_nothing_is_read_nothing_is_written(tmp_path: Path) -> None:
    assert looked(tmp_path, EXAMPLE) == Looked()


def test_what_functions_read_for_their_callers_is_in_it_too(tmp_path: Path) -> None:
    need = "export const need = (name: string) => process.env[name];\nprocess.env.PORT\n"
    found = looked(tmp_path, {"need.ts": need, "app.ts": "import { need } from './need';\nneed('ORDERS_URL')\n"})
    assert drafted(found)["accessors"] == ["need"]
    assert drafted(found)["variables"].keys() == {"PORT", "ORDERS_URL"}


def test_what_other_new_files_read_is_in_it_too(tmp_path: Path) -> None:
    workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ secrets.DEPLOY_TOKEN }}\n"
    found = looked(tmp_path, CODE, [Edit(".github/workflows/a.yml", None, workflow)])
    assert "DEPLOY_TOKEN" in drafted(found)["variables"]


def test_examples_that_show_more_than_is_read_are_left_out(tmp_path: Path) -> None:
    found = looked(tmp_path, CODE | {".env.example": "ORDERS_URL=\nFORGOTTEN=\n"})
    assert unknown(list(found.notices)) == [f"examples are left out of {ENV}: with them there would be env-used FORGOTTEN"]
    assert drafted(found).keys() == {"variables"}


def test_where_a_name_is_computed_the_manifest_is_left_to_people(tmp_path: Path) -> None:
    found = looked(tmp_path, CODE | {"any.ts": "for (const key of keys()) console.log(process.env['A_' + key])\n"})
    assert list(found.edits) == []
    assert unknown(list(found.notices)) == [f"{ENV} is not begun: with it there would be env-declared any.ts; write it, and see to these"]


@pytest.mark.parametrize("files", [CODE, CODE | EXAMPLE, CODE | {".env.example": "FORGOTTEN=\n"}, {"run.sh": "psql $ORDERS_URL\n"}])
def test_nothing_is_found_with_it_that_was_not_found_before(files: dict[str, str], tmp_path: Path) -> None:
    found = looked(tmp_path, files)
    root = tmp_path / "product"
    before = {(each.rule, each.subject) for each in Run(Options(root, cached=False)).outcome().findings}
    write(root, edited(found))
    assert edited(found)
    assert {(each.rule, each.subject) for each in Run(Options(root, cached=False)).outcome().findings} <= before
