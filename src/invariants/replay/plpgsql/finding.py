"""Finding objects by name as a text writes it: ``schema.table``, ``"Table"``, ``fn(integer)``."""

import re

from invariants.postgres.identifiers import quote
from invariants.replay import names
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog

PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^\s".(]+))\s*(?:\.|$)')
SYNONYMS = {
    "int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "bool": "boolean", "varchar": "character varying",
    "bpchar": "character", "char": "character", "float8": "double precision", "float4": "real", "decimal": "numeric",
    "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
    "timetz": "time with time zone", "time": "time without time zone",
}  # fmt: skip
BUILT_IN = {
    16: "boolean", 17: "bytea", 18: '"char"', 19: "name", 20: "bigint", 21: "smallint", 23: "integer", 24: "regproc", 25: "text",
    26: "oid", 114: "json", 142: "xml", 600: "point", 650: "cidr", 700: "real", 701: "double precision", 790: "money", 829: "macaddr",
    869: "inet", 1042: "character", 1043: "character varying", 1082: "date", 1083: "time without time zone",
    1114: "timestamp without time zone", 1184: "timestamp with time zone", 1186: "interval", 1266: "time with time zone", 1560: "bit",
    1562: "bit varying", 1700: "numeric", 2205: "regclass", 2206: "regtype", 2249: "record", 2278: "void", 2279: "trigger",
    2950: "uuid", 3220: "pg_lsn", 3614: "tsvector", 3615: "tsquery", 3802: "jsonb", 3838: "event_trigger", 3904: "int4range",
    3906: "numrange", 3908: "tsrange", 3910: "tstzrange", 3912: "daterange", 3926: "int8range", 4072: "jsonpath", 4089: "regnamespace",
    4096: "regrole",
}  # fmt: skip
"""The types of pg_catalog by oid."""
NUMBERS = {name: oid for oid, name in BUILT_IN.items()}
INTERNAL = {
    "boolean": "bool", "bigint": "int8", "smallint": "int2", "integer": "int4", "real": "float4", "double precision": "float8",
    "character": "bpchar", "character varying": "varchar", "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz", "time without time zone": "time", "time with time zone": "timetz", '"char"': "char",
    "bit varying": "varbit",
}  # fmt: skip
"""What pg_type calls those that SQL calls otherwise."""


def parts_of(text: str) -> list[str]:
    """The parts of a qualified name, folded and unquoted; empty where it is none."""
    found: list[str] = []
    position = 0
    while position < len(text) or not found:
        match = PART.match(text, position)
        if match is None:
            return []
        found.append(match[1].replace('""', '"') if match[1] is not None else match[2].lower())
        position = match.end()
    return found


def relation(catalog: Catalog, parts: list[str]) -> o.Relation | None:
    """The relation of a name in parts."""
    return names.lookup(catalog, parts[-2] if len(parts) > 1 else "", parts[-1]) if parts else None


def functions(catalog: Catalog, schema: str, name: str) -> list[o.Function]:
    """The functions of that name, those of earlier schemas first."""
    oids = list(names.schemas(catalog, (schema, name) if schema else (name,)))
    found = [each for each in catalog.functions if each.name == name and each.schema in oids]
    return sorted(found, key=lambda each: oids.index(each.schema))


def canonical(name: str) -> str:
    """A type's name as format_type writes it, without schema."""
    base, brackets, _ = name.strip().partition("[")
    plain = re.sub(r"\s*\(.*?\)", "", base).strip().lower().removeprefix("pg_catalog.")
    plain = SYNONYMS.get(plain, plain)
    return plain + ("[]" if brackets else "")


def type_named(catalog: Catalog, text: str) -> tuple[int, str] | None:
    """The oid and written name of a type."""
    name = canonical(text)
    element = name.removesuffix("[]")
    if element in NUMBERS:
        return NUMBERS[element], name
    parts = parts_of(text.partition("[")[0])
    if not parts:
        return None
    for schema in names.schemas(catalog, parts):
        found = catalog.types.named(schema, parts[-1]) or catalog.relations.named(schema, parts[-1])
        if found is not None:
            return found.oid, written(catalog, found.schema, found.name) + ("[]" if name.endswith("[]") else "")
    return None


def function_signed(catalog: Catalog, text: str) -> o.Function | None:
    """The function of a signature such as ``public.fn(uuid, text)``."""
    name, bracket, arguments = text.strip().partition("(")
    parts = parts_of(name)
    if not parts or not bracket:
        return None
    wanted = [canonical(each) for each in arguments.rstrip(") ").split(",") if each.strip()]
    for each in functions(catalog, parts[-2] if len(parts) > 1 else "", parts[-1]):
        if [canonical(_bare(one)) for one in each.inputs] == [_bare(one) for one in wanted]:
            return each
    return None


def _bare(type_name: str) -> str:
    return type_name.rpartition(".")[2].strip('"')


def written(catalog: Catalog, schema: int, name: str) -> str:
    """A name as regclass prints it: without the schema where the search path finds it."""
    for each in names.path(catalog):
        found = catalog.relations.named(each, name) or catalog.types.named(each, name)
        if found is not None:
            if found.schema == schema:
                return quote(name)
            break
    return f"{quote(catalog.schemas[schema].name)}.{quote(name)}"


def signature(catalog: Catalog, function: o.Function) -> str:
    """A function as regprocedure prints it."""
    visible = next((each for each in functions(catalog, "", function.name) if each.inputs == function.inputs), None)
    name = quote(function.name)
    if visible is None or visible.oid != function.oid:
        name = f"{quote(catalog.schemas[function.schema].name)}.{name}"
    return f"{name}({','.join(function.inputs)})"
