"""What classes of views put into the place of the methods in which their libraries ask who comes."""

from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile

from invariants.facts.code import Step
from invariants.facts.web import Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.lineage import lineage
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols

ANSWERING = frozenset({"get", "post", "put", "patch", "delete", "head", "list", "create", "retrieve", "update", "destroy", "dispatch"})
"""Methods that do what a request asks for."""
ASKING = frozenset({"initial", "check_permissions", "dispatch"})
"""Methods of Django REST framework's that ask the permissions of a view, or lead there."""
PUT = "put "
"""What begins the name of a class, where a setting says what is put into it from outside."""
FRAMEWORK = "rest_framework."
BESIDE = "goes by it, and does what is asked for all the same"
INSTEAD = "stands in the place of what asks it"


class Overriding:
    """Tells what of a class comes in the way of a guard that stands on it, or on what it stands on."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def effect(self, view: Key, until: Key | None = None) -> Effect | None:
        """What becomes of a guard; null where nothing comes in its way. until: the class that has the guard, or is one."""
        classes = lineage(self._corpus, self._symbols, view)
        own = [each for each in takewhile(lambda each: each != until, classes) if each.file]
        told = [*self._dispatched(own), *self._denied(own), *self._tested(own), *self._put(classes)]
        if any(each.name.startswith(FRAMEWORK) for each in classes if not each.file):
            told += self._asked([each for each in classes if each.file])
        return min(told, key=lambda each: each.state != "void", default=None)

    def hook(self, view: Key, guard: Key, name: str) -> Key | None:
        """The method by which a class decides in the place of the library's that it stands on."""
        classes = takewhile(lambda each: each != guard, lineage(self._corpus, self._symbols, view))
        return next((Key(each.file, f"{each.name}.{name}") for each in classes if each.file and self._steps(each, name) is not None), None)

    def _dispatched(self, classes: list[Key]) -> Iterator[Effect]:
        for each in classes:
            steps = self._steps(each, "dispatch")
            if steps is not None and not any(step.kind == "next" for step in steps):
                yield Effect("void", f"`{each.name}.dispatch` {INSTEAD}")
            elif steps is not None and any(map(_answers, steps)):
                yield Effect("unverified", f"`{each.name}.dispatch` {BESIDE}")
            elif steps is not None and _is_dropped(steps):
                yield Effect("unverified", f"`{each.name}.dispatch` answers whatever that says")

    def _denied(self, classes: list[Key]) -> Iterator[Effect]:
        for each in classes:
            if any(step.kind == "next" or _last(step) in ANSWERING for step in self._steps(each, "handle_no_permission") or []):
                yield Effect("unverified", f"`{each.name}.handle_no_permission` {BESIDE}")

    def _tested(self, classes: list[Key]) -> Iterator[Effect]:
        for each in classes:
            if self._steps(each, "get_test_func") is not None:
                yield Effect("unverified", f"`{each.name}.get_test_func` says at run time what is asked")

    def _put(self, classes: list[Key]) -> Iterator[Effect]:
        """What is put into the place of something that a class says of itself, from outside."""
        for each in classes:
            if name := self._changed.get(each):
                yield Effect("unverified", f"`{each.name}.{name}` is put there from outside")

    @cached_property
    def _changed(self) -> dict[Key, str]:
        told = [(path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name.startswith(PUT)]
        return {self._symbols.resolve(path, each.name.removeprefix(PUT)): each.symbol for path, each in told}

    def _asked(self, classes: list[Key]) -> Iterator[Effect]:
        """Where Django REST framework asks permissions, by methods that a class may have itself."""
        for each in classes:
            dispatched = self._steps(each, "dispatch")
            if dispatched is not None and not any(step.kind == "next" or _last(step) in ASKING for step in dispatched):
                yield Effect("void", f"`{each.name}.dispatch` {INSTEAD}")
            for name in ("initial", "check_permissions"):
                steps = self._steps(each, name)
                if steps is not None and not any(_last(step) == name for step in steps):
                    yield Effect("unverified" if steps else "void", f"`{each.name}.{name}` {INSTEAD}")
            denied = self._steps(each, "permission_denied")
            if denied is not None and not any(step.kind == "reject" or _last(step) == "permission_denied" for step in denied):
                yield Effect("void", f"`{each.name}.permission_denied` turns nobody away")
            if any(
                step.kind == "call" and not step.symbol.startswith("super.") for step in self._steps(each, "perform_authentication") or []
            ):
                yield Effect("unverified", f"`{each.name}.perform_authentication` {INSTEAD}")
            handled = self._steps(each, "handle_exception")
            if handled is not None and not any(step.kind == "reject" or _last(step) == "handle_exception" for step in handled):
                yield Effect("unverified", f"`{each.name}.handle_exception` answers for it")
            if self._steps(each, "permission_classes") is not None:
                yield Effect("unverified", f"`{each.name}.permission_classes` is decided at run time")

    def _steps(self, owner: Key, name: str) -> list[Step] | None:
        """What a method of a class does; null where it has none."""
        own = self._corpus.get(owner.file)
        key = f"{owner.name}.{name}"
        return own.steps.get(key, []) if own is not None and key in own.functions else None


def _last(step: Step) -> str:
    return step.symbol.rpartition(".")[2]


def _is_dropped(steps: list[Step]) -> bool:
    """Whether what the method above answers is never looked at: ``super().dispatch(request)``, and then an answer of one's own."""
    above = [each for each in steps if each.kind == "next"]
    return bool(above) and all(each.handling == "ignored" for each in above)


def _answers(step: Step) -> bool:
    """Whether a call does what a request asks for, in the place of what a class above it would do: `self.get(request)`."""
    return step.kind == "call" and "." in step.symbol and _last(step) in ANSWERING and not step.symbol.startswith("super.")
