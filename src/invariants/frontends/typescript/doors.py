"""Exports that are doors: functions that a framework finds by their names."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from invariants.facts.place import Place
from invariants.frontends.typescript.imports import Export
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.wrapping import Layer, Wrapped, unwrap


class Door(NamedTuple):
    """An export that a framework calls: by which name, where it stands, what answers, and what is around that."""

    name: str
    at: Place
    handler: str
    layers: list[Layer]


def doors(module: Reader, names: Iterable[str]) -> Iterator[Door]:
    """Which of these names the file exports."""
    passed = {taken.exported: taken for taken in module.passed_on}
    for name in names:
        if name in module.exports:
            yield door(module, name, module.exports[name])
        elif name in passed:
            yield Door(name, passed[name].at, name, [])


def door(module: Reader, name: str, export: Export) -> Door:
    """An export, taken out of what wraps it."""
    wrapped = _unwrapped(module, export)
    return Door(name, module.source.head(export.at), wrapped.handler, wrapped.layers)


def _unwrapped(module: Reader, export: Export) -> Wrapped:
    """What an exported name stands for; the name itself where it comes from elsewhere as it is."""
    if (node := module.nodes.get(export.name)) is not None:
        return Wrapped(export.name, node, [])
    if export.value is not None and export.value.type != "identifier":
        return unwrap(module, export.value)
    values = module.bodies[0].scope.values.get(export.name, [])
    if len(values) != 1:
        return Wrapped(export.name, export.at, [])
    found = unwrap(module, values[0].node)
    return found._replace(handler=f"{found.handler}.{values[0].part}") if values[0].part and not found.layers else found
