"""What a router asks for of each route that has a parameter: `router.param("id", check)`."""

from collections.abc import Iterable, Iterator
from typing import Any

from invariants.facts.web import Endpoint, Use
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import Registration
from invariants.frontends.typescript.routers import inline
from invariants.frontends.typescript.syntax import arguments
from invariants.frontends.typescript.wrapping import own


def asked(module: Reader, registrations: Iterable[Registration], found: Iterable[Any]) -> Iterator[Use]:
    """What stands before each route of a router by its parameters, wherever in the file that is said."""
    endpoints = [each for each in found if isinstance(each, Endpoint)]
    for each in registrations:
        given = arguments(each.call) if each.method == "param" else []
        name = module.source.string(given[0]) if len(given) == 2 else None
        for endpoint in endpoints if name else ():
            if endpoint.router == each.router and f"{{{name}}}" in (endpoint.path or ""):
                yield own(module, given[1], each.router, endpoint.position, -1, "middleware", inline(module, given[1])[0])
