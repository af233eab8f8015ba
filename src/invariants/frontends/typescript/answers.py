"""What functions return that may be nothing: what nobody set, or sent."""

from collections.abc import Iterator

from invariants.facts.code import Dependence
from invariants.frontends.typescript.absences import NULL, UNDEFINED
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.reader import Body


def answered(body: Body, tracer: Tracer) -> Iterator[Dependence]:
    """Of each return that may be nothing, that, and what it depends on."""
    for position, node in body.answers:
        if tracer.absences.of(node, body.scope) & (UNDEFINED | NULL):
            told = {("constant", "None"), *((each.origin, each.symbol) for each in tracer.trace(node, body.scope))}
            at = tracer.source.place(node)
            yield from (Dependence(at, body.scope.name, position, origin, symbol) for origin, symbol in sorted(told))
