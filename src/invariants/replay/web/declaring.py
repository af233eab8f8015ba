"""What code says of who may come in, in comments."""

from invariants.facts.code import Directive
from invariants.replay.web import postures
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.doors import Door


class Declaring:
    """Looks directives up."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def of(self, door: Door) -> str:
        """What is declared of a door, at its handler or where it is registered."""
        own = self._corpus.get(door.handler.file) if door.handler.file else None
        owner = door.handler.name.rpartition(".")[0] if door.endpoint.framework in {"aspnet", "django"} else ""
        names = [door.handler.name, *([owner] if owner else [])]
        found = [each for name in names for each in own.facts[Directive] if each.function_name == name] if own else []
        here = [each for each in self._corpus.files[door.file].facts[Directive] if 0 < door.endpoint.at.line - each.at.line <= 1]
        return next((postures.normalised(each.posture) for each in [*found, *here] if each.reason.strip()), "")
