from pathlib import Path

import pytest

from initial.looking import known, laid, unknown
from invariants.initial import connections


def users(text: str, folder: Path, path: str = ".env.example") -> list[tuple[str, str]]:
    return [(each.user, each.place) for each in connections.connections(laid(folder, {path: text}))]


@pytest.mark.parametrize(
    ("line", "user"),
    [
        ("DATABASE_URL=postgresql://app:secret@db:5432/x", "app"),
        ("export DATABASE_URL='postgres://app@db/x'", "app"),
        ("DATABASE_URL=postgresql+asyncpg://app:${PASSWORD:-secret}@db/x", "app"),
        ("DATABASE_URL=postgres://${USER_NAME:-app}:${PASSWORD}@db/x", "app"),
        ("DATABASE_URL=postgresql://app.abcdefgh:secret@aws-0.pooler.supabase.com:6543/postgres", "app"),
        ("DATABASE_URL=postgres://a%70p:secret@db/x", "app"),
        ("DB_USER=app", "app"),
        ("  PGUSER: app # the application", "app"),
        ("POSTGRES_USERNAME = app", "app"),
    ],
)
def test_a_user_is_named(line: str, user: str, tmp_path: Path) -> None:
    assert [found for found, _ in users(line, tmp_path)] == [user]


@pytest.mark.parametrize(
    "line",
    [
        "# DATABASE_URL=postgres://app:secret@db/x",
        'DATABASE_URL="" # Format: "postgres://app:secret@db/x"',
        "DATABASE_URL=postgres://${DB_USER}:${PASSWORD}@db/x",
        "DATABASE_URL=postgres://user:password@db/x",
        "DATABASE_URL=postgres://<user>:<password>@db/x",
        "DATABASE_URL=postgres://db/x",
        "DB_USER=your_username",
        "MYSQL_USER=app",
        "DB_USER_AGENT=app",
        "SMTP_USER=app",
    ],
)
def test_no_user_is_named(line: str, tmp_path: Path) -> None:
    assert users(line, tmp_path) == []


def test_the_variable_and_its_place_are_named(tmp_path: Path) -> None:
    assert users("A=1\nDATABASE_URL=postgres://app:s@db/x\n", tmp_path) == [("app", "DATABASE_URL in .env.example:2")]


def test_only_files_that_show_something_are_looked_into(tmp_path: Path) -> None:
    assert users("DB_USER=app", tmp_path, ".env.production") == []
    assert users("DB_USER=app", tmp_path / "other", "src/db.ts") == []


def test_the_superuser_that_an_image_makes_is_told_apart(tmp_path: Path) -> None:
    compose = (
        "services:\n  db:\n    environment:\n      - POSTGRES_USER=boss\n  api:\n    environment:\n      URL: postgres://boss:s@db/x\n"
    )
    repository = laid(tmp_path, {"docker-compose.dev.yml": compose, ".env.example": "DB_USER=app\n"})
    found = connections.connections(repository)
    notices = [*connections.notices(found)]
    assert known(notices) == [
        "`boss` is made a superuser by POSTGRES_USER in docker-compose.dev.yml:4",
        "`app` is the user of DB_USER in .env.example:1",
    ]
    boss = "`boss` is the user of URL in docker-compose.dev.yml:7: a superuser, whom row security never holds"
    assert unknown(notices) == [boss]
    assert connections.remarks(found) == ["`app` is the user of DB_USER in .env.example:1", boss]
