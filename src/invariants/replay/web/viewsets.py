"""View sets of Django REST framework: what a class answers, by itself and by what it stands on, in whichever file."""

from collections.abc import Iterator
from typing import NamedTuple

from invariants.facts.web import Endpoint, Mount
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.lineage import allowed, lineage, said
from invariants.replay.web.symbols import Symbols

VIEWS = "viewset:"
BARE = " bare"
LOOKUP = "{@}"
STANDARD = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", "{@}/"),
    "update": ("PUT", "{@}/"),
    "partial_update": ("PATCH", "{@}/"),
    "destroy": ("DELETE", "{@}/"),
}
"""The actions that routers know: their methods, and their paths below that of the view set."""
MIXINS = {
    "ListModelMixin": ("list",), "CreateModelMixin": ("create",), "RetrieveModelMixin": ("retrieve",), "DestroyModelMixin": ("destroy",),
    "UpdateModelMixin": ("update", "partial_update"), "ReadOnlyModelViewSet": ("list", "retrieve"), "ModelViewSet": tuple(STANDARD),
}  # fmt: skip
"""What classes of the framework answer; those of other libraries are called alike."""
PLAIN = ("ViewSet", "GenericViewSet", "ViewSetMixin")


class Answer(NamedTuple):
    """A route of a view set, what answers it, and the class whose permissions it has."""

    endpoint: Endpoint
    handler: Key
    view: Key


class ViewSets:
    """The view sets of a repository."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def answers(self, path: str) -> Iterator[Answer]:
        """What the view sets answer that a file puts into routers."""
        for mount in self._corpus.files[path].facts[Mount]:
            if mount.child.startswith(VIEWS):
                name = mount.child.removeprefix(VIEWS)
                view = self._symbols.resolve(path, name.removesuffix(BARE))
                classes = lineage(self._corpus, self._symbols, view)
                actions = (each for each in self._actions(view, classes) if allowed(self._corpus, classes, each[0]))
                for method, below, handler, action in actions:
                    where = _under(mount.prefix, below, bare=name.endswith(BARE))
                    at = Endpoint(mount.at, mount.router, mount.position, "rest_framework", "http", method, where, f"{view.name}.{action}")
                    yield Answer(at, handler, view)

    def _actions(self, view: Key, classes: list[Key]) -> Iterator[tuple[str, str, Key, str]]:
        """The methods and paths of a view set, each with what answers it, and the action that it is."""
        lookup = f"{{{said(self._corpus, classes, 'lookup_url_kwarg') or said(self._corpus, classes, 'lookup_field') or 'pk'}}}"
        known = {name for each in classes if not each.file for name in _of_library(each.name)}
        for name, (method, below) in STANDARD.items():
            owner = self._owner(classes, name)
            if owner is not None or name in known:
                yield method, below.replace(LOOKUP, lookup), Key(owner.file, f"{owner.name}.{name}") if owner else view, name
        for each in classes:
            for method, below, handler in self._own(each, classes):
                yield method, below.replace(LOOKUP, lookup), handler, handler.name.rpartition(".")[2]
        is_here = bool(classes[0].file)
        if any(not each.file and _is_unknown(each.name) for each in classes) or not (is_here or known):
            yield "ANY", "", view, ""
            yield "ANY", f"{lookup}/", view, ""

    def _owner(self, classes: list[Key], method: str) -> Key | None:
        """The first of the classes that has a method."""
        return next((each for each in classes if each.file and f"{each.name}.{method}" in self._corpus.files[each.file].functions), None)

    def _own(self, key: Key, classes: list[Key]) -> Iterator[tuple[str, str, Key]]:
        """The actions that a class adds, but for those that a class before it has in their place."""
        for each in self._corpus.files[key.file].facts[Endpoint] if key.file else ():
            is_own = each.router == key.name and each.framework == "rest_framework"
            if is_own and self._owner(classes, each.handler.rpartition(".")[2]) == key:
                yield each.method, each.path or "", Key(key.file, each.handler)


def _of_library(name: str) -> tuple[str, ...]:
    """The actions of a class of a library, by its name."""
    last = name.rpartition(".")[2]
    return next((actions for each, actions in MIXINS.items() if last.endswith(each)), ())


def _is_unknown(name: str) -> bool:
    """Whether a class of a library may answer what nobody sees."""
    last = name.rpartition(".")[2]
    return not _of_library(name) and last not in PLAIN and last.endswith(("View", "ViewSet"))


def _under(prefix: str | None, below: str, *, bare: bool) -> str | None:
    """A path below the prefix of a view set, as its router ends it."""
    path = None if prefix is None else f"{prefix}/{below}" if prefix else below or "/"
    return path.removesuffix("/") if path is not None and bare else path
