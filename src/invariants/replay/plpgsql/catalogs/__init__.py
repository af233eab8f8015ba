"""The system catalogs and the information schema, answered from the replayed catalog.

What extensions bring is not kept, so nothing here tells of it; what only the server knows is uncertain.
"""

from invariants.replay.plpgsql.catalogs import depend, indexes, information, others, relations, roles
from invariants.replay.plpgsql.catalogs.others import is_doubtful
from invariants.replay.plpgsql.catalogs.source import Source

SOURCES: dict[tuple[str, str], Source] = {
    **{
        ("pg_catalog", name): source
        for name, source in {**relations.SOURCES, **others.SOURCES, **roles.SOURCES, **indexes.SOURCES, "pg_depend": depend.SOURCE}.items()
    },
    **{("information_schema", name): source for name, source in information.SOURCES.items()},
}
"""By schema and name."""
OIDS: dict[tuple[str, str], int] = {key: depend.CLASSES.get(key[1], 14_000 + index) for index, key in enumerate(SOURCES)}
"""The oids of the catalogs themselves."""


def find(schema: str, name: str) -> Source | None:
    """The source of a relation of the system; an unqualified name is one of pg_catalog."""
    return SOURCES.get((schema or "pg_catalog", name))


def is_system(schema: str, name: str) -> bool:
    """Whether a relation is PostgreSQL's own, answered here or not."""
    return schema in {"pg_catalog", "information_schema"} or (not schema and name.startswith("pg_"))


__all__ = ["OIDS", "SOURCES", "find", "is_doubtful", "is_system"]
