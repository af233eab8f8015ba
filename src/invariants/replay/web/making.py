"""Values that functions and classes make, and that are called: what runs there, and what that comes to."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from invariants.facts.code import ANSWER, FILLING, Alias, Argument, Base, Step
from invariants.facts.place import Place
from invariants.replay.web.applying import strongest, weakest
from invariants.replay.web.choosing import NONE, Constants, constants, names_nobody
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.factories import CONFIGURED, Factories
from invariants.replay.web.markers import UNTOLD, Markers, called, is_filling
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.words import is_nobody, speaks_of_who, words

DEEP = 4
NOTHING = Effect("passes", "what it answers turns nobody away")
WELCOMED = Effect("unverified", "it is told of those who are not known, and may let them in", True)
UNSEEN = Effect("unverified", "what it answers is called, and it cannot be seen what that is", True)


class Making:
    """Follows names to what made the values that they stand for."""

    def __init__(self, corpus: Corpus, symbols: Symbols, effect: Callable[[Key], Effect | None]) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._factories = Factories(corpus, symbols)
        self._markers = Markers(corpus, symbols)
        self._effect = effect

    def maker(self, key: Key) -> Key | None:
        """What made the value that is called under a name, or at once, as in ``Depends(make())``; null where nothing did."""
        if is_filling(key):
            return key
        if key.name.endswith(ANSWER):
            return self._symbols.of_library(key._replace(name=key.name.removesuffix(ANSWER)))
        return self._symbols.made_by(key) if key.file.endswith(".py") else None

    def given(self, key: Key) -> list[Argument]:
        """What the call was given that made the value which a name stands for, or the class that this one stands on."""
        own = self._corpus.get(key.file) if key.file and not key.file.endswith((".rs", ".cs")) else None
        place = _made_at(own, key.name) if own is not None else None
        if own is None or place is None:
            return []
        around = key.name.rpartition(".")[0]
        function = around if around in own.functions and own.functions[around].kind == "function" else ""
        symbol = place.symbol.removesuffix(FILLING)
        made = [each for each in own.steps.get(function, []) if each.symbol == symbol and _is_within(each.at, place.at)]
        return [one for each in made for one in own.arguments.get((function, each.position), [])]

    def of(self, step: Step, maker: Key) -> Effect | None:
        """What is done where a step calls what another call made, or is filled by that."""
        if not is_filling(maker):
            return self.called(maker, step.symbol)
        return self.filled(maker, self._corpus.files[step.at.file].arguments.get((step.function_name, step.position), []))

    def constants(self, key: Key, given: Sequence[Argument] | None) -> Constants:
        """The parameters of a function of Python's that are constants in a call; none, where nobody calls it."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") and given is not None else None
        return constants(own.parameters.get(key.name, []), given) if own is not None and given is not None else NONE

    def welcomes(self, key: Key, given: Sequence[Argument]) -> bool:
        """Whether a guard is told of nobody as somebody whom it lets in."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        return welcomes(given) or (own is not None and names_nobody(own, key.name, given))

    def called(self, maker: Key, name: str = "") -> Effect | None:
        """What is done where the answer of a function, or an object of a class, is called, under a name; null where nobody sees it."""
        if is_filling(maker):
            return self.filled(maker, None)
        own = self._corpus.get(maker.file) if maker.file else None
        if own is None or maker.name not in own.functions:
            return None
        run = list(self.run(maker))
        ways = [self.depended(each) for each in run]
        found = weakest(ways)
        if found is None:
            return UNSEEN if own.functions[maker.name].kind == "function" and any(map(speaks_of_who, (maker.name, name))) else None
        if found.state == "rejects" and None in ways:
            return UNSEEN
        is_sure = found.state == "rejects" or not any(map(self._factories.may_reject, run))
        return found if is_sure else CONFIGURED

    def filled(self, key: Key, given: Sequence[Argument] | None, depth: int = DEEP) -> Effect | None:
        """What is done where the answer of a call fills a parameter; null where nothing is, or nobody sees what it answers."""
        told = list(dict.fromkeys(self._markers.answers(called(key), given)))
        found = [self._fills(each, depth) for each in told]
        return None if set(found) == {NOTHING} else weakest(found)

    def _fills(self, key: Key | None, depth: int) -> Effect:
        return UNSEEN if key == UNTOLD else (self._filling(key, depth) if key is not None else None) or NOTHING

    def depended(self, key: Key, depth: int = DEEP) -> Effect | None:
        """What a function comes to that a framework calls: whatever fills its parameters turns away before it does."""
        return strongest([self._effect(key), self.required(key, depth)])

    def required(self, key: Key, depth: int = DEEP) -> Effect | None:
        """What fills the parameters of a function that a framework calls, where their types say it (``user: CurrentUser``)."""
        if depth and (maker := self.maker(key)) is not None:
            ways = [self.required(each, depth - 1) for each in self.run(maker)]
            return weakest(ways) if None not in ways else None
        own = self._corpus.get(key.file) if key.file.endswith(".py") and depth else None
        said = own.parameters.get(key.name, []) if own is not None and key.name in own.functions else []
        found = [self._filling(self._symbols.resolve(key.file, each.symbol, key.name), depth - 1) for each in said if each.symbol]
        return strongest(each for each in found if each is not None and each.throws)

    def _filling(self, key: Key, depth: int) -> Effect | None:
        """What a type comes to that stands for what fills a parameter; null of one that is only a type."""
        if (maker := self.maker(key)) is not None:
            return (self.filled(maker, self.given(key), depth - 1) if is_filling(maker) else self.called(maker)) if depth else None
        own = self._corpus.get(key.file) if key.file else None
        is_function = own is not None and key.name in own.functions and own.functions[key.name].kind == "function"
        return self.depended(key, depth) if is_function and depth else None

    def run(self, maker: Key, depth: int = DEEP) -> Iterator[Key]:
        """The functions and classes of which one is run where that is called which another one answers with."""
        if is_filling(maker):
            yield from (each for each in self._markers.answers(called(maker), None) if each)
            return
        own = self._corpus.get(maker.file) if maker.file and depth else None
        if own is None or maker.name not in own.functions:
            return
        if own.functions[maker.name].kind == "class":
            yield maker
            return
        yield from self._factories.classes(maker)
        for each in dict.fromkeys(each.symbol for each in own.steps.get(maker.name, []) if each.kind == "return" and each.symbol):
            found = self._symbols.resolve(maker.file, each, maker.name)
            inner = self.maker(found)
            if inner is not None and inner != maker:
                yield from self.run(inner, depth - 1)
            elif found != maker:
                yield found


def welcomes(given: Iterable[Argument]) -> bool:
    """Whether a guard is told of nobody in particular: ``Authenticator(allowed={User, Anonymous})``."""
    return any(each.kind in {"symbol", "function"} and is_nobody(each.value) and not _is_role(each.value) for each in given)


def _is_role(symbol: str) -> bool:
    """Whether a guest is one of several roles that those have who are known: ``Role.GUEST``."""
    holder, _, name = symbol.rpartition(".")
    return words(name) == ("guest",) and words(holder)[-1:] in {("role",), ("roles",)}


def _made_at(own: File, name: str) -> Alias | Base | None:
    """Where something is called that a name stands for, or that a class of JavaScript's stands on."""
    alias = own.aliases.get(name)
    if alias is not None:
        return alias if alias.called else None
    return next(iter(own.bases.get(name, [])), None) if own.language == "typescript" else None


def _is_within(inner: Place, outer: Place) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )
