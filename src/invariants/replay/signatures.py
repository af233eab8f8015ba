"""Finding functions by what statements call them: a name, with or without argument types."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay import names
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Function

KINDS = {
    pb.OBJECT_FUNCTION: {"function", "window", "aggregate"},
    pb.OBJECT_PROCEDURE: {"procedure"},
    pb.OBJECT_AGGREGATE: {"aggregate"},
    pb.OBJECT_ROUTINE: {"function", "procedure", "aggregate", "window"},
}
WORDS = {pb.OBJECT_FUNCTION: "function", pb.OBJECT_PROCEDURE: "procedure", pb.OBJECT_AGGREGATE: "aggregate", pb.OBJECT_ROUTINE: "routine"}
SYSTEM = {"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"}
"""The columns that every table has."""


def find(machine: Machine, node: Any, objtype: int) -> Function | None:
    """The function that an ObjectWithArgs names; None for one that PostgreSQL or an extension brings, which is not kept."""
    catalog, parts = machine.catalog, strings(node.objname)
    if node.args_unspecified:
        found = _only(parts, [each for each in _visible(catalog, parts) if each.kind in KINDS[objtype]])
    else:
        found = _matching(catalog, parts, tuple(type_of(machine, each.type_name).name for each in node.objargs))
    if found is None:
        if _may_be_brought(catalog, parts):
            return None
        raise Failure("42883", f"{WORDS[objtype]} {'.'.join(parts)} does not exist")
    if found.kind not in KINDS[objtype]:
        raise Failure("42809", f"{found.name} is not a {WORDS[objtype]}")
    return found


def without_arguments(machine: Machine, parts: list[str]) -> Function | None:
    """The function that a trigger calls; None for one that PostgreSQL or an extension brings."""
    found = _matching(machine.catalog, parts, ())
    if found is None and not _may_be_brought(machine.catalog, parts):
        raise Failure("42883", f"function {'.'.join(parts)}() does not exist")
    return found


def _matching(catalog: Catalog, parts: list[str], types: tuple[str, ...]) -> Function | None:
    """The first function on the search path with these input types; a procedure may be named with its OUT arguments too."""
    for schema in names.schemas(catalog, parts):
        if found := catalog.functions.named(schema, parts[-1], types):
            return found
    procedures = (each for each in named(catalog, parts) if each.kind == "procedure")
    return next((each for each in procedures if tuple(argument.type_name for argument in each.arguments) == types), None)


def _visible(catalog: Catalog, parts: list[str]) -> Iterator[Function]:
    """The functions of a name that no other, of the same input types and earlier on the path, hides."""
    seen: set[tuple[str, ...]] = set()
    for each in named(catalog, parts):
        if each.inputs not in seen:
            seen.add(each.inputs)
            yield each


def _only(parts: list[str], candidates: list[Function]) -> Function | None:
    if len(candidates) > 1:
        raise Failure("42725", f'function name "{".".join(parts)}" is not unique')
    return candidates[0] if candidates else None


def named(catalog: Catalog, parts: list[str]) -> Iterator[Function]:
    """The functions of a name, in the order of the search path."""
    for schema in names.schemas(catalog, parts):
        yield from catalog.functions.grouped(schema, parts[-1])


BUILT_IN = ("pg_", "lo_", "suppress_redundant_updates_trigger", "tsvector_update_trigger")
BROUGHT: Mapping[str, tuple[str, ...]] = {
    "btree_gin": ("gin_",),
    "btree_gist": ("gbt_", "gbtreekey"),
    "fuzzystrmatch": ("levenshtein", "soundex", "metaphone", "dmetaphone", "difference", "daitch_"),
    "pg_graphql": (),
    "pg_stat_statements": ("pg_",),
    "pg_trgm": ("similarity", "word_similarity", "strict_word_similarity", "show_", "set_limit", "gtrgm_", "gin_"),
    "pgcrypto": ("armor", "crypt", "dearmor", "decrypt", "digest", "encrypt", "gen_random_", "gen_salt", "hmac", "pgp_"),
    "plpgsql": (),
    "supabase_vault": (),
    "unaccent": ("unaccent",),
    "uuid-ossp": ("uuid_",),
    "vector": ("array_to_", "binary_quantize", "cosine_", "halfvec", "inner_product", "l1_", "l2_", "sparsevec", "subvector", "vector"),
}
"""How the functions of well-known extensions begin; any other extension may bring any function."""


def _may_be_brought(catalog: Catalog, parts: list[str]) -> bool:
    """Whether PostgreSQL or an installed extension may bring a function of this name."""
    if parts[:-1] == ["pg_catalog"] or parts[-1].startswith(BUILT_IN):
        return True
    schemas = set(names.schemas(catalog, parts))
    installed = (each.name for each in catalog.extensions if each.schema in schemas)
    return any(parts[-1].startswith(BROUGHT.get(name, "")) for name in installed)


def creation(catalog: Catalog, parts: list[str]) -> tuple[int, str]:
    """The schema and the name of a function that is being created."""
    return names.creation_schema(catalog, parts[-2] if len(parts) > 1 else "").oid, parts[-1]


BLANK_PADDED = {"bpchar": "character", "bpchar[]": "character[]"}
MODIFIER = re.compile(r"\([^)]*\)")


def type_of(machine: Machine, node: Any) -> names.TypeRef:
    """The type of an argument or result, which keeps no length or precision."""
    found = names.find_type_name(machine, node)
    name = MODIFIER.sub("", found.name)
    return found._replace(name="interval" if name.startswith("interval ") else BLANK_PADDED.get(name, name))


def is_field(catalog: Catalog, name: str) -> bool:
    """Whether every table has such a column, or a function of rows may be written as one (manual, sections 5.5 and 8.16.5)."""
    return name in SYSTEM or called(catalog, [name], 1) is not None


def called(catalog: Catalog, parts: list[str], count: int) -> Function | None:
    """The function that a call most likely means: by name and number of arguments."""
    alike = list(catalog.functions.alike(parts[-1]))
    for schema in names.schemas(catalog, parts) if alike else ():
        for each in (each for each in alike if each.schema == schema):
            least = sum(argument.default is None and argument.mode in {"in", "inout"} for argument in each.arguments)
            if least <= count <= len(each.inputs) or any(argument.mode == "variadic" for argument in each.arguments):
                return each
    return None
