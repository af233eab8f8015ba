"""PL/pgSQL: bodies of functions and DO blocks as trees.

PostgreSQL's own parser (by way of ``postgast.parse_plpgsql``) gives neither scopes nor columns, refuses types of other
schemas than ``public`` and writes invalid JSON for trigger functions; its grammar is small, so it is read here, over
PostgreSQL's own scanner.
"""

from invariants.postgres.plpgsql.parser import parse_body

__all__ = ["parse_body"]
