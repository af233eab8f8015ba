"""The files of ``.invariants/``: every key with its type, its default and its sentence, out of the models that read them."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import invariants.settings
from invariants.settings.models import Model
from scripts.docs.markdown import prose, table

FILE = "`.invariants/"
"""How the sentence of a model begins that is a whole file."""
Schema = dict[str, Any]
PLURAL = {"string": "strings", "integer": "integers", "date": "dates"}


def models() -> dict[str, type[Model]]:
    """The models that are whole files, by the file's name without its extension, which is its schema's too."""
    for module in iter_modules(invariants.settings.__path__):
        import_module(f"invariants.settings.{module.name}")
    files = [each for each in Model.__subclasses__() if (each.__doc__ or "").startswith(FILE)]
    return {_file(each).rpartition(".")[0]: each for each in files}


def pages() -> dict[str, str]:
    """The pages by their paths."""
    return {f"settings/{name}.md": _page(name, model) for name, model in models().items()}


def places() -> dict[str, str]:
    """Where each file is described."""
    return {f".invariants/{_file(model)}": f"settings/{name}.md" for name, model in models().items()}


def _file(model: type[Model]) -> str:
    return (model.__doc__ or "").removeprefix(FILE).partition("`")[0]


def _page(name: str, model: type[Model]) -> str:
    schema = model.model_json_schema()
    blocks = [
        f"# {_file(model)}",
        prose(schema["description"]),
        f"Its JSON schema is published: [{name}.json](../schemas/{name}.json). A key that is none is refused.",
    ]
    return "\n\n".join([*blocks, *_tables("", schema, schema, is_toml=_file(model).endswith(".toml"))]) + "\n"


def _tables(header: str, part: Schema, whole: Schema, *, is_toml: bool) -> Iterator[str]:
    """The keys of a table, and those of the tables in it."""
    inner, rows = [], []
    for key, value in part.get("properties", {}).items():
        below, form = _below(value, whole)
        if below:
            path = f"{header}.{key}" if header else key
            inner.append((form.format(path) if is_toml else key, path, below))
        else:
            needed = ", *required*" if key in part.get("required", []) else _default(value)
            rows.append((f"`{key}`", _type(value) + needed, prose(value["description"])))
    if rows:
        yield table(("Key", "Type", "What it says"), rows)
    for title, path, below in inner:
        yield f"## {title} {{ #{path.replace('.', '-')} }}"
        yield prose(below["description"])
        yield from _tables(path, below, whole, is_toml=is_toml)


def _below(value: Schema, whole: Schema) -> tuple[Schema | None, str]:
    """The table that a key holds, if it is one, and how its header is written."""
    for found, form in ((value, "[{}]"), (value.get("items", {}), "[[{}]]"), (_named(value), "[{}.NAME]")):
        if "$ref" in found:
            return whole["$defs"][found["$ref"].rpartition("/")[2]], form
    return None, ""


def _named(value: Schema) -> Schema:
    """What stands under each name of a table whose keys are names."""
    found = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
    return next((each for each in found if isinstance(each, dict)), {})


def _type(value: Schema) -> str:
    """What may stand there, in words."""
    if "anyOf" in value:
        return " or ".join(_type(each) for each in value["anyOf"] if each.get("type") != "null")
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value["type"] == "array":
        return f"list of {PLURAL.get(_type(value['items']), _type(value['items']))}"
    if named := _named(value):
        return f"table of names, each with {_type(named)}"
    least = f", at least {value['minimum']}" if "minimum" in value else ""
    return str(value.get("format", value["type"])) + least


def _default(value: Schema) -> str:
    """What holds where the key is left out, if that is a value."""
    default = value.get("default")
    return "" if default in (None, [], {}, "") else f", `{str(default).lower() if isinstance(default, bool) else default}` where left out"
