"""What a carve-out answers for, said in the code too: a directive above the handler of a route that is meant to be open."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from invariants.finding import Insertion, Patch
from invariants.mending.schema import Schema, Unmended

OPEN = "route-public-allowed"
"""The rule whose carve-outs answer for open routes."""
NOBODY = f"who may come in is for a person to say: put a guard before it, or carve it out of {OPEN} with a reason"


class Served(NamedTuple):
    """A route, and what answers it."""

    file: str
    line: int
    handler: str
    """The defining file without its extension, a dot, the name."""


def _declared(schema: Schema, route: str) -> Patch:
    """One directive above each handler that serves the route."""
    if not _reasons(schema, route):
        raise Unmended(NOBODY)
    query = "select distinct file, line, handler from web_route where name = {route} order by 1, 2, 3"
    served = [Served(*row) for row in schema.rows(query, route=route)]
    return Patch((), (), insertions=tuple(_directive(schema, each) for each in served))


def _directive(schema: Schema, served: Served) -> Insertion:
    reason = _shared(schema, served.handler)
    file, line = _beginning(schema, served)
    return Insertion(file, line, f"{'#' if file.endswith('.py') else '//'} invariants: auth public -- {reason}")


def _shared(schema: Schema, handler: str) -> str:
    """The reason of the first route that a handler serves: a directive opens all of them, so that each must be answered for."""
    names = [
        name for (name,) in schema.rows("select distinct name from web_route where handler = {handler} order by name", handler=handler)
    ]
    reasons = {name: _reasons(schema, name) for name in names}
    if unanswered := [name for name in names if not reasons[name]]:
        raise Unmended(f"its handler serves {unanswered[0]} too, which is not carved out of {OPEN}")
    return reasons[names[0]][0]


def _reasons(schema: Schema, route: str) -> Sequence[str]:
    """Why a route may be open, in one line, by carve-outs that hold."""
    query = "select reason from settings_carveout where rule = {rule} and subject = {route} and fault is null and not expired"
    rows = schema.rows(f"{query} order by position", rule=OPEN, route=route)
    return [" ".join("".join(each if each.isprintable() else " " for each in reason).split()) for (reason,) in rows]


def _beginning(schema: Schema, served: Served) -> tuple[str, int]:
    """Where a handler begins with its decorators; one without a name is where its route is registered."""
    if served.handler.endswith(")"):
        return served.file, served.line
    found = [(file, line) for file, name, line in _named(schema, served.handler) if f"{file.rpartition('.')[0]}.{name}" == served.handler]
    if not found:
        raise Unmended("where its handler stands cannot be told")
    return min(found)


def _named(schema: Schema, handler: str) -> Iterator[tuple[str, str, int]]:
    """The lines of what bears a handler's name: functions, their decorators, and names for what a call answers."""
    for table, column in (("code_function", "name"), ("code_decorator", "function_name"), ("code_alias", "name")):
        query = f"select file, {column}, line from {table} where substr({{handler}}, -length({column}) - 1) = '.' || {column}"  # noqa: S608
        yield from schema.rows(query, handler=handler)


MENDERS: Mapping[str, Callable[[Schema, str], Patch]] = {"route-auth-declared": _declared}
