"""Alembic's revisions: what ``upgrade`` runs on PostgreSQL, read without running it."""

from collections.abc import Iterable

from invariants.facts.ddl import Handed, Parent, Revision, Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread

Fact = Revision | Parent | Statement | Handed | Unread


def read(path: str, content: bytes) -> Iterable[Fact]:
    """The facts of one file; none where it is no revision."""
    is_revision = b"revision" in content and (b"def upgrade" in content or b"down_revision" in content)
    if not is_revision and b"\0" not in content:
        return []
    from invariants.frontends.alembic.revision import facts

    try:
        return list(facts(path, content))
    except RecursionError:
        return [Unread(Place(path, 1, 1, 1, 1), "syntax", "it is nested too deep", "Split the expression.")]
