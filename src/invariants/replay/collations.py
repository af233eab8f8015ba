"""Collations: what CREATE, ALTER and DROP COLLATION leave, and which one a column or domain has (manual, section 24.2).

PostgreSQL's own are deterministic: two texts that are not the same are never equal. One that a statement makes may take them for equal.
"""

import re
from collections.abc import Sequence
from typing import Any

from invariants.postgres.grammar import unwrap
from invariants.postgres.tree import strings
from invariants.replay import naming
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.names import TypeRef, creation_schema, find_collation, schema_named
from invariants.replay.objects import FOREIGN, Collation, Step
from invariants.replay.records import replace
from invariants.replay.rewriting import object_renamed
from invariants.replay.shelf import Use

OWN = re.compile(
    r"default|C|POSIX|ucs_basic|unicode|pg_(c_utf8|unicode_fast)|[a-z]{2,3}(-[A-Za-z0-9]+)*-x-icu|[A-Za-z]{1,3}(_[A-Z]{2})?(\.[\w-]+)?(@\w+)?"
)
"""The names of those that PostgreSQL brings, or takes from the system and from ICU."""
COLLATED = re.compile(r'(?:.*\.)?"?(text|character varying|character|bpchar|name|citext)"?(\(\d+\))?(\[\])*')
"""The types whose values have one."""
FALSE = {"false", "off", "0", "f", "no", "n"}
ATTRIBUTES = frozenset({"provider", "locale", "lc_collate", "lc_ctype", "deterministic", "rules", "version", "from"})


def is_own(parts: Sequence[str]) -> bool:
    """Whether PostgreSQL brings it."""
    return parts[:-1] in ([], ["pg_catalog"]) and OWN.fullmatch(parts[-1]) is not None


def existing(catalog: Catalog, parts: Sequence[str]) -> Collation:
    """A collation that a statement made."""
    found = find_collation(catalog, parts)
    if found is None:
        if len(parts) > 1:
            schema_named(catalog, parts[-2])
        raise Failure("42704", f'collation "{".".join(parts)}" does not exist')
    return found


def of(machine: Machine, node: Any, kind: TypeRef) -> int:
    """The collation of a column or domain of a type: the one that it says, else that of the type, as :attr:`objects.Column.collation`."""
    if not node.HasField("coll_clause"):
        domain = machine.catalog.types.get(kind.oid)
        return 0 if domain is None else domain.collation
    if not _is_collated(machine.catalog, kind):
        raise Failure("42804", f"collations are not supported by type {kind.name}")
    parts = strings(node.coll_clause.collname)
    found = find_collation(machine.catalog, parts)
    return found.oid if found is not None else 0 if is_own(parts) else FOREIGN


def _is_collated(catalog: Catalog, kind: TypeRef) -> bool:
    made = catalog.types.get(kind.oid)
    if made is None:
        return not kind.oid and COLLATED.fullmatch(kind.name) is not None
    return made.kind == "base" or (made.kind == "domain" and COLLATED.fullmatch(made.base) is not None)


def uses(*oids: int) -> frozenset[Use]:
    """What something stands on that has these types and collations."""
    return frozenset(Use(oid) for oid in oids if oid > 0)


def create(machine: Machine, node: Any) -> None:
    """CREATE COLLATION."""
    catalog, parts = machine.catalog, strings(node.defnames)
    schema = creation_schema(catalog, parts[-2] if len(parts) > 1 else "")
    given = {each.def_elem.defname: unwrap(each.def_elem.arg)[1] for each in node.definition}
    if unknown := given.keys() - ATTRIBUTES:
        raise Failure("42601", f'collation attribute "{min(unknown)}" not recognized')
    name, is_deterministic = naming.truncated(parts[-1]), _is_deterministic(catalog, given)
    if catalog.collations.named(schema.oid, name) is not None:
        if node.if_not_exists:
            return
        raise Failure("42710", f'collation "{name}" already exists')
    catalog.collations.put(
        Collation(
            oid=catalog.oid(),
            name=name,
            schema=schema.oid,
            owner=catalog.session.user,
            is_deterministic=is_deterministic,
            uses=uses(schema.oid),
            made=catalog.at,
            history=(Step(catalog.at, "created"),),
        )
    )


def _is_deterministic(catalog: Catalog, given: dict[str, Any]) -> bool:
    """Whether texts are equal only where they are the same; a copy is what it is copied from."""
    if "from" in given:
        return _is_copy_deterministic(catalog, given["from"])
    value = given.get("deterministic")
    if value is None:
        return True
    said = strings(value.names)[-1] if hasattr(value, "names") else str(getattr(value, "sval", "") or getattr(value, "ival", ""))
    if said.lower() not in FALSE:
        return True
    provider = given.get("provider")
    if provider is None or (strings(provider.names)[-1] if hasattr(provider, "names") else provider.sval).lower() != "icu":
        raise Failure("0A000", "nondeterministic collations not supported with this provider")
    return False


def _is_copy_deterministic(catalog: Catalog, source: Any) -> bool:
    parts = strings(source.names if hasattr(source, "names") else source.items)
    if parts[-1] == "default" and is_own(parts):
        raise Failure("42P17", 'collation "default" cannot be copied')
    found = find_collation(catalog, parts)
    if found is None and not is_own(parts):
        return existing(catalog, parts).is_deterministic
    return found is None or found.is_deterministic


def rename(machine: Machine, node: Any) -> None:
    """ALTER COLLATION ... RENAME TO."""
    found = existing(machine.catalog, strings(node.object.list.items))
    _place(machine, found, found.schema, naming.truncated(node.newname))


def move(machine: Machine, node: Any) -> None:
    """ALTER COLLATION ... SET SCHEMA."""
    found = existing(machine.catalog, strings(node.object.list.items))
    _place(machine, found, schema_named(machine.catalog, node.newschema).oid, found.name)


def _place(machine: Machine, made: Collation, schema: int, name: str) -> None:
    catalog = machine.catalog
    if catalog.collations.named(schema, name) is not None:
        raise Failure("42710", f'collation "{name}" already exists in schema "{catalog.schemas[schema].name}"')
    object_renamed(machine, made.oid, name, catalog.schemas[schema].name)
    catalog.collations.put(replace(made, name=name, schema=schema, uses=uses(schema)))
