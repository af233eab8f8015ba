"""Django's migrations: their place in the graph, their operations on models, and the SQL that they run as it is.

What an operation on models runs depends on the migrations before it, so it stays an operation here;
``invariants.replay.django`` turns it into statements.
"""

from collections.abc import Iterable

from invariants.facts.ddl import Handed, Operation, Parent, Replacement, Revision, Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread

Fact = Revision | Parent | Replacement | Operation | Statement | Handed | Unread


def read(path: str, content: bytes) -> Iterable[Fact]:
    """The facts of one file; none where it is no migration."""
    is_migration = b"Migration" in content and b"django" in content
    if not is_migration and b"\0" not in content:
        return []
    from invariants.frontends.django.migration import facts

    try:
        return list(facts(path, content))
    except RecursionError:
        return [Unread(Place(path, 1, 1, 1, 1), "syntax", "it is nested too deep", "Split the expression.")]
