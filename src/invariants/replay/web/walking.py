"""What a function does to a request, path by path: on which of its paths somebody without credentials comes through.

A function is folded from its end to its beginning into the outcomes that it may have. A path passes when it reaches what stands behind
the function; it is checked when a branch that it survived would have turned others away, by a condition that callers do not decide.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

from invariants.facts.code import UNSET, Argument, Step, bare
from invariants.replay.web import marks
from invariants.replay.web.absences import Absences
from invariants.replay.web.anybody import Anybody
from invariants.replay.web.begun import hands_on, is_begun, is_heeded, is_idle, is_opened, is_spared, of_known, only_looks_back, reports_to
from invariants.replay.web.beside import Beside
from invariants.replay.web.blanks import Blanks
from invariants.replay.web.contexts import Contexts
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.errors import Errors
from invariants.replay.web.filling import by_hand, unfilled
from invariants.replay.web.folding import Fold
from invariants.replay.web.foreign import is_foreign
from invariants.replay.web.forms import Forms
from invariants.replay.web.insisting import Insisting
from invariants.replay.web.leaving import Leaving
from invariants.replay.web.making import Making, welcomes
from invariants.replay.web.markers import called
from invariants.replay.web.outcomes import DENY, Effect, Outcomes, Strength, effect
from invariants.replay.web.reporting import later, reported
from invariants.replay.web.sending import Sent, given
from invariants.replay.web.speaking import Speaking
from invariants.replay.web.surrounding import Surrounding
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.unproven import Unproven
from invariants.replay.web.vacancies import Vacancies
from invariants.replay.web.values import PYTHONS, WRITTEN, Values
from invariants.replay.web.words import demands, speaks_of_who

DEEP = 8
DEPTH = 3
NOWHERE = DEEP + 2  # a place further in than every other
Known = dict[str, str]  # guards that are known or configured, by name, with their postures


@dataclass
class Opened:
    """A function that is being folded."""

    back: int | None = None
    """The place of the function further out that what is told of it rests on; null where it holds for good."""


class Walker:
    """Folds functions, each once. One that comes back to itself adds nothing to itself.

    What was told of a function on the way back to one that was not folded yet holds as long as that one is being folded, and no longer.
    """

    def __init__(self, corpus: Corpus, symbols: Symbols, known: Known) -> None:
        self.corpus = corpus
        self._symbols = symbols
        self._known = known
        self.is_known = cache(lambda key: str(key) in known)
        """Whether a function is told to be a guard."""
        self._forms = Forms(corpus, symbols)
        self.blanks = Blanks(corpus, symbols)
        self.values = Values(corpus, symbols, self._answering_yes)
        self.absences = Absences(corpus, self.values, self.blanks)
        self.contexts = Contexts(corpus, self.values)
        self.anybody = Anybody(corpus, symbols, self.effect)
        folded = lambda key, own, steps: Fold(self, key, own, steps, is_asked=True).outcomes()  # noqa: E731
        self.beside = Beside(corpus, self.values.told, folded, self.says_yes)
        self.errors = Errors(corpus, symbols)
        self.leaving = Leaving(corpus, symbols)
        self.unproven = Unproven(corpus, symbols)
        self._insisting = Insisting(corpus, self.says_yes)
        self.speaking = Speaking(corpus, symbols, self.is_known)
        self._surrounding = Surrounding(corpus, symbols)
        self.making = Making(corpus, symbols, self.guarding)
        self._is_foreign = cache(partial(is_foreign, corpus, symbols, self.making.maker, self.is_known))
        self.hands_on = cache(partial(hands_on, corpus))
        self._effects: dict[Key, Effect] = {}
        self._sent: dict[tuple[Key, tuple[Sent, ...]], Effect] = {}  # what functions do that are given what the caller sent
        self._asked: dict[tuple[Key, tuple[Sent, ...], tuple[Step, ...] | None], Outcomes] = {}  # what they do by their answers
        self._circles: dict[Key, frozenset[Key]] = {}  # those that come back to one: it holds where none of them is being folded
        self._met: list[Key] = []  # the functions that were folded and rest on one that is being folded
        self._open: dict[Key, int] = {}
        """The functions that are being folded, each called by the one before."""
        self._passing: dict[Key, tuple[Effect, int]] = {}
        """What holds as long as the function of that place is being folded."""
        self._back = NOWHERE
        """The place of the outermost function that was come back to."""

    def effect(self, key: Key) -> Effect | None:
        """What a function does; null where its body is not in the repository."""
        if key in self._effects and not self._circles.get(key, frozenset()) & self._open.keys():
            return self._effects[key]
        own = self.corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions:
            return None
        if key in self._passing:
            found, back = self._passing[key]
            self._back = min(self._back, back)
            return found
        return None if self._is_closed(key) else self._folded(key, own)

    def guarding(self, key: Key) -> Effect | None:
        """What a function does where it is called as a guard, with what its decorators put around it."""
        return self._surrounding.effect(key, self.effect(key))

    def answering(self, key: Key, ways: Sequence[Sequence[Step]], by_call: bool) -> Effect | None:
        """What a function does that answers requests, by the steps that it takes for them.

        by_call: it answers only where it calls something, so that whoever comes by a path on which it does nothing gets nothing.
        """
        own = self.corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions or key in self._open:
            return None
        with self._opened(key):
            outcomes = {each for steps in ways for each in Fold(self, key, own, steps, is_last=by_call).outcomes()}
            return effect(frozenset(each for each in outcomes if each.skip != "idle"), key.name, lambda: self.speaking.asks_who(key, own))

    def says_yes(self, call: Step, key: Key, known: Sequence[Sent] = (), depth: int = DEPTH) -> bool:
        """Whether a call of a function that answers yes or no answers yes to those who are not known."""
        target = self._symbols.resolve(key.file, call.symbol, key.name)
        said = self.values.said_by(target)
        sent = self.given(call, target, known) if said else ()
        if handed := self.values.handed_on(target, said) if depth else None:
            return self.says_yes(handed, target, sent, depth - 1)
        if self.values.says_only_yes(target, said):
            return True
        said = frozenset(PYTHONS.get(each, each) for each in said)
        is_yes = said - {"False", "None"} if target.file.endswith(".py") else said & {"True"}
        if not (said & {"False", "None"} and is_yes and said <= WRITTEN):
            return False
        found = self.asked(target, sent)
        return found is not None and found.state != "rejects"

    def asked(self, key: Key, sent: tuple[Sent, ...] = (), taken: Sequence[Step] | None = None) -> Effect | None:
        """What a function does by its answer, where those alone come by to whom it says yes; taken: its steps, where not all."""
        found = self._answering_yes(key, sent, taken)
        return effect(found, key.name, lambda: True) if found is not None else None

    def _answering_yes(self, key: Key, sent: tuple[Sent, ...] = (), taken: Sequence[Step] | None = None) -> Outcomes | None:
        asked = key, sent, tuple(taken) if taken is not None else None
        own = self.corpus.get(key.file) if key.file else None
        if asked in self._asked or own is None or key.name not in own.functions or self._is_closed(key):
            return self._asked.get(asked)
        with self._opened(key) as opened:
            steps, is_python = own.steps.get(key.name, []) if taken is None else taken, own.language == "python"
            found = Fold(self, key, own, steps, is_asked=True, takes_objects=is_python, sent=sent).outcomes()
        if opened.back is None:
            self._asked[asked] = found
        return found

    def _is_closed(self, key: Key) -> bool:
        """Whether a function adds nothing: it is come back to, or too deep. What is told in the meantime rests on that."""
        if key not in self._open and len(self._open) <= DEEP:
            return False
        self._back = min(self._back, self._open.get(key, 0))
        return True

    def _folded(self, key: Key, own: File) -> Effect:
        met = len(self._met)
        with self._opened(key) as opened:
            found = effect(Fold(self, key, own, own.steps.get(key.name, [])).outcomes(), key.name, lambda: self.speaking.asks_who(key, own))
            found = later(self, key, own) if only_looks_back(own.steps.get(key.name, [])) else found
            found = found._replace(throws=False) if self._answers(key, own) else found
        if opened.back is not None:
            self._passing[key] = found, opened.back
            self._met.append(key)
            return found
        self._effects[key] = found
        if len(self._met) > met:
            self._circles[key] = frozenset(self._met[met:])
            del self._met[met:]
        return found

    @contextmanager
    def _opened(self, key: Key) -> Iterator[Opened]:
        """A function while it is being folded; afterwards, the one further out that what was told of it rests on."""
        around, self._back = self._back, NOWHERE
        opened = Opened()
        place = self._open[key] = len(self._open)
        yield opened
        del self._open[key]
        self._passing = {each: told for each, told in self._passing.items() if told[1] < place}
        opened.back = self._back if self._back < place else None
        self._back = around if opened.back is None else min(around, opened.back)

    def _answers(self, key: Key, own: File) -> bool:
        """Whether a function turns somebody away by what it returns, so that whoever calls it has to look."""
        steps = own.steps.get(key.name, [])
        return any(each.handling == "returned" and (each.kind == "reject" or self._is_answer(each, key)) for each in steps)

    def _is_answer(self, step: Step, key: Key) -> bool:
        found = self.effect(self._symbols.resolve(key.file, step.symbol, key.name)) if step.kind == "call" else None
        return found is not None and found.state == "rejects" and not found.throws

    def mark(self, step: Step, own: File) -> str:
        """The mark on a route that a branch asks for."""
        return marks.asked(step, own, self._symbols)

    def call(self, step: Step, key: Key, known: Sequence[Sent] = ()) -> tuple[Strength, Key]:
        """What surviving a call is worth; known: the parameters of the function that calls which are what the caller sent."""
        found = self._symbols.resolve(key.file, step.symbol, key.name)
        if self._is_foreign(found):
            return self._unseen(step, found), found
        if (maker := self.making.maker(found)) is not None:
            strength = self._of_made(step, maker)
            return "unknown" if strength == "checked" and welcomes(self.making.given(found)) else strength, called(maker)
        target = told if self.is_known(told := self._symbols.of_library(found)) else found
        return self._worth(step, target, known), target

    def _of_made(self, step: Step, maker: Key) -> Strength:
        """What surviving a call is worth of what a function or class made."""
        if self.is_known(maker) or any(is_begun(self.corpus, step, each) for each in self.making.run(maker)):
            return "open" if not self.is_known(maker) or is_spared(self.corpus, step) else "checked"
        found = self.making.of(step, maker)
        if found is None:
            return self._unseen(step, maker)
        worth: dict[str, Strength] = {"rejects": "checked", "unverified": "unknown"}
        return worth.get(found.state, "open") if is_heeded(step, maker, found) else "open"

    def ignored(self, step: Step, key: Key) -> Key | None:
        """The guard that a call comes to, where surviving the call is worth nothing."""
        strength, target = self.call(step, key)
        found = self.effect(target) if strength == "open" else None
        begins = found is None and speaks_of_who(step.symbol) and is_begun(self.corpus, step, target)
        return target if begins or (found is not None and found.state == "rejects") else None

    def is_begun(self, step: Step, key: Key) -> bool:
        """Whether a call only begins what it calls, and answers with a promise."""
        return is_begun(self.corpus, step, self._symbols.resolve(key.file, step.symbol, key.name))

    def _worth(self, step: Step, target: Key, known: Sequence[Sent]) -> Strength:
        if is_begun(self.corpus, step, target) or (self.is_known(target) and is_idle(self.corpus, step, target)):
            return "open"
        if name := reports_to(own := self.corpus.files[step.at.file], step, target):
            is_sure: Strength = "unknown" if is_opened(self.corpus, step, self.blanks) else "checked"
            return is_sure if DENY in reported(self, Key(step.at.file, name), own) else "open"
        found = self.of_call(step, target, known)
        if found is None:
            return self._unseen(step, target)
        heeded = is_heeded(step, target, found) or self.corpus.files[step.at.file].is_handed(step)
        is_trusted = self.is_known(target) and (step.handling == "tested" or found.state == "unverified")
        if found.state == "rejects" or is_trusted:
            is_unsure = is_spared(self.corpus, step) or self._insisting.is_told_yes(step, target)
            return ("unknown" if is_unsure else "checked") if heeded else "open"
        return "unknown" if found.state == "unverified" and heeded else "open"

    def of_call(self, step: Step, target: Key, known: Sequence[Sent] = ()) -> Effect | None:
        """What a function does that a call gives what it gives; nobody is turned away by what anybody can send."""
        found = self.guarding(target)
        is_by_hand = by_hand(self.corpus, step, target)
        if found is None or (found.state != "rejects" and not is_by_hand) or self.is_known(target) or target in self._open:
            return found
        sent = self.given(step, target, known)
        return self._sent_to(target, self.corpus.files[target.file], self._sure(sent, step)) if sent or is_by_hand else found

    def given(self, step: Step, target: Key, known: Sequence[Sent]) -> tuple[Sent, ...]:
        """The parameters of a function that a call gives what the caller sent."""
        own, here = self.corpus.files[target.file], self.corpus.files[step.at.file]
        told = list(self._forms.marked(here.arguments.get((step.function_name, step.position), []), here))
        return given(own.parameters.get(target.name, []), told, known, self._promised(step, told))

    def _sure(self, sent: tuple[Sent, ...], step: Step) -> tuple[Sent, ...]:
        """What a call gives, of which there is something where that was asked for before."""
        if not any(each.symbol.startswith(UNSET) for each in sent):
            return sent
        key = Key(step.at.file, step.function_name)
        vacancies = Vacancies(self.corpus.files[key.file], key.name, lambda symbol: self.blanks.said(symbol, key))
        told = [bare(each.symbol) if vacancies.is_there(UNSET, bare(each.symbol), step) else each.symbol for each in sent]
        return tuple(each._replace(symbol=symbol) for each, symbol in zip(sent, told, strict=True))

    def _promised(self, step: Step, given: Sequence[Argument]) -> set[str]:
        """The calls that a call is given, and that answer with a promise."""
        key = Key(step.at.file, step.function_name)
        steps = self.corpus.files[key.file].steps.get(key.name, []) if any(each.kind == "call" for each in given) else []
        called = {each.value: [one for one in steps if one.kind == "call" and one.symbol == each.value] for each in given}
        return {symbol for symbol, found in called.items() if found and all(self.is_begun(one, key) for one in found)}

    def _sent_to(self, key: Key, own: File, sent: tuple[Sent, ...]) -> Effect:
        if (key, sent) in self._sent:
            return self._sent[key, sent]
        with self._opened(key) as opened:
            outcomes = Fold(self, key, own, unfilled(own, key.name), sent=sent).outcomes()
            found = effect(outcomes, key.name, lambda: self.speaking.asks_who(key, own))
            found = found._replace(throws=False) if self._answers(key, own) else found
        if opened.back is None:
            self._sent[key, sent] = found
        return found

    def _unseen(self, step: Step, target: Key) -> Strength:
        if self.is_known(target):
            found = of_known(self.corpus, step, target) if self._known[str(target)] else "open"
            return "unknown" if found == "checked" and is_opened(self.corpus, step, self.blanks) else found
        return "unknown" if demands(step.symbol) and target not in self._open and step.handling != "tested" else "open"
