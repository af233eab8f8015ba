"""What applications say once for all of their routes, in whichever file: settings, sites, what instances are decorated with."""

from collections import defaultdict
from functools import cached_property

from invariants.facts.web import Setting
from invariants.replay.web.corpus import Corpus

ADMIN = "django.contrib.admin.site.admin_view"
"""Asks the site that a class is registered with, whichever that is."""
SETTINGS = "rest_framework.settings."
"""What begins the name of a guard that settings tell of."""
Said = tuple[str, Setting]
"""A file, and what it says."""


class Saying:
    """Looks up what the files of a repository say."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def of(self, name: str) -> list[Said]:
        """The settings whose name ends like this."""
        return [
            (path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name.rpartition(".")[2] == name
        ]

    @cached_property
    def sites(self) -> list[tuple[str, str]]:
        """The sites of Django's admin that decide for themselves who comes in."""
        return [(path, each.symbol) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name == ADMIN]

    @cached_property
    def decorations(self) -> dict[str, list[tuple[str, str]]]:
        """What instances of Fastify were decorated with, by name."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, own in self._corpus.files.items():
            for each in own.facts[Setting]:
                if each.framework == "fastify" and each.name.startswith("decorator "):
                    found[each.name.removeprefix("decorator ")].append((path, each.symbol))
        return dict(found)
