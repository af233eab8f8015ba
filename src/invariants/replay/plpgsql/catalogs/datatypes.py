"""Types of columns as the information schema tells of them."""

import re
from typing import Any

from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql import finding
from invariants.replay.plpgsql.catalogs.relations import Attribute

PRECISION = {"integer": (32, 0), "bigint": (64, 0), "smallint": (16, 0), "double precision": (53, None), "real": (24, None)}


def data_type(_catalog: Catalog, it: Attribute) -> str:
    """data_type."""
    name = it.column.type_name
    if name.endswith("[]"):
        return "ARRAY"
    plain = re.sub(r"\(.*?\)", "", name)
    if name.startswith("interval"):
        return "interval"
    plain = "character" if plain == "bpchar" else plain
    return plain if plain in finding.NUMBERS else "USER-DEFINED"


def udt(_catalog: Catalog, it: Attribute) -> str:
    """udt_name."""
    plain = re.sub(r"\(.*?\)", "", it.column.type_name)
    element = plain.removesuffix("[]").rpartition(".")[2].strip('"')
    element = finding.INTERNAL.get(element, element)
    return f"_{element}" if plain.endswith("[]") else element


def udt_schema(_catalog: Catalog, it: Attribute) -> str:
    """udt_schema."""
    schema, dot, _ = it.column.type_name.removesuffix("[]").rpartition(".")
    return schema.strip('"') if dot else "pg_catalog"


def size(index: int, kinds: tuple[str, ...]) -> Any:
    """A length, precision or scale: one of the numbers in parentheses behind a type of these kinds."""

    def measured(_catalog: Catalog, it: Attribute) -> int | None:
        plain, bracket, rest = it.column.type_name.partition("(")
        if bracket and plain in kinds:
            sizes = [int(each) for each in rest.partition(")")[0].split(",")]
            return sizes[index] if index < len(sizes) else 0
        return PRECISION.get(plain, (None, None))[index] if "numeric" in kinds else None

    return measured
