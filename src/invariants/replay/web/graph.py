"""Routers put together: under which paths a router is served, and what stands before each of its registrations."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from invariants.facts.code import Alias, Step
from invariants.facts.web import Endpoint, Level, Mount, Router, Use
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.folders import FILE, FOLDER, unfolded
from invariants.replay.web.patterns import joined
from invariants.replay.web.placing import Placed, reaches
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.versions import kept

SAID = re.compile(r"\$\{([\w.:`]+)\}")
WHOLE = ("urlpatterns", "route")
"""The router that a module is, where it is put in as a whole (Django, React Router)."""
TAKING = frozenset({"aiohttp", "django", "fastapi", "flask", "litestar", "ninja", "sanic", "starlette", "trpc"})
"""Where all that is mounted has routes of its own; elsewhere it may as well be middleware."""
LIBRARIES = frozenset({"django.contrib.admin.site"})
"""What is made in a library, and routes are registered on in files."""
CONFIG = "app config "
"""Begins the name of the router of a configuration of Django's, which is looked up by its label in whichever file."""
CONTROLLERS = frozenset({"aspnet", "nest"})
"""Where a class that has paths is served with its own, and what stands on it with those that it says itself."""
DEEP = 16
LAST = 10**9
"""A place after every other."""
MANY = 64
"""A router may be served under so many paths."""


class Context(NamedTuple):
    """One way in which a router is served."""

    prefix: str | None
    uses: tuple[Placed, ...]
    is_served: bool
    """An application serves it, as far as can be seen."""


class Graph:
    """The routers of a repository, and what is mounted where."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self.routers = {Key(path, each.name): each for path, file in corpus.files.items() for each in file.facts[Router]}
        self._uses: dict[Key, list[tuple[str, Use]]] = defaultdict(list)
        self._own: dict[tuple[str, str, int], list[Use]] = defaultdict(list)
        self._parents: dict[Key, list[tuple[str, Mount]]] = defaultdict(list)
        self._children: dict[Key, list[tuple[str, Mount]]] = defaultdict(list)
        self._contexts: dict[Key, list[Context]] = {}
        self._named_makers: set[Key] = set()
        """Functions whose answers have names, under which they are served."""
        for path, file in sorted(corpus.files.items()):
            for use in file.facts[Use]:
                self._place(path, use)
            for mount in unfolded(corpus, path, file.facts[Mount]):
                for child in self._keys(path, mount.child):
                    self._parents[child].append((path, mount))
                for parent in self._keys(path, mount.router):
                    self._children[parent].append((path, mount))
        for path, file in sorted(corpus.files.items()):
            for name in _named(file) & file.aliases.keys() if path.endswith(".py") else ():
                self._hand_out(Key(path, name), file.aliases[name])

    def _hand_out(self, key: Key, alias: Alias) -> None:
        """A name for a router that a function made, in whichever file: it has before it what that has, which is served where it is."""
        maker = self._symbols.made_by(key) if key not in self.routers else None
        made = [child for path, mount in self._children.get(maker, []) for child in self._keys(path, mount.child)] if maker else []
        if maker is None or maker not in self.routers or not made:
            return
        self.routers[key] = self.routers[maker]._replace(at=alias.at, name=alias.name, prefix="")
        self._named_makers.add(maker)
        for child in made:
            mount = Mount(alias.at, alias.name, LAST, child.name, "", isolates=False, inherits=True)
            self._children[key].append((child.file, mount))
            self._parents[child].append((key.file, mount))

    def _keys(self, path: str, symbol: str, seen: frozenset[Key] = frozenset()) -> list[Key]:
        """The routers that a symbol may be, by where they are made; a name that means nothing is one of the file's own."""
        if Key(path, symbol) in self.routers:
            return [Key(path, symbol)]
        if symbol.startswith(CONFIG):
            return [each for each in self.routers if each.name == symbol] or [Key(path, symbol)]
        if given := self._given(path, symbol, seen):
            return sorted(given)
        found = self._symbols.whole(symbol.removeprefix(FILE)) if symbol.startswith(FILE) else self._symbols.resolve(path, symbol)
        whole = self._whole(found.file) if found.file and not found.name else []
        return whole or [found if found.file or found.name in LIBRARIES else Key(path, symbol)]

    def _whole(self, file: str) -> list[Key]:
        """The router that a module is, or the only one that it has for others."""
        named = [Key(file, name) for name in WHOLE] + [self._symbols.resolve(file, WHOLE[-1])]
        return [each for each in dict.fromkeys(named) if each in self.routers]

    def _given(self, path: str, symbol: str, seen: frozenset[Key]) -> set[Key]:
        """What a function is given as the parameter that a symbol is, by each of its callers."""
        function, _, parameter = symbol.rpartition(".")
        own = self._corpus.get(path) if function else None
        said = own.parameters.get(function, []) if own else []
        place = next((each.position for each in said if each.name == parameter), None)
        if place is None or Key(path, symbol) in seen or len(seen) > DEEP:
            return set()
        found: set[Key] = set()
        for file, step in self._callers.get(function.rpartition(".")[2], []):
            for each in self._corpus.files[file].arguments.get((step.function_name, step.position), []):
                is_it = each.name in {str(place), parameter} and each.kind == "symbol"
                if is_it and self._symbols.resolve(file, step.symbol, step.function_name) == Key(path, function):
                    found |= self._local(file, step.function_name, each.value, seen | {Key(path, symbol)})
        return {each for each in found if each in self.routers} if len(found) > 1 else found

    def _local(self, file: str, function: str, symbol: str, seen: frozenset[Key]) -> set[Key]:
        """A symbol as a function means it: a router or parameter of its own, or one of the file's."""
        inner = f"{function}.{symbol}" if function else symbol
        found = {Key(file, inner)} if Key(file, inner) in self.routers else self._given(file, inner, seen)
        return found or set(self._keys(file, symbol, seen))

    @cached_property
    def _callers(self) -> dict[str, list[tuple[str, Step]]]:
        """The calls of the repository's Python, by the last word of what is called."""
        found: dict[str, list[tuple[str, Step]]] = defaultdict(list)
        for path, file in self._corpus.files.items():
            for step in chain(*(file.inside(name).steps for name in file.bodies)) if path.endswith(".py") else ():
                if step.kind == "call":
                    found[step.symbol.rpartition(".")[2]].append((path, step))
        return found

    def _place(self, path: str, use: Use) -> None:
        if use.own:
            self._own[path, use.router, use.position].append(use)
        elif use.router:
            said = use._replace(pattern=self.said(path, use.pattern)) if "${" in f"{use.pattern}" else use
            use = said._replace(pattern=None) if "${" in use.excludes else said
            for key in self._keys(path, use.router):
                self._uses[key].append((path, use))

    def is_router(self, path: str, symbol: str) -> bool:
        """Whether what is put before routes is a router, which is mounted there; a class of NestJS's that another may extend is none."""
        found = (self._made(key) for key in self._keys(path, symbol))
        return any(each is not None and each.framework != "nest" for each in found)

    def foreign(self) -> Iterator[tuple[str, Endpoint]]:
        """What is put into a router and is none of the repository's: nobody sees its routes, and this stands for them."""
        for path, file in sorted(self._corpus.files.items()):
            for mount in unfolded(self._corpus, path, file.facts[Mount]):
                [router, *_] = [*filter(None, map(self.routers.get, self._keys(path, mount.router))), None]
                is_taken = router and (router.framework in TAKING or mount.certain or mount.child.startswith(FOLDER))
                if router and is_taken and not mount.inherits and mount.position >= 0 and not self._is_known(path, mount.child):
                    yield path, _unseen(router, mount)

    def _is_known(self, path: str, symbol: str) -> bool:
        """Whether a symbol is a router, or something that routes are registered on."""
        return any(key in self.routers or key in self._served_on or not key.file for key in self._keys(path, symbol))

    @cached_property
    def _served_on(self) -> set[Key]:
        return {key for path, file in self._corpus.files.items() for each in file.facts[Endpoint] for key in self._keys(path, each.router)}

    def own(self, path: str, router: str, position: int) -> list[Use]:
        """What stands on one registration alone, the outermost first."""
        return sorted(self._own.get((path, router, position), []), key=lambda each: each.rank)

    def built(self, path: str, symbol: str) -> list[Placed] | None:
        """What stands before all that is made of a builder (tRPC's procedures, clients of actions); null where the symbol is none."""
        if not self.is_router(path, symbol):
            return None
        return [each for context in self.of(path, symbol, LAST)[:1] for each in context.uses]

    def of(self, path: str, router: str, position: int) -> list[Context]:
        """The ways in which a registration on a router is served, with what stands before it."""
        return [
            each._replace(uses=(*each.uses, *self._before(key, path, position, each.prefix)))
            for key in self._keys(path, router)
            for each in self.contexts(key)
        ]

    def contexts(self, key: Key, seen: frozenset[Key] = frozenset()) -> list[Context]:
        """The ways in which a router is served."""
        if key not in self._contexts:
            if key in seen or len(seen) > DEEP:
                return []
            found = list(self._served(key, seen | {key}))[:MANY]
            if seen:
                return found
            self._contexts[key] = found
        return self._contexts[key]

    def said(self, file: str, path: str | None, depth: int = DEEP) -> str | None:
        """A path with the constants in it that other files say; null where one cannot be told."""
        if path is None or "${" not in path or not depth:
            return None if path is None or "${" in path else path
        found = {name: self._constant(file, name, depth) for name in SAID.findall(path)}
        if None in found.values():
            return None
        return re.sub("//+", "/", SAID.sub(lambda each: found[each[1]] or "", path))

    def _constant(self, file: str, name: str, depth: int) -> str | None:
        """The string that a name is in a file, where that is told by this file or another."""
        own = Key(file, name)
        key = own if self._symbols.constant(own) is not None else self._symbols.resolve(file, name)
        return self.said(key.file, self._symbols.constant(key), depth - 1)

    def _is_served(self, key: Key, router: Router | None) -> bool:
        """Whether a router is served by itself: one that is put in nowhere, and a controller that others only stand on."""
        is_alone = router is not None and router.framework in CONTROLLERS and all(mount.inherits for _, mount in self._parents[key])
        return (is_alone or not self._parents[key]) and not (router and router.kind == "given") and key not in self._named_makers

    def _made(self, key: Key, depth: int = DEEP) -> Router | None:
        """A router; of one that a function answers with, as that makes it, and none where it makes none."""
        router, makers = self.routers.get(key), [each for each in self._children[key] if each[1].makes]
        if router is None or not makers:
            return router
        maker = next(iter(self._makers(key)), None) if depth else None
        found = self._made(maker, depth - 1) if maker is not None else None
        kind = router.kind if router.kind == "app" else found.kind if found is not None else "given"
        return found._replace(kind=kind, prefix=self.said(maker.file, found.prefix)) if maker is not None and found is not None else None

    def _makers(self, key: Key) -> list[Key]:
        """The functions that answer with a router."""
        return [maker for file, each in self._children[key] if each.makes for maker in self._keys(file, each.child)]

    def _served(self, key: Key, seen: frozenset[Key]) -> Iterator[Context]:
        router = self._made(key)
        if router is None and key in self.routers:
            return
        prefix = self.said(key.file, router.prefix) if router else ""
        if self._is_served(key, router):
            yield Context(prefix, (), bool(router and router.kind == "app"))
        for path, mount in self._parents[key]:
            is_above = mount.makes or (mount.inherits and router is not None and router.framework in CONTROLLERS)
            inner = "" if is_above else kept(prefix) if mount.replaces else prefix
            before = "" if router and router.shares else self.said(path, mount.prefix)
            for parent in self._keys(path, mount.router):
                for above in self.contexts(parent, seen):
                    under = joined(joined(above.prefix, before), inner)
                    yield Context(under, self._handed(parent, path, mount, above), above.is_served)

    def _handed(self, parent: Key, path: str, mount: Mount, above: Context) -> tuple[Placed, ...]:
        """What a router that is mounted has before it."""
        own = [Placed(path, use, above.prefix, "router") for use in self.own(path, mount.router, mount.position)]
        if mount.isolates:
            return tuple(own)
        return (*above.uses, *self._before(parent, path, mount.position, above.prefix), *own)

    def _before(self, key: Key, path: str, position: int, prefix: str | None) -> Iterator[Placed]:
        """What a router puts before one of its registrations."""
        router = self._made(key)
        level: Level = "app" if router and router.kind == "app" else "router"
        for maker in self._makers(key) if position >= 0 else ():
            yield from self._before(maker, maker.file, LAST, prefix)
        for file, use in self._uses[key]:
            if reaches(use, file == path, position):
                yield Placed(file, use, prefix, level)
        is_wide = router is not None and router.framework == "flask" and level == "app"
        for file, mount in self._children[key]:
            if (is_wide or (file == path and mount.position < position)) and not mount.isolates and not mount.makes:
                for child in self._keys(file, mount.child):
                    yield from self._escaped(child, joined(prefix, mount.prefix), frozenset({key}), is_wide)
            elif mount.inherits and position < mount.position:
                yield from self._inherited(file, mount, prefix, frozenset({key}))

    def _inherited(self, file: str, mount: Mount, prefix: str | None, seen: frozenset[Key]) -> Iterator[Placed]:
        """What a class has before it because the one that it extends has."""
        for base in self._keys(file, mount.child):
            if base not in seen:
                yield from (Placed(place, use, prefix, "router") for place, use in self._uses[base])
                for above, each in self._children[base]:
                    yield from self._inherited(above, each, prefix, seen | {base}) if each.inherits else ()

    def _escaped(self, child: Key, prefix: str | None, seen: frozenset[Key], is_wide: bool = False) -> Iterator[Placed]:
        """What a router that was mounted earlier puts before what comes after it; is_wide: before all of the application."""
        if child in seen:
            return
        under = joined(prefix, self.routers[child].prefix if child in self.routers else "")
        yield from (Placed(file, use, "" if is_wide else under, "router") for file, use in self._uses[child] if use.escapes)
        is_closed = child in self.routers and self.routers[child].framework == "fastify" and not self.routers[child].shares
        for file, mount in () if is_closed else self._children[child]:
            for inner in self._keys(file, mount.child):
                if any(use.escapes for _, use in self._uses[inner]):
                    yield from self._escaped(inner, joined(under, mount.prefix), seen | {child}, is_wide)


def _named(file: File) -> set[str]:
    """What a file registers something on, or puts somewhere."""
    found = {each.router for kind in (Endpoint, Use, Mount) for each in file.facts[kind]}
    return found | {each.child for each in file.facts[Mount]}


def _unseen(router: Router, mount: Mount) -> Endpoint:
    """What stands for the routes of something that is put into a router and that nobody sees."""
    at, name = mount.at, router.framework
    if name == "trpc":
        return Endpoint(at, mount.router, mount.position, name, "rpc", "RPC", f"{mount.prefix}.{{?}}".strip("."), mount.child)
    return Endpoint(at, mount.router, mount.position, name, "http", "ANY", joined(mount.prefix, "{?}"), mount.child)
