"""pydantic-settings: the variables that the fields of a settings class are read from (docs.pydantic.dev, Settings Management)."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from invariants.facts.env import Declaration, Read
from invariants.frontends.env.names import is_name, sounds_secret
from invariants.frontends.env.pynames import Names, tail

DEEPEST = 4
CONFIG = {"SettingsConfigDict", "ConfigDict", "dict"}
ALIASES = ("validation_alias", "alias", "env")


class _Class(NamedTuple):
    """A settings class and what it is configured to."""

    node: ast.ClassDef
    prefix: str
    delimiter: str


def settings(tree: ast.Module, names: Names) -> Iterator[Read | Declaration]:
    """What the settings classes of a file read, and so declare."""
    classes = {each.name: each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)}
    for node in classes.values():
        if _is_settings(node, classes, names):
            config = _inherited(node, classes, names)
            yield from _fields(_Class(node, config.get("env_prefix", ""), config.get("env_nested_delimiter", "")), classes, names)


def _is_settings(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef], names: Names, depth: int = 0) -> bool:
    """It inherits from BaseSettings, in this file or, by its name, from what another file makes of it."""
    for base in node.bases:
        called = names.of(base)
        if tail(called) == "BaseSettings":
            return True
        own = classes.get(called)
        if own is not None and own is not node and depth < DEEPEST and _is_settings(own, classes, names, depth + 1):
            return True
        if own is None and "." in called and called.endswith("Settings") and _config(node, names):
            return True
    return False


def _inherited(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef], names: Names, depth: int = 0) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in node.bases:
        own = classes.get(names.of(base))
        if own is not None and own is not node and depth < DEEPEST:
            found |= _inherited(own, classes, names, depth + 1)
    return found | _config(node, names)


def _config(node: ast.ClassDef, names: Names) -> dict[str, str]:
    """What ``model_config``, an inner ``Config`` and the class's own keywords say."""
    pairs = [(each.arg or "", each.value) for each in node.keywords]
    for statement in node.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _target(statement) == "model_config":
            value = statement.value
            if isinstance(value, ast.Call) and tail(names.of(value.func)) in CONFIG:
                pairs += [(each.arg or "", each.value) for each in value.keywords]
            elif isinstance(value, ast.Dict):
                pairs += [
                    (str(key.value), each) for key, each in zip(value.keys, value.values, strict=True) if isinstance(key, ast.Constant)
                ]
        elif isinstance(statement, ast.ClassDef) and statement.name == "Config":
            pairs += [(_target(each), each.value) for each in statement.body if isinstance(each, ast.Assign)]
    return {key: texts[0] for key, value in pairs if (texts := names.strings(value))} | {"": ""} if pairs else {}


def _target(statement: ast.Assign | ast.AnnAssign) -> str:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return target.id if isinstance(target, ast.Name) else ""


def _fields(own: _Class, classes: Mapping[str, ast.ClassDef], names: Names, depth: int = 0) -> Iterator[Read | Declaration]:
    for statement in own.node.body:
        if isinstance(statement, ast.AnnAssign) and _is_field(statement):
            yield from _field(statement, own, classes, names, depth)


def _is_field(statement: ast.AnnAssign) -> bool:
    name = _target(statement)
    return bool(name) and not name.startswith("_") and name != "model_config" and "ClassVar" not in ast.unparse(statement.annotation)


def _field(
    statement: ast.AnnAssign, own: _Class, classes: Mapping[str, ast.ClassDef], names: Names, depth: int
) -> Iterator[Read | Declaration]:
    """A field's own variable, or those of the model that it holds."""
    name = _target(statement)
    aliases = _aliases(statement.value, names)
    written = [each.id for each in ast.walk(statement.annotation) if isinstance(each, ast.Name)]
    inner = next((classes[each] for each in written if each in classes and _has_fields(classes[each])), None)
    if inner is not None and _is_settings(inner, classes, names):
        return
    if inner is not None and own.delimiter and depth < DEEPEST and inner is not own.node:
        prefix = f"{aliases[0] if aliases else own.prefix + name}{own.delimiter}"
        yield from _fields(_Class(inner, prefix, own.delimiter), classes, names, depth + 1)
        return
    variables = [each for each in aliases or [own.prefix + name] if is_name(each)]
    is_defaulted = depth > 0 or len(variables) > 1 or _has_default(statement.value)
    for each in variables:
        variable = each if each in aliases else each.upper()
        is_secret = "Secret" in ast.unparse(statement.annotation) or sounds_secret(variable)
        at = names.at(statement.target)
        yield Read(at, variable, "server", "schema", is_defaulted)
        yield Declaration(at, variable, "secret" if is_secret else None, not is_defaulted, "pydantic", "")


def _has_fields(node: ast.ClassDef) -> bool:
    """It is a model, and no enumeration or plain value."""
    return any(isinstance(each, ast.AnnAssign) for each in node.body)


def _aliases(value: ast.expr | None, names: Names) -> list[str]:
    if not isinstance(value, ast.Call):
        return []
    said = {each.arg: each.value for each in value.keywords}
    alias = next((said[name] for name in ALIASES if name in said), None)
    if isinstance(alias, ast.Call):
        return [text for each in alias.args for text in names.strings(each)]
    return names.strings(alias) if alias is not None else []


def _has_default(value: ast.expr | None) -> bool:
    """A default, other than ``...``, which demands a value."""
    if value is None:
        return False
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name | ast.Attribute) and ast.unparse(value.func).endswith("Field"):
        given = [*value.args[:1], *(each.value for each in value.keywords if each.arg in {"default", "default_factory"})]
        return any(not _is_ellipsis(each) for each in given)
    return not _is_ellipsis(value)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
