"""Rows that are missing: a trigger writes what refers to a row by a key that the migrations take for granted."""

import re
from collections.abc import Callable
from typing import TypeVar

from invariants.prove.catalog import Catalog, Table
from invariants.prove.database import Refused
from invariants.prove.faults import ABSENT, Unfit
from invariants.prove.planning import Values

T = TypeVar("T")
MOST = 40
"""So many rows are made for one that asks for them."""
KEY = re.compile(r"=\((?P<values>.*)\) is not present in table ", re.DOTALL)


def supplied(make: Callable[[], T], supply: Callable[[Table, Values], None], catalog: Catalog) -> T:
    """What is made, with the rows made before that it asks for."""
    asked: list[tuple[Table, Values]] = []
    while True:
        try:
            return make()
        except Refused as refused:
            wanted = missing(refused, catalog)
            if wanted is None or wanted in asked or len(asked) == MOST:
                raise
            asked.append(wanted)
            try:
                supply(*wanted)
            except (Refused, Unfit):
                raise refused from None


def missing(refused: Refused, catalog: Catalog) -> tuple[Table, Values] | None:
    """The table that lacks a row which something refers to, and the row's key; None where that is not why a statement was refused."""
    told = KEY.search(refused.detail) if refused.code == ABSENT else None
    table = catalog.tables.get(refused.table)
    reference = next((each for each in table.references if each.name == refused.constraint), None) if table else None
    if told is None or reference is None or reference.target not in catalog.tables:
        return None
    values = told["values"].split(", ") if len(reference.columns) > 1 else [told["values"]]
    if len(values) != len(reference.target_columns):
        return None
    return catalog.tables[reference.target], dict(zip(reference.target_columns, values, strict=True))
