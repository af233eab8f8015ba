"""SQLAlchemy's column types as PostgreSQL writes them."""

from collections.abc import Callable, Iterator

from invariants.python.questions import literal, name
from invariants.python.values import Call, Class, Symbol, Value

PLAIN = {
    "biginteger": "bigint", "boolean": "boolean", "bytea": "bytea", "date": "date", "double": "double precision",
    "double_precision": "double precision", "integer": "integer", "largebinary": "bytea", "blob": "bytea", "pickletype": "bytea",
    "smallinteger": "smallint", "text": "text", "clob": "text", "unicodetext": "text", "uuid": "uuid", "guid": "uuid", "uuidtype": "uuid",
    "real": "real", "interval": "interval", "jsonb": "jsonb", "json": "json", "jsontype": "json", "emailtype": "varchar(255)",
    "urltype": "text", "arrowtype": "timestamp", "ltreetype": "ltree", "timestampaware": "timestamptz", "tstringenum": "varchar",
    "encryptedtype": "bytea", "stringencryptedtype": "varchar", "ipaddresstype": "varchar(50)", "passwordtype": "bytea",
}  # fmt: skip
"""Types without parameters, by their name in lower case; one that is not here and in capitals is PostgreSQL's own."""
SIZED = {
    "string": "varchar", "varchar": "varchar", "unicode": "varchar", "autostring": "varchar", "nvarchar": "varchar",
    "char": "char", "nchar": "char",
    "vector": "vector", "halfvec": "halfvec", "sparsevec": "sparsevec",
}  # fmt: skip
"""Types with one optional length."""
UNKNOWN = "unknown"
"""PostgreSQL's own word for a type that cannot be told."""
ROOTS = {
    "sqlalchemy",
    "sqlmodel",
    "sqlalchemy_utils",
    "pgvector",
    "geoalchemy2",
    "fastapi_users_db_sqlalchemy",
    "citext",
    "sqlalchemy_citext",
}
SERIAL = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}


def render(value: Value) -> str:
    """A type's name; ``unknown`` where the type is the application's own."""
    value = resolved(value)
    return _known(value) if isinstance(value, (Symbol, Call)) else UNKNOWN


def resolved(value: Value) -> Value:
    """The type itself: a variant for PostgreSQL, or what a decorator of the same file stands on."""
    if isinstance(value, Call) and value.name == "with_variant" and isinstance(value.base, (Call, Symbol)):
        return resolved(value.args[0] if "postgresql" in value.args[1:] else value.base)
    if isinstance(value, Call) and isinstance(value.base, Class):
        value = value.base
    if isinstance(value, Class):
        try:
            return resolved(value.find("impl"))
        except KeyError:
            return value
    return value


def _known(value: Symbol | Call) -> str:
    path = value.path.removesuffix("()")
    label = path.rpartition(".")[2]
    lower = label.lower()
    call = value if isinstance(value, Call) else Call(path, (), {}, None)  # type: ignore[arg-type]
    special = SPECIAL.get(lower)
    if special is not None:
        return special(call)
    if lower in SIZED:
        size = call.get("length", 0, call.get("dim"))
        return f"{SIZED[lower]}({size})" if isinstance(size, int) else SIZED[lower]
    if lower in PLAIN and (path.partition(".")[0] in ROOTS or lower in {"guid", "uuidtype"}):
        return PLAIN[lower]
    return lower if path.partition(".")[0] in ROOTS and label.isupper() else UNKNOWN


def _numeric(call: Call) -> str:
    sizes = [str(each) for each in (call.get("precision", 0), call.get("scale", 1)) if isinstance(each, int)]
    return f"numeric({', '.join(sizes)})" if sizes else "numeric"


def _float(call: Call) -> str:
    precision = call.get("precision", 0)
    return f"float({precision})" if isinstance(precision, int) and not isinstance(precision, bool) else "float"


def _time(call: Call) -> str:
    kind = "time" if call.name.lower() == "time" else "timestamp"
    precision = call.get("precision")
    zone = " with time zone" if call.get("timezone", 0) is True else ""
    return f"{kind}{f'({precision})' if isinstance(precision, int) else ''}{zone}"


def _uuid(call: Call) -> str:
    return "char(32)" if call.get("native_uuid") is False else "uuid"


def _array(call: Call) -> str:
    dimensions = call.get("dimensions")
    return render(call.get("item_type", 0)) + "[]" * (dimensions if isinstance(dimensions, int) and dimensions else 1)


def _bit(call: Call) -> str:
    size = call.get("length", 0)
    varying = " varying" if call.get("varying") is True else ""
    return f"bit{varying}{f'({size})' if isinstance(size, int) else ''}"


def _geometry(call: Call) -> str:
    kind = call.get("geometry_type", 0, "GEOMETRY")
    srid = call.get("srid", 1, -1)
    return f"{call.name.lower()}({kind},{srid})" if isinstance(kind, str) else call.name.lower()


def _enum(call: Call) -> str:
    if call.get("native_enum") is False:
        longest = max((len(each) for each in labels(call)), default=0)
        size = call.get("length")
        return f"varchar({size if isinstance(size, int) else longest or 255})"
    qualified = enum_name(call)
    return qualified or f"varchar({max((len(each) for each in labels(call)), default=0) or 255})"


def enum_name(call: Call) -> str:
    """The qualified name of an enum's type; empty where it has none."""
    given = call.get("name")
    first = call.get("", 0)
    if given is None and isinstance(first, (Class, Symbol)):
        given = (first.name if isinstance(first, Class) else first.path.rpartition(".")[2]).lower()
    if not isinstance(given, str):
        return ""
    schema = call.get("schema")
    return f"{name(schema)}.{name(given)}" if isinstance(schema, str) else name(given)


def labels(call: Call) -> list[str]:
    """The labels of an enum, as far as they can be told: the names of a class's members, or the strings themselves."""
    first = call.get("", 0)
    if isinstance(first, Class):
        return list(first.names)
    return [str(each) for each in call.args if isinstance(each, str)]


def is_enum(value: Value) -> bool:
    """Whether a type is a native enum with a name, which is a type of its own."""
    value = resolved(value)
    return isinstance(value, Call) and value.name.lower() == "enum" and value.get("native_enum") is not False and bool(enum_name(value))


def enums(value: Value) -> Iterator[Call]:
    """The enums that a column's type brings along."""
    value = resolved(value)
    if isinstance(value, Call) and value.name.lower() == "array":
        yield from enums(value.get("item_type", 0))
    elif is_enum(value) and value.get("create_type") is not False and value.get("metadata") is None:
        yield value


def create_enum(call: Call) -> str:
    """The statement that creates an enum's type."""
    return f"CREATE TYPE {enum_name(call)} AS ENUM ({', '.join(literal(each) for each in labels(call))})"


def ensure_enum(call: Call) -> str:
    """The statement that creates an enum's type unless it is there: SQLAlchemy remembers, over a whole run, which ones it has made."""
    return f"DO $$BEGIN {create_enum(call)}; EXCEPTION WHEN duplicate_object THEN NULL; END$$"


SPECIAL: dict[str, Callable[[Call], str]] = {
    "numeric": _numeric,
    "decimal": _numeric,
    "float": _float,
    "datetime": _time,
    "timestamp": _time,
    "time": _time,
    "uuid": _uuid,
    "array": _array,
    "bit": _bit,
    "geometry": _geometry,
    "geography": _geometry,
    "enum": _enum,
}
