"""What may be nothing: what a function of the repository answers, where nobody set or kept it."""

from invariants.facts.code import UNSET, Step, bare
from invariants.replay.web.blanks import Blanks
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.vacancies import Vacancies
from invariants.replay.web.values import DEPTH, Values

NONE = frozenset({"None", "null", "undefined"})


class Absences:
    """Tells which functions may answer with nothing."""

    def __init__(self, corpus: Corpus, values: Values, blanks: Blanks) -> None:
        self._corpus = corpus
        self._values = values
        self._blanks = blanks
        self._known: dict[Key, bool] = {}

    def may_answer_none(self, symbol: str, key: Key, depth: int = DEPTH) -> bool:
        """Whether a function that is called by this name may answer with nothing, without ending the request."""
        target = self._values.resolved(symbol, key)
        if target not in self._known and depth:
            self._known[target] = False  # where it calls itself
            self._known[target] = self._may_be_none(symbol, key, target, depth)
        return self._known.get(target, False)

    def _may_be_none(self, symbol: str, key: Key, target: Key, depth: int) -> bool:
        if not NONE.isdisjoint(self._values.answers(symbol, key)):
            return True
        own = self._corpus.get(target.file) if target.file else None
        steps = own.steps.get(target.name, []) if own is not None and target.name in own.functions else []
        return any(self._is_none(each, target, depth) for each in steps if each.kind == "return" or each.handling == "returned")

    def _is_none(self, step: Step, key: Key, depth: int) -> bool:
        """Whether what is returned, or answered by a call whose answer is, may be nothing there."""
        own = self._corpus.files[key.file]
        told = own.dependences.get((key.name, step.position), [])
        if any(each.symbol == "None" for each in told):
            vacancies = Vacancies(own, key.name, lambda symbol: self._blanks.said(symbol, key))
            return not any(vacancies.is_there(UNSET, bare(each.symbol), step) for each in told if each.symbol != "None")
        if not step.symbol or step.kind == "reject":
            return False
        return self._blanks.said(step.symbol, key) == "nothing" or self.may_answer_none(step.symbol, key, depth - 1)
