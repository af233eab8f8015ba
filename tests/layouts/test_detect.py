import pytest

from invariants.layouts import find

REVISION = b"from alembic import op\n\nrevision = 'a'\ndown_revision = None\n"


@pytest.mark.parametrize(
    ("paths", "content"),
    [
        (["db/env.py", "db/versions/a.py"], b""),
        (["db/versions/__init__.py", "db/versions/a.py"], REVISION),
        (["versions/a.py", "alembic.ini"], REVISION.replace(b"down_revision =", b"down_revision: str | None =")),
    ],
)
def test_revisions_are_migrations_wherever_their_environment_is(paths: list[str], content: bytes) -> None:
    assert [layout.runner for layout in find(paths, lambda _: content)] == ["alembic"]


def test_versions_of_an_interface_are_none() -> None:
    assert not list(find(["api/versions/v1.py", "api/versions/v2.py"], lambda _: b"def down_revision(): ...\n"))
