"""Whole paths: what routers and versions put before them, and an application (NestJS's global prefix), with the paths that it spares."""

from itertools import chain
from posixpath import dirname

from invariants.facts.web import FUNCTION, Endpoint, Setting
from invariants.replay.web import tokens
from invariants.replay.web.applications import Applications
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.graph import Graph
from invariants.replay.web.patterns import covers, joined
from invariants.replay.web.versions import bare, versioned

ROOTED = frozenset({"axum", "fastify", "hono", "koa"})
"""Where the root of a router is its prefix, without a slash."""
BEGINS = "globalPrefix"
SPARED = "globalPrefix.exclude"
FUNCTIONS = "/functions/v1"
"""What stands before the paths of Supabase's functions; these see their own name first."""


class Prefixes:
    """The prefixes of all applications of a repository, each with the file that sets it."""

    def __init__(self, corpus: Corpus, graph: Graph, applications: Applications) -> None:
        self._graph = graph
        self._applications = applications
        self._settings = [(path, each) for path, file in corpus.files.items() for each in file.facts[Setting]]
        self._begins = [(path, each.symbol) for path, each in self._settings if each.name == BEGINS]
        self._spared = [(path, *each.symbol.split(" ", 1)) for path, each in self._settings if each.name == SPARED]

    def whole(self, file: str, endpoint: Endpoint, prefix: str | None) -> list[str | None]:
        """The whole paths of an endpoint on a router of a prefix; null where one cannot be told."""
        paths = self._whole(file, endpoint, prefix)
        is_inside = endpoint.framework != "supabase" and endpoint.kind == "http" and function_of(file)
        return [joined(FUNCTIONS, each) if each is not None else None for each in paths] if is_inside else paths

    def _whole(self, file: str, endpoint: Endpoint, prefix: str | None) -> list[str | None]:
        said = self._graph.said(file, endpoint.path)
        if said is None or prefix is None:
            return [None]
        if endpoint.kind == "rpc":
            return [".".join(filter(None, (*prefix.strip("/.").split("/"), said)))]
        is_tail = endpoint.framework == "fastapi" and prefix and said and not said.startswith("/")  # FastAPI puts one behind the other
        path = f"{prefix}{said}" if is_tail else joined(prefix, said)
        if endpoint.framework == "nest" and path is not None:
            versioned_paths = self._versioned(file, path)
            whole = (self._before(file, endpoint.method, bare(path), each) if each is not None else [None] for each in versioned_paths)
            return list(dict.fromkeys(chain.from_iterable(whole)))
        if endpoint.framework in {"aspnet", "minimal-api"} and path is not None:
            return self._templates(file, path)
        is_root = endpoint.framework in ROOTED and endpoint.path == "/" and prefix
        return [path.rstrip("/") if is_root and path else versioned(path) if endpoint.framework == "sanic" else path]

    def _templates(self, file: str, path: str) -> list[str | None]:
        """A path with its tokens told; of an action that says none, and whose class says none, by each convention of the application."""
        if tokens.CONVENTIONAL not in path or bare(path).strip("/"):
            return [tokens.filled(path) or "/"]
        told = [tokens.conventional(path, each) for each in self._applications.told(file, "conventional")]
        return list(dict.fromkeys(each for each in told if each)) or [None]

    def seen(self, file: str, endpoint: Endpoint, prefix: str | None) -> str:
        """A path of which a part cannot be told, as far as it can."""
        told = self._graph.said(file, endpoint.path)
        if endpoint.framework == "nest" and prefix is not None and told is not None:
            return f"{{?}}{bare(joined(prefix, told) or '')}"  # what the application puts before it cannot be told
        return f"{versioned(prefix) or '{?}'}/{'{?}' if told is None else bare(told).lstrip('/')}"

    def _versioned(self, file: str, path: str) -> list[str | None]:
        """A path with each version that it is served under, where the application has versions in paths; that of another repository may."""
        kinds = self._told(file, "versioning") or ([] if self._told(file, "application") else ["URI"])
        if kinds[:1] != ["URI"]:
            return [bare(path)]
        before = (self._told(file, "versioning.prefix") or ["v"])[0]
        marks = self._told(file, "versioning.default") or [""]
        return [None if before is None else versioned(f"{mark}{path}", f"/{before}") or "" for mark in marks]

    def _told(self, file: str, name: str) -> list[str | None]:
        """What the application of a file is told, null where that cannot be told; what belongs to none is told what any one is."""
        own = [(place, each) for place, each in self._settings if is_below(file, place) and each.name in {name, "application"}]
        told = own or self._settings
        return [self._graph.said(place, each.symbol) for place, each in told if each.name == name]

    def _before(self, file: str, method: str, path: str, whole: str) -> list[str | None]:
        """A path with what its application puts before it, null where that cannot be told; of several, each of the nearest."""
        found = [(place, begins) for place, begins in self._begins if is_below(file, place)]
        nearest = max((len(_around(place)) for place, _ in found), default=0)
        placed = [self._below(place, begins, method, path, whole) for place, begins in found if len(_around(place)) == nearest]
        return placed or [whole]

    def _below(self, place: str, begins: str, method: str, path: str, whole: str) -> str | None:
        """A path below the prefix of one application, unless it spares it."""
        if any(where == place and kind in {"ALL", method} and covers(pattern, path) for where, kind, pattern in self._spared):
            return whole
        said = self._graph.said(place, begins)
        return joined(f"/{said.strip('/')}", whole) if said is not None else None


def function_of(file: str) -> str:
    """The function of Supabase's that a file belongs to; empty where it belongs to none."""
    found = FUNCTION.search(file)
    return found["name"] if found is not None else ""


def _around(place: str) -> str:
    """The folder of an application: what is around its `src`, or else where its file stands."""
    root = f"{dirname(place)}/" if dirname(place) else ""
    around, source, _ = f"/{root}".rpartition("/src/")
    return f"{around}/".lstrip("/") if source else root


def is_below(path: str, place: str) -> bool:
    """Whether a file belongs to the application that another one is of."""
    return path.startswith(_around(place))
