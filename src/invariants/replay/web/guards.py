"""Guards: what is put before a route, what it lets in, and whether it turns anybody away."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from invariants.facts.code import Argument
from invariants.facts.place import Place
from invariants.facts.web import Use
from invariants.replay.web import postures
from invariants.replay.web.applying import (
    BARE,
    CALLED,
    ORDER,
    answered,
    handed,
    hands_back,
    ignored,
    is_dropped,
    named_void,
    spared,
    strongest,
    values,
    weakest,
)
from invariants.replay.web.binding import Binding
from invariants.replay.web.callbacks import asking
from invariants.replay.web.choosing import NONE, Choosing, Constants, Given, inside
from invariants.replay.web.consulting import Consulting
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.disagreeing import together
from invariants.replay.web.factories import CONFIGURED, Factories
from invariants.replay.web.followed import Followed
from invariants.replay.web.libraries import Known, library
from invariants.replay.web.lineage import is_late, is_view, lineage
from invariants.replay.web.making import UNSEEN as UNTOLD
from invariants.replay.web.markers import called, is_filling
from invariants.replay.web.outcomes import REJECTS, UNLESS_MARKED, Effect, void
from invariants.replay.web.overriding import Overriding
from invariants.replay.web.policies import Policies
from invariants.replay.web.reasons import DECIDED, IDLE, PERMITS, UNREACHED, UNSEEN, UNTAKEN, unseen
from invariants.replay.web.saying import ADMIN, SETTINGS, Saying
from invariants.replay.web.words import speaks_of_who
from invariants.replay.web.wrapping import UNAWAITED, is_missing, wraps

DEEP = 4


class Guard(NamedTuple):
    """Something before a route, and what became of it."""

    at: Place
    symbol: str
    posture: str | None
    effect: Effect
    own: bool
    key: Key = Key("", "")


class Guards:
    """Judges what is put before routes."""

    def __init__(self, followed: Followed) -> None:
        self._corpus = followed.corpus
        self._symbols = followed.symbols
        self._known = followed.known
        self._policies = Policies(followed.corpus, followed.symbols)
        self._saying = Saying(followed.corpus)
        self._factories = Factories(followed.corpus, followed.symbols)
        self.walker = followed.walker
        self._binding = Binding(followed)
        self._consulting = Consulting(followed.walker)
        self.overriding = Overriding(followed.corpus, followed.symbols)

    def of(self, file: str, use: Use, at: Callable[[Guard], Guard] = lambda guard: guard) -> Guard:
        """What one use does; of several, any of which is enough, the weakest decides. at: what a guard is for the route that is asked."""
        if " | " in use.symbol:
            parts = [at(self.of(file, use._replace(symbol=each.strip()), at)) for each in use.symbol.split(" | ")]
            weakest = min(parts, key=lambda each: ORDER.index(each.effect.state))
            return weakest._replace(posture=" | ".join(each.posture or "session" for each in parts), symbol=use.symbol)
        if use.symbol.startswith(SETTINGS):
            return self._set(use, at)
        if use.symbol.count(".") == 1 and (given := self._saying.decorations.get(use.symbol.partition(".")[2])):
            return self._weakest(use, given)
        if use.symbol == ADMIN and (guard := self._weakest(use, [(file, ADMIN), *self._saying.sites])).effect.state != "rejects":
            return guard._replace(effect=Effect("unverified", DECIDED))
        return self._one(file, use)

    def _weakest(self, use: Use, given: Sequence[tuple[str, str]]) -> Guard:
        """What one of several symbols does, of which it cannot be told which it is."""
        found = [self._one(path, use._replace(symbol=symbol)) for path, symbol in given]
        return min(found, key=lambda each: ORDER.index(each.effect.state))

    def _set(self, use: Use, at: Callable[[Guard], Guard]) -> Guard:
        """What the settings put before every route that says nothing itself; all of it has to be passed."""
        said = self._saying.of(use.symbol.removeprefix(SETTINGS))
        found = ((path, at(self.of(path, use._replace(symbol=each.symbol), at))) for path, each in said)
        return together(found) or Guard(use.at, use.symbol, None, Effect("passes", "the settings do not say it"), use.own)

    def _one(self, file: str, use: Use) -> Guard:
        key = self._symbols.implemented(self._symbols.resolve(file, use.symbol, use.function_name))
        known = self._known.get(str(called(key))) or self._named(key)
        stated, made_with = self._given(file, use), self.walker.making.given(key)
        arguments = values(stated or made_with)
        is_dependency = use.means in {"dependency", "extractor"} and known is None
        made = self._answered(key, file, use) if is_dependency else None
        effect = made or self._effect(
            key, known, arguments, self.walker.making.constants(key, self._given(file, use) if use.step is not None else None)
        )
        if is_dependency:
            effect = strongest([effect, self.walker.making.required(key)]) or effect
        if file.endswith(".cs") and effect.reason == UNLESS_MARKED and known == library().get(str(key)):
            effect = self._policies.applied(file, [*self._given(file, use), *self._policies.derived(key)], effect)
        if use.means == "extractor" and file.endswith(".py") and effect.state == "void":
            effect = Effect("passes", "it is a type")
        if use.means == "middleware" and effect.state != "rejects" and key.name.endswith(".authenticate"):
            effect = IDLE
        is_hook = use.means in {"hook", "middleware"} and known is None
        if is_hook and effect.state == "rejects" and is_dropped(self._corpus, key, self.walker.call):
            effect = UNTAKEN
        if use.means == "dependency" and effect.state == "void" and self._factories.is_blind(key):
            effect = Effect("passes", "it is given nothing of the request")
        place = Key(file, use.function_name) if stated else Key(key.file or file, key.name.rpartition(".")[0] if key.file else "")
        effect = spared(effect, stated) if known is None else asking(effect, known, stated or made_with, place, self.walker)
        if known is None and file.endswith(".py") and key.file:
            effect = handed(effect, stated, lambda symbol: self.applied(self._symbols.resolve(file, symbol, use.function_name)))
        effect = self._consulting.held(effect, key, [*stated, *made_with], is_known=known is not None)
        if use.covers == "none" and effect.state != "passes":
            effect = UNREACHED
        is_said = effect.state != "passes" or (known is not None and known.state == "public")
        posture = self._posture(key, use.symbol, known, arguments) if is_said else None
        return Guard(use.at, str(called(key)) or use.symbol, posture, effect, use.own, key)

    def _answered(self, key: Key, file: str, use: Use) -> Effect | None:
        """What a dependency comes to, or what a function answers with that fills a parameter; null where nobody sees it."""
        made = key if is_filling(key) else self._symbols.made_by(key)
        if made is not None and is_filling(made):
            given = self._given(file, use) if made == key else self.walker.making.given(key)
            own = self._corpus.get(called(made).file)
            is_here = own is not None and called(made).name in own.functions
            return self.walker.making.filled(made, given) or (IDLE if is_here else None)
        return self._depended(key) if use.step is None else self._made(key, DEEP, self.walker.making.constants(key, self._given(file, use)))

    def _depended(self, key: Key) -> Effect | None:
        """What a function or class of Python's does that is called once, and whose answer nobody calls."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        if own is None or key.name not in own.functions:
            return None
        if own.functions[key.name].kind == "function":
            return ignored(self.walker.guarding(key), own.steps.get(key.name, []))
        steps = [each for each in own.steps.get(key.name, []) if not (each.kind == "call" and each.symbol == f"{key.name}.__call__")]
        return self.walker.answering(key, [steps], by_call=False)

    def _named(self, key: Key) -> Known | None:
        """What made a guard, where that is known."""
        made = self._symbols.made_by(key)
        return self._known.get(str(called(made))) if made else None

    def _given(self, file: str, use: Use) -> list[Argument]:
        own = self._corpus.get(file)
        return own.arguments.get((use.function_name, use.step), []) if own is not None and use.step is not None else []

    def _posture(self, key: Key, symbol: str, known: Known | None, arguments: dict[str, str]) -> str:
        return postures.filled(known.posture, arguments) if known else postures.guessed(key.name or symbol)

    def _effect(self, key: Key, known: Known | None, arguments: dict[str, str], told: Constants = NONE) -> Effect:
        if known is None and key.name.endswith(".get_permissions"):
            return PERMITS
        if known is None:
            return self.applied(key, DEEP, told) or (unseen(self._corpus, key) if is_missing(key) else IDLE)
        if off := known.is_off(arguments):
            return Effect("void", f"with {off} it turns nobody away")
        if known.mark:
            return Effect("unverified", UNLESS_MARKED, True, known.mark)
        if known.state == "rejects":
            return self._trusted(key)
        if known.state == "unverified":
            return UNSEEN
        return void("auth") if known.state == "void" else IDLE

    def _trusted(self, key: Key) -> Effect:
        """One that is told to reject; a body that lets callers by says otherwise."""
        seen = self.applied(key)
        if seen is not None and seen.mark:
            return seen._replace(state="unverified", reason=UNLESS_MARKED)
        return seen if seen is not None and seen.state == "void" and "caller" in seen.reason else REJECTS

    def applied(self, key: Key, depth: int = DEEP, told: Constants = NONE) -> Effect | None:
        """What a guard does where a framework applies it: the function that it returns, the method that is called of it."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or depth == 0:
            return None
        if key.name in own.functions:
            return self._function(key, own, depth, told)
        made = self._symbols.made_by(key)
        if made is None or made == key:
            return None
        unseen = self.walker.making.called(made, key.name) if key.file.endswith(".py") else None
        return (
            unseen
            if unseen == UNTOLD
            else self._made(made, depth - 1, self.walker.making.constants(made, self.walker.making.given(key) or None))
        )

    def _made(self, key: Key, depth: int, told: Constants) -> Effect | None:
        """What a framework applies of what a class or a function made; of a function that makes objects of a class, that class."""
        classes = self._factories.classes(key)
        found = weakest(self.applied(each, depth) for each in classes) if classes else self.applied(key, depth, told)
        is_sure = found is None or found.state == "rejects" or not any(map(self._factories.may_reject, classes))
        return found if is_sure else CONFIGURED

    def _function(self, key: Key, own: File, depth: int, told: Constants) -> Effect | None:
        if own.functions[key.name].kind == "class":
            return self._class(key)
        chosen = Choosing(own, key.name, Given(own, told).holds) if told else None
        is_whole = chosen is None or not chosen.is_decided
        steps = own.steps.get(key.name, []) if chosen is None or is_whole else chosen.steps
        inner = answered(own, key.name, steps, is_outermost=depth == DEEP)
        if inner and not any(each.kind == "next" for each in steps):
            effects = [self.applied(Key(key.file, name), depth - 1, inside(own, name, told)) for name in inner]
            effects += [BARE] if hands_back(own, key.name, steps) else []
            return named_void(weakest(effects), key.name)
        return self.walker.guarding(key) if is_whole else self.walker.answering(key, [steps], by_call=False)

    def _class(self, key: Key) -> Effect:
        """What a framework applies of a class: the method that it calls, its own or that of the class of a library that it stands on."""
        if (told := self._widened(key)) is not None:
            return told
        if (made := self.walker.effect(key)) is not None and (made.state != "passes" and "nobody" not in made.reason):
            return made
        methods = (self._symbols.resolve(key.file, f"{key.name}.{name}") for name in CALLED)
        met = [each for each in methods if each.file and not is_late(lineage(self._corpus, self._symbols, key), each, library())]
        own = next((found for each in met if (found := self._method(each, key)) is not None), None)
        above = self._above(key, own)
        if above is not None and above.mark and not above.mark.startswith("!"):
            return max((each for each in (above, own) if each), key=lambda each: ORDER.index(each.state))
        if own is not None and own.state not in {"rejects", "unverified"}:
            return own
        return min((each for each in (own, above) if each), key=lambda each: ORDER.index(each.state), default=void(key.name))

    def _widened(self, key: Key) -> Effect | None:
        """What a permission answers that asks the one which it stands on, and may let in others by itself."""
        own = self._corpus.get(key.file)
        name = f"{key.name}.has_permission"
        steps = own.steps.get(name, []) if own and name in own.functions else []
        if own is not None and name in own.functions and own.functions[name].is_async:
            return UNAWAITED
        return self.walker.asked(Key(key.file, name)) if any(each.symbol == "super.has_permission" for each in steps) else None

    def _above(self, key: Key, own: Effect | None) -> Effect | None:
        """What a class takes over from that of a library; a method of its own may decide in the library's place."""
        base = self._symbols.foreign(key)
        known = self._known.get(str(base)) if base else None
        if base is None or known is None:
            return UNSEEN if base and is_missing(base) else None
        if known.state == "unverified" and (own is not None or not speaks_of_who(key.name)):
            return None
        hook = self._symbols.resolve(key.file, f"{key.name}.{known.hook}") if known.hook else Key("", "")
        decided = self._method(hook) if hook.file else None
        return named_void(decided, key.name) if decided else self._effect(base, known, values(self.walker.making.given(key)))

    def _method(self, key: Key, owner: Key | None = None) -> Effect | None:
        """What a method does; one that a class takes over, by the methods that the class has itself."""
        own = self._corpus.get(key.file)
        if own is not None and wraps(own, key.name):
            return self._function(key, own, DEEP, NONE)
        return self._binding.walker(owner, key).guarding(key) if own and key.name in own.functions else None

    def classes(self, view: Key) -> Iterator[Guard]:
        """What the classes that a view stands on put before it, and what becomes of that by the view's own methods."""
        for guard, base in self._standing(view, DEEP):
            past = self.overriding.effect(view, base) if guard.effect.state in {"rejects", "unverified"} else None
            yield guard._replace(effect=past) if past is not None else guard

    def of_library(self, key: Key, at: Place) -> Iterator[Guard]:
        """A view of a library that asks by itself who comes."""
        if (known := self._known.get(str(key))) and not known.hook:
            yield Guard(at, str(key), known.posture, self._effect(key, known, {}), True)

    def _standing(self, key: Key, depth: int, view: Key | None = None) -> Iterator[tuple[Guard, Key]]:
        """The guards among the classes that a class stands on: those after a view of the framework's are never reached."""
        own = self._corpus.get(key.file) if key.file else None
        is_behind = False
        for base in sorted(own.bases.get(key.name, []), key=lambda each: each.position) if own and depth else ():
            parent = self._symbols.resolve(key.file, base.symbol)
            known = self._known.get(str(parent))
            if is_behind and not is_view(self._corpus, self._symbols, parent):
                continue
            is_behind = is_behind or is_view(self._corpus, self._symbols, parent)
            if known and not (known.hook and not parent.name.endswith("Mixin")):
                yield Guard(base.at, str(parent), known.posture, self._decided(view or key, parent, known), True), parent
            elif not parent.file and parent.name.endswith("View"):
                return
            else:
                yield from self._standing(parent, depth - 1, view or key)

    def _decided(self, view: Key, parent: Key, known: Known) -> Effect:
        """What a class of a library does for a view, which may have a method of its own that decides."""
        hook = self.overriding.hook(view, parent, known.hook) if known.hook else None
        return (self.walker.asked(hook) if hook else None) or self._effect(parent, known, {})
