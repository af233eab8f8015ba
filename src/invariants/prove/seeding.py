"""Two tenants, each with a user, and their rows in every table of tenants'; and rows of nobody's, where keys may be absent."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Reference, Table
from invariants.prove.checks import satisfied
from invariants.prove.database import Database, Refused
from invariants.prove.faults import CHECKED, DUPLICATE, EMPTIED, VALUES, Circular, Unfit, why
from invariants.prove.missing import supplied
from invariants.prove.planning import Plans, Values
from invariants.prove.rows import Row, Seeds, insertion, led_to, read
from invariants.prove.settling import adopted, settle, tie
from invariants.prove.values import Who, value

TENANTS: tuple[Who, ...] = ("A", "B")
MOST = 4
"""So many rows of a parent have rows below them."""


class Seeder:
    """Makes rows, parents first."""

    def __init__(self, database: Database, plans: Plans, dressed: Callable[["Seeder", Who], str]) -> None:
        self.database = database
        self.plans = plans
        self.rows: dict[tuple[str, Who], list[Row]] = defaultdict(list)
        self._dressed = dressed
        self._script: list[str] = []
        self._spares: dict[tuple[str, Who], list[Values]] = defaultdict(list)
        self._faults: dict[tuple[str, Who], str] = {}
        self._circles: dict[tuple[str, Who], str] = {}
        """Tables that wait for one that is being seeded, until there is a row more."""
        self._apart: set[str] = set()
        """Tables whose references to one table lead to different rows of it."""
        self._planned: dict[tuple[str, Who], Values] = {}
        self._late: list[tuple[Row, Reference]] = []
        self._number = 0

    def seeds(self) -> Seeds:
        """Seed every table there is to seed."""
        self.database.run("set constraints all deferred")
        tables = [self.plans.catalog.tables[name] for name in sorted(self.plans.owned)]
        for table in sorted(tables, key=lambda each: each.parent is not None):
            for who in TENANTS:
                self._seed(table, who)
            if not self._faults.get((table.name, "B")) and self.plans.may_be_nobodys(table):
                self._seed(table, "")
        for table in tables:
            for who in TENANTS:
                self._lead_elsewhere(table, who)
        tie(self.database, self.plans, self.rows, self._late)
        settle(self.database, self.plans.catalog, self.rows)
        faults = {name: why for (name, who), why in self._faults.items() if who and name in self.plans.owned and not self._has_rows(name)}
        return Seeds(self.rows, self._spares, faults, self._script)

    def _has_rows(self, name: str) -> bool:
        return bool(self.rows[name, "A"] and self.rows[name, "B"])

    def _seed(self, table: Table, who: Who) -> None:
        """The first row, its variants, and a spare of each."""
        try:
            first = self._whole(lambda: self.row(table.name, who))
        except (Refused, Unfit) as error:
            self._faults.setdefault((table.name, who), why(error))
            return
        tied = self._tied(table, who)
        own = [*(self.rows[table.name, who] or [first]), *self._variants(table, who, tied)]
        self.rows[table.name, who] = own
        for row in own:
            self._spare(table, who, row, tied)

    def _whole(self, make: Callable[[], Row]) -> Row:
        """A row with all that it needs. What waited is checked with it; where that fails, nothing of it stays."""
        rows, script, late = {key: list(own) for key, own in self.rows.items()}, len(self._script), len(self._late)
        self.database.run("savepoint whole")
        try:
            made = make()
            self.database.run("set constraints all immediate; set constraints all deferred; release savepoint whole")
        except (Refused, Unfit):
            self.database.run("rollback to savepoint whole; release savepoint whole")
            self.rows.clear()
            self.rows.update(rows)
            del self._script[script:], self._late[late:]
            raise
        return made

    def _variants(self, table: Table, who: Who, tied: Values) -> Iterator[Row]:
        for variant in self.plans.variants(table, tied, who, self._number):
            with suppress(Refused, Unfit):  # a variant is one row more: what its constraints refuse is in no real database either
                yield self._whole(lambda variant=variant: self._made(table, who, tied | variant))  # type: ignore[misc]

    def _lead_elsewhere(self, table: Table, who: Who) -> None:
        """A row below each of a parent's other rows, which policies may tell apart."""
        asked = (each for each in table.references if each.target != table.name and self.plans.clues.columns.issuperset(each.columns))
        for reference in asked if self.rows[table.name, who] else ():
            for parent in self.rows[reference.target, who][1:MOST]:
                with suppress(Refused, Unfit):
                    tied = self.plans.repeated(table, self._tied(table, who)) | led_to(reference, parent)
                    row = self._whole(lambda tied=tied: self._made(table, who, tied))  # type: ignore[misc]
                    self.rows[table.name, who].append(row)
                    self._spare(table, who, row, tied)

    def row(self, name: str, who: Who) -> Row:
        """The tenant's first row of a table, made where it is not there yet."""
        if own := self.rows[name, who]:
            return own[0]
        if (name, who) in self._faults:
            raise Unfit(self._faults[name, who])
        if (name, who) in self._circles:
            raise Circular(self._circles[name, who])
        table = self.plans.catalog.tables[name]
        try:
            made = self._partitioned(table, who) if table.kind == "p" else self._first(table, who)
        except (Refused, Unfit) as error:
            if self.plans.is_shared(name) and (other := self._anybodys(name)):
                return other
            kind, known = (Circular, self._circles) if isinstance(error, Circular) else (Unfit, self._faults)
            known[name, who] = why(error)
            raise kind(why(error)) from error
        finally:
            self._planned.pop((name, who), None)
        self.rows[name, who].append(made)
        self._circles.clear()
        return made

    def _anybodys(self, name: str) -> Row | None:
        """A row that serves everybody, of a table that has no room for one each."""
        owners: tuple[Who, ...] = ("A", "B", "")
        return next((row for who in owners for row in self.rows[name, who]), None)

    def _partitioned(self, table: Table, who: Who) -> Row:
        """A row in whichever partition takes one."""
        try:
            return self._first(table, who)
        except (Refused, Unfit):
            for each in self.plans.catalog.tables.values():
                if each.parent == table.name:
                    with suppress(Unfit):
                        return self.row(each.name, who)._replace(table=table.name)
            raise

    def _first(self, table: Table, who: Who) -> Row:
        """A row, as full as can be; as empty as can be where that is refused; with the session told who it is where triggers ask."""
        self._planned[table.name, who] = {}
        tied = self._tied(table, who)
        try:
            made = self._made(table, who, tied)
        except Refused as refused:
            made = self._led_apart(table, who, refused) or self._second(table, who, tied, refused)
        self._late += [(made, each) for each in table.references if who and any(made.values[name] is None for name in each.columns)]
        return made

    def _led_apart(self, table: Table, who: Who, refused: Refused) -> Row | None:
        """A row whose references lead to different rows, where a check may ask for that."""
        if refused.code != CHECKED or not table.twins or table.name in self._apart:
            return None
        self._apart.add(table.name)
        try:
            return self._made(table, who, self._tied(table, who))
        except (Refused, Unfit):
            self._apart.remove(table.name)
            return None

    def _second(self, table: Table, who: Who, tied: Values, refused: Refused) -> Row:
        for sparse, dressed in ((True, False), (False, True), (True, True)):
            if dressed and refused.code[:2] in VALUES and refused.code != EMPTIED:
                continue
            try:
                return self._made(table, who, tied, sparse=sparse, dressed=dressed)
            except Refused as error:
                refused = error
        raise refused

    def _tied(self, table: Table, who: Who) -> Values:
        """The values that say whose a row is, and the references to its parents."""
        found = self.plans.fixed(table, who)
        for reference in table.references:
            if reference.target != table.name:
                found |= self._referred(table, reference, who, found)
        for reference in table.twins if table.name in self._apart else ():
            found |= led_to(reference, self._another(reference.target, who))
        return found | self._planned.get((table.name, who), {})

    def _referred(self, table: Table, reference: Reference, who: Who, found: Values) -> Values:
        free = [name for name in reference.columns if not table.column(name).not_null]
        if not who and free and not self.plans.is_shared(reference.target) and reference.target not in self.plans.users:
            return {name: None for name in free if name not in found}
        if reference.target not in self.plans.catalog.tables:
            raise Unfit(f"its foreign key {reference.name} leads to {reference.target}, where no rows are made")
        owner = who if who or self.plans.is_shared(reference.target) else "B"
        if (reference.target, owner) in self._planned:
            return self._cycle(reference, owner, free)
        try:
            parent = self.row(reference.target, owner) if who or reference.target not in self.plans.users else self._nobodys_user(reference)
        except (Refused, Unfit) as error:
            if free:
                return dict.fromkeys(free)
            kind = Circular if isinstance(error, Circular) else Unfit
            raise kind(f"{reference.target}, which it refers to, could not be seeded: {why(error)}") from error
        return led_to(reference, parent)

    def _nobodys_user(self, reference: Reference) -> Row:
        """A user who attacks nobody: one of no tenant, else another of B's."""
        try:
            return self.row(reference.target, "")
        except Unfit:
            return self._another(reference.target, "B")

    def _another(self, name: str, who: Who) -> Row:
        """The tenant's second row of a table."""
        table, own = self.plans.catalog.tables[name], self.rows[name, who]
        if not own:
            raise Unfit(f"there is no second row of {name}")
        if len(own) == 1:
            own.append(self._made(table, who, self.plans.repeated(table, self._tied(table, who))))
        return own[-1]

    def _cycle(self, reference: Reference, owner: Who, free: list[str]) -> Values:
        """A row that is not there yet: referred to later where the column may be empty, at once where the constraint can wait."""
        if free:
            return dict.fromkeys(free)
        if reference.deferrable:
            target = self.plans.catalog.tables[reference.target]
            known = self.plans.fixed(target, owner) | self._planned[target.name, owner]
            for name in reference.target_columns:
                known.setdefault(name, value(target.column(name), owner, self._number))
                self._planned[target.name, owner][name] = known[name]
            return {name: known[other] for name, other in zip(reference.columns, reference.target_columns, strict=True)}
        raise Circular(f"the foreign key {reference.name} is part of a circle that no row can be the first of")

    def _values(self, table: Table, who: Who, tied: Values, *, sparse: bool = False) -> Values:
        self._number += 1
        values = self.plans.filled(table, who, self._number, tied, sparse=sparse)
        for own in (each for each in table.references if each.target == table.name):
            pairs = zip(own.columns, own.target_columns, strict=True)
            values |= {name: values.get(other) if table.column(name).not_null else None for name, other in pairs if name not in tied}
        return satisfied(self.database, table, values, frozenset(tied), frozenset(self.plans.owned.get(table.name, ())))

    def _made(self, table: Table, who: Who, tied: Values, *, sparse: bool = False, dressed: bool = False) -> Row:
        values = self._values(table, who, tied, sparse=sparse)
        before = self._dressed(self, who) if dressed else ""
        try:
            row = supplied(lambda: self._inserted(table, who, values, before), partial(self._supply, who), self.plans.catalog)
        except Refused as refused:
            row = self._adopted(table, who, values, refused)
        for key in self.plans.tenancy.keys.get(table.name, ()):
            if key in values and row.values[key] != values[key] and table.column(key).base != "bpchar":
                raise Unfit(f"a trigger sets {key} to {row.values[key]} where {values[key]} was inserted")
        return row

    def _supply(self, who: Who, table: Table, key: Values) -> None:
        """A row with a key that another row asks for."""
        self.rows[table.name, who].append(self._made(table, who, self._tied(table, who) | key))

    def _inserted(self, table: Table, who: Who, values: Values, before: str = "") -> Row:
        statement = insertion(table, values)
        returned = ", ".join(f"{quote(column.name)}::text" for column in table.columns)
        try:
            text = f"savepoint seed; {before}{statement} returning tableoid::text || ctid::text, {returned}"
            rows = self.database.run(text)
        except Refused:
            self.database.run("rollback to savepoint seed")
            raise
        self.database.run("release savepoint seed")
        if not rows:
            raise Unfit("a trigger or rule keeps rows out")
        self._script.append(f"{before}{statement}")
        return read(table, who, rows[0])

    def _adopted(self, table: Table, who: Who, values: Values, refused: Refused) -> Row:
        """The row that a trigger made already, where that is what stands in the way; what it left empty of whose it is is filled in."""
        taken = {row.place for own in self.rows.values() for row in own}
        own = self.plans.tenancy.keys.get(table.name, ())
        return read(table, who, adopted(self.database, table, values, refused, own, taken, self._script))

    def _spare(self, table: Table, who: Who, row: Row, tied: Values) -> None:
        """A row like one that is there, but for what must be unique: inserted to see that it can be, and taken back.

        One that only a unique key refuses, such as a second membership of the same user, shows still what policies say of it.
        """
        kept = {name: row.values[name] for name in self.plans.clues.columns & row.values.keys() if not table.column(name).filled}
        unique = {name for key in table.keys for name in key.columns if name not in tied}
        values = self._values(table, who, tied | {name: text for name, text in kept.items() if name not in unique})
        self.database.run("savepoint spare")
        try:
            self.database.run(insertion(table, values))
            self._spares[table.name, who].append(values)
        except Refused as refused:
            if refused.code == DUPLICATE:
                self._spares[table.name, who].append(values)
        self.database.run("rollback to savepoint spare; release savepoint spare")
