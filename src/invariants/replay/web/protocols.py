"""Requests that a guard lets by for what kind of request they are: those of OPTIONS, and those that open a socket."""

from invariants.facts.web import Endpoint
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.deciding import is_preflight, kind_asked
from invariants.replay.web.guards import Guard
from invariants.replay.web.lineage import lineage
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols

PREFLIGHT = Effect("unverified", "requests of OPTIONS go by it, and this route answers those, too")
PLAIN = Effect("void", "it stands before requests of HTTP alone, and this route is a socket")
SOCKETS = Effect("unverified", "it asks whether a request is one of HTTP or opens a socket, as this route does")
HTTP = "starlette.middleware.base.BaseHTTPMiddleware"
METHODS = ("", ".__call__", ".dispatch")


class Protocols:
    """Tells what guards do to requests of other kinds."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def before(self, guard: Guard, endpoint: Endpoint, means: str) -> Guard:
        """A guard before a route."""
        own = self._corpus.get(guard.key.file) if guard.effect.state == "rejects" else None
        steps = [step for name in METHODS for step in own.steps.get(f"{guard.key.name}{name}", [])] if own is not None else []
        if endpoint.method in {"ANY", "OPTIONS"} and any(map(is_preflight, steps)):
            return guard._replace(effect=PREFLIGHT)
        if endpoint.kind != "websocket" or endpoint.framework not in {"fastapi", "starlette"} or means != "middleware" or own is None:
            return guard
        if self._is_plain(guard.key):
            return guard._replace(effect=PLAIN)
        return guard._replace(effect=SOCKETS) if any(each.kind == "branch" and kind_asked(each.symbol) for each in steps) else guard

    def _is_plain(self, key: Key) -> bool:
        """Whether middleware is a function, or a class of Starlette's that sees requests of HTTP alone."""
        classes = lineage(self._corpus, self._symbols, key)
        return self._corpus.files[key.file].functions[key.name].kind == "function" or any(each.name == HTTP for each in classes)
