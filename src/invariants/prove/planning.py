"""What the rows of two tenants hold, column by column, before anything is inserted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from invariants.prove.catalog import Catalog, Column, Table
from invariants.prove.checks import default
from invariants.prove.clues import Clues
from invariants.prove.tenancy import Tenancy, is_user, users
from invariants.prove.values import NUMBERS, TEXTS, Who, identity, is_valid, value

MOST = 12
"""So many rows a table and tenant, to meet what policies ask of other columns."""

Values = dict[str, str | None]


class Plans:
    """Which tables rows are made for, and what a row of each may hold."""

    def __init__(self, catalog: Catalog, tenancy: Tenancy, clues: Clues) -> None:
        self.catalog = catalog
        self.tenancy = tenancy
        self.clues = clues
        self.users = users(catalog)
        self.owned = self._owned()
        self._tenant_base = self._base(self._key_columns(), tenancy.root)
        self._user_base = self._base(self._user_columns(), self.user_table)

    @property
    def user_table(self) -> str | None:
        """The table whose primary key tells users apart."""
        return "auth.users" if "auth.users" in self.users else min(self.users, default=None)

    def _owned(self) -> dict[str, tuple[str, ...]]:
        """The columns that tie a row to its tenant: its tenant keys, else the reference to a row that is tied itself."""
        owned = dict(self.tenancy.keys)
        grown = True
        while grown:
            grown = False
            for name, table in self.catalog.tables.items():
                tie = next((each.columns for each in table.references if each.target in owned and each.target != name), None)
                if tie and name not in owned and name not in self.users:
                    owned[name] = tie
                    grown = True
        return owned

    def _key_columns(self) -> Iterator[Column]:
        for name, keys in self.tenancy.keys.items():
            yield from (self.catalog.tables[name].column(key) for key in keys)

    def _user_columns(self) -> Iterator[Column]:
        for table in self.catalog.tables.values():
            yield from (column for column in table.columns if is_user(column.name))

    def _base(self, columns: Iterator[Column], table: str | None) -> str:
        """The type of a notion's identity: that of the primary key of its table, else of most columns that hold it."""
        known = self.catalog.tables.get(table or "")
        if known and known.primary:
            return known.column(known.primary[0]).base
        counts = Counter(column.base for column in columns if column.base in NUMBERS | TEXTS | {"uuid"})
        return counts.most_common(1)[0][0] if counts else "uuid"

    def identity(self, who: Who, notion: int, column: Column | None = None) -> str:
        """Who a tenant, or its user, is, in a column's type."""
        base = self._user_base if notion else self._tenant_base
        if column is not None and column.base not in TEXTS:
            base = column.base
        told = identity(who, base, notion)
        return told if column is None or is_valid(column, told) else value(column, who, notion) or told

    def may_be_nobodys(self, table: Table) -> bool:
        """Every tenant key of the table may be absent."""
        keys = self.tenancy.keys.get(table.name, ())
        return bool(keys) and table.name != self.tenancy.root and not any(table.column(key).not_null for key in keys)

    def is_shared(self, table: str) -> bool:
        """Its rows belong to no tenant and to no user: one may serve everybody."""
        return table not in self.owned and table not in self.users

    def fixed(self, table: Table, who: Who) -> Values:
        """The values that make a row its tenant's and its user's; references are not among them."""
        keys = self.tenancy.keys.get(table.name, ())
        found: Values = {}
        for column in table.columns:
            if column.filled == "generated":
                continue
            if column.name in keys:
                notion = int(is_user(column.name) and table.name != self.tenancy.root)
                found[column.name] = self.identity(who, notion, column) if who else None
            elif (table.name in self.users and table.primary == (column.name,)) or _holds_user(column):
                found[column.name] = self.identity(who, 1, column)
        return found

    def repeated(self, table: Table, tied: Values) -> Values:
        """What a tenant's second row holds as the first does: not what is unique, such as who its user is."""
        unique = {key.columns for key in table.keys}
        return {name: text for name, text in tied.items() if (name,) not in unique}

    def filled(self, table: Table, who: Who, number: int, given: Mapping[str, str | None], *, sparse: bool) -> Values:
        """A whole row around the values that are given; ``sparse`` leaves out whatever may be left out."""
        found: Values = {}
        for column in table.columns:
            if column.name in given:
                found[column.name] = given[column.name]
            elif not column.filled and not (sparse and (column.default or not column.not_null)):
                choices = self._choices(column)
                if (
                    choices
                    and column.name in self.clues.columns
                    and column.name not in table.primary
                    and not self._is_unique(table, column)
                ):
                    found[column.name] = choices[0]
                elif column.default is None or column.name in table.primary or self._is_unique(table, column):
                    found[column.name] = value(column, who, number)
        return found

    def _is_unique(self, table: Table, column: Column) -> bool:
        """Whether what stands in it must differ from tenant to tenant, by itself or as the telling part of a key."""
        ties = set(self.owned.get(table.name, ()))
        return any(
            key.columns == (column.name,) or (column.base != "bool" and column.name in key.columns and not ties & set(key.columns))
            for key in table.keys
        )

    def _choices(self, column: Column) -> list[str | None]:
        """What policies and functions compare a column with; both truths of a truth."""
        own = default(column)
        if column.base == "bool":
            first = own or "true"
            return [first, "false" if first == "true" else "true"]
        constants: list[str | None] = [each for each in self.clues.values.get(column.name, ()) if is_valid(column, each)]
        return list(dict.fromkeys(constants))[:4]

    def variants(self, table: Table, given: Mapping[str, str | None], who: Who, number: int) -> Iterator[Values]:
        """The other rows that policies may tell apart from the first: by constants, truths and absence."""
        lists: dict[str, list[str | None]] = {}
        for column in table.columns:
            if column.name in self.clues.columns and not column.filled and column.name not in self.tenancy.keys.get(table.name, ()):
                own = [given[column.name]] if column.name in given else self._varied(column, who, number)
                lists[column.name] = own + ([] if column.not_null or None in own else [None])
        yield from islice(_combined(lists), 1, MOST)

    def _varied(self, column: Column, who: Who, number: int) -> list[str | None]:
        choices = self._choices(column)
        return choices if column.base == "bool" else [*choices, value(column, who, number)]


def _holds_user(column: Column) -> bool:
    return is_user(column.name) and column.base in NUMBERS | TEXTS | {"uuid"} and "mail" not in column.name.lower()


def _combined(lists: Mapping[str, Sequence[str | None]]) -> Iterator[Values]:
    """Every combination where they are few; else the first, what is absent together, and each other value by itself."""
    size = 1
    for each in lists.values():
        size *= len(each)
    if size <= MOST:
        yield from (dict(zip(lists, row, strict=True)) for row in product(*lists.values()))
        return
    first = {name: each[0] for name, each in lists.items()}
    yield first
    yield {name: None if None in each else each[0] for name, each in lists.items()}
    for place in range(1, max(map(len, lists.values()))):
        for name, each in lists.items():
            if place < len(each):
                yield first | {name: each[place]}
