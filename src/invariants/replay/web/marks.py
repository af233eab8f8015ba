"""What stands on a handler where it is defined, rather than where it is registered: decorators, and classes that its class stands on."""

from collections.abc import Iterator

from invariants.facts.code import Decorator
from invariants.facts.place import Place
from invariants.facts.web import Endpoint, Setting, Use
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.symbols import Symbols

DEEP = 8
DISPATCHING = ("dispatch", "initial", "prepare", "dispatch_request")
"""Methods that frameworks call before the one that answers."""
DEFAULT = "rest_framework.settings.DEFAULT_PERMISSION_CLASSES"
"""The permissions of a view that lists none: those of the settings, and everybody's where those say nothing."""
INSTEAD = "rest_framework.decorators.permission_classes"
"""Stands on a method that has permissions of its own, in the place of its class's."""
EVERYBODY = "rest_framework.permissions.AllowAny"


class Marks:
    """Finds what stands on handlers, in the order in which it runs."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def of(self, handler: Key, endpoint: Endpoint) -> Iterator[tuple[str, Use]]:
        """The uses of a handler, with the files that they stand in. One that a decorator registers has its uses from there."""
        own = self._corpus.get(handler.file) if handler.file.endswith(".py") else None
        if own is None:
            return
        name = handler.name
        owner = name.rpartition(".")[0] if name not in own.functions or own.functions[name].kind != "class" else name
        replaced = owner != name and any(each.symbol == INSTEAD for each in _decorators(own, name))
        if owner in own.functions and own.functions[owner].kind == "class" and not replaced:
            yield from self._of_class(Key(handler.file, owner), endpoint, DEEP)
            yield from self._dispatching(handler.file, own, owner, endpoint)
        if owner != name and not any(each.at == endpoint.at for each in _decorators(own, name)):
            yield from self._standing(handler.file, own, name, endpoint)

    def _dispatching(self, file: str, own: File, owner: str, endpoint: Endpoint) -> Iterator[tuple[str, Use]]:
        """What a class, or one that it stands on, does to every request before one of its methods answers."""
        for method in DISPATCHING:
            found = self._symbols.resolve(file, f"{owner}.{method}")
            other = self._corpus.get(found.file) if found.file else None
            if other is not None and found.name in other.functions:
                yield file, _use(own.functions[owner].at, endpoint, 0, "mixin", f"{owner}.{method}")

    def _standing(self, file: str, own: File, name: str, endpoint: Endpoint) -> Iterator[tuple[str, Use]]:
        for each in _decorators(own, name):
            if each.symbol == DEFAULT:
                yield from self._default(endpoint, each.at)
            else:
                yield file, _use(each.at, endpoint, each.position, "decorator", each.symbol)

    def _default(self, endpoint: Endpoint, at: Place) -> Iterator[tuple[str, Use]]:
        """The permissions that the settings say."""
        said = [
            (path, each)
            for path, file in self._corpus.files.items()
            for each in file.facts[Setting]
            if each.name == "DEFAULT_PERMISSION_CLASSES"
        ]
        for path, each in said:
            yield path, _use(each.at, endpoint, each.position, "option", each.symbol)
        if not said:
            yield endpoint.at.file, _use(at, endpoint, 0, "option", EVERYBODY)

    def _of_class(self, key: Key, endpoint: Endpoint, depth: int) -> Iterator[tuple[str, Use]]:
        """What stands on a class, or on the nearest one below it; then the classes that it stands on, of which a view hides the rest."""
        own = self._corpus.get(key.file)
        if own is None or depth == 0:
            return
        marked = list(self._standing(key.file, own, key.name, endpoint))
        yield from marked
        hidden = False
        for base in own.bases.get(key.name, []):
            found = self._symbols.resolve(key.file, base.symbol)
            if found.file and not hidden:
                inner = self._of_class(found, endpoint, depth - 1)
                yield from (each for each in inner if not marked or each[1].means == "mixin")
            elif not found.file:
                use = _use(base.at, endpoint, base.position, "mixin", base.symbol)
                yield key.file, use._replace(covers="none" if hidden else "all")
            hidden = hidden or (not found.file and found.name.endswith("View"))

    def ancestors(self, handler: Key, depth: int = DEEP) -> Iterator[str]:
        """The classes of libraries that a handler's class stands on, however far away, and what decorates the handler."""
        own = self._corpus.get(handler.file) if handler.file else None
        if own is None or depth == 0:
            return
        owner = handler.name if handler.name in own.bases else handler.name.rpartition(".")[0]
        for base in own.bases.get(owner, []):
            found = self._symbols.resolve(handler.file, base.symbol)
            yield from self.ancestors(found, depth - 1) if found.file else [found.name]
        for each in _decorators(own, handler.name):
            yield str(self._symbols.resolve(handler.file, each.symbol))


def _decorators(own: File, name: str) -> list[Decorator]:
    return sorted((each for each in own.facts[Decorator] if each.function_name == name), key=lambda each: each.position)


def _use(at: Place, endpoint: Endpoint, rank: int, means: str, symbol: str) -> Use:
    return Use(at, endpoint.router, endpoint.position, True, rank, means, symbol, "all", "/**", "", "", False, "", None)  # type: ignore[arg-type]
