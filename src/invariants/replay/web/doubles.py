"""Routes that are told twice: of Rust's, where they are registered and in what documents their handlers; of Python's, one after another;
of NestJS's, for a class and for one that it stands on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from invariants.replay.web.corpus import Key

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


def topmost(served: Iterable["Served"], lineage: Callable[[Key], list[Key]]) -> Iterator["Served"]:
    """Routes, without those of methods of NestJS's that a class writes again which takes them over."""
    found = list(served)
    classes: dict[tuple[str, str], set[Key]] = defaultdict(set)
    for each in found:
        classes[_method(each)].add(_owner(each))
    for each in found:
        below = classes[_method(each)] - {_owner(each)} if each.route.framework == "nest" else ()
        if not any(_owner(each) in lineage(other) for other in below):
            yield each


def _method(each: "Served") -> tuple[str, str]:
    """A route, and what the method is called that answers it."""
    return each.route.name, each.door.handler.name.rpartition(".")[2]


def _owner(each: "Served") -> Key:
    """The class of the method that answers a route."""
    return each.door.handler._replace(name=each.door.handler.name.rpartition(".")[0])
