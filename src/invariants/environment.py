"""The units of what reads, gives or declares environment variables. What the store holds already is not read again."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from invariants.facts import env
from invariants.facts.place import Place
from invariants.layouts import matcher
from invariants.layouts.environment import READERS, read_by
from invariants.snapshots import Snapshot, Unreadable
from invariants.store import Store, Unit


def units(snapshot: Snapshot, store: Store, digest: str) -> list[Unit]:
    """A unit of each file that may matter; the active facts say which files the manifest names, and which functions read for others."""
    targets = {each.path: each.format for found in store.facts(env.Target).values() for each in found}
    accessors = tuple(sorted(each.name for found in store.facts(env.Accessor).values() for each in found))
    excluded = [matcher(each.pattern) for found in store.facts(env.Excluded).values() for each in found]
    found = []
    for path, reader in read_by(snapshot.paths(), targets):
        if path in targets or not any(each(path) for each in excluded):
            found.append(_unit(path, reader, accessors if reader in READERS else (), snapshot, store, digest))
    return found


def _unit(path: str, reader: str, accessors: tuple[str, ...], snapshot: Snapshot, store: Store, digest: str) -> Unit:
    """A file's unit, under a name of its own: the same file may be a migration, or code, as well."""
    try:
        unit = Unit(f"env {path}", " ".join([reader, *accessors, snapshot.content_id(path)]), digest)
        if unit not in store:
            store.add(unit, _facts(path, reader, accessors, snapshot.read(path)))
    except Unreadable as error:
        unit = Unit(f"env {path}", f"{error.reason} {error.message}", digest)
        if unit not in store:
            store.add(unit, _unreadable(path, error))
    return unit


def _facts(path: str, reader: str, accessors: tuple[str, ...], content: bytes) -> list[Any]:
    frontend = import_module(f"invariants.frontends.env.{reader}")
    return list(frontend.read(path, content, accessors) if reader in READERS else frontend.read(path, content))


def _unreadable(path: str, error: Unreadable) -> Iterator[env.Unresolved | env.Blind]:
    at = Place(path, 1, 1, 1, 1)
    yield env.Unresolved(at, "", "", error.message, error.remedy)
    yield env.Blind(at, "", error.message, error.remedy)
