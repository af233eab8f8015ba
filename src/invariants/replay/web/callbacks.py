"""What guards of libraries are given: functions that they ask whether to let somebody by (`bearerAuth({ verifyToken: (token) => ... })`),
and options that nobody sees, which may tell them to turn nobody away (`expressjwt(options)`).
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from invariants.facts.code import Argument, Dependence
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.libraries import Known
from invariants.replay.web.outcomes import Effect, void
from invariants.replay.web.words import words

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker

UNTOLD = Effect("unverified", "it is given a variable that may tell it to turn nobody away, and it cannot be seen what that holds")
ASKED = Effect("unverified", "the function that it asks says yes to whoever comes")


def asking(effect: Effect, known: Known, given: Sequence[Argument], key: Key, walker: "Walker") -> Effect:
    """What a known guard does that is given such things; key: the function in which it is made."""
    if effect.state == "rejects" and (known.is_untold(given) or _names_untold(known, given, key, walker)):
        return UNTOLD
    asked = [each for each in given if words(each.name)[:1] == ("verify",)] if effect.state == "rejects" else []
    found = [_answering(each, key, walker) for each in asked]
    return ASKED if any(each is not None and each.state != "rejects" for each in found) else effect


def calls_given(own: File, name: str, found: Sequence[Dependence]) -> bool:
    """Whether a condition of TypeScript's looks at what a function answers that the one it stands in is given, or one around that."""
    around = list(accumulate(name.split("."), "{}.{}".format)) if own.language == "typescript" else []
    taken = {each.name for outer in around for each in own.parameters.get(outer, [])}
    return any(each.origin == "call" and each.symbol in taken for each in found)


def _names_untold(known: Known, given: Sequence[Argument], key: Key, walker: "Walker") -> bool:
    """Whether a guard that is told by names whom it asks is told by a variable, which nobody sees, or may hold what asks nobody."""
    names = {each.partition("=")[2] for each in known.unless.split() if each.startswith("0=")}
    first = next((each for each in given if each.name == "0"), None) if names else None
    if first is None or first.kind not in {"symbol", "call"} or (first.kind == "symbol" and _is_named(first.value)):
        return False
    said = walker.values.constant(first.value, key) if first.kind == "symbol" else None
    return said in names if said is not None else not any(each.name.startswith("0.") for each in given)


def _is_named(symbol: str) -> bool:
    """Whether a name is one of several that are listed, and says which: `Strategies.JWT`."""
    owner, _, last = symbol.rpartition(".")
    return bool(owner) and owner[:1].isupper() and not last[:1].islower()


def _answering(given: Argument, key: Key, walker: "Walker") -> Effect | None:
    """What such a function does; of one that is named only that is seen that it looks at nothing but what it is given."""
    if given.kind == "function":
        return walker.effect(Key(key.file, given.value))
    target = walker.values.resolved(given.value, key)
    return void(given.value) if given.kind == "symbol" and walker.values.looks_at_nothing(target) else None
