"""A connection to PostgreSQL, and SQL's own quoting: the one owner of ``pg8000``."""

from collections.abc import Iterable
from typing import Any

from pg8000.native import Connection, DatabaseError, InterfaceError

from invariants.postgres.identifiers import quote

ACCIDENTS = {"42P01", "42703", "42883", "57014"}
"""A table, column or function that is not there, and a statement that was given up."""
BREAKDOWNS = ("53", "54", "58", "XX")
"""Classes of errors of the server's own."""


class Refused(Exception):
    """What PostgreSQL answered to a statement instead of rows."""

    def __init__(self, code: str, message: str, constraint: str = "", table: str = "", detail: str = "") -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.constraint = constraint
        self.table = table
        """``schema.name`` of the table whose constraint that is."""
        self.detail = detail

    @property
    def is_accident(self) -> bool:
        """It tells nothing of who may do what: something is missing, or took too long, or broke."""
        return self.code in ACCIDENTS or self.code.startswith(BREAKDOWNS)

    @property
    def is_policy(self) -> bool:
        """Row security refused the row."""
        return self.code == "42501" and "row-level security" in self.message

    @property
    def is_constraint(self) -> bool:
        """The row went past row security, and a constraint refused it."""
        return self.code.startswith("23")


class Database:
    """An open connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def run(self, text: str) -> list[list[Any]]:
        """The rows of the statements of a text; :class:`Refused` where PostgreSQL refuses one of them."""
        try:
            rows: list[list[Any]] | None = self.connection.run(text)
        except DatabaseError as error:
            said = error.args[0]
            if not isinstance(said, dict):
                raise
            table = ".".join(said.get(part, "") for part in "st")
            raise Refused(said.get("C", ""), said.get("M", ""), said.get("n", ""), table, said.get("D", "")) from error
        except InterfaceError as error:
            raise Refused("08006", str(error)) from error
        return rows or []

    @property
    def count(self) -> int:
        """How many rows the statements of the last text found or touched."""
        return int(self.connection.row_count)

    def is_free(self, settings: Iterable[str]) -> bool:
        """None of the settings was ever set on this connection: one that was is empty from then on, and never absent again."""
        asked = [f"current_setting({literal(name)}, true) is null" for name in settings]
        return not asked or bool(self.run(f"select {' and '.join(asked)}")[0][0])

    def close(self) -> None:
        self.connection.close()


def literal(value: str | None) -> str:
    """A value as SQL writes it, of no type yet."""
    if value is None:
        return "null"
    quoted = value.replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in value else f"'{quoted}'"


def qualified(schema: str, name: str) -> str:
    """``schema.name`` as SQL writes it."""
    return f"{quote(schema)}.{quote(name)}"


def names(columns: Iterable[str]) -> str:
    """Column names as a list."""
    return ", ".join(quote(column) for column in columns)
