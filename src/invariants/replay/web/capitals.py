"""Koa's routers under prefixes: since @koa/router 14 what they are given by `use` looks for the prefix as it is written, while their routes
answer it in capitals, too (probed with 10 to 15, and koa-router 12 to 14)."""

import re

from invariants.facts.web import SENSITIVE, Router, Setting
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.guards import Guard
from invariants.replay.web.modules import Modules
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.placing import Placed

LIBRARIES = ("@koa/router", "koa-router")
FIRST = 14
"""The first version that does so; in that, also where a path is said beside the prefix."""
CAPITALS = Effect(
    "unverified",
    "since @koa/router 14 a router's `use` stands before its prefix as it is written, and its routes answer it in capitals, too: put it on "
    "the application or on each route, or make the router `sensitive`",
)
NUMBER = re.compile(r"[\^~=v]?\s*(\d+)")
"""How a version begins that is the highest of its kind, too; `>=10` has no end."""


class Capitals:
    """Tells which of Koa's guards whoever writes a prefix in capitals comes past."""

    def __init__(self, corpus: Corpus, modules: Modules) -> None:
        self._corpus = corpus
        self._modules = modules

    def before(self, guard: Guard, placed: Placed, framework: str) -> Guard:
        """A guard before a route."""
        prefix = placed.prefix or ""
        is_cased = framework == "koa" and prefix.lower() != prefix.upper() and guard.effect.state == "rejects"
        return guard._replace(effect=CAPITALS) if is_cased and self._is_missed(placed) else guard

    def _is_missed(self, placed: Placed) -> bool:
        own = self._corpus.files[placed.file]
        kinds = {each.kind for each in own.facts[Router] if each.name == placed.use.router}
        is_sensitive = any(each.name == SENSITIVE and each.symbol == placed.use.router for each in own.facts[Setting])
        version = self._version(placed.file)
        is_bare = (placed.use.pattern or "").strip("/") == "**"
        return not (placed.use.own or is_sensitive) and "app" not in kinds and version >= FIRST and (is_bare or version == FIRST)

    def _version(self, file: str) -> int:
        """The version of the router that a file's package says it takes; where it says none, one that is not out yet."""
        said = filter(None, (self._modules.version(file, each) for each in LIBRARIES))
        found = NUMBER.match(next(said, ""))
        return int(found[1]) if found else FIRST + 1
