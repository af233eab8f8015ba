"""Values that are held against each other: where neither is there, they are the same, and neither is more or less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.facts.code import NOTHING, PERHAPS, UNSET
from invariants.frontends.typescript.absences import SOMETHING, is_nothing
from invariants.frontends.typescript.syntax import awaited, named, operator
from invariants.languages.tracing import Dependency

if TYPE_CHECKING:
    from invariants.frontends.typescript.dependences import Tracer
    from invariants.frontends.typescript.scopes import Scope

SIZES = frozenset({"<", ">", "<=", ">="})
CALLS = frozenset({"call_expression", "new_expression"})


def compared(tracer: Tracer, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
    """What two values depend on, and whether nothing may be held against nothing there."""
    left, right = named(node)[0], named(node)[-1]
    sides = [list(tracer.origins(each, scope, seen, depth - 1)) for each in (left, right)]
    found = [each for side in sides for each in side]
    is_strict = len(operator(node)) == 3
    if is_strict and tracer.absences.is_never(left, right, scope):
        yield Dependency("constant", NOTHING)
    if operator(node) in SIZES:
        yield from found
        yield from [Dependency("constant", NOTHING)] if tracer.absences.of(left, scope) or tracer.absences.of(right, scope) else []
    elif any(each.origin == "environment" for each in found) and tracer.absences.meet(left, right, scope, is_strict=is_strict):
        yield from (each.loose(UNSET) if each.origin == "environment" else each for each in found)
    else:
        yield from (_doubted(tracer, each, left, right, scope, node) for each in found)
        yield from _answered(tracer, (left, sides[0]), (right, sides[1]), scope, node)


def _doubted(tracer: Tracer, found: Dependency, left: Node, right: Node, scope: Scope, node: Node) -> Dependency:
    """What another file says, and may be nothing there, beside what a caller may leave out."""
    side, other = (left, right) if tracer.source.symbol(left) == found.symbol else (right, left)
    is_taken = tracer.source.symbol(side) == found.symbol and found.symbol.partition(".")[0] in tracer.imports
    is_met = is_taken and found.origin in {"other", "environment"} and _meets(tracer, other, scope, node)
    return found.loose(f"{PERHAPS}{UNSET}") if is_met else found


def _meets(tracer: Tracer, other: Node, scope: Scope, node: Node) -> bool:
    """Whether a value is what nobody set, where nobody sent it."""
    absent = tracer.absences.of(other, scope)
    return "undefined" in absent or ("null" in absent and len(operator(node)) == 2)


def _answered(
    tracer: Tracer, left: tuple[Node, list[Dependency]], right: tuple[Node, list[Dependency]], scope: Scope, node: Node
) -> Iterator[Dependency]:
    """What a function answers, or holds in a part of its answer, which may be nothing beside what a caller may leave out."""
    if any(is_nothing(tracer.source, each) for each, _ in (left, right)):
        return
    for (side, said), (other, against) in ((left, right), (right, left)):
        if not any(each.origin == "call" for each in said) or _stood_for(tracer, side, scope).type == "template_string":
            continue  # a text is something, whatever is put into it
        is_absent = _meets(tracer, other, scope, node)
        if is_absent or (tracer.absences.of(other, scope) == SOMETHING and any(each.origin == "call" for each in against)):
            yield Dependency("constant", NOTHING)
        if is_absent and (part := _part(tracer, side, scope)):
            yield Dependency("constant", f"{PERHAPS}{UNSET}{part}")


def _part(tracer: Tracer, side: Node, scope: Scope) -> str:
    """The name of a part of what a function answers, or of an object of a class: `settings().key` as `settings.key`."""
    inner = _stood_for(tracer, side, scope)
    made = _stood_for(tracer, named(inner)[0], scope) if inner.type == "member_expression" else inner
    is_part = made is not inner and made.type in CALLS
    return f"{tracer.source.symbol(made)}.{tracer.source.text(named(inner)[-1])}" if is_part else ""


def _stood_for(tracer: Tracer, node: Node, scope: Scope) -> Node:
    """What a variable was given once; of anything else, that."""
    inner = awaited(node)
    held = scope.value(tracer.source.text(inner)) if inner.type == "identifier" else None
    return awaited(held) if held is not None else inner
