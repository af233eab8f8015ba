"""What functions return that may be nothing, as nobody set or sent it, or that is signed with a key which they are given."""

from collections.abc import Iterator

from invariants.facts.code import Dependence, Origin
from invariants.frontends.typescript.absences import NULL, UNDEFINED
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.reader import Body
from invariants.frontends.typescript.signing import is_signed


def answered(body: Body, tracer: Tracer) -> Iterator[Dependence]:
    """What each such return depends on; of one that may be nothing, that."""
    for position, node in body.answers:
        is_absent = bool(tracer.absences.of(node, body.scope) & (UNDEFINED | NULL))
        if is_absent or is_signed(tracer, node):
            told: set[tuple[Origin, str]] = {(each.origin, each.symbol) for each in tracer.trace(node, body.scope)}
            told |= {("constant", "None")} if is_absent else set()
            at = tracer.source.place(node)
            yield from (Dependence(at, body.scope.name, position, origin, symbol) for origin, symbol in sorted(told))
