"""Whole paths: what routers and versions put before them, and an application (NestJS's global prefix), with the paths that it spares."""

from posixpath import dirname

from invariants.facts.web import Endpoint, Setting
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.graph import Graph
from invariants.replay.web.patterns import covers, joined
from invariants.replay.web.versions import versioned

ROOTED = frozenset({"axum", "fastify", "hono", "koa"})
"""Where the root of a router is its prefix, without a slash."""
VERSIONED = frozenset({"sanic"})
"""Whose paths may have a version before them."""
BEGINS = "globalPrefix"
SPARED = "globalPrefix.exclude"


class Prefixes:
    """The prefixes of all applications of a repository, each with the file that sets it."""

    def __init__(self, corpus: Corpus, graph: Graph) -> None:
        self._graph = graph
        told = [(path, each) for path, file in corpus.files.items() for each in file.facts[Setting]]
        self._begins = [(path, each.symbol) for path, each in told if each.name == BEGINS]
        self._spared = [(path, each.symbol) for path, each in told if each.name == SPARED]

    def whole(self, file: str, endpoint: Endpoint, prefix: str | None) -> str | None:
        """The whole path of an endpoint on a router of a prefix; null where it cannot be told."""
        said = self._graph.said(file, endpoint.path)
        if said is None or prefix is None:
            return None
        if endpoint.kind == "rpc":
            return ".".join(filter(None, (*prefix.strip("/.").split("/"), said)))
        is_tail = endpoint.framework == "fastapi" and prefix and said and not said.startswith("/")  # FastAPI puts one behind the other
        path = f"{prefix}{said}" if is_tail else joined(prefix, said)
        path = versioned(path) if endpoint.framework in VERSIONED else path
        path = self.before(file, path) if endpoint.framework == "nest" else path
        is_root = endpoint.framework in ROOTED and endpoint.path == "/" and prefix
        return path.rstrip("/") if is_root and path else path

    def before(self, file: str, path: str | None) -> str | None:
        """A path of a file's with what its application puts before it; null where that cannot be told."""
        if path is None or any(is_below(file, place) and covers(pattern, path) for place, pattern in self._spared):
            return path
        found: str | None = path
        for place, begins in self._begins:
            if is_below(file, place):
                said = self._graph.said(place, begins)
                found = joined(f"/{said.strip('/')}", found) if said is not None else None
        return found


def is_below(path: str, place: str) -> bool:
    """Whether a file belongs to the application that another one is of: what is around its `src`, or else where it stands."""
    root = f"{dirname(place)}/" if dirname(place) else ""
    around, source, _ = f"/{root}".rpartition("/src/")
    return path.startswith(f"{around}/".lstrip("/") if source else root)
