"""SQL files that a PostgreSQL migration runner or psql runs."""

from invariants.frontends.sql.reader import read

__all__ = ["read"]
