"""What runs for routes, and what that reaches: told of each function once, however many routes it runs for."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from invariants.facts.web import Reached, Route, RouteFunction, Use
from invariants.replay.web.corpus import Key
from invariants.replay.web.doors import Door
from invariants.replay.web.followed import Followed
from invariants.replay.web.handlers import Handlers


class Running:
    """Looks up what runs for routes; ``own`` tells what stands on a door alone, with the file that says so."""

    def __init__(self, followed: Followed, handlers: Handlers, own: Callable[[Door], Iterable[tuple[str, Use]]]) -> None:
        self._symbols = followed.symbols
        self._calls = followed.calls
        self._handlers = handlers
        self._own = own
        self._written = cache(Key.__str__)

    def facts(self, doors: Iterable[tuple[Route, Door]]) -> Iterator[RouteFunction | Reached]:
        """The functions that run for routes, and those that they reach."""
        running: dict[Key, None] = {}
        for route, door in doors:
            before = [(use.at, self._symbols.resolve(file, use.symbol, use.function_name), True) for file, use in self._own(door)]
            for at, key, is_before in (*before, (route.at, door.handler, False)):
                running[key] = None
                yield RouteFunction(at, route.name, route.at, self._written(key), is_before)
        for key in running:
            yield from self._reached(key)

    def _reached(self, key: Key) -> Iterator[Reached]:
        name = self._written(key)
        for call in self._calls.reached(key):
            heeded = not call.is_ignored or self._handlers.ends(call.target)
            yield Reached(call.at, name, self._written(call.target), call.depth, call.certain, call.position, heeded)
