"""Extractors of Rust's: what the parameters of functions are made from, which may turn a request away before their bodies are reached."""

from collections.abc import Iterator
from typing import Any

from invariants.facts.code import Parameter
from invariants.facts.web import Use
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.doors import Door
from invariants.replay.web.symbols import Symbols

LIBRARIES = frozenset("axum axum_extra axum_core actix_web actix_http http hyper tower tower_http std tokio".split())
"""Libraries none of whose extractors asks who comes."""


class Extracting:
    """Looks the parameters up of what a framework calls."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def of_handler(self, door: Door) -> Iterator[tuple[str, Use]]:
        """What a handler in another file than its route is made from; what is in the same file stands beside the route."""
        is_elsewhere = door.handler.file.endswith(".rs") and door.handler.file != door.file
        for each in self._taken(door.handler) if is_elsewhere else ():
            yield door.handler.file, extracted(each, wrapping(door.endpoint.position, each.symbol, each.at))

    def with_own(self, file: str, use: Use) -> Iterator[tuple[str, Use]]:
        """What stands before a route; before a function of middleware, what it is made from itself."""
        is_function = use.means == "middleware" and file.endswith(".rs")
        key = self._symbols.resolve(file, use.symbol, use.function_name) if is_function else Key("", "")
        yield from ((key.file, extracted(each, use)) for each in self._taken(key))
        yield file, use

    def _taken(self, key: Key) -> Iterator[Parameter]:
        own = self._corpus.get(key.file) if key.file else None
        yield from (each for each in own.parameters.get(key.name, []) if each.symbol and not self._is_plain(each, key)) if own else ()

    def _is_plain(self, taken: Parameter, key: Key) -> bool:
        """Whether a parameter is a type of the framework's own, which only holds what was sent or is kept."""
        found = self._symbols.resolve(key.file, taken.symbol, key.name)
        return not found.file and found.name.partition(".")[0] in LIBRARIES


def extracted(taken: Parameter, use: Use) -> Use:
    """A parameter, as something before the same routes; one that may be absent turns nobody away."""
    covers = "none" if taken.optional else use.covers
    return use._replace(at=taken.at, means="extractor", symbol=taken.symbol, covers=covers, function_name="", step=None)


def wrapping(position: int, symbol: str, at: Any) -> Use:
    """What is around a handler alone."""
    return Use(at, "", position, True, 0, "wrapper", symbol, "all", "/**", "", "", False, "", None)
