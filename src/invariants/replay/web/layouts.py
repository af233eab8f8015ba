"""What the layouts of SvelteKit load, where a page waits for it: `await parent()`."""

from collections.abc import Iterator
from posixpath import dirname

from invariants.facts.code import Step
from invariants.facts.web import Use
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.doors import Door
from invariants.replay.web.modules import Modules
from invariants.replay.web.working import TOGETHER

FILES = ("+layout.server.ts", "+layout.server.js")
LOAD = "load"
TOLD = frozenset({"parent", "event.parent"})
AROUND = ("+page@", "+layout@")
"""Begin the names of files that leave out some of the layouts around them."""


class Layouts:
    """Finds the layouts around pages."""

    def __init__(self, corpus: Corpus, modules: Modules) -> None:
        self._corpus = corpus
        self._names = modules.manifests

    def awaited(self, door: Door) -> Iterator[tuple[str, Use]]:
        """What the layouts around a page load before it does, from the outside in; of those that it may leave out, nothing is sure."""
        own = self._corpus.get(door.handler.file) if door.endpoint.framework == "sveltekit" and door.handler.name == LOAD else None
        steps = own.steps.get(LOAD, []) if own is not None else []
        waiting = next((each for each in steps if _waits(each)), None)
        if own is None or waiting is None:
            return
        begun = {each.value for one in steps if one.symbol in TOGETHER for each in own.arguments.get((LOAD, one.position), [])}
        is_first = not begun & TOLD and not any(each.kind == "call" for each in steps if each.position < waiting.position)
        folders = list(_upwards(dirname(door.handler.file)))
        is_whole = not any(path.startswith(f"{each}/{name}") for each in folders for name in AROUND for path in self._names)
        for folder in reversed(folders):
            file = next((path for name in FILES if (path := f"{folder}/{name}") in self._corpus.files), None)
            above = self._corpus.get(file) if file is not None else None
            if file is not None and above is not None and LOAD in above.functions:
                at = above.functions[LOAD].at
                pattern = "/**" if is_whole and is_first else None
                yield file, Use(at, "", door.endpoint.position, True, 0, "hook", LOAD, "all", pattern, "", "", False, "", None)


def _waits(step: Step) -> bool:
    """Whether a page waits there for what is around it, whoever asks."""
    return step.kind == "call" and step.symbol in TOLD and step.awaited and step.parent is None


def _upwards(folder: str) -> Iterator[str]:
    while folder and not folder.endswith("/routes") and folder != "routes":
        yield folder
        folder = dirname(folder)
    yield folder
