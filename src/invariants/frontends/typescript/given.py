"""Files that name no framework, and register routes on what their functions are given, or on what functions of other files make."""

import re
from collections.abc import Iterator
from functools import lru_cache

from invariants.frontends.typescript.answered import METHODS, USUAL, Answered
from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.syntax import arguments

LIBRARIES = re.compile(r"^(express|fastify|@fastify/.*|hono|hono/.*|@hono/.*|koa|koa-router|@koa/.*|@nestjs/.*)$")
WORDS = {
    "fastify": re.compile(r"\b(reply|fastify|addHook|onRequest|preValidation|preHandler)\b|\.register\("),
    "koa": re.compile(r"\bctx\b"),
    "hono": re.compile(r"\bc\.(json|text|html|body|req)\b"),
}
"""What handlers say where a file names no framework; the others are Express's."""


@lru_cache(maxsize=1)  # each framework asks it of a file that names none
def given_framework(module: Reader) -> str:
    """The framework of a file that names none, and registers routes on what its functions are given; empty where it does not."""
    if any(LIBRARIES.match(taken.source) for taken in module.imports.values()) or not any(_registers(each) for each in _on_given(module)):
        return ""
    text = module.source.text(module.source.root)
    return next((name for name, words in WORDS.items() if words.search(text)), "express")


def _on_given(module: Reader) -> Iterator[Call]:
    """The calls of methods of the first parameters of functions, where these are called as routers are, and of what functions answer."""
    answered = Answered(module)
    for call in module.calls.values():
        receiver, _, method = call.symbol.partition(".")
        owner = call.scope.owner(receiver) if method and (method.partition(".")[0] in METHODS or method.startswith("route")) else None
        if owner is None:
            continue
        if receiver in owner.values:
            yield from [call] if answered.by(receiver, owner, ()) is not None else []
        elif USUAL.match(receiver) and owner.parameters.get(receiver) == (0, ""):
            yield call


def _registers(call: Call) -> bool:
    """A path, and what answers it; `route` begins a chain or takes a description."""
    given = arguments(call.node)
    return bool(given) and (len(given) > 1 or given[0].type == "object" or ".route" in call.symbol) and given[0].type != "number"
