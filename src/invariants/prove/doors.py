"""The other ways to a table's rows: views, which may read as their owner, and functions that run as theirs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from invariants.prove.attempts import Command, Target
from invariants.prove.catalog import Function, View
from invariants.prove.database import Database, Refused, literal, names
from invariants.prove.duel import DEPARTED, Attacker, Duel, Places, shown
from invariants.prove.influence import influence
from invariants.prove.outcomes import Crossing, Held, Outcome
from invariants.prove.planning import Plans
from invariants.prove.reach import Reach
from invariants.prove.rights import Rights
from invariants.prove.rows import Row, Seeds
from invariants.prove.values import Who

SHORTEST = 5
"""Texts shorter than this tell nothing of whose they are."""
CALLS = 8
"""A function is called with so many combinations of arguments."""
MOST = 500
"""So many rows of a view or function are looked at."""
NUMBERS = re.compile(r"\(?-?\d+(\.\d+)?(,-?\d+(\.\d+)?)*\)?")
"""What a function answers that counts: a number, or a row of numbers."""
RETURNED_BY_TRIGGERS = {"trigger", "event_trigger"}
PREFIXES = ("p_", "_", "in_", "v_", "arg_", "i_", "target_", "the_", "new_", "param_")


class Marks:
    """The texts that stand in one owner's rows only: where one shows up, a row came through."""

    def __init__(self, plans: Plans, seeds: Seeds) -> None:
        self._owners: dict[Who, dict[str, str]] = {"A": {}, "B": {}, "": {}}
        common = {text for (name, _), rows in seeds.rows.items() if name not in plans.owned for text in _texts(rows)}
        for (name, who), rows in seeds.rows.items():
            if name in plans.owned:
                self._owners[who] |= dict.fromkeys((text for text in _texts(rows) if text not in common), name)
        for who, own in self._owners.items():
            others = {text for other, texts in self._owners.items() if other != who for text in texts}
            self._owners[who] = {text: table for text, table in own.items() if text not in others}

    def found(self, rows: Sequence[Sequence[Any]], who: Who, given: Sequence[str | None] = ()) -> tuple[str, Sequence[Any]] | None:
        """The first row that bears an owner's mark, and the table that the mark is from; what was given to ask with marks nothing."""
        own = {text: table for text, table in self._owners[who].items() if text not in given}
        for row in rows:
            texts = [str(each) for each in row if each is not None]
            for text in texts:
                if table := own.get(text) or next((own[mark] for mark in own if mark in text and not mark.isdigit()), None):
                    return table, row
        return None


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    """The texts of rows that no other row has by chance: no words of enums or checks, no days, no small numbers."""
    for row in rows:
        for text in row.values.values():
            if text and len(text) >= SHORTEST and ("-000" in text or text.startswith(("alpha", "bravo", "nobody")) or _is_large(text)):
                yield text


def _is_large(text: str) -> bool:
    return text.isdigit() and len(text) >= SHORTEST


class Doors:
    """The views and functions of a database, and what is seen behind them."""

    def __init__(self, database: Database, plans: Plans, seeds: Seeds, places: Mapping[str, Places], reach: Reach) -> None:
        self.database = database
        self.plans = plans
        self.seeds = seeds
        self.places = places
        self.marks = Marks(plans, seeds)
        self.views = [view for view in plans.catalog.views if self._bases(view)]
        self.functions = [each for each in plans.catalog.functions if each.definer and each.returns not in RETURNED_BY_TRIGGERS]
        self._reach = reach
        for view in self.views:
            self._fill(view)

    def _fill(self, view: View) -> None:
        if view.kind == "m":
            try:
                self.database.run(f"savepoint fill; refresh materialized view {view.sql}")
            except Refused:
                self.database.run("rollback to savepoint fill")

    def _bases(self, view: View, depth: int = 0) -> set[str]:
        """The tables with tenants' rows that a view reads, through other views too."""
        views = {each.name: each for each in self.plans.catalog.views}
        found = {name for name in view.reads if name in self.plans.owned}
        for name in view.reads:
            if name in views and depth < len(views):
                found |= self._bases(views[name], depth + 1)
        return found

    def reads_as_caller(self, name: str, table: str) -> bool:
        """Whether this is a view that reads a table as whoever asks it."""
        return any(view.name == name for view in self.views) and self.plans.catalog.reads_as_caller(name, table)

    def view(self, attacker: Attacker, view: View, held: Rights) -> Iterator[Outcome]:
        """Read all that a view shows; write through it where it is a window on one table."""
        if not held.select:
            return
        statement = f"select {names([column for column in view.columns if column in held.select])} from {view.sql}"
        bases = sorted(self._bases(view))
        yield from self._looked(attacker, statement, view.name, bases)
        if view.updatable and len(bases) == 1 and bases[0] in self.places:
            base = self.plans.catalog.tables[bases[0]]
            window = base._replace(sql=view.sql, secured=False, columns=tuple(each for each in base.columns if each.name in view.columns))
            ties = self.plans.owned[base.name]
            if set(ties) <= {column.name for column in window.columns}:
                target = Target(window, ties, attacker.who, _other(attacker.who), self.seeds, self.plans.clues.columns)
                yield from Duel(self.database, attacker, target, held, self.places[base.name], view.name).writes()

    def _looked(
        self, attacker: Attacker, statement: str, through: str, tables: Sequence[str], given: Sequence[str | None] = ()
    ) -> Iterator[Outcome]:
        """What an answer shows; ``tables`` is what it is made from."""
        try:
            rows = self.database.run(f"rollback to savepoint attempt; {statement}")[:MOST]
        except Refused as refused:
            yield self._held(attacker, statement, through, next(iter(tables or self.places), ""), str(refused))
            return
        found = False
        victims: tuple[Who, ...] = (_other(attacker.who), "")
        for victim in victims:
            if seen := self.marks.found(rows, victim, given):
                found = True
                table = self._source(tables, seen[0])
                yield self._crossing(attacker, "select", statement, through, table, ", ".join(map(str, seen[1])), victim)
        if not found and (told := self._influenced(attacker, statement, through, rows)):
            yield self._crossing(attacker, "select", statement, through, *told, _other(attacker.who))
        elif not found:
            table = next(iter(tables or self.places), "")
            yield self._held(attacker, statement, through, table, f"{len(rows)} rows came, none of another's")

    def _source(self, tables: Sequence[str], marked: str) -> str:
        """The table that a row came from: the one with its mark, if that is read at all; else one without row security, if there is one."""
        open_ones = (name for name in tables if not self.plans.catalog.tables[name].secured)
        return marked if marked in tables or not tables else next(open_ones, tables[0])

    def _influenced(self, attacker: Attacker, statement: str, through: str, rows: Sequence[Sequence[Any]]) -> tuple[str, str] | None:
        """A table whose rows of the victim's make the answer what it is, and how; of functions, only answers in numbers are looked at."""
        view = next((view for view in self.views if view.name == through), None)
        tables = sorted(self._bases(view) & self.places.keys()) if view else self._reach.tables(through, self.places)
        if attacker.session.standing == "constant" or not (view or all(_is_number(row[0]) for row in rows)):
            return None
        refresh = f"refresh materialized view {view.sql}" if view and view.kind == "m" else ""
        places = [self.places[name] for name in tables]
        told = influence(self.database, attacker, statement, _other(attacker.who), places, refresh)
        return None if told is None else (tables[0], told)

    def function(self, attacker: Attacker, function: Function) -> Iterator[Outcome]:
        """Call a function with what the other tenant's rows hold: see what it returns, and what it did."""
        kinds = [kind for _, kind in function.arguments]
        most = CALLS if len(kinds) == 1 else 3
        tables = self._reach.tables(function.name, self.places)
        for arguments in islice(product(*(self._candidates(attacker, *each)[:most] for each in function.arguments)), CALLS):
            given = ", ".join(f"{literal(text)}::{kind}" for text, kind in zip(arguments, kinds, strict=True))
            if function.kind == "p":
                yield from self._acted(attacker, f"call {function.sql}({given})", function.name)
                continue
            statement = f"select ({function.sql}({given}))::text"
            yield from self._looked(attacker, statement, function.name, tables, arguments)
            yield from self._acted(attacker, statement, function.name)

    def _acted(self, attacker: Attacker, statement: str, through: str) -> Iterator[Outcome]:
        """What a call did to anybody's rows."""
        touched = self._reach.tables(through, self.places)
        if not touched:
            return
        everywhere = " union all ".join(f"select {literal(name)}, * from ({self.places[name].query}) as q" for name in touched)
        aside = f"do $do$ begin perform {statement.removeprefix('select ')}; end $do$" if statement.startswith("select ") else statement
        try:
            rows = self.database.run(f"rollback to savepoint attempt; {aside}; {DEPARTED}; {everywhere}")
        except Refused:
            return
        for name in touched:
            places = self.places[name]
            after = places.read([row[1:] for row in rows if row[0] == name])
            victim = _other(attacker.who)
            lost, planted = places.before[victim] - after[victim], after[victim] - places.before[victim]
            if lost:
                command: Command = "update" if planted else "delete"
                yield self._crossing(attacker, command, statement, through, name, places.shown(min(lost)), victim)
            elif planted:
                tie = self.seeds.rows[name, victim][0].values
                row = f"a row of {shown({key: tie[key] for key in self.plans.owned[name]})}"
                yield self._crossing(attacker, "insert", statement, through, name, row, victim)

    def _candidates(self, attacker: Attacker, name: str, kind: str) -> list[str | None]:
        """What the other tenant's rows hold in a column of that name; else whatever of theirs fits the type."""
        victim = _other(attacker.who)
        word = next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), name)
        named: dict[str | None, None] = {}
        fitting: dict[str | None, None] = {}
        for table in self.plans.owned:
            for row in self.seeds.rows.get((table, victim), ())[:1]:
                for column in self.plans.catalog.tables[table].columns:
                    text = row.values[column.name]
                    if text is not None and column.type_name == kind:
                        (named if column.name in {name, word} or word.endswith(f"_{column.name}") else fitting)[text] = None
        primary = [
            self.seeds.rows[table, victim][0].values[key] for table, key in self._singular(word) if self.seeds.rows.get((table, victim))
        ]
        return list(dict.fromkeys([*named, *primary]) or dict.fromkeys([*list(fitting)[: CALLS - 1], None]))

    def _singular(self, word: str) -> Iterator[tuple[str, str]]:
        """``order_id`` means the primary key of ``orders``."""
        stem = word.removesuffix("_id")
        for name in self.plans.owned:
            table = self.plans.catalog.tables[name]
            if word.endswith("_id") and table.primary and name.rpartition(".")[2] in {stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies"}:
                yield name, table.primary[0]

    def _held(self, attacker: Attacker, statement: str, through: str, table: str, reason: str) -> Held:
        return Held(table, attacker.role, "select", attacker.arrival, statement, reason, through)

    def _crossing(self, attacker: Attacker, command: Command, statement: str, through: str, table: str, row: str, victim: Who) -> Crossing:
        session = attacker.session
        whose: Any = "tenant" if victim else "nobody"
        return Crossing(table, attacker.role, command, attacker.arrival, statement, row, whose, session.standing, through)


def _is_number(text: str | None) -> bool:
    return text is not None and bool(NUMBERS.fullmatch(text))


def _other(who: Who) -> Who:
    return "A" if who == "B" else "B"
