"""Helpers that turn away whoever is not told them to be let in: `insist(may_see(request, row))`."""

from collections.abc import Callable, Sequence

from invariants.facts.code import ANSWER, Argument, Parameter, Step
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.deciding import present

Yes = Callable[[Step, Key], bool]
"""Whether a call answers yes to those who are not known."""


class Insisting:
    """Looks at what helpers are told."""

    def __init__(self, corpus: Corpus, says_yes: Yes) -> None:
        self._corpus = corpus
        self._says_yes = says_yes

    def is_told_yes(self, step: Step, target: Key) -> bool:
        """Whether a call tells a helper that asks for nothing else what may be so for those who are not known, too."""
        own = self._corpus.files[step.at.file]
        inner = self._corpus.get(target.file) if target.file and target.file.endswith(".py") else None
        if inner is None or target.name not in inner.functions:
            return False
        asked = _asked(inner.steps.get(target.name, []), inner.parameters.get(target.name, []))
        given = own.arguments.get((step.function_name, step.position), [])
        return any(self._is_yes(each, step) for each in given if each.name.removesuffix(ANSWER) in asked)

    def _is_yes(self, argument: Argument, step: Step) -> bool:
        if argument.kind != "call":
            return argument.kind in {"boolean", "other"}
        key = Key(step.at.file, step.function_name)
        steps = self._corpus.files[key.file].steps.get(key.name, [])
        calls = [each for each in steps if each.kind == "call" and each.symbol == argument.value and each.position < step.position]
        return any(self._says_yes(each, key) for each in calls[-1:])


def _asked(steps: Sequence[Step], parameters: Sequence[Parameter]) -> set[str]:
    """The places and names of parameters that are asked for alone, where nothing else is asked."""
    branches = [each for each in steps if each.kind == "branch"]
    names = {each.symbol.removeprefix("not ").partition(" ")[0] for each in branches if present(each.symbol)}
    if len(branches) != 1 or not any(each.kind == "reject" for each in steps):
        return set()
    told = [each for each in parameters if each.name in names]
    return {name for each in told for name in (each.name, str(each.position))}
