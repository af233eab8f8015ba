"""Methods that classes take over: what they call of their own object may be another method there, which its class has itself."""

from collections.abc import Iterable
from functools import cache

from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.followed import Followed
from invariants.replay.web.lineage import lineage
from invariants.replay.web.modules import Modules
from invariants.replay.web.symbols import OWN, Symbols
from invariants.replay.web.walking import Walker


class Bound(Symbols):
    """Symbols as the methods of one object mean them."""

    def __init__(self, corpus: Corpus, modules: Modules, view: Key, classes: Iterable[Key]) -> None:
        super().__init__(corpus, modules)
        self._view = view
        self._classes = frozenset(classes)

    def resolve(self, file: str, symbol: str, within: str = "") -> Key:
        """What a symbol in a function of a file is; of the object's own class, where it is a part of that object."""
        first, _, rest = symbol.partition(".")
        own = self._corpus.get(file) if first in OWN and rest and file.endswith(".py") else None
        if own is not None and Key(file, self._owner(own, within)) in self._classes:
            return super().resolve(self._view.file, f"{self._view.name}.{rest}")
        return super().resolve(file, symbol, within)


class Binding:
    """Names and functions as the methods of an object of one class mean them."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed
        self.followed = cache(self._of_class)

    def _of_class(self, view: Key) -> Followed:
        classes = [each for each in lineage(self._followed.corpus, self._followed.symbols, view) if each.file]
        return self._followed.bound(Bound(self._followed.corpus, self._followed.modules, view, classes))

    def walker(self, owner: Key | None, method: Key) -> Walker:
        """What folds a method as one of a class, which may have it from another one."""
        is_own = owner is None or method.name.startswith(f"{owner.name}.") or not method.file.endswith(".py")
        return self._followed.walker if is_own or not self.is_changed(owner, method) else self.followed(owner).walker  # type: ignore[arg-type]

    def is_changed(self, view: Key, method: Key) -> bool:
        """Whether a method comes to something else by what the class has in the place of what it calls."""
        pending, seen = [method], {method}
        while pending:
            key = pending.pop()
            for step, target, _ in self._followed.calls.direct(key):
                if step.symbol.partition(".")[0] not in (*OWN, "super"):
                    continue
                instead = self.followed(view).symbols.resolve(key.file, step.symbol, key.name)
                if instead != target and self._differ(instead, target):
                    return True
                pending += [target] if target.file and target not in seen else []
                seen.add(target)
        return False

    def _differ(self, one: Key, other: Key) -> bool:
        found = [self._followed.walker.effect(each) for each in (one, other)]
        told = [(each.state, each.throws) if each is not None else None for each in found]
        return told[0] != told[1]
