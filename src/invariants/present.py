"""What is only true of this run, and is made anew in every one: its day, and whether the secrets at hand are those that were recorded."""

import os
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invariants import dotenv
from invariants.facts import env
from invariants.facts.place import PLATFORM
from invariants.finding import ConfigError
from invariants.store import Store, Unit

if TYPE_CHECKING:
    from invariants.fingerprints import Verdict

SHORTEST_KEY = 32
NEW = "make one with `openssl rand -hex 32`, and keep it outside the repository"
Values = Mapping[str, str | None]


def unit(store: Store, root: Path, today: date) -> Unit:
    """The unit of what is true now of what the store shows; it is told by its facts, which hold nothing of a secret."""
    facts = list(_facts(store, root, today))
    found = Unit("present", blake2b(repr(facts).encode(), digest_size=20).hexdigest(), "present")
    if found not in store:
        store.add(found, facts)
    return found


def _facts(store: Store, root: Path, today: date) -> Iterator[Any]:
    if _all(store, env.Target):
        yield env.Today(PLATFORM, today.isoformat())
        yield from comparisons(store, root)


def comparisons(store: Store, root: Path) -> Iterator[env.Comparison]:
    """Every fingerprint that is recorded or asked for, against the value that is there."""
    records = {(each.name, each.target): each for each in _all(store, env.Record)}
    pledges = {(each.name, each.target): each for each in _all(store, env.Pledge)}
    if not records and not pledges:
        return
    from invariants.fingerprints import Verdict

    held, secret = key(store, root), values(store, root)
    for name, target in sorted(records.keys() | pledges.keys()):
        record = records.get((name, target))
        verdict = Verdict("not comparable", "no fingerprint of it is recorded: `invariants env record`")
        if record is not None:
            known = secret.get(target)
            verdict = _compared(record, known, held)
        at = record.at if record is not None else pledges[name, target].at
        yield env.Comparison(at, name, target, verdict.state, verdict.message)


def _compared(record: env.Record, known: Values | str | None, held: bytes | None) -> "Verdict":
    from invariants.fingerprints import Verdict, compare

    if known is None:
        return Verdict("absent", f"no file with the values of {record.target} is named")
    if isinstance(known, str):
        return Verdict("absent" if known.endswith("is not there") else "unreadable", known)
    return compare(record.fingerprint, record.name, known.get(record.name), held, record.key_id)


def values(store: Store, root: Path) -> dict[str, Values | str]:
    """The real values of each target that names a file with them, or why they cannot be read."""
    found: dict[str, Values | str] = {}
    for target in _all(store, env.Target):
        if target.secrets is not None:
            try:
                found[target.name] = dotenv.values((root / target.secrets).read_bytes().decode("utf-8-sig"))
            except FileNotFoundError:
                found[target.name] = f"{target.secrets} is not there"
            except (OSError, UnicodeDecodeError):
                found[target.name] = f"{target.secrets} cannot be read"
    return found


def key(store: Store, root: Path) -> bytes | None:
    """The key of fingerprints: of a variable, or of a file outside the repository."""
    for source in _all(store, env.FingerprintKey):
        text = os.environ.get(source.variable, "")
        if not text and source.path is not None:
            text = _kept(Path(source.path).expanduser(), source, root)
        if text.strip():
            if len(text.strip()) < SHORTEST_KEY:
                message = f"the key of fingerprints has less than {SHORTEST_KEY} characters"
                raise ConfigError(source.at.file, source.at.line, message, NEW)
            return text.strip().encode()
    return None


def _kept(path: Path, source: env.FingerprintKey, root: Path) -> str:
    full = (root / path).resolve()
    if full.is_relative_to(root.resolve()):
        raise ConfigError(source.at.file, source.at.line, "the key of fingerprints is kept inside the repository", NEW)
    try:
        return full.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(source.at.file, source.at.line, "the file with the key cannot be read", NEW) from error


def _all(store: Store, fact: Any) -> list[Any]:
    return [each for found in store.facts(fact).values() for each in found]
