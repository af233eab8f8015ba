"""Permissions that a method of a view set puts together, as its conditions say for the action and the method that is asked for."""

from collections.abc import Iterator, Sequence
from itertools import product

from invariants.facts.code import Decorator
from invariants.facts.place import Place
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.doors import Door
from invariants.replay.web.lineage import lineage
from invariants.replay.web.symbols import Symbols

BY = " by "
SUPER = "rest_framework.views.APIView.get_permissions"
"""Stands for the permissions that a view has where no method of its own puts them together."""
INSTEAD = "rest_framework.decorators.permission_classes"
"""Stands on what has permissions of its own, in the place of its class's."""
ANY = "*"
Placed = tuple[str, Decorator]


class Permitting:
    """Looks up what a view asks for by one of its doors."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def within(self, door: Door, view: Key | None, found: Sequence[Placed]) -> list[Placed]:
        """What stands on a handler and its class, where a method of that may put together the permissions."""
        own = list(_instead(found, door.handler.name))
        told = self.decided(door, own, view) if view is not None else None
        if told is None:
            return list(found)
        return [*(each for each in found if each not in own and not self._is_listed(each)), *told]

    def _is_listed(self, placed: Placed) -> bool:
        """Whether something is a permission that a class lists, and stands in it and not above it."""
        file, each = placed
        function = self._corpus.files[file].functions.get(each.function_name)
        return each.symbol != INSTEAD and function is not None and function.kind == "class" and each.at.line >= function.at.line

    def decided(self, door: Door, own: Sequence[Placed], view: Key) -> list[Placed] | None:
        """The permissions of a door; null where no method of its class puts them together. own: those of the action alone."""
        classes = [each for each in lineage(self._corpus, self._symbols, view) if each.file] if door.file.endswith(".py") else []
        decider = next((each for each in classes if any(True for _ in self._by(each))), None)
        if decider is None:
            return None
        method = door.endpoint.method
        known = {name.partition(BY)[2] for name in self._by(decider)}
        asked = next((" ".join(each) for each in product([_action(door), ANY], [method, ANY]) if " ".join(each) in known), None)
        if asked is None:
            return [(decider.file, _undecided(decider, self._corpus.files[decider.file].functions[decider.name].at))]
        found = self._on(decider, f"{decider.name}{BY}{asked}")
        is_above = [each.symbol for _, each in found] == [SUPER]
        return found if not is_above else list(own) or self._said(classes)

    def _said(self, classes: Sequence[Key]) -> list[Placed]:
        """What the first class says that says which permissions it has."""
        for each in classes:
            file = self._corpus.files[each.file]
            head = file.functions[each.name].at.line
            plain = [one for one in self._on(each, each.name) if one[1].at.line >= head]
            if found := self._on(each, f"{each.name}{BY}{SUPER}") or plain:
                return found
        return []

    def _by(self, key: Key) -> Iterator[str]:
        """The names of what the method of a class says, for each action and method."""
        names = self._corpus.files[key.file].decorators
        yield from (each for each in names if each.startswith(f"{key.name}{BY}") and not each.endswith(SUPER))

    def _on(self, key: Key, name: str) -> list[Placed]:
        return [(key.file, each._replace(function_name=key.name)) for each in self._corpus.files[key.file].decorators.get(name, [])]


def _instead(found: Sequence[Placed], handler: str) -> Iterator[Placed]:
    """The permissions that an action has for itself."""
    marks = [each for _, each in found if each.symbol == INSTEAD and each.function_name == handler]
    for file, each in found if marks else ():
        if each.function_name == handler and marks[0].at.line <= each.at.line <= marks[0].at.end_line:
            yield file, each


def _action(door: Door) -> str:
    """The action that a door leads to: by the name of its handler, or by what a router calls it."""
    name = door.endpoint.handler if door.endpoint.framework == "rest_framework" else door.handler.name
    return name.rpartition(".")[2]


def _undecided(key: Key, at: Place) -> Decorator:
    return Decorator(at, key.name, 0, f"{key.name}.get_permissions", called=True)
