"""Permissions that a method of a view set puts together, as its conditions say for the action and the method that is asked for."""

from collections.abc import Iterator, Sequence
from itertools import product, takewhile

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
TABLES = "tables"
ANY = "*"
VIEWS = ("View", "ViewSet")
"""Ends the names of the framework's classes that ask for the permissions of a view."""
Placed = tuple[str, Decorator]


class Permitting:
    """Looks up what a view asks for by one of its doors."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def within(self, door: Door, view: Key | None, found: Sequence[Placed], *, is_told: bool) -> list[Placed]:
        """What stands on a handler and its class, where a method of that may put together the permissions.

        is_told: the door is registered with permissions, in the place of those that the class lists.
        """
        decider = self._decider(view) if view is not None and door.file.endswith(".py") else None
        if decider is None or view is None:
            return list(found) if view is None else self._nearest(view, found)
        own = list(_instead(found, door.handler.name))
        told = self._asked(door, decider, view)
        if _is_above(told):
            told = [] if is_told else own or self._said([each for each in lineage(self._corpus, self._symbols, view) if each.file])
        return [*(each for each in found if each not in own and not self._is_listed(each)), *told]

    def _nearest(self, view: Key, found: Sequence[Placed]) -> list[Placed]:
        """What stands on a handler and its class: of several classes that list what they ask for, the nearest one's."""
        listed = [each for each in found if each[0].endswith(".py") and self._is_listed(each)]
        names = list(dict.fromkeys(Key(file, each.function_name) for file, each in listed))
        if len(names) < 2:
            return list(found)
        first = next((each for each in lineage(self._corpus, self._symbols, view) if each in names), names[0])
        return [each for each in found if each not in listed or Key(each[0], each[1].function_name) == first]

    def heeds(self, door: Door, view: Key) -> bool:
        """Whether a view asks for the permissions that it is registered with, or that its class lists."""
        decider = self._decider(view) if door.file.endswith(".py") else None
        return decider is None or _is_above(self._asked(door, decider, view))

    def _is_listed(self, placed: Placed) -> bool:
        """Whether something is a permission that a class lists, and stands in it and not above it."""
        file, each = placed
        function = self._corpus.files[file].functions.get(each.function_name)
        return each.symbol != INSTEAD and function is not None and function.kind == "class" and each.at.line >= function.at.line

    def _asked(self, door: Door, decider: Key, view: Key) -> list[Placed]:
        """What the method of a class puts together for a door."""
        method = door.endpoint.method
        known = {name.partition(BY)[2] for name in self._by(decider)}
        asked = next((" ".join(each) for each in product([_action(door), ANY], [method, ANY]) if " ".join(each) in known), None)
        if asked is None or (view != decider and TABLES in known):
            return [(decider.file, _undecided(decider, self._corpus.files[decider.file].functions[decider.name].at))]
        return self._on(decider, f"{decider.name}{BY}{asked}")

    def _decider(self, view: Key) -> Key | None:
        """The class whose method puts together the permissions of a view; null where the framework's own does."""
        classes = takewhile(lambda each: each.file or not each.name.endswith(VIEWS), lineage(self._corpus, self._symbols, view))
        return next(
            (each for each in classes if each.file and f"{each.name}.get_permissions" in self._corpus.files[each.file].functions), None
        )

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


def unrouted(found: Sequence[Placed], handler: str) -> list[Placed]:
    """What stands on a handler that no router put there, so that what its action has for itself is not asked."""
    own = list(_instead(found, handler))
    return [each for each in found if each not in own and not (each[1].symbol == INSTEAD and each[1].function_name == handler)]


def _is_above(found: Sequence[Placed]) -> bool:
    """Whether these are the permissions that a view has without a method of its own."""
    return [each.symbol for _, each in found] == [SUPER]


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
