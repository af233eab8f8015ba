"""What becomes of errors that guards tell functions of, and of answers that functions may keep back."""

from typing import TYPE_CHECKING

from invariants.replay.web.asking import Asking
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.folding import Fold
from invariants.replay.web.outcomes import Effect, Outcomes

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker


def reported(walker: "Walker", key: Key, own: File) -> Outcomes:
    """What becomes of a request in a function that a guard tells with an error that somebody may not come in."""
    return Fold(walker, key, own, own.steps.get(key.name, []), reported=True).outcomes()


def later(walker: "Walker", key: Key, own: File) -> Effect:
    """What a function comes to that hands on first, by what it does with the answer."""
    steps = own.steps.get(key.name, [])
    return Asking(walker, key, own, ()).kept_back(steps, Fold(walker, key, own, steps[1:]).outcomes())
