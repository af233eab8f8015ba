"""ASP.NET Core's minimal APIs: routes that are mapped in calls, groups of them, and what is said of either behind the call.

What is what is told in Microsoft's documentation: route handlers and groups
(https://learn.microsoft.com/en-us/aspnet/core/fundamentals/minimal-apis/route-handlers), filters
(https://learn.microsoft.com/en-us/aspnet/core/fundamentals/minimal-apis/min-api-filters), and authorization
(https://learn.microsoft.com/en-us/aspnet/core/fundamentals/minimal-apis/security).
"""

from collections.abc import Iterator
from typing import Any

from invariants.frontends.csharp.mapping import Mapping
from invariants.frontends.csharp.reader import Reader

TRIGGERS = (
    b".MapGet",
    b".MapPost",
    b".MapPut",
    b".MapPatch",
    b".MapDelete",
    b".MapMethods",
    b".MapGroup",
    b"EndpointRouteBuilder",
    b"RouteGroupBuilder",
)


def read(module: Reader) -> Iterator[Any]:
    """What one file maps."""
    if b".Map" in module.source.content or any(word in module.source.content for word in TRIGGERS):
        mapping = Mapping(module)
        mapping.read()
        yield from mapping.routers.values()
        yield from mapping.facts
