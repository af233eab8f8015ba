"""The types that migrations make, and of which type the keys of tenants are."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from invariants.replay.catalog import Catalog


class Types:
    """What is known of a catalog's types; ``roots`` are the tables of tenants, by name."""

    def __init__(self, catalog: Catalog, roots: frozenset[str]) -> None:
        self._catalog = catalog
        self._roots = roots

    @cached_property
    def domains(self) -> Mapping[str, str]:
        """What domains are made of, by their names; of two of one name nobody knows which is meant, and they are made of nothing known."""
        made = [each for each in self._catalog.types if each.kind == "domain"]
        names = Counter(each.name for each in made)
        return {each.name: each.base if names[each.name] == 1 else "" for each in made}

    @cached_property
    def enums(self) -> frozenset[str]:
        """The names of enums."""
        return frozenset(each.name for each in self._catalog.types if each.kind == "enum")

    @cached_property
    def are_texts(self) -> bool:
        """Whether texts tell tenants apart, for all that is known: two that are cast to one thing are two tenants then."""
        primary = (each for each in self._catalog.constraints if each.kind == "primary" and each.table and self._is_root(each.table))
        keys = {(each.table, number) for each in primary for number in each.columns}
        tables = (self._catalog.relations[table] for table in {table for table, _ in keys})
        types = {column.type_name for table in tables for column in table.columns if (table.oid, column.number) in keys}
        return not types or any(each.startswith(("text", "character")) for each in types)

    def _is_root(self, table: int) -> bool:
        relation = self._catalog.relations[table]
        return f"{self._catalog.schemas[relation.schema].name}.{relation.name}" in self._roots
