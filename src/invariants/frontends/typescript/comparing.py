"""Values that are held against each other: where neither is there, they are the same, and neither is more or less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.facts.code import FILLED, MET, NOTHING, PERHAPS, UNSET
from invariants.frontends.typescript.absences import SOMETHING, UNDEFINED, is_nothing
from invariants.frontends.typescript.syntax import arguments, awaited, named, operator
from invariants.languages.tracing import Dependency, partly

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
    if _is_met(tracer, left, right, scope) or _is_met(tracer, right, left, scope):
        yield Dependency("constant", MET)
    if operator(node) in SIZES:
        yield from found
        yield from [Dependency("constant", NOTHING)] if tracer.absences.of(left, scope) or tracer.absences.of(right, scope) else []
    elif any(each.origin == "environment" for each in found) and tracer.absences.meet(left, right, scope, is_strict=is_strict):
        yield from (each.loose(UNSET) if each.origin == "environment" else each for each in found)
    else:
        filled = {each for side in (left, right) for each in _filled(tracer, side, scope)}
        yield from (each.loose(FILLED) if each in filled else _doubted(tracer, each, left, right, scope, node) for each in found)
        yield from _answered(tracer, (left, sides[0]), (right, sides[1]), scope, node)


def among(tracer: Tracer, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
    """Whether an object has what is asked for: every object has a `constructor`, so that only what the caller names decides that."""
    left, right = (list(tracer.origins(each, scope, seen, depth - 1)) for each in (named(node)[0], named(node)[-1]))
    table = _stood_for(tracer, named(node)[-1], scope)
    yield from left
    yield from [] if table.type == "object" and any(each.origin == "caller" for each in left) else right


def _filled(tracer: Tracer, side: Node, scope: Scope) -> Iterator[Dependency]:
    """The variables of the environment that are put into a text, so that everybody knows it where nobody sets them: `Bearer undefined`."""
    inner = _stood_for(tracer, side, scope)
    parts = named(inner) if operator(inner) == "+" else []
    if inner.type == "template_string":
        parts = [named(each)[0] for each in named(inner) if each.type == "template_substitution" and named(each)]
    for each in parts:
        found = tracer.trace(each, scope) if tracer.absences.of(each, scope) >= UNDEFINED else []
        yield from (one for one in found if one.origin == "environment")


def against(call: Node) -> list[Node]:
    """What a call is given; where it holds that against what it is called on, that, too: `sent.equals(key)`."""
    function = call.child_by_field_name("function")
    is_held = function is not None and (function.text or b"").endswith(b".equals")
    return [*(named(function)[:1] if function is not None and is_held else []), *arguments(call)]


def held(method: str, on: list[Dependency], given: list[Dependency], is_met: bool) -> Iterator[Dependency]:
    """What a method is called on; a text of which the caller names a part keeps nobody out: `SECRET.startsWith(sent)`.

    is_met: nothing is among what a list holds, so that those are in it who have none of it.
    """
    yield from [Dependency("constant", MET)] if is_met and method == "includes" else []
    is_sent = any(each.origin == "caller" for each in given)
    if is_sent and (method in {"startsWith", "endsWith"} or (method == "includes" and any(map(_is_text, on)))):
        yield from (each.vacant() for each in on if each.origin != "call")
    else:
        yield from partly(on) if method == "has" else on


def names_nothing(node: Node, value: Callable[[str], Node | None]) -> bool:
    """Whether nothing is among what a list holds, as it is written: `["admin", undefined]`."""
    inner = awaited(node)
    made = value((inner.text or b"").decode()) if inner.type == "identifier" else inner
    return made is not None and awaited(made).type == "array" and any(each.type in {"undefined", "null"} for each in named(awaited(made)))


def _is_text(found: Dependency) -> bool:
    """Whether a value is a text, of which every part of it is one, also the empty one: what a function digested."""
    return found.origin == "call" and not {"digest", "hash", "tostring"}.isdisjoint(found.symbol.lower().split("."))


def _is_met(tracer: Tracer, side: Node, wanted: Node, scope: Scope) -> bool:
    """Whether what is asked for is what stands in the place of nothing: `(user?.role ?? "admin") !== "admin"`."""
    inner = _stood_for(tracer, side, scope)
    owner = scope.owner(tracer.source.text(inner)) if inner.type == "identifier" else None
    other = owner.fallbacks.get(tracer.source.text(inner)) if owner is not None else None
    if operator(inner) in {"??", "||"}:
        other = named(inner)[-1]
    said = tracer.source.string(wanted)
    return said is not None and other is not None and tracer.source.string(other) == said


def _doubted(tracer: Tracer, found: Dependency, left: Node, right: Node, scope: Scope, node: Node) -> Dependency:
    """What another file or a field of a class says, and may be nothing there, beside what a caller may leave out."""
    if found.origin not in {"other", "environment"}:
        return found
    side, other = (left, right) if tracer.source.symbol(left) == found.symbol else (right, left)
    holder = found.symbol.partition(".")[0]
    is_taken = tracer.source.symbol(side) == found.symbol and (holder in tracer.imports or holder == "this")
    is_met = is_taken and _meets(tracer, other, scope, node)
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
        if not any(each.origin == "call" for each in said):
            continue
        if _stood_for(tracer, side, scope).type == "template_string":
            yield from [Dependency("constant", NOTHING)] if any(each.origin == "caller" for each in against) else []
            continue  # a text is something, whatever is put into it, and may say that this is nothing
        is_absent = _meets(tracer, other, scope, node)
        if (
            is_absent
            or "null" in tracer.absences.of(other, scope)
            or (tracer.absences.of(other, scope) == SOMETHING and any(each.origin == "call" for each in against))
        ):
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
