from pathlib import Path

from initial.looking import known, laid, unknown
from invariants.initial import frameworks


def test_frameworks_are_told_by_the_manifests_that_depend_on_them(tmp_path: Path) -> None:
    found = list(
        frameworks.notices(
            laid(
                tmp_path,
                {
                    "web/package.json": '{"dependencies": {"next": "15"}, "devDependencies": {"express": "4"}}',
                    "app/package.json": '{"dependencies": {"next": "15", "hono": "4"}}',
                    "api/pyproject.toml": '[project]\ndependencies = ["FastAPI[standard]>=0.1", "httpx"]\n',
                    "old/pyproject.toml": '[tool.poetry.dependencies]\nflask = "3"\n',
                    "jobs/requirements-dev.txt": "# jobs\n-r base.txt\nDjangoRestFramework==3  # the API\n",
                    "shop/Shop.Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
                    "shop/Shop.Core.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
                    "Cargo.toml": '[workspace.dependencies]\naxum = "0.8"\n',
                },
            )
        )
    )
    assert known(found) == [
        "ASP.NET Core, by shop/Shop.Api.csproj",
        "Django REST framework, by jobs/requirements-dev.txt",
        "FastAPI, by api/pyproject.toml",
        "Flask, by old/pyproject.toml",
        "Hono, by app/package.json",
        "Next.js, by app/package.json, web/package.json",
        "axum, by Cargo.toml",
    ]
    assert unknown(found) == []


def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    files = {"a/package.json": "{", "b/package.json": "[]", "c/package.json": '{"dependencies": [{}]}', "d/Cargo.toml": "["}
    found = unknown([*frameworks.notices(laid(tmp_path, files))])
    assert [each.split()[0] for each in found if "cannot be read" in each] == list(files)


def test_what_projects_are_made_from_serves_nobody(tmp_path: Path) -> None:
    files = {"sdk/template/package.json": "{{ name }}", "examples/package.json": '{"dependencies": {"next": "15"}}'}
    assert unknown([*frameworks.notices(laid(tmp_path, files))]) == ["there is no manifest of packages"]
