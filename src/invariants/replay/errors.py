"""The errors PostgreSQL would raise, so that exception handlers and savepoints can be replayed (manual, appendix A)."""


class Failure(Exception):
    """A statement that PostgreSQL would refuse.

    ``sqlstate`` is the five-character code of appendix A, such as ``42P07`` (duplicate_table).
    """

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message


class Unknown(Exception):
    """A statement whose effect cannot be told; ``remedy`` says what would resolve it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
