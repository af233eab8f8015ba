"""Guards: what is put before a route, what it lets in, and whether it turns anybody away."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from invariants.facts.code import DISPLAY, Argument
from invariants.facts.place import Place
from invariants.facts.web import Setting, Use
from invariants.replay.web import postures
from invariants.replay.web.applying import BARE, CALLED, ORDER, answered, hands_back, ignored, named_void, spared, strongest, weakest
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.factories import CONFIGURED, Factories
from invariants.replay.web.followed import Followed
from invariants.replay.web.libraries import Known, library
from invariants.replay.web.lineage import is_late, lineage
from invariants.replay.web.making import UNSEEN as UNTOLD
from invariants.replay.web.making import WELCOMED, welcomes
from invariants.replay.web.outcomes import REJECTS, UNLESS_MARKED, Effect, void
from invariants.replay.web.overriding import Overriding
from invariants.replay.web.policies import Policies
from invariants.replay.web.words import demands, is_plumbing, speaks_of_who, words

SETTINGS = "rest_framework.settings."
"""What begins the name of a guard that settings tell of."""
ADMIN = "django.contrib.admin.site.admin_view"
"""Asks the site that a class is registered with, whichever that is."""
DEEP = 4
PERMITS = Effect("unverified", "which permissions it asks is decided at run time")
UNREACHED = Effect("void", "it is declared where the framework does not reach it")
DECIDED = "a site of the admin decides for itself who comes in, and it cannot be told which site this is"
ASKED = Effect("unverified", "the function that it asks says yes to whoever comes")
UNTAKEN = Effect("void", "it turns away by an object that it returns, and nobody takes that")
UNSEEN = Effect("unverified", "its body is not in the repository, and nothing says what it does")


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
        self._factories = Factories(followed.corpus, followed.symbols)
        self.walker = followed.walker
        self.overriding = Overriding(followed.corpus, followed.symbols)

    def of(self, file: str, use: Use) -> Guard:
        """What one use does; of several, any of which is enough, the weakest decides."""
        if " | " in use.symbol:
            parts = [self.of(file, use._replace(symbol=each.strip())) for each in use.symbol.split(" | ")]
            weakest = min(parts, key=lambda each: ORDER.index(each.effect.state))
            return weakest._replace(posture=" | ".join(each.posture or "session" for each in parts), symbol=use.symbol)
        if use.symbol.startswith(SETTINGS):
            return self._set(use)
        if use.symbol.count(".") == 1 and (given := self._decorations.get(use.symbol.partition(".")[2])):
            return self._weakest(use, given)
        if use.symbol == ADMIN and (guard := self._weakest(use, [(file, ADMIN), *self._sites])).effect.state != "rejects":
            return guard._replace(effect=Effect("unverified", DECIDED))
        return self._one(file, use)

    def _weakest(self, use: Use, given: Sequence[tuple[str, str]]) -> Guard:
        """What one of several symbols does, of which it cannot be told which it is."""
        found = [self._one(path, use._replace(symbol=symbol)) for path, symbol in given]
        return min(found, key=lambda each: ORDER.index(each.effect.state))

    @cached_property
    def _sites(self) -> list[tuple[str, str]]:
        """The sites of Django's admin that decide for themselves who comes in."""
        return [(path, each.symbol) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name == ADMIN]

    @cached_property
    def _decorations(self) -> dict[str, list[tuple[str, str]]]:
        """What instances of Fastify were decorated with, by name."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, own in self._corpus.files.items():
            for each in own.facts[Setting]:
                if each.framework == "fastify" and each.name.startswith("decorator "):
                    found[each.name.removeprefix("decorator ")].append((path, each.symbol))
        return dict(found)

    def _set(self, use: Use) -> Guard:
        """What the settings put before every route that says nothing itself; all of it has to be passed."""
        name = use.symbol.removeprefix(SETTINGS)
        said = [
            (path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name.rpartition(".")[2] == name
        ]
        found = [self._one(path, use._replace(symbol=each.symbol)) for path, each in said]
        nothing = Guard(use.at, use.symbol, None, Effect("passes", "the settings do not say it"), use.own)
        return max(found, key=lambda each: ORDER.index(each.effect.state), default=nothing)

    def _one(self, file: str, use: Use) -> Guard:
        key = self._symbols.implemented(self._symbols.resolve(file, use.symbol, use.function_name))
        known = self._known.get(str(key)) or self._named(key)
        arguments = self._arguments(file, use) or _values(self.walker.making.given(key))
        is_dependency = use.means in {"dependency", "extractor"} and known is None
        made = (self._depended if use.step is None else self._made)(key) if is_dependency else None
        effect = made or self._effect(key, known, arguments)
        if is_dependency:
            effect = strongest([effect, self.walker.making.required(key)]) or effect
        if file.endswith(".cs") and effect.reason == UNLESS_MARKED and known == library().get(str(key)):
            effect = self._policies.applied(file, [*self._given(file, use), *self._policies.derived(key)], effect)
        if use.means == "extractor" and file.endswith(".py") and effect.state == "void":
            effect = Effect("passes", "it is a type")
        if use.means in {"hook", "middleware"} and effect.state == "rejects" and known is None and self._is_dropped(key):
            effect = UNTAKEN
        if use.means == "dependency" and effect.state == "void" and self._factories.is_blind(key):
            effect = Effect("passes", "it is given nothing of the request")
        effect = spared(effect, self._given(file, use)) if known is None else self._asking(effect, file, use)
        if effect.state == "rejects" and welcomes([*self._given(file, use), *self.walker.making.given(key)]):
            effect = WELCOMED
        if use.covers == "none" and effect.state != "passes":
            effect = UNREACHED
        is_said = effect.state != "passes" or (known is not None and known.state == "public")
        posture = self._posture(key, use.symbol, known, arguments) if is_said else None
        return Guard(use.at, str(key) or use.symbol, posture, effect, use.own, key)

    def _asking(self, effect: Effect, file: str, use: Use) -> Effect:
        """What a guard of a library does that is given the function which it asks: `bearerAuth({ verifyToken: (token) => ... })`."""
        asked = [each for each in self._given(file, use) if each.kind == "function" and words(each.name)[:1] == ("verify",)]
        found = [self.walker.values.answers(each.value, Key(file, "")) for each in asked] if effect.state == "rejects" else []
        return ASKED if any(each and each <= {"true", DISPLAY} for each in found) else effect

    def _is_dropped(self, key: Key) -> bool:
        """Whether middleware of JavaScript's turns away by nothing but objects that it returns: `return { statusCode: 401 }`."""
        own = self._corpus.get(key.file) if key.file and not key.file.endswith((".py", ".rs", ".cs")) else None
        steps = own.steps.get(key.name, []) if own is not None and key.name in own.functions else []
        ends = [each for each in steps if each.kind == "reject"]
        calls = [each for each in steps if each.kind == "call" and self.walker.call(each, key)[0] != "open"]
        return bool(ends) and not calls and all(each.handling == "returned" and each.symbol == DISPLAY for each in ends)

    def _depended(self, key: Key) -> Effect | None:
        """What a function or class of Python's does that is called once, and whose answer nobody calls."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        if own is None or key.name not in own.functions:
            return None
        if own.functions[key.name].kind == "function":
            return ignored(self.walker.effect(key), own.steps.get(key.name, []))
        steps = [each for each in own.steps.get(key.name, []) if not (each.kind == "call" and each.symbol == f"{key.name}.__call__")]
        return self.walker.answering(key, [steps], by_call=False)

    def _named(self, key: Key) -> Known | None:
        """What made a guard, where that is known."""
        made = self._symbols.made_by(key)
        return self._known.get(str(made)) if made else None

    def _arguments(self, file: str, use: Use) -> dict[str, str]:
        return _values(self._given(file, use))

    def _given(self, file: str, use: Use) -> list[Argument]:
        own = self._corpus.get(file)
        return own.arguments.get((use.function_name, use.step), []) if own is not None and use.step is not None else []

    def _posture(self, key: Key, symbol: str, known: Known | None, arguments: dict[str, str]) -> str:
        return postures.filled(known.posture, arguments) if known else postures.guessed(key.name or symbol)

    def _effect(self, key: Key, known: Known | None, arguments: dict[str, str]) -> Effect:
        if known is None and key.name.endswith(".get_permissions"):
            return PERMITS
        if known is None:
            return self.applied(key) or (UNSEEN if self._is_missing(key) else Effect("passes", "it is no guard"))
        if told := known.is_off(arguments):
            return Effect("void", f"with {told} it turns nobody away")
        if known.mark:
            return Effect("unverified", UNLESS_MARKED, True, known.mark)
        if known.state == "rejects":
            return self._trusted(key)
        if known.state == "unverified":
            return UNSEEN
        return void("auth") if known.state == "void" else Effect("passes", "it is no guard")

    def _trusted(self, key: Key) -> Effect:
        """One that is told to reject; a body that lets callers by says otherwise."""
        seen = self.applied(key)
        if seen is not None and seen.mark:
            return seen._replace(state="unverified", reason=UNLESS_MARKED)
        return seen if seen is not None and seen.state == "void" and "caller" in seen.reason else REJECTS

    def _is_missing(self, key: Key) -> bool:
        """Whether it may be a guard, and cannot be looked into."""
        if is_plumbing(key.name if key.name != "default" else key.file.rpartition("/")[2].partition(".")[0]):
            return False
        return bool(key.file) or speaks_of_who(key.name) or demands(key.name) or key.name.startswith((".", "@/", "~/"))

    def applied(self, key: Key, depth: int = DEEP) -> Effect | None:
        """What a guard does where a framework applies it: the function that it returns, the method that is called of it."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or depth == 0:
            return None
        if key.name in own.functions:
            return self._function(key, own, depth)
        made = self._symbols.made_by(key)
        if made is None or made == key:
            return None
        unseen = self.walker.making.called(made, key.name) if key.file.endswith(".py") else None
        return unseen if unseen == UNTOLD else self._made(made, depth - 1)

    def _made(self, key: Key, depth: int = DEEP) -> Effect | None:
        """What a framework applies of what a class or a function made; of a function that makes objects of a class, that class."""
        classes = self._factories.classes(key)
        found = weakest(self.applied(each, depth) for each in classes) if classes else self.applied(key, depth)
        is_sure = found is None or found.state == "rejects" or not any(map(self._factories.may_reject, classes))
        return found if is_sure else CONFIGURED

    def _function(self, key: Key, own: File, depth: int) -> Effect | None:
        if own.functions[key.name].kind == "class":
            return self._class(key)
        steps = own.steps.get(key.name, [])
        inner = answered(own, key.name, steps, is_outermost=depth == DEEP)
        if inner and not any(each.kind == "next" for each in steps):
            effects = [self.applied(Key(key.file, name), depth - 1) for name in inner]
            effects += [BARE] if hands_back(own, key.name, steps) else []
            return named_void(weakest(effects), key.name)
        return self.walker.effect(key)

    def _class(self, key: Key) -> Effect:
        """What a framework applies of a class: the method that it calls, its own or that of the class of a library that it stands on."""
        if (told := self._widened(key)) is not None:
            return told
        if (made := self.walker.effect(key)) is not None and (made.state != "passes" and "nobody" not in made.reason):
            return made
        methods = (self._symbols.resolve(key.file, f"{key.name}.{name}") for name in CALLED)
        met = [each for each in methods if each.file and not is_late(lineage(self._corpus, self._symbols, key), each, library())]
        own = next((found for each in met if (found := self._method(each)) is not None), None)
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
        return self.walker.asked(Key(key.file, name)) if any(each.symbol == "super.has_permission" for each in steps) else None

    def _above(self, key: Key, own: Effect | None) -> Effect | None:
        """What a class takes over from that of a library; a method of its own may decide in the library's place."""
        base = self._symbols.foreign(key)
        known = self._known.get(str(base)) if base else None
        if base is None or known is None:
            return UNSEEN if base and self._is_missing(base) else None
        if known.state == "unverified" and (own is not None or not speaks_of_who(key.name)):
            return None
        hook = self._symbols.resolve(key.file, f"{key.name}.{known.hook}") if known.hook else Key("", "")
        decided = self._method(hook) if hook.file else None
        return named_void(decided, key.name) if decided else self._effect(base, known, _values(self.walker.making.given(key)))

    def _method(self, key: Key) -> Effect | None:
        own = self._corpus.get(key.file)
        return self.walker.effect(key) if own and key.name in own.functions else None

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
        for base in sorted(own.bases.get(key.name, []), key=lambda each: each.position) if own and depth else ():
            parent = self._symbols.resolve(key.file, base.symbol)
            known = self._known.get(str(parent))
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


def _values(given: Iterable[Argument]) -> dict[str, str]:
    return {each.name: each.value for each in given if each.kind != "call"}
