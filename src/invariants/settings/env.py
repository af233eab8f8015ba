"""``env.toml`` as facts: what every target has to have is written out, target by target."""

from collections.abc import Iterator
from tomllib import TOMLDecodeError, loads
from typing import Any

from pydantic import ValidationError

from invariants.facts import env
from invariants.finding import ConfigError
from invariants.settings.lines import Lines
from invariants.settings.manifest import Env, Variable
from invariants.settings.problems import config_error


def load(path: str, text: str) -> Env:
    """The manifest of a file; :class:`~invariants.finding.ConfigError` where it cannot be used."""
    try:
        return model(path, Lines(path, text), loads(text))
    except TOMLDecodeError as error:
        raise ConfigError(path, 0, f"it is not TOML: {error}", "mend the syntax") from error


def facts(path: str, text: str, document: dict[str, Any]) -> Iterator[Any]:
    """What a manifest says."""
    lines = Lines(path, text)
    manifest = model(path, lines, document)
    yield env.Manifest(lines.at(()))
    for name, target in manifest.targets.items():
        at = lines.at(("targets", name))
        yield env.Target(at, name, target.file, target.format, target.scope, target.local, target.max_age, target.values)
    for name, variable in manifest.variables.items():
        at = lines.at(("variables", name))
        exposure = ", ".join(variable.exposure)
        yield env.Variable(
            at, name, variable.kind, exposure, variable.format, variable.rotation, variable.read_by, variable.owner, variable.source
        )
        yield from _demands(at, name, variable, list(manifest.targets))
        yield from (env.Pledge(at, name, target) for target in variable.fingerprint)
    key = manifest.fingerprints
    yield env.FingerprintKey(lines.at(("fingerprints",)), key.key_variable, key.key_file)
    for pattern, reason in manifest.ignore.items():
        yield env.Ignored(lines.at(("ignore", pattern)), pattern, reason)
    for function in manifest.accessors:
        yield env.Accessor(lines.at(("accessors",), function), function)
    for pattern in manifest.exclude:
        yield env.Excluded(lines.at(("exclude",), pattern), pattern)


def model(path: str, lines: Lines, document: dict[str, Any]) -> Env:
    """The manifest itself; :class:`~invariants.finding.ConfigError` where it cannot be used."""
    try:
        return Env.model_validate(document)
    except ValidationError as error:
        raise config_error(path, lines, error, Env) from error


def _demands(at: Any, name: str, variable: Variable, targets: list[str]) -> Iterator[env.Demand]:
    """What each target has to have, or may: what the platform sets is demanded of none."""
    everywhere = [] if variable.kind == "platform" else targets
    required = everywhere if variable.required is None else variable.required
    for target in required:
        if target not in variable.optional:
            yield env.Demand(at, name, target, False, variable.when)
    for target in targets if variable.kind == "platform" and variable.required is None else variable.optional:
        yield env.Demand(at, name, target, True, None)
