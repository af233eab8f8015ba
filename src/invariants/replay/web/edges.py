"""What stands before a whole application, and so before its routes."""

from collections.abc import Iterator

from invariants.facts.web import Use
from invariants.replay.web.applications import Applications
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.doors import Door
from invariants.replay.web.placing import Placed
from invariants.replay.web.prefixes import is_below


class Edges:
    """What files say of whole applications."""

    def __init__(self, corpus: Corpus, applications: Applications) -> None:
        self._applications = applications
        self._said = [
            Placed(path, use, "", "edge" if use.means == "edge" else "app")
            for path, file in corpus.files.items()
            for use in file.facts[Use]
            if not use.router and not use.own
        ]

    def before(self, door: Door) -> Iterator[Placed]:
        """What stands before the application of a route."""
        is_compiled = door.file.endswith(".cs")
        for each in self._said if door.endpoint.kind == "http" else ():
            if is_compiled and each.file.endswith(".cs"):
                yield from self._in_application(door, each)
            elif not (is_compiled or each.file.endswith(".cs")) and _is_before(door, each):
                yield each

    def _in_application(self, door: Door, said: Placed) -> Iterator[Placed]:
        """In C#: filters of actions are before controllers only, and what a library says may be meant for another application."""
        is_for_actions = said.use.means == "hook" and door.endpoint.framework != "aspnet"
        found = False if is_for_actions else self._applications.before(door.file, said.file)
        if found is not False:
            yield said if found else said._replace(use=said.use._replace(pattern=None))


def _is_before(door: Door, edge: Placed) -> bool:
    """Whether something stands before the application of a route; what does for NestJS, is not before what its server has beside it."""
    return is_below(door.file, edge.file) and (edge.use.means != "middleware" or door.endpoint.framework == "nest")
