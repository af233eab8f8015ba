"""Casts: a value in another type."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from invariants.postgres.identifiers import quote
from invariants.postgres.tree import strings
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import arrays, documents, finding, times
from invariants.replay.plpgsql.literals import parse_bool, parse_int, parse_numeric
from invariants.replay.plpgsql.values import GAP, Json, Oid, Unsure, Value, cast_text, lifted, text_of

INTEGERS = {"int2": 2, "int4": 4, "int8": 8, "smallint": 2, "integer": 4, "int": 4, "bigint": 8}
TEXTS = {"text", "name", "citext", "bpchar", "varchar", "character varying", "character", "cstring", "unknown", "char"}
UUID = re.compile(r"\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?", re.IGNORECASE)


class Type(NamedTuple):
    """A type as a cast names it."""

    schema: str
    name: str
    is_array: bool = False
    length: int | None = None
    scale: int | None = None


def type_of(node: Any) -> Type:
    """The type of a TypeName node."""
    names = strings(node.names)
    sizes = [each.a_const.ival.ival for each in node.typmods if each.WhichOneof("node") == "a_const"]
    schema = names[-2] if len(names) > 1 else ""
    length, scale = (sizes[0] if sizes else None), (sizes[1] if len(sizes) > 1 else None)
    return Type(schema, names[-1], bool(node.array_bounds), length, scale)


def cast(catalog: Catalog, value: Value, target: Type) -> Value:
    """``value::target``; Failure where PostgreSQL refuses."""
    if value is None:
        return None
    if isinstance(value, Unsure):
        doubt = lifted(lambda each: cast(catalog, each, target), value)
        return Unsure(doubt.cause, doubt.guess, value.pattern if target.name in TEXTS else GAP)
    if target.is_array:
        items = arrays.parse(value) if isinstance(value, str) else value
        return _each(catalog, items, target._replace(is_array=False))
    return _scalar(catalog, value, target)


def _each(catalog: Catalog, items: Value, target: Type) -> Value:
    if not isinstance(items, list):
        raise Failure("42846", "cannot cast to an array")
    return [_each(catalog, each, target) if isinstance(each, list) else cast(catalog, each, target) for each in items]


def _scalar(catalog: Catalog, value: Value, target: Type) -> Value:
    name = target.name
    if name in TEXTS:
        return _sized(cast_text(value), target)
    if name in INTEGERS:
        return _integer(value, INTEGERS[name])
    if name in {"numeric", "decimal"}:
        return _numeric(value, target)
    if name in REGISTRIES:
        return registered(catalog, value, name)
    convert = CONVERSIONS.get(name)
    if convert is not None:
        try:
            return convert(value)
        except (TypeError, AttributeError, ValueError) as error:
            raise Failure("42846", f"cannot cast to {name}") from error
    return _labelled(catalog, value, target)


def _sized(text: str, target: Type) -> str:
    if target.name == "name":
        return text.encode()[:63].decode(errors="ignore")
    if target.name == "char" and target.schema == "":
        return text[:1]
    return text if target.length is None else text[: target.length]


def _integer(value: Value, size: int) -> int:
    if isinstance(value, Json):
        value = value.value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        value = round(value)
    number = parse_int(value) if isinstance(value, str) else int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))
    if not -(1 << (size * 8 - 1)) <= number < 1 << (size * 8 - 1):
        raise Failure("22003", "integer out of range")
    return number


def _numeric(value: Value, target: Type) -> Decimal:
    number = parse_numeric(value) if isinstance(value, str) else Decimal(value.value if isinstance(value, Json) else str(value))
    if target.length is None:
        return number
    return number.quantize(Decimal(1).scaleb(-(target.scale or 0)), ROUND_HALF_UP)


def _boolean(value: Value) -> bool:
    return parse_bool(value) if isinstance(value, str) else bool(value.value if isinstance(value, Json) else value)


def _uuid(value: Value) -> str:
    text = text_of(value).strip()
    if not UUID.fullmatch(text):
        raise Failure("22P02", f'invalid input syntax for type uuid: "{text}"')
    digits = text.strip("{}").replace("-", "").lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _date(value: Value) -> date:
    return times.parse_date(value) if isinstance(value, str) else value.date() if isinstance(value, datetime) else value


def _timestamp(value: Value) -> datetime:
    return times.parse_timestamp(value) if isinstance(value, str) else times.moment(value)


CONVERSIONS: dict[str, Callable[[Value], Value]] = {
    "bool": _boolean,
    "boolean": _boolean,
    "float4": float,
    "float8": float,
    "json": lambda value: documents.loads(value) if isinstance(value, str) else value,
    "jsonb": lambda value: documents.loads(value) if isinstance(value, str) else value,
    "uuid": _uuid,
    "date": _date,
    "timestamp": _timestamp,
    "timestamptz": _timestamp,
    "interval": lambda value: times.interval(value) if isinstance(value, str) else value,
    "oid": lambda value: parse_int(value) if isinstance(value, str) else int(value),
}


def _labelled(catalog: Catalog, value: Value, target: Type) -> Value:
    """A type of the migrations: an enum's labels are checked, a domain is its base."""
    found = finding.type_named(catalog, f"{quote(target.schema)}.{quote(target.name)}" if target.schema else quote(target.name))
    kind = None if found is None else catalog.types.get(found[0])
    if kind is not None and kind.kind == "enum" and isinstance(value, str) and value not in kind.labels:
        raise Failure("22P02", f'invalid input value for enum {kind.name}: "{value}"')
    if found is None and target.schema in {"", "pg_catalog"} and target.name not in finding.SYNONYMS | finding.NUMBERS:
        return Unsure(f"the type {target.name} is not known here", value)
    return value


def registered(catalog: Catalog, value: Value, kind: str) -> Oid:
    """A regclass and its like, from a name or a number."""
    found = REGISTRIES[kind](catalog, value)
    if found is not None:
        return found
    if value == 0:
        return Oid(0, kind, "-")
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return Oid(int(value), kind, str(value))
    missing = {"regclass": "42P01", "regtype": "42704", "regrole": "42704", "regnamespace": "3F000"}
    raise Failure(missing.get(kind, "42883"), f'"{value}" does not exist')


def _number(value: Value) -> int | None:
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and value.isdigit() else None


def to_class(catalog: Catalog, value: Value) -> Oid | None:
    """to_regclass."""
    number = _number(value)
    found = finding.relation(catalog, finding.parts_of(value)) if number is None else catalog.relations.get(number)
    if found is not None:
        return Oid(found.oid, "regclass", finding.written(catalog, found.schema, found.name))
    return None if number is not None else _system(value)


def _system(text: str) -> Oid | None:
    """A relation of the system catalogs, whose number is of no matter as long as equal names have equal ones."""
    from invariants.replay.plpgsql.catalogs import OIDS

    parts = finding.parts_of(text)
    if not parts:
        return None
    schema = parts[-2] if len(parts) > 1 else "pg_catalog"
    number = OIDS.get((schema, parts[-1]))
    return None if number is None else Oid(number, "regclass", parts[-1] if schema == "pg_catalog" else f"{schema}.{parts[-1]}")


def to_procedure(catalog: Catalog, value: Value) -> Oid | None:
    """to_regprocedure."""
    number = _number(value)
    found = finding.function_signed(catalog, value) if number is None else catalog.functions.get(number)
    return None if found is None else Oid(found.oid, "regprocedure", finding.signature(catalog, found))


def to_proc(catalog: Catalog, value: Value) -> Oid | None:
    """to_regproc."""
    number = _number(value)
    if number is None:
        parts = finding.parts_of(value)
        named = finding.functions(catalog, parts[-2] if len(parts) > 1 else "", parts[-1]) if parts else []
        found = named[0] if len(named) == 1 else None
    else:
        found = catalog.functions.get(number)
    return None if found is None else Oid(found.oid, "regproc", finding.signature(catalog, found).partition("(")[0])


def to_type(catalog: Catalog, value: Value) -> Oid | None:
    """to_regtype."""
    number = _number(value)
    if number is None:
        found = finding.type_named(catalog, value)
    else:
        made = catalog.types.get(number) or catalog.relations.get(number)
        name = finding.BUILT_IN.get(number) if made is None else finding.written(catalog, made.schema, made.name)
        found = None if name is None else (number, name)
    return None if found is None else Oid(found[0], "regtype", found[1])


def to_role(catalog: Catalog, value: Value) -> Oid | None:
    """to_regrole."""
    number = _number(value)
    parts = finding.parts_of(value) if number is None else []
    found = catalog.roles.named(parts[-1]) if parts else catalog.roles.get(number or 0)
    return None if found is None else Oid(found.oid, "regrole", quote(found.name))


def to_namespace(catalog: Catalog, value: Value) -> Oid | None:
    """to_regnamespace."""
    number = _number(value)
    parts = finding.parts_of(value) if number is None else []
    found = catalog.schemas.named(parts[-1]) if parts else catalog.schemas.get(number or 0)
    return None if found is None else Oid(found.oid, "regnamespace", quote(found.name))


REGISTRIES: dict[str, Callable[[Catalog, Value], Oid | None]] = {
    "regclass": to_class,
    "regprocedure": to_procedure,
    "regproc": to_proc,
    "regtype": to_type,
    "regrole": to_role,
    "regnamespace": to_namespace,
}
