"""Routes of Rust's that are told twice: where they are registered, and in what documents their handlers (`#[utoipa::path]`)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from invariants.replay.web.routes import Served

UNMOUNTED = "the router it is registered on is not seen to be mounted anywhere"


def once(served: Iterable["Served"]) -> Iterator["Served"]:
    """Routes, without those that nothing mounts whose handlers answer elsewhere."""
    all_of_them = list(served)
    answering = {each.route.handler for each in all_of_them if each.route.reason != UNMOUNTED}
    for each in all_of_them:
        is_said = each.door.file.endswith(".rs") and each.door.endpoint.router == each.door.endpoint.handler
        if not (is_said and each.route.reason == UNMOUNTED and each.route.handler in answering):
            yield each
