"""The order of migrations that a graph of revisions tells (Alembic, Django)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from invariants.facts.ddl import Parent, Replacement, Revision
from invariants.facts.source import Unread

FIRST, LATEST = "__first__", "__latest__"
"""What Django calls an application's first and last migrations, whatever their names."""


def topological(
    revisions: Iterable[Revision], parents: Iterable[Parent], replacements: Iterable[Replacement] = ()
) -> tuple[list[str], list[Unread]]:
    """The files in an order in which they can run, by path where the graph leaves it open; and what is wrong with the graph.

    A file with several names (Alembic's branch labels) stands for each of them. Files that another one replaces are left out.
    """
    graph = _Graph(list(revisions), list(parents), list(replacements))
    ordered, stuck = _sorted(graph.paths, graph.edges())
    return ordered + stuck, [*graph.problems, *graph.cycles(stuck)]


class _Graph:
    def __init__(self, revisions: Sequence[Revision], parents: Sequence[Parent], replacements: Sequence[Replacement]) -> None:
        self.problems: list[Unread] = []
        self._revisions = revisions
        self._parents = parents
        self._places = self._named(replacements)
        self.paths = sorted(set(self._places.values()))

    def _named(self, replacements: Sequence[Replacement]) -> dict[str, str]:
        """The file that each name leads to."""
        places: dict[str, str] = {}
        for each in self._revisions:
            if places.setdefault(each.name, each.at.file) != each.at.file:
                self.problems.append(
                    Unread(each.at, "order", f"the revision {each.name} is also in {places[each.name]}", "Give one of them another name.")
                )
                places[f"{each.name}\0{each.at.file}"] = each.at.file
        squashed = {each.replaced: each.revision for each in replacements}
        for replaced in squashed:
            places[replaced] = places.get(_last(replaced, squashed), places.get(replaced, ""))
        return {name: path for name, path in places.items() if path}

    def edges(self) -> dict[str, set[str]]:
        """For each file those that must have run before it."""
        before: dict[str, set[str]] = defaultdict(set)
        for each in self._parents:
            path = self._places.get(each.revision, each.at.file)
            found = self._resolved(each)
            if not found and not self._elsewhere(each.parent):
                self.problems.append(
                    Unread(
                        each.at,
                        "order",
                        f"there is no revision {each.parent}, which {each.revision} builds on",
                        "Add the missing revision.",
                    )
                )
            before[path] |= {parent for parent in found if parent != path}
        return before

    def _resolved(self, parent: Parent) -> set[str]:
        """The files that a name leads to: exactly, as a branch's head, as Django's first or last, or by a unique beginning."""
        name = parent.parent.removesuffix("@head").removesuffix("@heads")
        if name in self._places:
            return {self._places[name]}
        app, _, last = name.rpartition(".")
        if last in {FIRST, LATEST}:
            return self._ends(app, last)
        begun = {path for each, path in self._places.items() if name and "." not in name and each.startswith(name)}
        return begun if len(begun) == 1 else set()

    def _ends(self, app: str, which: str) -> set[str]:
        """The first or last migrations of an application."""
        own = {each.name for each in self._revisions if each.name.rpartition(".")[0] == app}
        inner = [(each.revision, each.parent) for each in self._parents if each.revision in own and each.parent in own]
        late = {revision for revision, _ in inner} if which == FIRST else {parent for _, parent in inner}
        return {self._places[name] for name in own - late}

    def _elsewhere(self, name: str) -> bool:
        """Whether a name belongs to an application that the repository does not hold, such as Django's own."""
        app, _, _ = name.rpartition(".")
        return bool(app) and not any(each.startswith(f"{app}.") for each in self._places)

    def cycles(self, stuck: Sequence[str]) -> Iterator[Unread]:
        """What is wrong with files that wait for each other."""
        for each in self._revisions:
            if each.at.file in stuck:
                yield Unread(
                    each.at, "order", f"the revision {each.name} waits for itself, by way of others", "Break the circle of revisions."
                )


def _last(name: str, squashed: Mapping[str, str]) -> str:
    """The revision that a replaced one ends up in, replaced ones being replaced again."""
    seen = {name}
    while name in squashed and squashed[name] not in seen:
        name = squashed[name]
        seen.add(name)
    return name


def _sorted(paths: Sequence[str], before: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """The paths in order, and those that wait for each other."""
    after: dict[str, list[str]] = defaultdict(list)
    waiting = {path: len(before.get(path, ())) for path in paths}
    for path in paths:
        for parent in before.get(path, ()):
            after[parent].append(path)
    ready = [path for path in paths if not waiting[path]]
    heapify(ready)
    ordered: list[str] = []
    while ready:
        ordered.append(heappop(ready))
        for child in after[ordered[-1]]:
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, child)
    return ordered, sorted(set(paths) - set(ordered))
