"""``env.lock.toml`` as facts, and facts as ``env.lock.toml``: a fingerprint a line, sorted."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from invariants.facts import env
from invariants.settings.lines import Lines
from invariants.settings.manifest import Lock
from invariants.settings.problems import config_error

SCHEMA = "invariants-env-lock/1"
HEAD = f'# Fingerprints of secrets, never the secrets. Written by `invariants env record`; not to be edited.\nschema = "{SCHEMA}"\n'


def facts(path: str, text: str, document: dict[str, Any]) -> Iterator[env.Record]:
    """What was recorded."""
    lines = Lines(path, text)
    try:
        lock = Lock.model_validate(document)
    except ValidationError as error:
        raise config_error(path, lines, error, Lock) from error
    for target, recorded in lock.fingerprints.items():
        for name, fingerprint in recorded.items():
            at = lines.at(("fingerprints", target, name))
            yield env.Record(at, name, target, fingerprint, lock.key_id or "")


def text(records: Iterable[env.Record]) -> str:
    """A lock file that holds these, all of one key."""
    found = sorted((each.target, each.name, each.fingerprint, each.key_id) for each in records)
    key = next((key for *_, key in found if key), "")
    written = HEAD + (f'key_id = "{key}"\n' if key else "")
    for target in dict.fromkeys(target for target, *_ in found):
        own = [f'{name} = "{fingerprint}"\n' for where, name, fingerprint, _ in found if where == target]
        written += f"\n[fingerprints.{json.dumps(target, ensure_ascii=False)}]\n{''.join(own)}"
    return written
