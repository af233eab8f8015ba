"""What is said of each route of files that tests write down."""

from importlib import import_module
from typing import Any

from invariants import sources
from invariants.bodies import packed
from invariants.facts.web import Route
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.modules import Modules
from invariants.replay.web.routes import Routes


def enforcement(files: dict[str, str]) -> dict[str, str]:
    """The enforcement of each route, by name."""

    def read(path: str) -> list[Any]:
        frontend = import_module(f"invariants.frontends.{sources.language(path)}")
        return packed(frontend.read(path, files[path].encode()))

    corpus = Corpus(files, read)
    for path in files:
        corpus.get(path)
    return {each.name: each.enforcement for each in Routes(corpus, Modules(corpus.paths, {}), []).facts() if isinstance(each, Route)}
