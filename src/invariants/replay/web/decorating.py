"""What stands on handlers that are registered elsewhere than by it, and on the classes of views."""

from collections.abc import Callable, Iterator, Sequence

from invariants.facts.code import Decorator
from invariants.facts.web import Endpoint, Use
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.doors import Door, Doors
from invariants.replay.web.guards import Guard, Guards
from invariants.replay.web.lineage import lineage
from invariants.replay.web.permitting import INSTEAD, Permitting, unrouted
from invariants.replay.web.symbols import Symbols

PERMISSIONS = "rest_framework.permissions."
DEEP = 8


class Decorating:
    """Finds the decorators of handlers."""

    def __init__(self, corpus: Corpus, symbols: Symbols, doors: Doors) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._doors = doors
        self._permitting = Permitting(corpus, symbols)

    def uses(self, door: Door, own: Sequence[Use]) -> Iterator[tuple[str, Use]]:
        """The decorators of a handler, all of which stand before it; own: what its registration puts there."""
        if door.file.endswith(".cs"):
            yield from self._attributed(door)
            return
        view = self._view(door)
        is_told = any(each.symbol == INSTEAD for each in own) and (view is None or self._permitting.heeds(door, view))
        if is_told and self._doors.is_class(door.handler):
            return
        by_hand = door.endpoint.framework == "django"
        found = [*self._named(door), *self._decorators(door.handler, DEEP, door.view, is_told=is_told, by_hand=by_hand)]
        found = self._permitting.within(door, view, found, is_told=is_told)
        if not any((each.at.file, each.at.line) == (door.endpoint.at.file, door.endpoint.at.line) for _, each in found):
            yield from ((file, self._use(door.endpoint, file, each)) for file, each in found)

    def heeded(self, door: Door, own: Sequence[Use]) -> list[Use]:
        """The uses of an endpoint, without permissions that a method of its class does not look at."""
        first = next((each.rank for each in own if each.symbol == INSTEAD), None)
        view = self._view(door) if first is not None else None
        if view is None or first is None or self._permitting.heeds(door, view):
            return list(own)
        return [each for each in own if each.rank < first]

    def _view(self, door: Door) -> Key | None:
        """The class that a door is asked of."""
        owner = Key(door.handler.file, door.handler.name.rpartition(".")[0])
        return door.view or next((each for each in (door.handler, owner) if self._doors.is_class(each)), None)

    def _named(self, door: Door) -> Iterator[tuple[str, Decorator]]:
        """The decorators that a class puts on a method which it takes over: ``@method_decorator(login_required, name="get")``."""
        view = door.view or (door.handler if self._doors.is_class(door.handler) else None)
        method = door.endpoint.method.lower()
        for each in lineage(self._corpus, self._symbols, view) if view is not None and view.file.endswith(".py") else ():
            own = self._corpus.get(each.file) if each.file else None
            if own is None or f"{each.name}.{method}" in own.functions:
                return
            yield from ((each.file, one) for one in own.decorators.get(f"{each.name}.{method}", []))

    def _use(self, endpoint: Endpoint, file: str, each: Decorator) -> Use:
        """A decorator before a route; one of a class's says which class that is."""
        use = _wrapping(endpoint, each)
        own = self._corpus.files[file]
        if each.called and file.endswith(".py"):
            made = [one.position for one in own.steps.get("", []) if (one.at.line, one.symbol) == (each.at.line, each.symbol)]
            use = use._replace(step=made[0] if len(made) == 1 else None)
        is_class = file.endswith(".py") and self._doors.is_class(Key(file, each.function_name))
        return use._replace(means="mixin", router=each.function_name) if is_class else use

    def _attributed(self, door: Door) -> Iterator[tuple[str, Use]]:
        """The attributes of a handler in C# that is mapped in another file; in its own, the frontend tells of them."""
        own = self._corpus.get(door.handler.file) if door.handler.file not in {"", door.file} else None
        steps = {each.at: each.position for each in own.steps.get("", [])} if own else {}
        for each in own.decorators.get(door.handler.name, []) if own and door.endpoint.framework == "minimal-api" else ():
            yield door.handler.file, _wrapping(door.endpoint, each)._replace(step=steps.get(each.at))

    def held(self, guards: Guards, door: Door, file: str, use: Use, at: Callable[[Guard], Guard]) -> Guard:
        """What stands on a route; what does on the class of a view, unless methods of that come in its way."""
        guard = at(guards.of(file, use, at))
        if use.means != "mixin" or guard.effect.state != "rejects":
            return guard
        owner = door.handler if self._doors.is_class(door.handler) else Key(door.handler.file, door.handler.name.rpartition(".")[0])
        past = guards.overriding.effect(door.view or owner, Key(file, use.router))
        return guard._replace(effect=past) if past is not None else guard

    def _decorators(
        self, key: Key, depth: int, view: Key | None = None, *, is_told: bool = False, by_hand: bool = False
    ) -> Iterator[tuple[str, Decorator]]:
        """The decorators of a handler, after those of its class; a class that says none inside has those of what it stands on."""
        own = self._corpus.get(key.file) if key.file and depth else None
        if own is None:
            return
        marked = own.decorators.get(key.name, [])
        marked = [each for _, each in unrouted([(key.file, each) for each in marked], key.name)] if by_hand and "." in key.name else marked
        owner = own.functions.get(key.name.rpartition(".")[0])
        if owner is not None and owner.kind == "class" and not is_told and not any(each.symbol == INSTEAD for each in marked):
            yield from self._decorators(view or Key(key.file, owner.name), depth - 1)
        yield from ((key.file, each) for each in marked)
        head = own.functions[key.name].at.line if key.name in own.functions and key.file.endswith(".py") else 0
        for base in () if any(each.at.line >= head for each in marked) else own.bases.get(key.name, []):
            found = list(self._decorators(self._symbols.resolve(key.file, base.symbol), depth - 1))
            yield from found
            if any(each.symbol.startswith(PERMISSIONS) for _, each in found):
                return  # the first class that says which permissions are asked says it for those after it


def _wrapping(endpoint: Endpoint, each: Decorator) -> Use:
    """A decorator as what stands before a route."""
    return Use(each.at, "", endpoint.position, True, each.position, "decorator", each.symbol, "all", "/**", "", "", False, "", None)
