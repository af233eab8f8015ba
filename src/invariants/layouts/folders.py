"""Folders that hold no migrations of the product, whatever their files look like."""

ASIDE = frozenset(
    """node_modules vendor testdata fixtures __fixtures__ tests test __tests__ spec e2e e2e-tests examples example seeds seed
    seeders docs doc .venv venv site-packages dist target .git .github reverts revert rollback rollbacks down undo backups
    backup scratch snippets samples optional archived_migrations deprecated queries query benchmarks templates""".split()
)
FOREIGN = frozenset(
    "mysql mariadb sqlite sqlite3 mssql sqlserver tsql oracle clickhouse d1 libsql turso cassandra scylla cockroach cockroachdb bigquery "
    "snowflake redshift duckdb spanner".split()
)


def is_aside(folder: str) -> bool:
    """Any part of a folder's path says that it is beside the product, or another database's."""
    return any(part.lower() in ASIDE or part.lower() in FOREIGN for part in folder.split("/"))
