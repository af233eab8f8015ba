"""Functions that guards of Python's are made with, and ask whom to let by: ``@guarded(welcomed)``, ``Depends(Guard(check=welcomed))``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from invariants.facts.code import FIELD, Argument, Step
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.making import WELCOMED
from invariants.replay.web.markers import called
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.parting import Asked, Parting

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker

NOWHERE = -2
"""The place of a call that is given nothing which is written down."""
TOLD_YES = Effect("unverified", "the function that it is made with may say yes to those who are not known", True)


class Consulting:
    """Looks at what guards are made with, where they ask it."""

    def __init__(self, walker: "Walker") -> None:
        self._walker = walker

    def held(self, effect: Effect, key: Key, given: Sequence[Argument], *, is_known: bool) -> Effect:
        """What a guard comes to that is made with these."""
        if effect.state != "rejects":
            return effect
        if self._walker.making.welcomes(key, given):
            return WELCOMED
        return TOLD_YES if not is_known and given and self._is_told_yes(self._walker.making.maker(key) or key, given) else effect

    def _is_told_yes(self, key: Key, given: Sequence[Argument]) -> bool:
        """Whether what made a guard was given a function that says yes to those who are not known."""
        maker = called(key)
        own = self._walker.corpus.get(maker.file) if maker.file.endswith(".py") else None
        told = [each for each in given if each.kind in {"function", "symbol"} and each.value] if own is not None else []
        found = [(each, self._walker.values.resolved(each.value, Key(each.at.file, each.function_name))) for each in told]
        return own is not None and any(self._says_yes(each, key, maker, own) for each, key in found if self._is_function(key))

    def _is_function(self, key: Key) -> bool:
        own = self._walker.corpus.get(key.file) if key.file else None
        return own is not None and key.name in own.functions and own.functions[key.name].kind == "function"

    def _says_yes(self, given: Argument, key: Key, maker: Key, own: File) -> bool:
        """Whether a function says yes where the guard asks it, or only begins to answer."""
        fields = [each.name for each in own.arguments.get((maker.name, FIELD), [])]
        order = [each.name for each in own.parameters.get(maker.name, [])] or fields
        taken = [each for place, each in enumerate(order) if given.name in {each, str(place)}]
        names = {name for each in taken for name in (each, f"self.{each}", f"self._{each}")}
        call = Step(given.at, given.function_name, NOWHERE, None, "", "call", given.value, None, "tested", True)
        is_begun = self._walker.is_begun(call._replace(awaited=False), Key(given.at.file, given.function_name))
        steps = [each for name in own.functions if names and name.startswith(f"{maker.name}.") for each in own.steps.get(name, [])]
        if is_begun and any(each.kind == "call" and each.symbol in names and not each.awaited for each in steps):
            return True
        asked = [each for each in steps if each.kind == "branch" and _asks(each, own, names)]
        return any(self._lets_by(each, steps, own, names, call, key) for each in asked)

    def _lets_by(self, step: Step, steps: Sequence[Step], own: File, names: set[str], call: Step, key: Key) -> bool:
        """Whether a branch of a guard lets those by who are not known; names: what the guard calls the function by."""
        inside = Key(call.at.file, call.function_name)
        parts = [each for each in own.arguments.get((step.function_name, step.position), []) if each.value in names]
        if not parts:
            return self._walker.says_yes(call, inside)
        below = [each for each in steps if (each.function_name, each.parent) == (step.function_name, step.position)]
        denied = next((each.arm for each in below if each.kind == "reject"), "")
        parting = Parting(self._walker, inside, self._walker.corpus.files[inside.file], ())
        return bool(denied) and any(parting.lets_by(Asked(each.name, call, key), step.symbol, denied) for each in parts)


def _asks(step: Step, own: File, names: set[str]) -> bool:
    """Whether a branch goes by what a function answers that has one of these names."""
    told = own.dependences.get((step.function_name, step.position), [])
    return any(each.origin == "call" and each.symbol in names for each in told)
