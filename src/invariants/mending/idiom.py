"""How a repository writes its policies: the tables whose policies keep tenants apart and fit others are models for those."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from invariants.mending.schema import Schema, Unmended
from invariants.wording import identifier, qualified

TEXTS = {"text", "character varying"}
UNIT = "\x1f"
LONGEST = 63
"""Bytes of a name."""
FALLBACK = "tenant_rows"
"""What a policy is called that follows no other."""


class Template(NamedTuple):
    """A policy of a model, its key and its table left open."""

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    column: str
    using: str | None
    check: str | None


class Model(NamedTuple):
    """A table whose policies fit others."""

    table: str
    key: str
    templates: tuple[Template, ...]

    def covers(self, command: str) -> bool:
        return any(each.permissive and each.command in {"all", command} for each in self.templates)


Family = dict[str, Model]
"""Tables whose policies are the same but for the names of the tables, their keys and the policies; by name, in the order of names."""


def model(schema: Schema, table: str, wanted: Sequence[str], near: str = "") -> Model:
    """Whose policies a table should have, by the commands it must let in; ``near`` is preferred to others."""
    key = schema.keys.get(table)
    if key is None:
        raise Unmended("which of its columns says whose a row is cannot be told")
    best = _best(_fitting(schema, table, key), {table, *schema.askers.get(table, ())}, wanted, near)
    if best is not None and not _left(best, wanted):
        return best
    if (configured := _configured(schema, table, key)) is not None:
        return Model("", key, (configured,))
    if best is not None:
        lacking = " or ".join(command for command in wanted if not best.covers(command))
        raise Unmended(f"no policy of the repository that would fit it lets anybody {lacking}")
    raise Unmended(
        f"no policy of the repository fits its key {key}, and no `[tenancy] session` in .invariants/config.toml says who a session is"
    )


def _best(families: Iterable[Family], avoided: set[str], wanted: Sequence[str], near: str) -> Model | None:
    """The model that lets in most of what is wanted: of those the near one, else one of the form that most tables have."""
    found = []
    for family in families:
        rest = (each for table, each in family.items() if table not in avoided)
        candidates = {*islice(rest, 1), *([family[near]] if near in family and near not in avoided else [])}
        number = len(family) - sum(table in family for table in avoided)
        found += [(_left(each, wanted), each.table != near, -number, each.table, each) for each in candidates]
    return min(found)[-1] if found else None


def _left(model: Model, wanted: Sequence[str]) -> int:
    """How many commands a model lets nobody do."""
    return sum(not model.covers(command) for command in wanted)


@lru_cache(maxsize=8)
def _models(schema: Schema) -> Family:
    return {each.table: each for each in _found(schema)}


@lru_cache(maxsize=8)
def _kinds(schema: Schema) -> dict[tuple[str, str], dict[str, Family]]:
    """Families by what their keys are called and of which type; the tables of tenants are in none, whose keys have names of their own."""
    found: dict[tuple[str, str], list[Model]] = defaultdict(list)
    for each in _models(schema).values():
        if each.table not in schema.roots:
            found[_kind(schema, each.table, each.key)].append(each)
    return {kind: _families(models) for kind, models in found.items()}


def _families(models: Iterable[Model]) -> dict[str, Family]:
    """Models by what their policies have in common."""
    found: dict[str, list[Model]] = defaultdict(list)
    for each in models:
        found[repr(sorted(repr(template[1:4] + template[5:]) for template in each.templates))].append(each)
    return {form: {each.table: each for each in sorted(alike, key=lambda each: each.table)} for form, alike in found.items()}


def _found(schema: Schema) -> Iterator[Model]:
    """The tables under row security all of whose policies isolate and fit others."""
    templates = _templates(schema)
    for table in sorted(schema.enabled & schema.let_in - schema.weak):
        own = templates.get(table, [])
        columns = {each.column for each in own if each.column}
        is_whole = len(own) == len(schema.policies[table])
        if is_whole and columns == {schema.keys.get(table)} and any(each.permissive and each.column for each in own):
            yield Model(table, columns.pop(), tuple(own))


def _templates(schema: Schema) -> dict[str, list[Template]]:
    found: dict[str, list[Template]] = defaultdict(list)
    rows = schema.rows(
        "select t.table_name, p.name, p.command, p.permissive, (select group_concat(r.role, char(31)) from db_policy_role as r "
        "where r.database = p.database and r.table_name = p.table_name and r.policy_name = p.name), "
        "t.column_name, t.using_text, t.check_text from db_policy_template as t "
        "join db_policy as p on p.database = t.database and p.table_name = t.table_name and p.name = t.policy_name "
        "where t.database = {database} order by t.table_name, p.name"
    )
    for table, name, command, permissive, roles, column, using, check in rows:
        found[table].append(Template(name, command, bool(permissive), tuple(roles.split(UNIT)), column, using, check))
    return found


def _fitting(schema: Schema, table: str, key: str) -> Iterable[Family]:
    """Models whose keys mean the same as a table's and have its type."""
    models = _models(schema)
    is_root = table in schema.roots
    alike = {} if is_root else _kinds(schema).get(_kind(schema, table, key), {})
    others = models.values() if is_root else [models[root] for root in schema.roots & models.keys()]
    if joined := [each for each in others if _joined(schema, each, table, key)]:
        alike = _families([*joined, *(each for family in alike.values() for each in family.values())])
    return alike.values()


def _kind(schema: Schema, table: str, key: str) -> tuple[str, str]:
    return _folded(key), _type(schema, table, key)


def _type(schema: Schema, table: str, column: str) -> str:
    name = schema.columns[table, column].type_name.partition("(")[0]
    return "text" if name in TEXTS else name


def _joined(schema: Schema, model: Model, table: str, key: str) -> bool:
    """One of the keys, which are of one type, is the primary key that the other refers to."""
    is_one_type = _type(schema, table, key) == _type(schema, model.table, model.key)
    return is_one_type and (_refers(schema, model.table, model.key, table) or _refers(schema, table, key, model.table))


def _refers(schema: Schema, table: str, column: str, target: str) -> bool:
    return any(each.columns == (column,) and each.target == target for each in schema.foreign_keys.get(table, ()))


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _configured(schema: Schema, table: str, key: str) -> Template | None:
    """A policy by the configured setting that is called as the key is."""
    names = {_folded(each) for each in ([key, *schema.keys.values()] if table in schema.roots else [key])}
    settings = [name for name in schema.sources if _folded(name.rpartition(".")[2]) in names and not _is_function(schema, name)]
    if len(settings) != 1 or "." not in settings[0]:
        return None
    name, type_name = settings[0].replace("'", "''"), _type(schema, table, key)
    cast = "" if type_name == "text" else f"::{schema.columns[table, key].type_name}"
    return Template(FALLBACK, "all", True, ("public",), key, f"\"{{key}}\" = nullif(current_setting('{name}', true), ''){cast}", None)


def _is_function(schema: Schema, name: str) -> bool:
    return bool(schema.rows("select 1 from db_function where database = {database} and name = {name}", name=name))


def copied(schema: Schema, table: str, model: Model, commands: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The statements that give a table its model's policies for some commands, and those that drop them again."""
    key, wanted = schema.keys[table], {"all", *commands}
    taken = set(schema.policies.get(table, ()))
    for each in (each for each in model.templates if each.command in wanted):
        name = _named(each.name, model.table, table, taken)
        taken.add(name)
        yield _create(each, name, table, key), f"drop policy {identifier(name)} on {qualified(table)}"


def binding(schema: Schema, table: str) -> str:
    """What binds a table's rows to a session's tenant in policies as the repository writes them; empty where none fits."""
    try:
        templates = model(schema, table, ()).templates
    except Unmended:
        return ""
    texts = (each.using or each.check for each in templates if each.permissive and each.column)
    return _filled(next(texts) or "", table, schema.keys[table])


def _named(name: str, model: str, table: str, taken: set[str]) -> str:
    """A policy's name, with its own table's in place of the model's, and a number where there is one of that name."""
    old, new = model.rpartition(".")[2], table.rpartition(".")[2]
    found = name.replace(old, new) if old and old != FALLBACK else name
    names = [found, *(f"{found}_{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in (_cut(each) for each in names) if each not in taken)


def _cut(name: str) -> str:
    return name.encode()[:LONGEST].decode(errors="ignore")


def _create(template: Template, name: str, table: str, key: str) -> str:
    kind = "" if template.permissive else " as restrictive"
    command = "" if template.command == "all" else f" for {template.command}"
    roles = "" if template.roles == ("public",) else f" to {', '.join(map(_role, template.roles))}"
    lines = [f"create policy {identifier(name)} on {qualified(table)}{kind}{command}{roles}"]
    for word, text in (("using", template.using), ("with check", template.check)):
        if text is not None:
            lines.append(f"    {word} ({_filled(text, table, key)})")
    return "\n".join(lines)


def _role(name: str) -> str:
    return name if name in {"current_user", "session_user", "current_role"} else identifier(name)


def _filled(text: str, table: str, key: str) -> str:
    return text.replace('"{table}"', identifier(table.rpartition(".")[2])).replace('"{key}"', identifier(key))
