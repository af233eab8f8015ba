"""Routes: every door of the application, who may come in, and whether that is enforced."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

from invariants.facts.web import Endpoint, Level, Route, RouteGuard, Setting, Use
from invariants.replay.web import postures
from invariants.replay.web.addressing import Addressing
from invariants.replay.web.applications import Applications
from invariants.replay.web.believing import Believing
from invariants.replay.web.capitals import Capitals
from invariants.replay.web.corpus import Key
from invariants.replay.web.declaring import Declaring
from invariants.replay.web.decorating import Decorating
from invariants.replay.web.doors import Door, Doors
from invariants.replay.web.doubles import UNMOUNTED, once, taken, topmost
from invariants.replay.web.edges import Edges
from invariants.replay.web.extracting import Extracting, wrapping
from invariants.replay.web.followed import Followed
from invariants.replay.web.forgiving import Forgiving
from invariants.replay.web.graph import Context, Graph
from invariants.replay.web.guards import Guard, Guards
from invariants.replay.web.handing import Handing
from invariants.replay.web.handlers import Handlers
from invariants.replay.web.layouts import Layouts
from invariants.replay.web.lineage import given, lineage, reached
from invariants.replay.web.marks import Marks, written
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.placing import Placed, applies
from invariants.replay.web.prefixes import Prefixes, function_of
from invariants.replay.web.protocols import Protocols
from invariants.replay.web.rescuing import Guarding, rescued
from invariants.replay.web.running import Running
from invariants.replay.web.settling import settled
from invariants.replay.web.together import Together
from invariants.replay.web.viewing import Viewing

Enforcement = Literal["none", "declared", "unverified", "enforced"]
ORDER: tuple[Enforcement, ...] = ("none", "declared", "unverified", "enforced")
"""What is said of routes, the weakest first."""
EDGE = "rejects, and it runs before the application: the route itself lets in whoever comes by another way"
UNTAKEN = ("setup", "initial")  # methods of views that are called before the one that answers
GENERIC = "django.views.generic."  # views that ask nobody who comes, unless something is put before them
MAYBE = "it cannot be told whether it stands before this route"


class Standing(NamedTuple):
    """Who may come in, and why."""

    posture: str | None
    enforcement: Enforcement
    level: Level | None
    reason: str


class Served(NamedTuple):
    """A route, the door that it is, and what stands before it."""

    route: Route
    door: Door
    guards: list[tuple[Guard, Level]]


class Routes:
    """Folds registrations into routes."""

    def __init__(self, followed: Followed) -> None:
        corpus = followed.corpus
        self._corpus = corpus
        self._symbols = followed.symbols
        self._calls = followed.calls
        self._graph = Graph(corpus, self._symbols)
        self._doors = Doors(corpus, self._symbols, self._graph)
        self._guards = Guards(followed)
        self._handlers = Handlers(followed)
        self._viewing = Viewing(followed)
        self._addressing = Addressing(corpus, self._symbols, followed.walker)
        self._extracting = Extracting(corpus, self._symbols)
        self._layouts = Layouts(corpus, followed.modules)
        self._declaring = Declaring(corpus)
        self._protocols = Protocols(corpus, self._symbols)
        self._capitals = Capitals(corpus, followed.modules)
        self._believing = Believing(followed)
        self._handing = Handing(followed)
        self._together = Together(followed)
        self._forgiving = Forgiving(corpus)
        applications = Applications(corpus)
        self._edges = Edges(corpus, applications)
        self._prefixes = Prefixes(corpus, self._graph, applications)
        self._decorating = Decorating(corpus, self._symbols, self._doors)
        self._running = Running(followed, self._handlers, self._own)

    def served(self) -> list[Served]:
        """Every route with what stands before it, each name once: served in several ways, it is what the weakest of them makes it."""
        found: dict[tuple[str, Any], Served] = {}
        for door in self._doors.all():
            for each in self._ways(door):
                self._calls.reached(door.handler)  # it is needed in the end: better while what the next doors need is being read
                name, at = each.route.name, each.route.at
                known = found.get((name, at))
                if known is None or ORDER.index(each.route.enforcement) < ORDER.index(known.route.enforcement):
                    found[name, at] = each
        return list(once(taken(topmost(found.values(), partial(lineage, self._corpus, self._symbols)))))

    def facts(self, served: Sequence[Served]) -> Iterator[Any]:
        """Routes with their guards, and what runs for them with what that reaches."""
        for route, _, guards in served:
            yield route
            for position, (guard, _) in enumerate(guards):
                yield RouteGuard(guard.at, route.name, route.at, position, guard.symbol, guard.posture, *guard.effect[:2])
        yield from self._running.facts((each.route, each.door) for each in served)

    def _contexts(self, door: Door) -> list[Context]:
        at = door.endpoint
        return self._graph.of(door.file, at.router, at.position) if at.router else [Context("", (), True)]

    def _ways(self, door: Door) -> Iterator[Served]:
        """Each way in which a door is served; one below an unknown prefix says nothing new beside another."""
        contexts = self._contexts(door)
        known = [_uses(each) for each in contexts if each.prefix is not None and each.is_served]
        for context in contexts:
            if context.prefix is None and any(uses <= _uses(context) for uses in known):
                continue
            is_action = door.endpoint.kind == "action"
            for path in [door.endpoint.path] if is_action else self._prefixes.whole(door.file, door.endpoint, context.prefix):
                yield self._route(door, context, path)

    def _route(self, door: Door, context: Context, path: str | None) -> Served:
        endpoint = door.endpoint
        shown = (
            (path or "/" if endpoint.kind == "http" else path)
            if path is not None
            else self._prefixes.seen(door.file, endpoint, context.prefix)
        )
        name = f"{endpoint.method} {shown}"
        guarded = ((self._believing.judged(door, guard), level) for guard, level in self._guarded(door, context, path))
        handed = self._handing.judged(guarded, door.handler)
        guards = settled(self._forgiving.judged(endpoint.framework, handed), self._marks(door, context))
        standing = self._standing(door, guards, context, path)
        handler = str(door.handler) if door.handler.file or door.handler.name else endpoint.handler
        posture, enforcement, level, reason = standing
        route = Route(endpoint.at, name, endpoint.method, shown, endpoint.framework, posture, enforcement, level, handler, reason)
        return Served(route, door, guards)

    def _own(self, door: Door) -> Iterator[tuple[str, Use]]:
        """What stands on an endpoint alone; of a method of a class, also what its objects are given."""
        own = self._graph.own(door.file, door.endpoint.router, door.endpoint.position)
        yield from ((door.file, use) for use in self._decorating.heeded(door, own))
        view = Key(door.handler.file, door.handler.name.rpartition(".")[0])
        if door.endpoint.framework == "fastapi" and self._doors.is_class(view):
            yield from given(self._corpus, self._symbols, view)

    def _guarded(self, door: Door, context: Context, path: str | None) -> Iterator[tuple[Guard, Level]]:
        """What stands before a route, from the outside in; last what its handler checks itself."""
        placed: list[Guarding] = []
        handlers: list[tuple[str, Use]] = []
        for each in dict.fromkeys((*self._edges.before(door), *self._unfolded(context.uses))):
            holder = (each.file, each.use.router)
            reached = applies(each, door.endpoint.method, path, door.endpoint.framework == "express")
            if reached is not False and each.use.means == "rescue" and each.use.covers != "after":
                handlers.append((each.file, each.use))
            elif reached is not False and each.use.means == "rescue":
                placed = rescued(placed, holder)
            elif reached is not False and not self._graph.is_router(each.file, each.use.symbol):
                placed.append(Guarding(holder, self._reached(each, door.endpoint, reached, path), each.level, each.use))
        own: list[Guarding] = []
        at = partial(self._addressing.at, endpoint=door.endpoint, path=path)
        for file, use in self._standing_on(door):
            if use.means == "rescue" and use.covers == "before":
                handlers.append((file, use))
            elif use.means == "rescue":
                own = rescued(own, ("", ""))
            else:
                guard = self._decorating.held(self._guards, door, file, use, at)
                own.append(Guarding(("", ""), guard._replace(own=True), "route", use))
        named = {each.guard.symbol for each in own}
        inside = [Guarding(("", ""), guard, "route") for guard in self._inside(door) if guard.symbol not in named]
        yield from self._together.judged((*placed, *own), inside, handlers, door.endpoint.framework)

    def _unfolded(self, placed: Iterable[Placed]) -> Iterator[Placed]:
        """What stands before a router, with what of that has something before itself."""
        for each in placed:
            yield from (each._replace(file=file, use=use) for file, use in self._extracting.with_own(each.file, each.use))

    def _reached(self, placed: Placed, endpoint: Endpoint, is_sure: bool | None, path: str | None) -> Guard:
        """What stands before a route because it does so before others, too."""
        is_whole = placed.prefix == "" and (placed.use.pattern or "").strip("/") == "**"
        guard = self._addressing.at(self._guards.of(placed.file, placed.use)._replace(own=False), endpoint, path, is_whole)
        if is_sure:
            return self._capitals.before(self._protocols.before(guard, endpoint, placed.use.means), placed, endpoint.framework)
        is_doubtful = guard.effect.state == "rejects" or guard.effect.mark
        return guard._replace(effect=Effect("unverified", MAYBE)) if is_doubtful else guard

    def _marks(self, door: Door, context: Context) -> list[Marks | None]:
        """What the decorators of a route, its class and its application write beside it, for guards to read."""
        before = (each for each in self._edges.before(door) if each.use.pattern is not None)
        placed = ((each.file, each.use) for each in (*before, *context.uses))
        uses = ((file, use) for file, use in (*placed, *self._standing_on(door)) if use.means == "decorator")
        return [written(file, use, self._corpus, self._symbols) for file, use in uses]

    def _inside(self, door: Door) -> Iterator[Guard]:
        """What a handler checks itself; one that is a class, by what it stands on, by dispatch, and in the method that answers."""
        key = door.handler
        yield from self._believing.turning(door)
        if not key.file:
            yield from self._guards.of_library(key, door.endpoint.at)
        elif not self._doors.is_class(key):
            view = door.view or Key(key.file, key.name.rpartition(".")[0])
            yield from self._of_view(view, door.endpoint)
            yield from self._viewing.handlers(view, key).inside(key, door.endpoint.framework, door.endpoint.method)
        else:
            yield from self._guards.classes(key)
            yield from self._of_methods(key, door.endpoint, [*UNTAKEN, "dispatch", door.endpoint.method.lower()])

    def _of_view(self, view: Key, endpoint: Endpoint) -> Iterator[Guard]:
        """What the class of a view's method puts before it."""
        if view.file.endswith(".py") and self._doors.is_class(view):
            yield from self._guards.classes(view)
            yield from self._of_methods(view, endpoint, [*UNTAKEN, "dispatch"])

    def _of_methods(self, view: Key, endpoint: Endpoint, names: list[str]) -> Iterator[Guard]:
        """What methods of a view's class check; nobody takes what `setup` and `initial` answer, so that they turn away by errors alone."""
        for name in names if endpoint.framework not in {"flask", "sanic"} else ["dispatch_request", *names[len(UNTAKEN) + 1 :]]:
            for found in reached(self._corpus, self._symbols, view, name):
                guards = self._viewing.handlers(view, found).inside(found, endpoint.framework, endpoint.method)
                yield from (each for each in guards if name not in UNTAKEN or each.effect.throws)

    def _standing_on(self, door: Door) -> Iterator[tuple[str, Use]]:
        """The uses of an endpoint; of one that is another file's, those that it has there."""
        for file, use in self._own(door):
            built = self._graph.built(file, use.symbol)
            own = self._extracting.with_own(file, use)
            yield from own if built is None else [(each.file, each.use) for each in built]
        yield from self._decorating.uses(door, self._graph.own(door.file, door.endpoint.router, door.endpoint.position))
        yield from self._extracting.of_handler(door)
        yield from self._layouts.awaited(door)
        other = self._corpus.get(door.handler.file) if door.handler.file not in {"", door.file} else None
        if other is None:
            return
        passed = [each for each in other.facts[Endpoint] if each.router == "" and door.handler.name in {each.method, each.handler}]
        if passed:
            yield from ((door.handler.file, use) for use in self._graph.own(door.handler.file, "", passed[0].position))
        elif (alias := other.aliases.get(door.handler.name)) and alias.called:
            yield door.handler.file, wrapping(door.endpoint.position, alias.symbol, alias.at)

    def _standing(self, door: Door, guards: list[tuple[Guard, Level]], context: Context, path: str | None) -> Standing:
        directive = self._declaring.of(door)
        rejecting = [each for each in guards if each[0].effect.state == "rejects"]
        is_opened = any(each.posture == "public" and each.own for each, _ in guards) and not any(each.own for each, _ in rejecting)
        if rejecting and not is_opened:
            nearest, level = rejecting[-1]
            posture = postures.together([each.posture for each, _ in rejecting], directive)
            if all(level == "edge" for _, level in rejecting):
                return Standing(posture, "unverified", "edge", f"{nearest.symbol} {EDGE}")
            return Standing(posture, "enforced", level, f"{nearest.symbol} rejects")
        if directive == "public" or (not guards and self._asks_for_any_key(door)) or any(each.posture == "public" for each, _ in guards):
            return Standing("public", "declared", "route", "it is said to be public")
        doubts = [each for each in guards if each[0].effect.state == "unverified"]
        if doubts:
            guard, level = doubts[-1]
            return Standing(directive or guard.posture, "unverified", level, f"of {guard.symbol}, {guard.effect.reason}")
        unknown = self._unknown(door, context, path)
        if unknown:
            return Standing(directive, "unverified", None, unknown)
        voids = [each for each in guards if each[0].effect.state == "void"]
        if voids:
            guard, level = voids[-1]
            return Standing(directive or guard.posture, "declared", level, f"{guard.symbol}: {guard.effect.reason}")
        if directive:
            return Standing(directive, "declared", "route", "only a comment says so")
        return Standing(None, "none", None, "nothing that is known to turn anybody away stands before it")

    def _asks_for_any_key(self, door: Door) -> bool:
        """A function of Supabase's that asks for a token: the anonymous key is one, and everybody has it."""
        function = function_of(door.file)
        if door.endpoint.framework != "supabase" and not function:
            return False
        name = f"verify_jwt {function or (door.endpoint.path or '').rpartition('/')[2]}"
        said = [each.symbol for own in self._corpus.files.values() for each in own.facts[Setting] if each.name == name]
        return "false" not in said

    def _unknown(self, door: Door, context: Context, path: str | None) -> str:
        """Why it cannot be told what stands before a route."""
        if not context.is_served:
            return UNMOUNTED
        if path is None:
            return "its path cannot be told"
        own = self._corpus.get(door.handler.file) if door.handler.file else None
        is_seen = own is not None and (door.handler.name in own.functions or door.handler.name in own.aliases)
        return "" if is_seen or door.handler.name.startswith(GENERIC) else "what answers it is not in the repository"


def _uses(context: Context) -> set[Use]:
    """What stands before a router that is served in a way."""
    return {each.use for each in context.uses}
