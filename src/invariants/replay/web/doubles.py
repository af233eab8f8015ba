"""Routes that are told twice: of Rust's, where they are registered and in what documents their handlers; of Python's, one after another."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from invariants.facts.web import Route
    from invariants.replay.web.routes import Served

TAKEN = "a route of the same name is registered before it, which may answer in its place"
UNMOUNTED = "the router it is registered on is not seen to be mounted anywhere"


def once(served: Iterable["Served"]) -> Iterator["Served"]:
    """Routes, without those that nothing mounts whose handlers answer elsewhere."""
    all_of_them = list(served)
    answering = {each.route.handler for each in all_of_them if each.route.reason != UNMOUNTED}
    for each in all_of_them:
        is_said = each.door.file.endswith(".rs") and each.door.endpoint.router == each.door.endpoint.handler
        if not (is_said and each.route.reason == UNMOUNTED and each.route.handler in answering):
            yield each


def taken(served: Iterable["Served"]) -> Iterator["Served"]:
    """Routes; one of Python's that an earlier one on the same router answers is guarded by what stands before that."""
    first: dict[tuple[str, str, str], Route] = {}
    for each in served:
        place = each.door.file, each.door.endpoint.router, each.route.name
        before = first.setdefault(place, each.route) if each.door.file.endswith(".py") else each.route
        is_past = each.route.enforcement == "enforced" and before.enforcement != "enforced"
        yield each._replace(route=each.route._replace(enforcement="unverified", reason=TAKEN)) if is_past else each
