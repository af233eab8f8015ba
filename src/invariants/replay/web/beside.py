"""What code puts beside a request and asks for later (`g.user`, `request.state.user`): whether that is only what was sent."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from invariants.facts.code import DISPLAY, PERHAPS, UNSET, Dependence, Kept, Step, bare
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.deciding import present
from invariants.replay.web.outcomes import Outcomes
from invariants.replay.web.strangers import dotted
from invariants.replay.web.words import WHOLE, is_nobody

Told = Callable[[Dependence, Key], Dependence]
Folded = Callable[[Key, File, Sequence[Step]], Outcomes]
Yes = Callable[[Step, Key], bool]
"""Whether a call answers yes to those who are not known."""
Said = Literal["found", "sent", "always", "perhaps"]
"""found: somebody was looked up; sent: it is what the caller sent; always: it is there whoever comes; perhaps: by the environment."""
RECORDS = frozenset({"dict", "SimpleNamespace", "namedtuple", "Namespace", "Munch"})
"""What makes one value of others."""


TYPED = "request.extensions."
"""Begins the name of what is kept under its type, and asked for by that alone: it is there, or it is not."""
KEPT = re.compile(r"(?:not )?['\"]([^'\"]+)['\"] (?:not )?in [\w.]*session")
"""A condition that asks whether a session keeps something."""


class Value(NamedTuple):
    """One of the values that a name may have."""

    said: Said
    sources: tuple[Dependence, ...]
    may_be_none: bool = False


class Beside:
    """Looks up what is kept beside requests."""

    def __init__(self, corpus: Corpus, told: Told, folded: Folded, says_yes: Yes) -> None:
        self._corpus = corpus
        self._told = told
        self._folded = folded
        self._says_yes = says_yes
        self._values: dict[str, list[Value]] = {}
        self._places: dict[str, list[tuple[str, Kept]]] = defaultdict(list)
        self._looked_at = 0

    def sent(self, dependence: Dependence) -> list[Dependence]:
        """A value of a condition; what was put beside the request as it was sent, as that."""
        values = [each for each in self._of(dependence.symbol) if each.said != "always"]
        if not values or any(each.said != "sent" for each in values):
            return [dependence]
        return [each._replace(at=dependence.at, given=dependence.given) for value in values for each in value.sources]

    def unset(self, dependence: Dependence) -> Dependence:
        """A value that is held against what may be missing; what was put beside the request may be, too."""
        is_asked = dependence.symbol.startswith(f"{PERHAPS}{UNSET}")
        may_be_none = is_asked and any(each.may_be_none for each in self._of(dependence.symbol))
        return dependence._replace(symbol=dependence.symbol.removeprefix(PERHAPS)) if may_be_none else dependence

    def is_doubtful(self, condition: str, found: Iterable[Dependence]) -> bool:
        """Whether a condition looks at what may be only what was sent, or asks for something that is there whoever comes."""
        for each in found:
            said = {value.said for value in self._of(each.symbol)}
            if "always" in said and _normal(bare(each.symbol)).startswith(TYPED):
                return True
            if "perhaps" in said or said >= {"sent", "found"} or ("always" in said and _asks_for(dotted(condition), each)):
                return True
        return False

    def _of(self, symbol: str) -> list[Value]:
        """What a name may be, or what it is a part of."""
        name = _normal(bare(symbol))
        known = self._kept()
        while name and name not in known:
            name = name.rpartition(".")[0]
        if name and name not in self._values:
            self._values[name] = []  # where it is asked for in what puts it there
            self._values[name] = [self._value(path, kept) for path, kept in known[name]]
        return self._values.get(name, [])

    def _kept(self) -> dict[str, list[tuple[str, Kept]]]:
        """Where things are kept, by their names."""
        if self._looked_at < len(self._corpus.files):
            kept = [(path, each) for path, own in self._corpus.since(self._looked_at) for each in own.facts.get(Kept, ())]
            self._looked_at = len(self._corpus.files)
            for path, each in kept:
                self._places[_normal(each.name)].append((path, each))
            self._values = {} if kept else self._values
        return self._places

    def _value(self, path: str, kept: Kept) -> Value:
        """One value, by what it is made of and by who comes to where it is put there."""
        own, key = self._corpus.files[path], Key(path, kept.function_name)
        place = kept.function_name, kept.position
        told = own.dependences.get(place, []) if not kept.name.startswith(TYPED) else []
        sources = list(self._made_of([each for each in told if each.symbol != "None"], own.given.get(place, []), key))
        said = self._said(key, own, kept.position, sources)
        return Value(said, tuple(sources), any(each.symbol == "None" for each in told))

    def _said(self, key: Key, own: File, position: int, sources: Sequence[Dependence]) -> Said:
        """What is put somewhere that is made of these, by who comes there."""
        origins = {each.origin for each in sources}
        if not origins <= {"caller", "constant"}:
            return "always" if self._is_anybody(key, own, position, sources) else "found"
        steps = [_until(each, position) for each in own.steps.get(key.name, [])]
        ways = {each.skip for each in self._folded(key, own, steps) if each.kind == "pass" and each.strength == "open"}
        is_there = not sources or any(each.symbol == DISPLAY or is_nobody(each.symbol) for each in sources)
        if not ways or not (is_there or "caller" in origins):
            return "found"
        if not ways & {"", "caller"}:
            return "perhaps" if "caller" in origins or "environment" in ways else "found"
        return "sent" if "caller" in origins else "always"

    def _is_anybody(self, key: Key, own: File, position: int, sources: Sequence[Dependence]) -> bool:
        """Whether a call that is put somewhere may answer yes to whoever comes."""
        called = {each.symbol for each in sources if each.origin == "call"} if key.file.endswith(".py") else set()
        steps = [each for each in own.steps.get(key.name, []) if each.kind == "call" and each.position < position]
        return any(self._says_yes(each, key) for each in steps if each.symbol in called)

    def _made_of(self, said: Sequence[Dependence], given: Sequence[Dependence], key: Key) -> Iterable[Dependence]:
        """What a value is made of; of an object that is made of others, those."""
        for each in said:
            last = each.symbol.rpartition(".")[2]
            if each.origin == "call" and (last in RECORDS or (last[:1].isupper() and not last.isupper())):
                yield from self._made_of([one._replace(given="") for one in given if one.given == each.symbol], given, key)
            else:
                yield self._told(each, key)


def _until(step: Step, position: int) -> Step:
    """A step of a function that is folded only as far as to where something is kept."""
    if step.position == position:
        return step._replace(kind="next")
    return step._replace(kind="return", symbol="None") if step.kind in {"return", "next"} else step


def _normal(symbol: str) -> str:
    """A name as other files write it: `self.request.user` and `conn.scope["user"]` are `request.user`."""
    root, dot, rest = symbol.removeprefix("self.").partition(".")
    name = f"request{dot}{rest.removeprefix('scope.')}" if root in WHOLE or root == "scope" else f"{root}{dot}{rest}"
    return name if dot else ""


def _asks_for(condition: str, dependence: Dependence) -> bool:
    """Whether a condition asks whether there is a value, and not for a part of it."""
    last = bare(dependence.symbol).rpartition(".")[2]
    if found := KEPT.fullmatch(condition):
        return found[1] == last
    return present(condition) != "" and _plain(condition, last)


def _plain(condition: str, last: str) -> bool:
    asked = condition.removeprefix("not ").partition(" ")[0]
    return asked.rpartition(".")[2].strip("()'\"") == last
