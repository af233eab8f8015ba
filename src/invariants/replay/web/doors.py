"""Doors: the endpoints that files register, and what answers each."""

from collections.abc import Iterator
from typing import NamedTuple

from invariants.facts.web import Endpoint, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.graph import Graph
from invariants.replay.web.prefixes import is_below
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.views import Views
from invariants.replay.web.viewsets import ViewSets

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Door(NamedTuple):
    """An endpoint in its file, and what answers it; of a method, the class that it is asked of, which may stand on the method's own."""

    file: str
    endpoint: Endpoint
    handler: Key
    view: Key | None = None


class Doors:
    """Finds what answers each endpoint."""

    def __init__(self, corpus: Corpus, symbols: Symbols, graph: Graph) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._graph = graph
        self._views = Views(corpus, symbols)
        self._sets = ViewSets(corpus, symbols)

    def all(self) -> Iterator[Door]:
        """The doors of every file, and of what is mounted and in no file."""
        for path, file in sorted(self._corpus.files.items()):
            self._corpus.near(path)
            for endpoint in file.facts[Endpoint]:
                if endpoint.handler == "*":
                    yield from self._passed_on(path, endpoint)
                elif not self._is_configured(path, endpoint):
                    yield from self._answered(path, endpoint)
            yield from (Door(path, *each) for each in self._sets.answers(path))
        yield from (Door(path, endpoint, Key("", endpoint.handler)) for path, endpoint in self._graph.foreign())

    def _answered(self, path: str, endpoint: Endpoint) -> Iterator[Door]:
        """An endpoint; of a view that is a class, one for each method that this answers."""
        handler = self._handler(path, endpoint.handler)
        is_view = endpoint.framework == "django" and endpoint.method == "ANY" and (self.is_class(handler) or not handler.file)
        methods = self._views.methods(handler) if is_view else []
        for method in methods:
            found = self._symbols.resolve(handler.file, f"{handler.name}.{method.lower()}")
            own = self._corpus.get(found.file) if found.file else None
            is_here = own is not None and found.name in own.functions
            yield Door(path, endpoint._replace(method=method), *((found, handler) if is_here else (handler,)))
        if not methods:
            yield Door(path, endpoint, handler)

    def _is_configured(self, path: str, endpoint: Endpoint) -> bool:
        """A file of a folder that would be a route by its name, in an application that writes its routes down (React Router)."""
        files = self._corpus.files.items() if endpoint.framework == "remix" and not endpoint.router else ()
        return any(each.symbol == "configured" and is_below(path, file) for file, own in files for each in own.facts[Setting])

    def _handler(self, path: str, symbol: str) -> Key:
        own = self._corpus.files[path]
        found = self._symbols.exported(path, symbol) if symbol in own.exports else self._symbols.resolve(path, symbol)
        view = self._symbols.resolve(path, symbol.rpartition(".")[0]) if path.endswith(".py") and "." in symbol else found
        return view if self.is_class(view) and found != Key(view.file, f"{view.name}.{found.name.rpartition('.')[2]}") else found

    def is_class(self, key: Key) -> bool:
        """Whether a class answers, and not a function."""
        own = self._corpus.get(key.file) if key.file else None
        return own is not None and key.name in own.functions and own.functions[key.name].kind == "class"

    def _passed_on(self, path: str, endpoint: Endpoint) -> Iterator[Door]:
        """The routes of a file that passes on all that another exports."""
        for verb in VERBS:
            found = self._symbols.exported(path, verb)
            other = self._corpus.get(found.file) if found.file != path else None
            if other and (found.name in other.functions or found.name in other.aliases):
                yield Door(path, endpoint._replace(method=verb), found)
