"""What is said of each route of files that tests write down."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from invariants import sources
from invariants.bodies import opened, packed
from invariants.facts.settings import RouteGuard
from invariants.facts.source import Unread
from invariants.facts.web import Route
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.followed import Followed
from invariants.replay.web.modules import Modules
from invariants.replay.web.routes import Routes


def enforcement(
    files: dict[str, str], configured: Sequence[RouteGuard] = (), manifests: Mapping[str, str] | None = None
) -> dict[str, str]:  # fmt: skip
    """The enforcement of each route, by name."""

    return {each.name: each.enforcement for each in routes(files, configured, manifests)}


def routes(files: dict[str, str], configured: Sequence[RouteGuard] = (), manifests: Mapping[str, str] | None = None) -> list[Route]:
    """What is said of each route."""

    def read(path: str) -> list[Any]:
        return opened(path, packed(facts(path, files[path])))

    corpus = Corpus(files, read)
    for path in files:
        corpus.get(path)
    return [each.route for each in Routes(Followed(corpus, Modules(corpus.paths, manifests or {}), configured)).served()]


def facts(path: str, text: str) -> list[Any]:
    """What a frontend says of a file."""
    return list(import_module(f"invariants.frontends.{sources.language(path)}").read(path, text.encode()))


def doubts(files: dict[str, str]) -> set[tuple[str, int]]:
    """The lines of which it is said that something about routes cannot be told there."""
    unread = [each.at for path, text in files.items() for each in facts(path, text) if isinstance(each, Unread)]
    unverified = [each.at for each in routes(files) if each.enforcement == "unverified"]
    return {(each.file, each.line) for each in (*unread, *unverified)}
