"""How a repository writes its policies: the tables whose policies keep tenants apart and fit others are models for those."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
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

    @property
    def form(self) -> tuple[object, ...]:
        """What tables with the same policies have in common."""
        return tuple(sorted(repr(each[1:4] + each[5:]) for each in self.templates))

    def covers(self, command: str) -> bool:
        return any(each.permissive and each.command in {"all", command} for each in self.templates)


def model(schema: Schema, table: str, wanted: Sequence[str], near: str = "") -> Model:
    """Whose policies a table should have, by the commands it must let in; ``near`` is preferred to others."""
    key = schema.keys.get(table)
    if key is None:
        raise Unmended("which of its columns says whose a row is cannot be told")
    fitting = [each for each in models(schema) if _fits(schema, each, table, key)]
    forms = Counter(each.form for each in fitting)
    best = min(fitting, key=lambda each: (_left(each, wanted), each.table != near, -forms[each.form], each.table), default=None)
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


def _left(model: Model, wanted: Sequence[str]) -> int:
    """How many commands a model lets nobody do."""
    return sum(not model.covers(command) for command in wanted)


@lru_cache(maxsize=8)
def models(schema: Schema) -> tuple[Model, ...]:
    """The tables under row security all of whose policies isolate and fit others."""
    return tuple(_models(schema))


def _models(schema: Schema) -> Iterator[Model]:
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


def _fits(schema: Schema, model: Model, table: str, key: str) -> bool:
    """The keys mean the same and have one type; and the policies do not read the table itself."""
    types = {_type(schema, table, key), _type(schema, model.table, model.key)}
    is_read = table in schema.asked.get(model.table, frozenset())
    return model.table != table and len(types) == 1 and _same(schema, model, table, key) and not is_read


def _type(schema: Schema, table: str, column: str) -> str:
    name = schema.columns[table, column].type_name.partition("(")[0]
    return "text" if name in TEXTS else name


def _same(schema: Schema, model: Model, table: str, key: str) -> bool:
    """Both columns hold the same tenants: they have one name, or one is the primary key that the other refers to."""
    if model.table in schema.roots or table in schema.roots:
        return _refers(schema, model.table, model.key, table) or _refers(schema, table, key, model.table)
    return _folded(model.key) == _folded(key)


def _refers(schema: Schema, table: str, column: str, target: str) -> bool:
    return any(each.columns == (column,) and each.target == target for each in schema.foreign_keys.get(table, ()))


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _configured(schema: Schema, table: str, key: str) -> Template | None:
    """A policy by the configured setting that is called as the key is."""
    rows = schema.rows("select distinct name from settings_session_source where source = 'configured' order by name")
    names = {_folded(each) for each in ([key, *schema.keys.values()] if table in schema.roots else [key])}
    settings = [name for (name,) in rows if _folded(name.rpartition(".")[2]) in names and not _is_function(schema, name)]
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
