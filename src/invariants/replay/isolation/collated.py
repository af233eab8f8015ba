"""What texts are compared under, where two that are not the same may be equal: nondeterministic collations, citext (manual, section 24.2).

Almost no database has any, and almost no question asks what stands under one: only such a question is asked with care. Its values
carry then what they stand under (:class:`values.Under`), as far as it is followed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings, walk
from invariants.replay import collations
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.isolation.values import Under, Var
from invariants.replay.isolation.volatility import WORD, reaching, words

CITEXT = Under("citext")
"""The type compares its values as one in small letters, whatever collation is said."""
STRICT = Under("a deterministic collation", is_loose=False, is_said=True)
UNTOLD = Under("a collation that was not followed", is_known=False)
OUTSIDE = Under("a collation that no migration makes", is_known=False)
PLAIN = {"current_setting", "nullif", "coalesce"}
"""Functions that answer texts of the database's own collation where they are given no others."""
ESCAPED = re.compile(r"u&\"", re.IGNORECASE)
TEXTS = re.compile(r"text|character varying(\(\d+\))?")


class Collations:
    """What of a catalog texts are compared under; ``roots`` are the tables of tenants."""

    def __init__(self, catalog: Catalog, roots: frozenset[int], texts: Callable[[], Mapping[str, frozenset[str]]]) -> None:
        self._catalog = catalog
        self._roots = roots
        self._words = texts
        """The words in the texts of everything that bears a name."""

    def of(self, column: o.Column) -> Under | None:
        """What the values of a column are compared under; None where only what is the same is equal."""
        if column.collation:
            return self._made(column.collation)
        name = column.type_name.removesuffix("[]").rpartition(".")[2].strip('"')
        if not name and (self._catalog.collations or self._catalog.extensions.named("citext")):
            return UNTOLD  # a query filled it, and of which type it is was not told
        return self.of_type(name)

    def _made(self, oid: int) -> Under | None:
        made = self._catalog.collations.get(oid)
        if made is None:
            return OUTSIDE
        return None if made.is_deterministic else Under(made.name, oid=oid)

    def of_type(self, name: str) -> Under | None:
        """The same of a type, by its name within its schema."""
        if name == CITEXT.name:
            return CITEXT
        for each in self._catalog.types.alike(name):
            if each.kind == "domain":
                under = self._made(each.collation) if each.collation else self.of_type(each.base.rpartition(".")[2].strip('"'))
                if under is not None:
                    return under
        return None

    def said(self, parts: Sequence[str]) -> Under:
        """What COLLATE says."""
        made = [each for each in self._catalog.collations.alike(parts[-1]) if len(parts) == 1 or self._schema(each) == parts[-2]]
        loose = next((each for each in made if not each.is_deterministic), None)
        if loose is not None:
            return Under(loose.name, is_said=True, oid=loose.oid)
        return STRICT if made or collations.is_own(parts) else OUTSIDE._replace(is_said=True)

    def _schema(self, made: o.Collation) -> str:
        return self._catalog.schemas[made.schema].name

    def asks(self, texts: Iterable[str]) -> bool:
        """Whether texts reach what may stand under one, by names: more is reached than is asked, and never less."""
        if not self._reaching:
            return False
        return any(ESCAPED.search(each) or not words(each).isdisjoint(self._reaching) for each in texts) or not self._are_words

    @cached_property
    def _reaching(self) -> frozenset[str]:
        names = frozenset(each.lower() for each in self._names())
        return reaching(names, self._words()) if names else names

    @cached_property
    def _are_words(self) -> bool:
        return all(WORD.fullmatch(each) for each in self._names())

    def _names(self) -> Iterator[str]:
        """The names of what has, makes or returns texts that are compared so."""
        catalog = self._catalog
        yield from (each.name for each in catalog.collations if not each.is_deterministic)
        types = {each.name for each in catalog.types if self.of_type(each.name) is not None}
        yield from types
        for relation in catalog.relations:
            found = [each.name for each in relation.columns if relation.kind != "view" and self.of(each) is not None]
            yield from (relation.name, *found) if found else ()
        for function in catalog.functions:
            named = (function.returns, *(each.type_name for each in function.arguments))
            if any(each.removesuffix("[]").rpartition(".")[2].strip('"') in types | {CITEXT.name} for each in named):
                yield function.name
        if catalog.extensions.named("citext") is not None:
            yield CITEXT.name

    def between(self, left: Var, right: Var) -> Under | None:
        """What two values are compared under; None where only what is the same is equal."""
        sides = [each.under for each in (left, right) if each.under is not None]
        loose = sorted((each for each in sides if each.is_loose), key=lambda each: not each.is_said)
        if not loose or any(self._has_none(each) for each in (left, right)):
            return None
        if not loose[0].is_said and any(each is STRICT for each in sides) and loose[0] is not CITEXT:
            return None
        other = right if left.under is loose[0] else left
        return None if loose[0] is CITEXT and other.under is None and self._is_text(other) else loose[0]

    def _has_none(self, var: Var) -> bool:
        """Whether a value is a column's whose type knows no collations."""
        name = _type_name(var)
        return bool(name) and collations.COLLATED.fullmatch(name) is None and not any(self._catalog.types.alike(name.rpartition(".")[2]))

    @staticmethod
    def _is_text(var: Var) -> bool:
        """Whether a value surely is a text: beside one citext is compared as one."""
        return (var.is_said and not var.label.endswith(")")) or TEXTS.fullmatch(_type_name(var)) is not None

    def tells_apart(self, under: Under) -> bool:
        """Whether no two tenants have keys that are equal under it: the keys of their table are unique under the same."""
        return under.is_known and self.root == under._replace(is_said=False)

    @cached_property
    def root(self) -> Under | None:
        """What the keys of tenants are unique under, where that is the same for all of their tables and more than being the same."""
        found = {self.of(column) for _, column, is_deferrable in self._keys if not is_deferrable}
        return next(iter(found)) if len(found) == 1 and self._keys and not any(each for _, _, each in self._keys) else None

    @cached_property
    def are_apart_by_texts(self) -> bool:
        """Whether nothing but their texts tells tenants apart: keys that are texts as they are, and asked for nothing more."""
        return bool(self._keys) and all(
            TEXTS.fullmatch(column.type_name) and self.of(column) is None and self._is_free(table, column.number)
            for table, column, _ in self._keys
        )

    def may_liken(self, key: Var, under: Under) -> bool:
        """Whether two tenants may have keys that are equal under it, of which one stands in this column."""
        column = _column(key)
        if column is None or not under.is_known or not self.are_apart_by_texts:
            return False
        is_plain = TEXTS.fullmatch(column.type_name) is not None or self.of_type(column.type_name) is CITEXT
        return is_plain and not self._is_checked(key.row.table.oid, column.number)  # type: ignore[union-attr]

    @cached_property
    def _keys(self) -> list[tuple[int, o.Column, bool]]:
        primary = [each for each in self._catalog.constraints if each.kind == "primary" and each.table in self._roots]
        columns = {(table, each.number): each for table in self._roots for each in self._catalog.relations[table].columns}
        return [(each.table, columns[each.table, each.columns[0]], each.deferrable) for each in primary if len(each.columns) == 1]

    def _is_free(self, table: int, number: int) -> bool:
        """Whether a key may be any text: nothing is checked of it, and no index but its own keeps it unique."""
        unique = [each for each in self._catalog.indexes if each.table == table and each.unique and set(each.keys) <= {number, 0}]
        return len(unique) == 1 and not self._is_checked(table, number)

    def _is_checked(self, table: int, number: int) -> bool:
        return any(
            each.table == table and each.kind in {"check", "exclusion"} and number in each.columns for each in self._catalog.constraints
        )


def _column(var: Var) -> o.Column | None:
    """The column that a value is of a row; None for anything else."""
    if var.row is None or var.row.seen.get(var.number) is not var:
        return None
    column: o.Column = next(each for each in var.row.table.columns if each.number == var.number)
    return column


def _type_name(var: Var) -> str:
    column = _column(var)
    return "" if column is None else column.type_name.removesuffix("[]")


def is_plain(node: Any) -> bool:
    """Whether an expression is made of constants and of what the session says: its texts stand under nothing."""
    return all(
        not isinstance(each, pb.ColumnRef | pb.ParamRef | pb.CollateClause | pb.SubLink)
        and (not isinstance(each, pb.FuncCall) or strings(each.funcname)[-1] in PLAIN)
        for each in walk(node, has_leaves=False)
    )
