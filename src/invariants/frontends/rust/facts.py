"""A file that was read, as facts about its code."""

from collections.abc import Iterator
from typing import Any

from invariants.facts.code import Kept, Module
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.frontends.rust import directives, imports
from invariants.frontends.rust.dependences import Tracer
from invariants.frontends.rust.items import item
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import Source, named


def read(source: Source) -> Reader:
    """Reads a file to its end."""
    reader = Reader(source)
    for each in imports.imports(source):
        reader.facts.append(each)
        reader.imports.setdefault(each.local, each)
    with reader.reading(reader.body):
        for node in named(source.root):
            item(reader, node)
    return reader


def facts(reader: Reader) -> Iterator[Any]:
    """What the file says."""
    source = reader.source
    yield Module(Place(source.path, 1, 1, 1, 1), "rust", "server")
    yield from reader.facts
    yield from reader.functions.values()
    yield from (each for told in reader.parameters.values() for each in told)
    yield from imports.aliases(source, source.root)
    tracer = Tracer(source)
    for body in reader.bodies:
        yield from tracer.dependences(body, reader.test)
    for body in reader.bodies:
        yield from body.facts()
        yield from (Kept(at, body.scope.name, place, symbol) for at, place, symbol in body.kept())
    yield from reader.arguments
    yield from reader.queries
    yield from directives.directives(reader)
    yield from unread(source)


def unread(source: Source) -> Iterator[Unread]:
    """The parts that do not parse."""
    for node in source.broken():
        yield Unread(source.head(node), "syntax", "it does not parse as Rust", "Mend the syntax; what it declares is not known.")
