"""The units of what reads, gives or declares environment variables. What the store holds already is not read again."""

from collections.abc import Iterator
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from invariants.facts import env
from invariants.facts.place import Place
from invariants.frontends.env import code, ignore, jsloads
from invariants.layouts import matcher
from invariants.layouts.environment import LOADERS, READERS, read_by
from invariants.snapshots import Snapshot, Unreadable
from invariants.store import Store, Unit
from invariants.surroundings import ignores
from invariants.workers import Workers

MANY = 128
"""From so many files of code on, it pays to begin processes that read them."""


class Stale(NamedTuple):
    """A file that is to be read."""

    path: str
    reader: str
    accessors: tuple[str, ...]
    """Functions that read for others; with them, only what their calls add is asked for, so that a change of them costs little."""
    content: bytes


class Reading(NamedTuple):
    """Files that are being read: their units, and the facts of those that the store has not, as they come."""

    units: list[Unit]
    coming: Iterator[tuple[Unit, list[Any]]]


def begun(snapshot: Snapshot, store: Store, digest: str, workers: Workers) -> Reading:
    """A unit of each file that may matter; the active facts say which files the manifest names, and which functions read for others."""
    targets = {each.path: each.format for found in store.facts(env.Target).values() for each in found}
    accessors = tuple(sorted(each.name for found in store.facts(env.Accessor).values() for each in found))
    excluded = [matcher(each.pattern) for found in store.facts(env.Excluded).values() for each in found]
    found: list[Unit] = []
    stale: list[tuple[Unit, Stale]] = []
    for path, reader in read_by(snapshot.paths(), targets):
        if path not in targets and any(each(path) for each in excluded):
            continue
        try:
            content_id = snapshot.content_id(path)
            made = [(Unit(f"env {path}", f"{reader} {content_id}", digest), ())]
            if accessors and reader in READERS:
                made.append((Unit(f"env calls {path}", " ".join([reader, *accessors, content_id]), digest), accessors))
            for unit, own in made:
                if unit not in store:
                    stale += _stale(unit, Stale(path, reader, own, snapshot.read(path)), store)
                found.append(unit)
        except Unreadable as error:
            unit = Unit(f"env {path}", f"{error.reason} {error.message}", digest)
            if unit not in store:
                store.add(unit, _unreadable(path, error))
            found.append(unit)
    files = [file for _, file in stale]
    read = workers.read(_facts, files, pays=sum(each.reader in READERS for each in files) >= MANY)
    return Reading([*found, *_above(snapshot.root, store, digest)], zip((unit for unit, _ in stale), read, strict=True))


def _stale(unit: Unit, file: Stale, store: Store) -> list[tuple[Unit, Stale]]:
    """A file that is to be read; none where code neither reads variables nor calls what does, so that its unit is added at once."""
    if file.accessors:
        matters = code.calls(file.content, file.accessors)
    else:
        matters = file.reader not in READERS or _frontend(file).matters(file.content)
    if not matters:
        store.add(unit, [] if file.accessors else _loads(file))
    return [(unit, file)] if matters else []


def _above(root: Path, store: Store, digest: str) -> Iterator[Unit]:
    """The units of the ``.gitignore`` files above the root."""
    for path, content, under in ignores(root):
        unit = Unit(f"env {path}", f"{under} {blake2b(content, digest_size=20).hexdigest()}", digest)
        if unit not in store:
            store.add(unit, ignore.read(path, content, under))
        yield unit


def _facts(file: Stale) -> list[Any]:
    found = list(_frontend(file).read(file.path, file.content))
    if file.accessors:
        known = set(found)
        return [each for each in _frontend(file).read(file.path, file.content, file.accessors) if each not in known]
    return [*found, *_loads(file)]


def _loads(file: Stale) -> list[Any]:
    return list(jsloads.read(file.path, file.content)) if file.reader in LOADERS else []


def _frontend(file: Stale) -> Any:
    return import_module(f"invariants.frontends.env.{file.reader}")


def _unreadable(path: str, error: Unreadable) -> Iterator[env.Unresolved | env.Blind]:
    at = Place(path, 1, 1, 1, 1)
    yield env.Unresolved(at, "", "", error.message, error.remedy)
    yield env.Blind(at, "", error.message, error.remedy)
