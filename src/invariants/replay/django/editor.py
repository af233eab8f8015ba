"""What Django's schema editor tells PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.postgres.grammar import GrammarError, parse_one
from invariants.replay.django.columns import column, definition, has_column, is_indexed, is_key, is_many, is_unique, pointed, type_of
from invariants.replay.django.conditions import Untold
from invariants.replay.django.names import bare, generated, implicit, quote
from invariants.replay.django.state import Made, Model, Name, State

Sql = str
LATE = "DEFERRABLE INITIALLY DEFERRED"


@dataclass(frozen=True)
class Deferred:
    """A statement that runs at the end of the migration, unless its table or column is gone by then."""

    model: Model
    label: str
    at: Place
    write: Callable[[], str]
    is_key: bool = False


class Editor:
    """Writes the statements of one migration."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._deferred: list[Deferred] = []

    def defer(self, model: Model, label: str, at: Place, write: Callable[[], str], *, is_key: bool = False) -> None:
        """Put a statement about a model, or a field of it, off to the end of the migration."""
        self._deferred.append(Deferred(model, label, at, write, is_key))

    def deferred(self) -> Iterator[Statement | Unread]:
        """What was put off; names are those of now."""
        waiting, self._deferred = self._deferred, []
        for each in waiting:
            if self.state.models.get(each.model.key) is each.model and (not each.label or each.label in each.model.fields):
                yield from _run(each)

    def is_waiting(self, model: Model, label: str) -> bool:
        """Whether the foreign key of a field is still to come."""
        return any(each.model is model and each.label == label and each.is_key for each in self._deferred)

    def create_table(self, model: Model, at: Place) -> Iterator[Statement]:
        """A table with its columns, each on the line of its field; its tables between; what comes later is put off."""
        pieces = [(made.line, definition(self.state, model, label, made)) for label, made in model.fields.items() if has_column(made)]
        partition = _partition(model)
        if partition:
            pieces = [(line, text.replace(" PRIMARY KEY", "")) for line, text in pieces] + [(0, _partitioned_key(model, partition))]
        yield statement(at, laid_out(at.line, f"CREATE TABLE {quote(model.table)} ( ", pieces) + partitioning(model))
        for label, made in model.fields.items():
            self._name_unique(model, label, made, implicit(model.table, column(label, made), "key"))
            self.defer_field(model, label, made, at)
        for label, made in model.fields.items():
            if is_many(made):
                yield from self.create_between(model, label, made, at)

    def _name_unique(self, model: Model, label: str, made: Made, name: str) -> None:
        if has_column(made) and is_unique(made) and made.kwargs.get("primary_key") is not True:
            model.names["unique", (column(label, made),)] = name

    def defer_field(self, model: Model, label: str, made: Made, at: Place, *, key: bool = True) -> None:
        """The foreign key and indexes of a field, at the end of the migration."""
        if not has_column(made):
            return
        if key and is_key(made) and made.kwargs.get("db_constraint") is not False and pointed(self.state, model, made) is not None:
            self.defer(model, label, at, lambda: self.add_key(model, label, model.fields[label]), is_key=True)
        for sql in self.indexes(model, label, made):
            self.defer(model, label, at, partial(str, sql))

    def add_key(self, model: Model, label: str, made: Made) -> Sql:
        """A foreign key as a constraint of its own."""
        return f"ALTER TABLE {quote(model.table)} ADD {self._key(model, label, made, inline=False)}"

    def _key(self, model: Model, label: str, made: Made, *, inline: bool) -> str:
        target = pointed(self.state, model, made)
        assert target is not None
        own, remote = column(label, made), column(target[1], target[2])
        name = generated(model.table, [own], f"_fk_{bare(target[0].table)}_{remote}")
        model.names["foreign", (own,)] = name
        what = "" if inline else f"FOREIGN KEY ({quote(own)}) "
        return f"CONSTRAINT {quote(name)} {what}REFERENCES {quote(target[0].table)} ({quote(remote)}) {LATE}"

    def indexes(self, model: Model, label: str, made: Made) -> list[Sql]:
        """The indexes that a field brings: its own, and one for patterns where it is text."""
        own = column(label, made)
        found = []
        if is_indexed(made):
            name = generated(model.table, [own])
            model.names["index", (own,)] = name
            found.append(f"CREATE INDEX {quote(name)} ON {quote(model.table)} ({quote(own)})")
        kind = type_of(self.state, model, made)
        if (is_indexed(made) or is_unique(made)) and kind.startswith(("varchar", "text")) and "[" not in kind:
            name = generated(model.table, [own], "_like")
            model.names["like", (own,)] = name
            found.append(f"CREATE INDEX {quote(name)} ON {quote(model.table)} ({quote(own)} {kind.partition('(')[0]}_pattern_ops)")
        return found

    def drop_key(self, model: Model, own: str) -> list[Sql]:
        """The foreign key of a column dropped, if it has one."""
        name = model.names.pop(("foreign", (own,)), None)
        return [f"ALTER TABLE {quote(model.table)} DROP CONSTRAINT {quote(name)}"] if name else []

    def add_column(self, model: Model, label: str, made: Made, at: Place) -> Iterator[Statement]:
        """A column added, with its key in place; the default that existing rows get does not stay."""
        if is_many(made):
            yield from self.create_between(model, label, made, at)
        if not has_column(made):
            return
        text = definition(self.state, model, label, made, adding=True)
        linked = is_key(made) and made.kwargs.get("db_constraint") is not False and pointed(self.state, model, made) is not None
        key = f" {self._key(model, label, made, inline=True)}" if linked else ""
        yield statement(at, f"ALTER TABLE {quote(model.table)} ADD COLUMN {text}{key}")
        if " DEFAULT " in text and " BY DEFAULT " not in text and made.kwargs.get("db_default") is None:
            yield statement(at, f"ALTER TABLE {quote(model.table)} ALTER COLUMN {quote(column(label, made))} DROP DEFAULT")
        self._name_unique(model, label, made, implicit(model.table, column(label, made), "key"))
        self.defer_field(model, label, made, at, key=False)

    def remove_column(self, model: Model, label: str, made: Made, at: Place) -> Iterator[Statement]:
        """A column dropped, or the table between two models."""
        if is_many(made) and made.kwargs.get("through") is None:
            table = model.tables.pop(label, None) or self.between(model, label, made)
            yield statement(at, f"DROP TABLE {quote(table.table)} CASCADE")
        elif has_column(made):
            yield statement(at, f"ALTER TABLE {quote(model.table)} DROP COLUMN {quote(column(label, made))} CASCADE")

    def between(self, model: Model, label: str, made: Made) -> Model:
        """The model between two others that a many-to-many field makes."""
        target = self.state.target(model.app, made.get("to", 0), model.name)
        given = made.kwargs.get("db_table")
        table = given if isinstance(given, str) else shortened(f"{bare(model.table)}_{label}")
        other = target.name.lower() if target is not None else "target"
        first, second = (f"from_{other}", f"to_{other}") if target is model else (model.name.lower(), other)
        keys = [
            Made("django.db.models.ForeignKey", (to,), {"on_delete": None}, made.line)
            for to in (f"{model.app}.{model.name}", made.get("to", 0))
        ]
        identity = Made("django.db.models.BigAutoField", (), {"primary_key": True}, made.line)
        return Model(model.app, f"{model.name}_{label}", table, fields={"id": identity, first: keys[0], second: keys[1]})

    def create_between(self, model: Model, label: str, made: Made, at: Place) -> Iterator[Statement]:
        """The table between two models, with its keys and its unique pair."""
        if made.kwargs.get("through") is not None or made.get("to", 0) is None:
            return
        table = self.between(model, label, made)
        model.tables[label] = table
        pieces = [(each.line, definition(self.state, table, name, each)) for name, each in table.fields.items()]
        yield statement(at, laid_out(at.line, f"CREATE TABLE {quote(table.table)} ( ", pieces))
        owned = [column(name, each) for name, each in table.fields.items() if is_key(each)]
        for sql in self._between_constraints(table, owned):
            self.defer(model, label, at, partial(str, sql))

    def _between_constraints(self, table: Model, owned: Sequence[str]) -> list[Sql]:
        unique = quote(generated(table.table, owned, "_uniq"))
        found = [f"ALTER TABLE {quote(table.table)} ADD CONSTRAINT {unique} UNIQUE ({listed(owned)})"]
        for label, made in table.fields.items():
            if is_key(made):
                found += [self.add_key(table, label, made)] if pointed(self.state, table, made) is not None else []
                found += self.indexes(table, label, made)
        return found


def _run(deferred: Deferred) -> Iterator[Statement | Unread]:
    try:
        yield statement(deferred.at, deferred.write())
    except Untold as error:
        yield Unread(
            deferred.at, "unknown", f"what is put off to the end of the migration cannot be told: {error}", "Write it as SQL with RunSQL."
        )


def statement(at: Place, sql: str) -> Statement:
    """A statement at the place of its operation."""
    try:
        return Statement(at, 0, parse_one(sql).kind, sql)
    except GrammarError as error:
        raise Untold(f"its SQL would be no PostgreSQL: {error.message}") from error


def laid_out(line: int, head: str, pieces: Sequence[tuple[int, str]]) -> str:
    """A list in parentheses whose lines follow the lines of the file, so that offsets in it lead to the right one."""
    text = head
    for at, (where, piece) in enumerate(pieces):
        breaks = max(where - line, 0)
        text = (text[:-1] + "\n" * breaks if breaks else text) + piece + (", " if at < len(pieces) - 1 else "")
        line += breaks
    return f"{text})"


def _partition(model: Model) -> list[str]:
    """The columns that a table is partitioned by (psqlextra)."""
    options: Any = model.options.get("partitioning")
    key = options.get("key") if isinstance(options, dict) else None
    return [str(each) for each in key] if isinstance(key, list) else []


def _partitioned_key(model: Model, partition: Sequence[str]) -> str:
    """The primary key of a partitioned table, which takes in the columns that it is partitioned by."""
    own = column(*model.primary)
    return f"PRIMARY KEY ({listed([own, *(each for each in partition if each != own)])})"


def partitioning(model: Model) -> str:
    """What stands behind a partitioned table."""
    columns = _partition(model)
    if not columns:
        return ""
    method = model.options["partitioning"].get("method")
    kind = method.path.rpartition(".")[2] if isinstance(method, Name) else str(method)
    return f" PARTITION BY {kind.upper()} ({listed(columns)})"


def listed(columns: Sequence[str]) -> str:
    """Columns in a list."""
    return ", ".join(quote(each) for each in columns)


def shortened(table: str) -> str:
    """A table's name as Django shortens it to what PostgreSQL can hold."""
    from hashlib import md5

    if len(table) <= 63:
        return table
    return f"{table[:59]}{md5(table.encode(), usedforsecurity=False).hexdigest()[:4]}"
