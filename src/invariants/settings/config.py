"""``config.toml`` as facts."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from invariants.facts import settings
from invariants.settings import routes
from invariants.settings.lines import Lines
from invariants.settings.models import Check, Config, Tenancy
from invariants.settings.problems import config_error


def facts(path: str, text: str, document: dict[str, Any]) -> Iterator[Any]:
    """What a configuration says."""
    lines = Lines(path, text)
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        raise config_error(path, lines, error, Config) from error
    yield from _tenancy(config.tenancy, lines)
    yield from _choices(config.tenancy, config.check, lines)
    for position, database in enumerate(config.database):
        for pattern in database.migrations:
            at = lines.at(("database", position, "migrations"), pattern)
            yield settings.Migrations(at, position, database.name, database.runner, pattern)
        for place, schema in enumerate(database.search_path):
            yield settings.SearchPath(lines.at(("database", position, "search_path"), schema), position, place, schema)
    yield from routes.facts(config, lines)
    for rule, level in config.levels.items():
        yield settings.Level(lines.at(("levels", rule)), rule, level)


def _tenancy(tenancy: Tenancy, lines: Lines) -> Iterator[Any]:
    for name in tenancy.keys:
        yield settings.TenantKey(lines.at(("tenancy", "keys"), name), "", name, "configured", "the configuration says so")
    if tenancy.root:
        yield settings.TenantRoot(lines.at(("tenancy", "root")), "", _qualified(tenancy.root), "configured")
    for name in tenancy.roles:
        yield settings.AppRole(lines.at(("tenancy", "roles"), name), "", name, "configured")
    for name in tenancy.session:
        yield settings.SessionSource(lines.at(("tenancy", "session"), name), name, "configured")
    for name in tenancy.predicates:
        yield settings.Predicate(lines.at(("tenancy", "predicates"), name), _qualified(name))
    for pattern in tenancy.schemas:
        yield settings.TenantSchema(lines.at(("tenancy", "schemas"), pattern), pattern)


def _choices(tenancy: Tenancy, check: Check, lines: Lines) -> Iterator[settings.Choice]:
    chosen = {
        ("tenancy", "isolation"): tenancy.isolation,
        ("tenancy", "force"): tenancy.force,
        ("check", "unverified"): check.unverified,
        ("check", "expires"): check.expires,
    }
    for key, value in chosen.items():
        if value is not None:
            yield settings.Choice(lines.at(key), ".".join(key), value, "configured")


def _qualified(name: str) -> str:
    """A name without its schema is one in ``public``."""
    return name if "." in name else f"public.{name}"
