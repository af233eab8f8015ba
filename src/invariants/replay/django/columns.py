"""Fields as columns: their names, types and definitions on PostgreSQL."""

from typing import Any

from invariants.replay.django.conditions import Untold, expression, literal
from invariants.replay.django.names import quote
from invariants.replay.django.state import Made, Model, Name, State

PLAIN = {
    "AutoField": "integer", "BigAutoField": "bigint", "SmallAutoField": "smallint", "BinaryField": "bytea", "BooleanField": "boolean",
    "NullBooleanField": "boolean", "DateField": "date", "DateTimeField": "timestamp with time zone", "DurationField": "interval",
    "FloatField": "double precision", "IntegerField": "integer", "BigIntegerField": "bigint", "IPAddressField": "inet",
    "GenericIPAddressField": "inet", "JSONField": "jsonb", "PositiveBigIntegerField": "bigint", "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint", "SmallIntegerField": "smallint", "TextField": "text", "TimeField": "time",
    "UUIDField": "uuid",
    "CITextField": "citext", "CICharField": "citext", "CIEmailField": "citext", "HStoreField": "hstore", "SearchVectorField": "tsvector",
    "IntegerRangeField": "int4range", "BigIntegerRangeField": "int8range", "DecimalRangeField": "numrange",
    "DateTimeRangeField": "tstzrange",
    "DateRangeField": "daterange", "OrderWrt": "integer", "ShortUUIDField": "varchar(22)", "ULIDField": "uuid",
}  # fmt: skip
SIZED = {
    "CharField": None, "EmailField": 254, "SlugField": 50, "URLField": 200, "FileField": 100, "ImageField": 100, "FilePathField": 100,
    "CommaSeparatedIntegerField": None, "PhoneNumberField": 128, "CountryField": 2, "TimeZoneField": 63, "ColorField": 25,
}  # fmt: skip
"""Fields that are ``varchar``, with the length that they have by default."""
UNKNOWN = "unknown"
"""PostgreSQL's own word for a type that cannot be told: here, that of a field of the application's."""
GEOMETRIES = {
    "PointField",
    "LineStringField",
    "PolygonField",
    "MultiPointField",
    "MultiLineStringField",
    "MultiPolygonField",
    "GeometryField",
}
AUTOMATIC = {"AutoField", "BigAutoField", "SmallAutoField"}
RELATED = {"PositiveIntegerField": "integer", "PositiveSmallIntegerField": "smallint", "PositiveBigIntegerField": "bigint"}
CHECKED = {"PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"}


def is_many(made: Made) -> bool:
    """Whether a field is no column but a table between two models."""
    return made.name in {"ManyToManyField", "TaggableManager", "ParentalManyToManyField", "SortedManyToManyField"}


def is_key(made: Made) -> bool:
    """Whether a field is a foreign key."""
    if is_many(made) or made.name in {"GenericForeignKey", "GenericRelation"}:
        return False
    return made.name in {"ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey", "TreeOneToOneField"} or "on_delete" in made.kwargs


def has_column(made: Made) -> bool:
    """Whether a field is a column of its own."""
    return not is_many(made) and made.name not in {"GenericForeignKey", "GenericRelation", "ForeignObject", "CompositePrimaryKey"}


def column(label: str, made: Made) -> str:
    """The name of a field's column."""
    given = made.kwargs.get("db_column")
    return given if isinstance(given, str) else f"{label}_id" if is_key(made) else label


def type_of(state: State, model: Model, made: Made) -> str:
    """A field's type; unknown where its class is the application's own."""
    if is_key(made):
        target = pointed(state, model, made)
        return related(state, *target) if target is not None else "bigint"
    if made.name in PLAIN:
        return PLAIN[made.name]
    if made.name in SIZED or (made.name.endswith("CharField") and "max_length" in made.kwargs):
        size = made.kwargs.get("max_length", SIZED.get(made.name))
        return f"varchar({size})" if isinstance(size, int) else "varchar"
    return _parameterised(state, model, made)


def _parameterised(state: State, model: Model, made: Made) -> str:
    if made.name == "DecimalField":
        digits, places = made.kwargs.get("max_digits"), made.kwargs.get("decimal_places")
        return f"numeric({digits}, {places})" if isinstance(digits, int) and isinstance(places, int) else "numeric"
    inner = (
        made.get("base_field", 0)
        if made.name == "ArrayField"
        else made.kwargs.get("output_field")
        if made.name == "GeneratedField"
        else None
    )
    if isinstance(inner, Made):
        size = made.kwargs.get("size")
        suffix = f"[{size if isinstance(size, int) else ''}]" if made.name == "ArrayField" else ""
        return type_of(state, model, inner) + suffix
    if made.name in {"VectorField", "HalfVectorField", "SparseVectorField"}:
        size = made.get("dimensions", 0)
        base = {"VectorField": "vector", "HalfVectorField": "halfvec"}.get(made.name, "sparsevec")
        return f"{base}({size})" if isinstance(size, int) else base
    if made.name in GEOMETRIES:
        kind = "geography" if made.kwargs.get("geography") is True else "geometry"
        return f"{kind}({made.name.removesuffix('Field').upper()},{made.kwargs.get('srid', 4326)})"
    return UNKNOWN


def pointed(state: State, model: Model, made: Made) -> tuple[Model, str, Made] | None:
    """The model and field that a foreign key points to, where they are known."""
    target = state.target(model.app, made.get("to", 0), model.name)
    if target is None:
        return None
    wanted = made.kwargs.get("to_field")
    if isinstance(wanted, str) and wanted in target.fields:
        return target, wanted, target.fields[wanted]
    return target, *target.primary


def related(state: State, model: Model, label: str, made: Made) -> str:
    """The type of a column that points to a field."""
    del label
    return RELATED.get(made.name) or type_of(state, model, made)


def is_unique(made: Made) -> bool:
    """Whether a field's values are unique, the primary key's among them."""
    return (
        made.kwargs.get("unique") is True or made.name in {"OneToOneField", "TreeOneToOneField"} or made.kwargs.get("primary_key") is True
    )


def is_indexed(made: Made) -> bool:
    """Whether a field brings an index that is no constraint's."""
    default = is_key(made) or made.name == "SlugField"
    return made.kwargs.get("db_index", default) is True and not is_unique(made)


def default(made: Made, kind: str) -> str | None:
    """What existing rows are given while a column is added: a value of the type where it is made at run time."""
    value = made.kwargs.get("default")
    if isinstance(value, (Made, Name)) or made.kwargs.get("auto_now") is True or made.kwargs.get("auto_now_add") is True:
        return STANDINS.get(kind, "''") if kind != UNKNOWN else None
    if value is None:
        blank = made.kwargs.get("blank") is True and made.kwargs.get("null") is not True and kind.startswith(("varchar", "text"))
        return "''" if blank else None
    return _value(value, kind)


STANDINS = {
    "uuid": "gen_random_uuid()", "timestamp with time zone": "now()", "date": "current_date", "time": "localtime", "jsonb": "'{}'",
    "boolean": "false", "integer": "0", "bigint": "0", "smallint": "0", "double precision": "0", "interval": "'0'",
    "tsvector": "''", "inet": "'0.0.0.0'",
}  # fmt: skip


def _value(value: Any, kind: str) -> str:
    if kind == "jsonb":
        import json

        return literal(json.dumps(value))
    if isinstance(value, list):
        return literal("{" + ",".join(f'"{each}"' for each in value) + "}")
    return literal(str(value)) if isinstance(value, str) else str(value).lower()


def definition(state: State, model: Model, label: str, made: Made, *, adding: bool = False) -> str:
    """A column as CREATE TABLE or ADD COLUMN defines it."""
    kind, name = type_of(state, model, made), quote(column(label, made))
    text = f"{name} {kind}"
    lasting = made.kwargs.get("db_default")
    written = expression(lasting, {}) if lasting is not None and not isinstance(lasting, Name) else default(made, kind) if adding else None
    text += f" DEFAULT {written}" if written is not None else ""
    if made.name == "GeneratedField":
        text += f" GENERATED ALWAYS AS ({_generation(model, made, kind)}) STORED"
    text += " NULL" if made.kwargs.get("null") is True else " NOT NULL"
    text += " PRIMARY KEY" if made.kwargs.get("primary_key") is True else " UNIQUE" if is_unique(made) else ""
    text += f" CHECK ({name} >= 0)" if made.name in CHECKED else ""
    return text + (" GENERATED BY DEFAULT AS IDENTITY" if made.name in AUTOMATIC else "")


def _generation(model: Model, made: Made, kind: str) -> str:
    """What a generated column is computed as; NULL where that is more than can be written here."""
    try:
        return expression(made.kwargs.get("expression"), fields(model))
    except Untold:
        return f"CAST(NULL AS {kind})"


def fields(model: Model) -> dict[str, str]:
    """The columns of a model by the names that conditions use for them."""
    found = {label: column(label, made) for label, made in model.fields.items() if has_column(made)}
    key = model.primary[0]
    return found | {f"{label}_id": name for label, name in found.items() if name == f"{label}_id"} | {"pk": found.get(key, key)}
