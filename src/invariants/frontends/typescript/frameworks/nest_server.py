"""NestJS: what is registered on the server below it, past its controllers, guards and prefixes.

`app.getHttpAdapter().get(path, handler)`, its `getInstance()`, and `app.use(path, router)`: what Express, or Fastify, is given directly.
"""

from collections.abc import Iterator
from typing import Any

from invariants.facts.web import Endpoint, Mount, Router
from invariants.frontends.typescript.answered import METHODS
from invariants.frontends.typescript.frameworks import express, fastify
from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.registrations import Registration
from invariants.frontends.typescript.routers import Routers
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited

TRIGGERS = (b"getHttpAdapter", b"HttpAdapterHost")
PATHS = ""
ADAPTERS = frozenset({"getHttpAdapter", "httpAdapter"})
TYPES = frozenset({"INestApplication", "NestExpressApplication", "NestFastifyApplication"})
SET_UP = frozenset({"use", "register", "addHook", "route"})
"""What an application or its server is given beside routes."""
WORDS = (b"NestFactory", *(each.encode() for each in sorted(ADAPTERS)))
"""One of these is in every file that has such a server."""
DEEP = 4


def read(module: Reader) -> Iterator[Any]:
    """The routes of a file on the server of an application of NestJS, in the order of the file."""
    if not any(word in module.source.content for word in WORDS):
        return
    calls = sorted((each for each in module.calls.values() if _registers(module, each)), key=lambda each: each.node.end_byte)
    if not any(_is_adapter(module, each.symbol, each.scope) for each in calls) and b"NestFactory" not in module.source.content:
        return
    makers = express.made(module)
    routers = Routers(module, "express", lambda node: express.kind(module, makers, node), express.TYPES)
    found: list[Any] = []
    for position, call in enumerate(calls):
        name = call.symbol.rpartition(".")[2]
        each = Registration(_name(module, calls[0]), position, name, call.node, None, call.scope, False, False)
        is_fastify = b"platform-fastify" in module.source.content
        found += fastify.registered(module, each) if is_fastify else express.registered(module, routers, each)
    if any(isinstance(each, Endpoint | Mount) for each in found):
        yield Router(module.source.head(calls[0].node), _name(module, calls[0]), "express", "app", "")
        yield from found


def _name(module: Reader, first: Call) -> str:
    """The server has no name of its own: it is called by where the first is that is registered on it."""
    place = module.source.place(first.node)
    return f"({place.line}:{place.column})"


def _registers(module: Reader, call: Call) -> bool:
    receiver, _, method = call.symbol.rpartition(".")
    if not receiver or not arguments(call.node):
        return False
    if method in SET_UP and _is_application(module, receiver, call.scope):
        return True
    return (method in METHODS or method in SET_UP) and _is_adapter(module, call.symbol, call.scope)


def _is_adapter(module: Reader, symbol: str, scope: Scope) -> bool:
    """Whether a method is one of the adapter's, or of the server that it is for."""
    return bool(ADAPTERS & set(_whole(module, symbol, scope).split(".")[:-1]))


def _is_application(module: Reader, name: str, scope: Scope) -> bool:
    """Whether a variable holds an application of NestJS: made here, or given as one."""
    owner = scope.owner(name)
    if owner is not None and name in owner.parameters:
        return any(each.name == name and each.symbol in TYPES for each in module.parameters.get(owner.name, []))
    return _whole(module, f"{name}.use", scope).startswith("NestFactory.create")


def _whole(module: Reader, symbol: str, scope: Scope, depth: int = DEEP) -> str:
    """A symbol with what its first name stands for in its place."""
    first, _, rest = symbol.partition(".")
    owner = scope.owner(first) if depth else None
    values = owner.values.get(first, []) if owner is not None else []
    said = module.source.symbol(awaited(values[0].node)) if values else ""
    whole = f"{said}.{values[0].part}.{rest}".replace("..", ".") if said else symbol
    return whole if whole == symbol else _whole(module, whole, scope, depth - 1)
