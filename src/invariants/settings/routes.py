"""What ``config.toml`` says of routes and of confined modules, as facts."""

from collections.abc import Iterator
from typing import Any

from invariants.facts import settings
from invariants.settings.lines import Lines
from invariants.settings.models import Config, Requirement


def facts(config: Config, lines: Lines) -> Iterator[Any]:
    """The facts of both."""
    told = config.routes
    for position, guard in enumerate(told.guard):
        yield settings.RouteGuard(lines.at(("routes", "guard", position, "name"), guard.name), guard.name, guard.posture)
    for name in told.audit:
        yield settings.RouteWord(lines.at(("routes", "audit"), name), "audit", name)
    for name in told.rate_limit:
        yield settings.RouteWord(lines.at(("routes", "rate_limit"), name), "rate_limit", name)
    if told.cron_wrapper:
        yield settings.RouteWord(lines.at(("routes", "cron_wrapper")), "cron_wrapper", told.cron_wrapper)
    for position, required in enumerate(told.require):
        yield from _requirement(position, required, lines)
    for position, confined in enumerate(config.confine):
        at = lines.at(("confine", position, "name"), confined.name)
        for pattern in confined.allow or [""]:
            yield settings.Confinement(at, confined.name, pattern)


def _requirement(position: int, required: Requirement, lines: Lines) -> Iterator[settings.RouteRequirement]:
    at = lines.at(("routes", "require", position, "match"), required.match)
    methods = f" {' '.join(each.upper() for each in required.method)} " if required.method else ""
    for word in (required.posture or "").split():
        yield settings.RouteRequirement(at, required.match, methods, "posture", word)
    for name in required.calls:
        yield settings.RouteRequirement(at, required.match, methods, "call", name)
