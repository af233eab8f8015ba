"""Conditions that ask for a part of what a function answers (`ok, user = judged(request)`): whom that part lets by.

A function is folded by what it answers in that part alone. What is no constant there is taken to be about who comes, as the answer of any
function is, unless it is what anybody can send.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from invariants.facts.code import DISPLAY, FIELD, PERHAPS, REFUSAL, SOMETHING, TAKEN, Argument, Dependence, Step
from invariants.replay.web.choosing import VALUE, read
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.missed import ALWAYS
from invariants.replay.web.outcomes import Outcomes, is_only_denied
from invariants.replay.web.sending import Sent

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker

DEPTH = 3
CONDITION = re.compile(rf"(?P<no>not |!)?.*?(?: (?P<how>is not|is|===?|!==?) (?P<value>{VALUE}|null|undefined|true|false))?", re.DOTALL)
SOURCES = (".py", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts")
LANGUAGES = frozenset({"python", "typescript"})
NOTHING = frozenset({"None", "False", "null", "undefined", "false"})
EMPTY = frozenset({"", "false", "0", "0.0"})
THERE = frozenset({"True", "true", DISPLAY})
UNTOLD = frozenset({""})
FULL = frozenset({SOMETHING, REFUSAL})
YES, NO = "True", "False"


class Asked(NamedTuple):
    """A part of what a function answers that a condition asks for, and the call of it."""

    part: str
    call: Step
    target: Key


class Parting:
    """Folds functions by parts of their answers."""

    def __init__(self, walker: "Walker", key: Key, own: File, sent: Sequence[Sent]) -> None:
        self._walker = walker
        self._key = key
        self._own = own
        self._sent = sent
        self._asked: dict[int, list[Asked]] = {}

    def told(self, step: Step) -> frozenset[str]:
        """The calls of whose answers a condition asks for parts that are told."""
        said = [each.call.symbol for each in self.asked(step)] if self._own.language == "python" else []
        return frozenset([*said, *(f"{each}.get" for each in said)])

    def asked(self, step: Step) -> list[Asked]:
        """The parts that a condition asks for, of answers that functions of the repository's make."""
        if step.position not in self._asked:
            given = self._own.arguments.get((step.function_name, step.position), []) if self._own.language in LANGUAGES else []
            self._asked[step.position] = [one for each in given if (one := self._part(each)) is not None]
        return self._asked[step.position]

    def lets_in(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether a part is the same for whoever comes, or may be, so that a condition turns away nobody, or the wrong ones."""
        denied = next((arm for arm in ("then", "else") if is_only_denied(arm, ways)), "") if self.asked(step) else ""
        return bool(denied) and any(self.lets_by(each, step.symbol, denied) for each in self.asked(step))

    def refuses(self, step: Step) -> bool:
        """Whether what is answered or raised is a part of what a function answers that turns away: ``if denied: return denied``."""
        given = self._own.arguments.get((step.function_name, step.position), []) if self._own.language == "python" else []
        told = [self._part(each._replace(name=each.name.removeprefix(TAKEN))) for each in given if each.name.startswith(TAKEN)]
        return any(one.part == each.name and each.value == REFUSAL for one in told if one for each in self._parts(one.target))

    def _parts(self, key: Key) -> Iterator[Argument]:
        """What a function answers, part by part."""
        own = self._walker.corpus.files[key.file]
        for step in own.steps.get(key.name, []):
            yield from own.arguments.get((key.name, step.position), []) if _ends(step) else ()

    def proves(self, step: Step) -> bool:
        """Whether a part is so, or is not, for those alone who are seen to be known."""
        arms = ("then", "else") if self._own.language == "python" else ()
        return any(self._worth(each, step.symbol, arm, DEPTH, is_all=True) == "known" for each in self.asked(step) for arm in arms)

    def _part(self, given: Argument) -> Asked | None:
        calls = [each for each in self._own.steps.get(self._key.name, []) if each.kind == "call" and each.symbol == given.value]
        target = self._walker.values.resolved(given.value, self._key) if calls else self._key
        return Asked(given.name, calls[0], target) if calls and self._is_made(target, DEPTH) else None

    def _is_made(self, key: Key, depth: int) -> bool:
        """Whether a function's answer is seen to be made of parts, by itself or by one that it hands on."""
        own = self._walker.corpus.get(key.file) if key.file.endswith(SOURCES) else None
        steps = own.steps.get(key.name, []) if own is not None and key.name in own.functions else []
        if own is None or any(_ends(each) and own.arguments.get((key.name, each.position), []) for each in steps):
            return own is not None
        return depth > 0 and any(self._is_made(each, depth - 1) for _, each in self._handed_on(steps, key))

    def _handed_on(self, steps: Sequence[Step], key: Key) -> Iterator[tuple[Step, Key]]:
        """The functions whose answers a function answers with."""
        for each in steps:
            if each.kind == "call" and each.handling == "returned" and (found := self._walker.values.resolved(each.symbol, key)) != key:
                yield each, found

    def lets_by(self, asked: Asked, condition: str, denied: str, depth: int = DEPTH) -> bool:
        """Whether a part lets those by a condition who are not known; denied: the arm of it that turns away."""
        return self._worth(asked, condition, denied, depth) == "anybody"

    def _worth(self, asked: Asked, condition: str, denied: str, depth: int, *, is_all: bool = False) -> Literal["", "known", "anybody"]:
        """Who comes by a condition, for what is a constant in a part, or whatever it is; empty: nobody.

        denied: the arm of it that turns away.
        """
        own = self._walker.corpus.files[asked.target.file]
        told = own.steps.get(asked.target.name, [])
        steps = [self._said(each, own, asked, condition, denied, depth, is_all=is_all) for each in told]
        if not any(each.kind == "return" and each.symbol == YES for each in steps):
            return ""
        found = self._walker.asked(asked.target, self._walker.given(asked.call, asked.target, self._sent), steps)
        return "known" if found is not None and found.state == "rejects" else "anybody"

    def _said(self, step: Step, own: File, asked: Asked, condition: str, denied: str, depth: int, *, is_all: bool) -> Step:
        """A step; of a return, whether the part that is asked for comes by the condition there; is_all: also where it is no constant."""
        if not _ends(step) or step.symbol in NOTHING:
            return step
        given = own.arguments.get((step.function_name, step.position), [])
        if not given and depth:
            steps = [each for each in own.steps.get(step.function_name, []) if each.symbol == step.symbol]
            inner = [Asked(asked.part, call, key) for call, key in self._handed_on(steps, asked.target) if self._is_made(key, depth)]
            is_let = any(self.lets_by(each, condition, denied, depth - 1) for each in inner)
            return step._replace(kind="return", symbol=YES if is_let else NO)
        said = self._value(given, step, asked)
        passes = self._passes(said, condition, denied, asked.target) if said is not None else None
        passes = is_all if passes is None else passes
        return step._replace(kind="return", symbol=YES if passes else NO)

    def _value(self, given: Sequence[Argument], step: Step, asked: Asked) -> Argument | None:
        """What a part is where a function answers; of an object that a class makes, by the order of its fields."""
        said = {each.name: each for each in given}
        if asked.part in said or not step.symbol[:1].isalpha():
            return said.get(asked.part)
        made = self._walker.values.resolved(step.symbol, asked.target)
        own = self._walker.corpus.get(made.file) if made.file else None
        fields = own.arguments.get((made.name, FIELD), []) if own is not None else []
        names = [each.name for each in fields]
        if asked.part.isdigit():
            return said.get(names[int(asked.part)]) if int(asked.part) < len(names) else None
        if asked.part not in names:
            return None
        return said.get(str(names.index(asked.part)), fields[names.index(asked.part)])

    def _passes(self, said: Argument, condition: str, denied: str, key: Key) -> bool | None:
        """Whether a condition lets by a part that is so; what was sent may be whatever it lets by; null of what depends on who comes."""
        found = CONDITION.fullmatch(condition)
        if found is None or said.value == PERHAPS or self._is_sent(said, key):
            return True
        holds = self._is_same(found["value"], said, key) if found["how"] else self._is_true(said, key)
        is_turned = bool(found["no"]) != (found["how"] in {"!=", "!==", "is not"})
        return (holds != is_turned) == (denied == "else") if holds is not None else None

    def _is_sent(self, said: Argument, key: Key) -> bool:
        """Whether a part is what a function only reads out of a request."""
        called = Dependence(said.at, key.name, said.position, "call", said.value)
        return said.kind == "call" and self._walker.values.told(called, key).origin == "caller"

    def _is_true(self, said: Argument, key: Key) -> bool | None:
        """Whether a part is true; null where that depends on who comes."""
        if said.kind == "call":
            calls = [each for each in self._walker.corpus.files[key.file].steps.get(key.name, []) if each.symbol == said.value]
            is_yes = any(each.kind == "call" and self._walker.says_yes(each, key) for each in calls)
            return True if is_yes or self._answers(said, key) <= THERE else None
        if said.kind in {"symbol", "other"}:
            return True if said.value in FULL or ALWAYS.fullmatch(said.value) else None
        return said.kind == "function" or (said.kind != "null" and said.value not in EMPTY)

    def _is_same(self, value: str, said: Argument, key: Key) -> bool | None:
        """Whether a part is what it is held against; null where that depends on who comes."""
        if said.kind in {"symbol", "call"}:
            is_there = bool(ALWAYS.fullmatch(said.value)) or self._answers(said, key) <= THERE
            return False if is_there and value == "None" else None
        return None if said.kind == "other" and said.value not in FULL else read(value) == (said.kind, said.value)

    def _answers(self, said: Argument, key: Key) -> frozenset[str]:
        """What a call answers that a part is; nothing of what cannot be told."""
        return (self._walker.values.answers(said.value, key) if said.kind == "call" else frozenset()) or UNTOLD


def _ends(step: Step) -> bool:
    """Whether a step answers what its function was called for."""
    return step.kind == "return" or (step.kind == "reject" and step.handling == "returned")
