"""A file that was read, as facts about its code."""

from collections.abc import Iterator
from typing import Any

from invariants.facts.code import Constant, Module
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.frontends.csharp import directives, imports
from invariants.frontends.csharp.dependences import Tracer
from invariants.frontends.csharp.paths import text_of
from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.syntax import Source, named
from invariants.frontends.csharp.types import declaration


def read(source: Source) -> Reader:
    """Reads a file to its end."""
    reader = Reader(source)
    with reader.reading(reader.body):
        for node in named(source.root):
            declaration(reader, node)
            for each in named(node) if node.type == "file_scoped_namespace_declaration" else ():
                declaration(reader, each)
    return reader


def facts(reader: Reader) -> Iterator[Any]:
    """What the file says."""
    source = reader.source
    yield Module(Place(source.path, 1, 1, 1, 1), "csharp", "server")
    yield from imports.imports(source)
    yield from reader.facts
    yield from reader.functions.values()
    yield from (each for told in reader.parameters.values() for each in told)
    for name, node in reader.constants.items():
        text = text_of(reader, node, reader.types[name.rpartition(".")[0]].scope)
        if text is not None:
            yield Constant(source.head(node), name, text)
    tracer = Tracer(source)
    for body in reader.bodies:
        yield from tracer.dependences(body, reader.test)
    for body in reader.bodies:
        yield from body.facts()
    yield from reader.arguments
    yield from reader.queries
    yield from directives.directives(reader)
    yield from unread(source)


def unread(source: Source) -> Iterator[Unread]:
    """The parts that do not parse."""
    for node in source.broken():
        yield Unread(source.head(node), "syntax", "it does not parse as C#", "Mend the syntax; what it declares is not known.")
