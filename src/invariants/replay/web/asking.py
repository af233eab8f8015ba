"""What the conditions of a function look at, and who decides by them."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from invariants.facts.code import DISPLAY, MET, NOTHING, PART, UNSET, Arm, Dependence, Step, bare
from invariants.replay.web.callbacks import calls_given
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.deciding import UNEVEN, among, decider, present, proves_who, same
from invariants.replay.web.granting import grants
from invariants.replay.web.missed import misses
from invariants.replay.web.outcomes import KEPT_BACK, LATER, Decider, Effect, Outcomes, is_only_denied
from invariants.replay.web.parting import Parting
from invariants.replay.web.sending import Sent, all_sent, as_sent, may_be_none, of_users
from invariants.replay.web.strangers import is_answer, is_barred, is_call, is_known
from invariants.replay.web.vacancies import Vacancies
from invariants.replay.web.wording import is_failure, is_for_some, is_vacuous, keeps_one_out, plain, unset
from invariants.replay.web.words import is_nobody, is_setting, only_answers

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker

NONE = re.compile(r"( is( not)?|[=!]=) None\b")
"""What a condition ends in that asks whether something is `None`."""
ANSWERS = frozenset({"True", "False", DISPLAY})
"""What a function may answer that is never `None`."""
NAME = re.compile(r"[A-Za-z_]\w*")
HAS = re.compile(r"(?:not )?(?:hasattr\((?:\w+\.)*(?:ctx|state|g), |(?:\w+\.)?reduce\()")
"""Whether something is kept beside a request, be it nothing; and what becomes of several answers together."""
TAKING_APART = frozenset({"csharp", "rust"})
"""Languages of whose variables it is not told that they are parts of what was answered: `var (row, refusal) = ...`."""


class Asking:
    """The conditions of one function; sent: its parameters that are what the caller sent."""

    def __init__(self, walker: "Walker", key: Key, own: File, sent: Sequence[Sent]) -> None:
        self._walker = walker
        self._key = key
        self._own = own
        self._sent = sent
        self._looked_at: dict[int, list[Dependence]] = {}
        self._vacancies = Vacancies(own, key.name, lambda symbol: walker.blanks.said(symbol, key))
        self._parting = Parting(walker, key, own, sent)

    def lets_in(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those alone are turned away who are known, and are so or so, or who have what is taken of those who have nothing."""
        contrary = step.symbol.replace("!==", "===").replace("!=", "==")
        is_contrary = contrary != step.symbol and is_known(contrary) and is_only_denied("else", ways)
        is_told = is_contrary or is_for_some(step.symbol, ways) or keeps_one_out(step.symbol, ways) or self._is_granted(step)
        is_told = is_told or self._is_uncounted(step, ways) or self._is_met(step, ways) or self._is_refuted(step, ways)
        return is_told or self._parting.lets_in(step, ways)

    def _is_granted(self, step: Step) -> bool:
        """Whether it is asked that there is somebody whom a function makes up for whoever asks for it."""
        told = self._own.dependences.get((step.function_name, step.position), []) if present(step.symbol) else []
        targets = [self._walker.values.resolved(each.symbol, self._key) for each in told if each.origin == "call"]
        files = [(own, each.name) for each in targets if (own := self._walker.corpus.get(each.file) if each.file else None) is not None]
        return not any(each.symbol == PART for each in told) and any(grants(own, name) for own, name in files)

    def _is_met(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those who have nothing are taken to have what is asked for: `session.get("role", "admin") != "admin"`."""
        arm = same(step.symbol) or among(step.symbol)
        others = "else" if arm == "then" else "then"
        return bool(arm) and is_only_denied(others, ways) and any(each.symbol == MET for each in self.found(step))

    def _is_uncounted(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those are turned away who have too much or too little of something, and not those who may have none of it."""
        is_counted = any(each.origin == "constant" and each.symbol == NOTHING for each in self.found(step))
        denied = "else" if step.symbol.startswith("!") else "then"
        return is_counted and UNEVEN.search(step.symbol) is not None and is_only_denied(denied, ways)

    def is_inverted(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those alone are turned away who send what a secret is."""
        if not is_only_denied(same(step.symbol), ways):
            return False
        origins = {each.origin for each in self.found(step)}
        return "caller" in origins and "call" not in origins

    def decider(self, step: Step) -> Decider:
        """Who decides a branch."""
        found = self.found(step)
        said = self._own.given.get((step.function_name, step.position), [])
        given = [self._vacancies.sure(as_sent(each, self._sent), step) for each in self._given(found, said)]
        said_so = decider(step.symbol, *self._signed(found, given))
        if said_so in {"doubted", "stored", "told"} and (self._is_proof(step) or self._parting.proves(step)):
            said_so = ""
        return "doubted" if said_so in {"", "told", "compared"} and self._is_doubtful(step, found) else said_so

    def _proving(self, step: Step) -> Key | None:
        """The function of the repository's by whose answer alone a condition goes, where that says whether two values are the same."""
        calls = [each.symbol for each in self.found(step) if each.origin == "call"]
        said = step.symbol.removeprefix("not ")
        is_alone = is_call(said) or (NAME.fullmatch(said) is not None and len(self.found(step)) == 1)
        if len(calls) != 1 or not is_alone:
            return None
        target = self._walker.values.resolved(calls[0], self._key)
        return target if self._walker.values.holds_alike(target) else None

    def _is_proof(self, step: Step) -> bool:
        """Whether a function says yes to those alone who send what only those know who are let in."""
        target = self._proving(step)
        found = self._walker.asked(target) if target is not None else None
        return found is not None and found.state == "rejects"

    def _is_refuted(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those alone are turned away of whom a function says that they send what it holds against something."""
        return is_only_denied("else" if step.symbol.startswith("not ") else "then", ways) and self._proving(step) is not None

    def _signed(self, found: Sequence[Dependence], given: Sequence[Dependence]) -> tuple[list[Dependence], list[Dependence]]:
        """What a condition looks at, and what its calls are given; what is signed with a key that the caller sent, as what they sent."""
        told = {each.symbol: self._by_sender(each) for each in (*found, *given) if each.origin == "call"}
        signed = {symbol for symbol, each in told.items() if each.origin == "caller"}
        inner = self._inner(signed) if signed else set()
        left = [each for each in given if each.given in signed or each.symbol not in inner]
        return [self._by_sender(each) for each in found], [self._by_sender(each) for each in left] if signed else list(given)

    def _inner(self, calls: set[str]) -> set[str]:
        """What calls are given that are given to others, which is told of those, too."""
        said = self._own.inside(self._key.name).given.values()
        return {each.symbol for told in said for each in told if each.given in calls}

    def _by_sender(self, value: Dependence) -> Dependence:
        target = self._walker.values.resolved(value.symbol, self._key) if value.origin == "call" else self._key
        key = self._walker.values.key_of(target) if target != self._key else frozenset()
        calls = [each for each in self._own.steps.get(self._key.name, []) if key and each.kind == "call" and each.symbol == value.symbol]
        sent = {each.name for call in calls for each in self._walker.given(call, target, self._sent)}
        return value._replace(origin="caller") if key and key <= sent else value

    def _is_doubtful(self, step: Step, found: Sequence[Dependence]) -> bool:
        """Whether a condition may be the same for those who are not known."""
        is_alike = is_barred(step.symbol) or HAS.match(step.symbol) is not None or is_failure(step.symbol, found) or is_vacuous(found)
        if is_alike or self._is_missing(step, found) or self._is_hollow(step, found) or self._is_never(step, self._whole(step, found)):
            return True
        is_unproven = self._walker.anybody.is_asked_for(step, found, self._key) or self._walker.unproven.is_asked(found, self._key)
        if is_unproven or self._is_of_anybody(step, found) or calls_given(self._own, self._key.name, found):
            return True
        looked = self._own.dependences.get((step.function_name, step.position), [])
        asked = {self._filling(each) or each.symbol for each in self._whole(step, found)} if is_answer(plain(step.symbol)) else set()
        calls = [each for each in self._own.steps.get(self._key.name, []) if each.kind == "call" and each.symbol in asked]
        told = calls or [step._replace(symbol=each) for each in sorted(asked)]
        return self._walker.beside.is_doubtful(step.symbol, looked) or any(map(self._says_yes, told))

    def is_of_credentials(self, step: Step) -> bool:
        """Whether a condition of Python's goes by what proves who comes: a credential that was sent, a secret, the user of a request."""
        if not self._key.file.endswith(".py"):
            return False
        found = self.found(step)
        said = self._own.given.get((step.function_name, step.position), [])
        if any(map(proves_who, (*found, *(as_sent(each, self._sent) for each in self._given(found, said))))):
            return True
        targets = [self._walker.values.resolved(each.symbol, self._key) for each in found if each.origin == "call"]
        return any(map(self._walker.speaking.looks_at_proofs, targets))

    def _is_of_anybody(self, step: Step, found: Sequence[Dependence]) -> bool:
        """Whether a condition of Python's asks for a part of somebody who is made of whoever comes, and not whether that is nobody."""
        if not self._key.file.endswith(".py") or is_nobody(step.symbol):
            return False
        names = [self._filling(each) or (each.symbol if each.origin == "call" else "") for each in self._whole(step, found)]
        targets = [self._walker.values.resolved(each, self._key) for each in names if each]
        made = [each for each in targets if self._walker.values.makes_all(each) and self._walker.speaking.looks_at_proofs(each)]
        return any((effect := self._walker.effect(each)) is None or effect.state != "rejects" for each in made)

    def _filling(self, value: Dependence) -> str:
        """The type of a parameter that a value is, or a part of, where that is a name for a function that fills it: `user: CurrentUser`."""
        first = value.symbol.partition(".")[0] if self._key.file.endswith(".py") else ""
        name = next((each.symbol for each in self._own.parameters.get(self._key.name, []) if first and each.name == first), "")
        return name if name and self._walker.values.is_function(self._walker.values.resolved(name, self._key)) else ""

    def refuses(self, step: Step) -> bool:
        """Whether what is answered or raised turns away, as the function says that made it."""
        return self._parting.refuses(step)

    def kept_back(self, steps: Sequence[Step], after: Outcomes) -> Effect:
        """What a function comes to that hands on first, and may keep back the answer from whoever is not known; after: what follows."""
        is_ended = any(each.kind == "deny" for each in after)
        return KEPT_BACK if is_ended and any(each.kind == "branch" and self.is_of_credentials(each) for each in steps) else LATER

    def is_end(self, key: Key) -> bool:
        """Whether nobody comes past a function; one of Python's has to turn away by an error for that."""
        found = self._walker.effect(key)
        return found is not None and found.ends and (found.throws or not key.file.endswith(".py"))

    def is_raised(self, step: Step, key: Key) -> bool:
        """Whether a function of Python's that is called raises an error, whatever that says; one that classes may have anew may not."""
        is_plain = key.file.endswith(".py") and "." not in key.name and key.name not in self._walker.corpus.files[key.file].decorators
        return is_plain and self.is_end(key) and not self._walker.is_begun(step, self._key)

    def _is_hollow(self, step: Step, found: Sequence[Dependence]) -> bool:
        """Whether nothing is held against nothing: what was not sent, and what a function does not answer or is not given."""
        if not any(each.origin == "constant" and each.symbol == NOTHING for each in found) or not same(step.symbol):
            return False
        said = self._own.dependences.get((step.function_name, step.position), [])
        return len([each for each in said if self._may_be_none(each, step)]) > 1

    def _is_never(self, step: Step, found: Sequence[Dependence]) -> bool:
        """Whether it is asked that a call answers None which answers yes or no: ``if is_known(token) is None``."""
        calls = [each.symbol for each in found if each.origin == "call"] if NONE.search(step.symbol) else []
        said = [self._answers(each) for each in calls]
        return bool(said) and all(each and all(one in ANSWERS or only_answers(one) for one in each) for each in said)

    def _may_be_none(self, said: Dependence, step: Step) -> bool:
        """Whether a value that is held against another may be nothing there."""
        is_none = said.origin in {"caller", "environment"} or may_be_none(said, self._sent)
        if said.origin == "call":
            is_none = self._walker.absences.may_answer_none(said.symbol, self._key) or self._is_unset(said, step)
        return is_none and not self._vacancies.is_there(UNSET, bare(said.symbol), step)

    def _is_unset(self, said: Dependence, step: Step) -> bool:
        """Whether a call takes a setting by its name alone, which nobody may have set: `this.config.get("API_KEY")`."""
        given = self._own.given.get((step.function_name, step.position), [])
        is_got = is_setting(said.symbol) and said.symbol.rpartition(".")[2] == "get"
        return is_got and len([each for each in given if each.given == said.symbol]) == 1

    def _says_yes(self, call: Step) -> bool:
        """Whether a function of the repository's that answers yes or no says yes to those who are not known."""
        return self._walker.says_yes(call, self._key, self._sent)

    def written(self, step: Step) -> Arm:
        """The arm that a branch always takes: it asks for what is written down as yes or no (`const required = true`)."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        said = found[0].symbol if len(found) == 1 and found[0].origin == "constant" and NAME.fullmatch(step.symbol) else ""
        return {"true": "then", "false": "else"}.get(said, "")  # type: ignore[return-value]

    def looks_at(self, step: Step, call: str) -> bool:
        """Whether a condition looks at what a call of this name answers."""
        return any(
            each.origin == "call" and each.symbol == call for each in self._own.dependences.get((step.function_name, step.position), [])
        )

    def misses(self, step: Step) -> bool:
        """Whether a condition is the same for whoever comes."""
        return self._is_missing(step, self.found(step))

    def is_answered(self, step: Step) -> bool:
        """Whether a condition looks at the whole of what a function answers that turns away by an object which it answers with."""
        told = self._own.dependences.get((step.function_name, step.position), [])
        calls = [each for each in told if each.origin == "call"]
        if self._own.language in TAKING_APART or any(each.origin == "constant" and each.symbol == PART for each in told):
            return False
        found = [self._walker.effect(self._walker.values.resolved(each.symbol, self._key)) for each in calls]
        refusals = [self._walker.values.refusals(each.symbol, self._key) for each in calls]
        return any(each is not None and each.state == "rejects" and not each.throws for each in found) and any(refusals)

    def _is_missing(self, step: Step, found: Sequence[Dependence]) -> bool:
        if any(each.origin == "call" and self._walker.values.is_uncalled(step.symbol, each.symbol, self._key) for each in found):
            return True
        whole = self._whole(step, found)
        return self._walker.contexts.is_there(step, found, self._key) or misses(
            of_users(step.symbol, self._sent), whole, self._answers, self._refusals
        )

    def _whole(self, step: Step, found: Sequence[Dependence]) -> Sequence[Dependence]:
        """What a condition looks at, without the answers of which it asks for a part that is told."""
        told = self._parting.told(step)
        return [each for each in found if not (each.origin == "call" and each.symbol in told)] if told else found

    def _given(self, found: Sequence[Dependence], said: Sequence[Dependence]) -> Iterator[Dependence]:
        """What the calls in a condition are given; of what another call only reads out of what was sent, that it was sent."""
        for each in (one for call in found if call.origin == "call" for one in self._walker.values.given(call, self._key, said)):
            is_read = each.origin == "call" and any(one.given == each.given and one.origin == "caller" for one in said)
            yield self._walker.values.told(each, self._key) if is_read else each

    def _answers(self, symbol: str) -> frozenset[str]:
        return self._walker.values.answers(symbol, self._key)

    def _refusals(self, symbol: str) -> frozenset[str]:
        return self._walker.values.refusals(symbol, self._key)

    def found(self, step: Step) -> list[Dependence]:
        """What the condition of a branch looks at."""
        if step.position not in self._looked_at:
            self._looked_at[step.position] = self._found(step)
        return self._looked_at[step.position]

    def _found(self, step: Step) -> list[Dependence]:
        said = self._own.dependences.get((step.function_name, step.position), [])
        known = all_sent([each for each in said if not self._is_promised(each)], self._sent)
        taken = any(may_be_none(each, self._sent) for each in said)
        kept = map(self._walker.beside.unset, (unset(each) for each in known) if taken else known)
        told = [self._walker.values.told(self._vacancies.sure(each, step), self._key) for each in kept]
        return [one for each in told for one in self._walker.beside.sent(each)]

    def asks_promises(self, step: Step) -> bool:
        """Whether a condition looks at nothing but promises: those are there, whatever becomes of them."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        return bool(found) and all(map(self._is_promised, found))

    def _is_promised(self, dependence: Dependence) -> bool:
        """Whether a condition looks at a promise and not at what it will be, which is always true."""
        steps = self._own.steps.get(self._key.name, []) if dependence.origin == "call" else []
        named = [each for each in steps if each.kind == "call" and each.symbol == dependence.symbol]
        return bool(named) and all(self._walker.is_begun(each, self._key) for each in named)
