"""What is said of each route of files that tests write down."""

from importlib import import_module

from invariants import sources
from invariants.facts.web import Route
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.modules import Modules
from invariants.replay.web.routes import Routes


def enforcement(files: dict[str, str]) -> dict[str, str]:
    """The enforcement of each route, by name."""
    corpus = Corpus(files)
    for path, text in files.items():
        frontend = import_module(f"invariants.frontends.{sources.language(path)}")
        corpus.add(path, list(frontend.read(path, text.encode())))
    return {each.name: each.enforcement for each in Routes(corpus, Modules(corpus.paths, {}), []).facts() if isinstance(each, Route)}
