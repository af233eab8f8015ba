from pathlib import Path

import pytest

from initial.looking import known, laid, unknown
from invariants.initial import environments


def test_files_of_variables_are_told_from_their_examples(tmp_path: Path) -> None:
    files = {
        ".env.example": "A=\n",
        "api/.env.production": "A=1\n",
        "deploy.env": "",
        "lib/env.dart": "",
        ".gitignore": ".env\n",
        ".env": "",
    }
    assert known([*environments.notices(laid(tmp_path, files))]) == [
        "variables are shown by .env.example",
        "api/.env.production, deploy.env are not ignored by git: see that there are no secrets in them",
    ]


def test_that_nothing_shows_the_variables_is_said(tmp_path: Path) -> None:
    found = unknown([*environments.notices(laid(tmp_path, {".env.test": ""}))])
    assert found == ["there is no file that shows which variables there are, such as `.env.example`"]


@pytest.mark.parametrize("path", [".env.example", "web/.env.local.example", "env.sample", "dev.env.template", ".env.schema", ".env-dist"])
def test_an_example(path: str) -> None:
    assert environments.is_example(path)


@pytest.mark.parametrize("path", [".env", ".env.local", "env.ts", "env.example.ts", "example.txt", "environment.example", "lib/env.d.ts"])
def test_no_example(path: str) -> None:
    assert not environments.is_example(path)
