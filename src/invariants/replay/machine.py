"""The machine: applies one statement after another to a catalog, as PostgreSQL would."""

from collections.abc import Callable, Mapping
from typing import Any

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.postgres import trees
from invariants.postgres.grammar import GrammarError, Parsed, parse
from invariants.postgres.tree import location
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure, Unknown
from invariants.replay.losses import Loss, found

Handler = Callable[["Machine", Any], None]
"""Applies one kind of statement; raises Failure where PostgreSQL would refuse, Unknown where nothing can be told."""

NO_EFFECT = frozenset(
    """insert_stmt update_stmt delete_stmt merge_stmt comment_stmt explain_stmt vacuum_stmt lock_stmt copy_stmt listen_stmt unlisten_stmt
    notify_stmt truncate_stmt cluster_stmt reindex_stmt check_point_stmt discard_stmt variable_show_stmt load_stmt prepare_stmt
    execute_stmt deallocate_stmt constraints_set_stmt sec_label_stmt declare_cursor_stmt close_portal_stmt
    fetch_stmt alter_database_stmt alter_database_refresh_coll_stmt alter_system_stmt createdb_stmt dropdb_stmt
    create_table_space_stmt drop_table_space_stmt alter_table_space_options_stmt create_stats_stmt alter_stats_stmt
    alter_collation_stmt""".split()
)
"""Statements that change no object kept here."""


class Machine:
    """A catalog and the statement at work on it. ``unread`` collects what could not be told, ``losses`` what was taken away.

    ``after`` is called once a statement has been applied, with its kind: event triggers fire there.
    """

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self.catalog = Catalog()
        self.unread: list[Unread] = []
        self.losses: list[Loss] = []
        self.after: Callable[[Machine, Parsed], None] | None = None
        self._handlers = handlers
        self._text = ""
        self._start = Place("", 1, 1, 1, 1)
        self._first = 0
        self._is_fixed = True

    @property
    def text(self) -> str:
        """The text of the statement being run."""
        return self._text

    def replay_statement(self, statement: Statement) -> None:
        """Apply a statement of a migration; what PostgreSQL would refuse, or cannot be told, is noted and has no effect."""
        kept = trees.taken(statement.body)
        if statement.kind in NO_EFFECT and statement.kind not in self._handlers:
            return
        mark = self.catalog.journal.mark()
        try:
            for parsed in parse(statement.body) if kept is None else (kept,):
                self.apply(parsed, statement.body, statement.at, first=parsed.start if kept else 0, is_fixed=False)
        except Failure as failure:
            self.unread.append(_refused(statement, failure))
        except Unknown as unknown:
            self.unread.append(Unread(statement.at, "dynamic", unknown.message, unknown.remedy))
        except GrammarError as error:
            message = f"PostgreSQL would not parse it: {error.message}"
            self.unread.append(Unread(statement.at, "syntax", message, "correct it, or run it outside the migrations and carve this out"))
        self.losses += found(self.catalog, mark, statement.at)
        if not self.catalog.session.blocks:
            self.catalog.journal.forget()

    def run(self, text: str, at: Place) -> None:
        """Apply the statements of a text, all of which stand at one place; errors propagate (for EXECUTE)."""
        for parsed in parse(text):
            self.apply(parsed, text, at)

    def apply(self, parsed: Parsed, text: str, at: Place, *, first: int = 0, is_fixed: bool = True) -> None:
        """Apply one statement whole or, by Failure or Unknown, not at all. A ``fixed`` place is that of every part of it.

        ``first`` is where its text begins in what the locations of its nodes count in.
        """
        handler = self._handlers.get(parsed.kind)
        if handler is None:
            if parsed.kind in NO_EFFECT:
                return
            words = parsed.kind.removesuffix("_stmt").replace("_", " ")
            raise Unknown(f"statements of the kind {words} are not known here", "report it; carve the migration out until then")
        outer = (self._text, self._start, self._first, self._is_fixed, self.catalog.at)
        self._text, self._start, self._first, self._is_fixed, self.catalog.at = text, at, first, is_fixed, at
        try:
            self._apply(handler, parsed)
        finally:
            self._text, self._start, self._first, self._is_fixed, self.catalog.at = outer

    def _apply(self, handler: Handler, parsed: Parsed) -> None:
        if parsed.kind == "transaction_stmt":
            handler(self, parsed.node)
            return
        mark = self.catalog.journal.mark()
        try:
            handler(self, parsed.node)
            if self.after is not None:
                self.after(self, parsed)
        except BaseException:
            self.catalog.journal.undo(mark)
            raise

    def offset(self, location: int) -> int:
        """Where in the text a node stands that says this location; negative where it says none."""
        return location - self._first if location > 0 else -1

    def place(self, offset: int) -> Place:
        """The place of an offset in the text of the statement being run: from there to the end of the statement."""
        if self._is_fixed or offset < 0:
            return self._start
        text = self._text
        before = text[:offset] if text.isascii() else text.encode()[:offset].decode(errors="replace")
        lines = before.count("\n")
        column = len(before) - before.rfind("\n") if lines else self._start.column + len(before)
        return self._start._replace(line=self._start.line + lines, column=column)

    def place_of(self, node: Any) -> Place:
        """Where a tree of the statement being run begins."""
        return self._start if self._is_fixed else self.place(self.offset(location(node)))


MISSING = {"3F000", "42P01", "42703", "42704", "42883"}
"""The refusals of what does not exist: a schema, relation, column, object, function."""
WRITE = "write out what it becomes, in a file that is read here"
DUPLICATES = {"42701", "42710", "42723", "42P06", "42P07"}
"""The refusals of what exists already."""


def _refused(statement: Statement, failure: Failure) -> Unread:
    at = statement.at
    if statement.placeholder and failure.sqlstate in MISSING:
        message = f"{statement.placeholder} is filled in by another program, so that it cannot be told what this is about"
        return Unread(at, "template", message, WRITE)
    if failure.sqlstate in DUPLICATES:
        remedy = "say IF NOT EXISTS, or leave it out: an earlier migration made it"
    else:
        remedy = (
            "make what it names in a migration before it; where another folder does, or the runner sets the search path, "
            "say so under `[[database]]`"
        )
    return Unread(at, "unknown", f"PostgreSQL would refuse it: {failure.message}", remedy)


__all__ = ["NO_EFFECT", "Failure", "GrammarError", "Handler", "Machine", "Unknown"]
