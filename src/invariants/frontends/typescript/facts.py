"""A file that was read, as facts about its code."""

from collections.abc import Iterator
from typing import Any

from invariants.facts.code import Module
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.frontends.typescript import directives, imports, paths
from invariants.frontends.typescript.addresses import asked
from invariants.frontends.typescript.answers import answered
from invariants.frontends.typescript.beside import beside
from invariants.frontends.typescript.blanks import blanks
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.functions import directive, hoist
from invariants.frontends.typescript.listed import elements
from invariants.frontends.typescript.parts import parts
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.rebound import rebound
from invariants.frontends.typescript.sending import Sending
from invariants.frontends.typescript.syntax import Source, named
from invariants.frontends.typescript.texts import texts
from invariants.frontends.typescript.unfilled import unfilled
from invariants.frontends.typescript.unsigned import unsigned

SIDES = {"use client": "client", "use server": "server"}


def read(source: Source) -> Reader:
    """Reads a file to its end."""
    reader = Reader(source)
    reader.take(imports.imports(source, source.root))
    reader.exports = imports.exports(source, source.root)
    reader.side = directive(source, source.root) or ""
    reader.acts = reader.side == "use server"
    with reader.reading(reader.body):
        hoist(reader, named(source.root), reader.body.scope)
        reader.statements(named(source.root), last=False)
    return reader


def facts(reader: Reader) -> Iterator[Any]:
    """What the file says."""
    source = reader.source
    yield Module(Place(source.path, 1, 1, 1, 1), "typescript", SIDES.get(reader.side, "either"))  # type: ignore[arg-type]
    yield from reader.facts
    yield from (each for told in reader.parameters.values() for each in told)
    aliases = list(imports.aliases(source, source.root))
    yield from (each for each in aliases if each.name not in reader.nodes or each.name == "default")
    yield from rebound(reader, aliases)
    yield from paths.constants(reader)
    yield from elements(reader)
    yield from asked(reader)
    tracer = Tracer(source, reader.imports)
    for body in reader.bodies:
        yield from tracer.dependences(body, reader.test)
        yield from answered(body, tracer)
        yield from parts(reader, body)
    for body in reader.bodies:
        yield from body.facts()
    yield from Sending(reader, tracer).arguments()
    yield from beside(reader, tracer)
    yield from blanks(reader, tracer)
    yield from unsigned(reader)
    yield from texts(reader)
    yield from unfilled(reader)
    yield from reader.queries
    yield from directives.directives(reader)
    yield from unread(source)


def unread(source: Source) -> Iterator[Unread]:
    """The parts that do not parse."""
    for node in source.broken():
        yield Unread(source.head(node), "syntax", "it does not parse as TypeScript", "Mend the syntax; what it declares is not known.")
