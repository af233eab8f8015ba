"""What middleware hands on to whatever comes after it: who asks for that then finds somebody, whoever comes (`next({ ctx: { user } })`)."""

import re
from collections.abc import Iterable, Iterator

from invariants.facts.code import Step
from invariants.facts.web import HANDED, Level, Setting
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.deciding import present
from invariants.replay.web.followed import Followed
from invariants.replay.web.guards import Guard
from invariants.replay.web.outcomes import Effect

FIELD = re.compile(r"(?:\w+\.)*ctx\.(\w+(?:\.\w+)*)")
NAME = re.compile(r"!?[\w.?]+(?: [!=]==? (?:null|undefined))?")
FILLED = Effect("unverified", "what stands before it hands it somebody, whoever comes", True)


class Handing:
    """Looks at what guards ask for, by what was handed to them."""

    def __init__(self, followed: Followed) -> None:
        self._corpus = followed.corpus
        self._walker = followed.walker

    def judged(self, found: Iterable[tuple[Guard, Level]], handler: Key) -> Iterator[tuple[Guard, Level]]:
        """What stands before a route, from the outside in, and what its handler asks."""
        told = self._corpus.named(Setting)
        handed: set[str] = set()
        for guard, level in found:
            key = handler if guard.symbol == str(handler) else guard.key
            yield (guard._replace(effect=FILLED) if handed and self._asks_only(guard, key, handed) else guard), level
            handed |= {each.symbol for path, each in told.get(f"{HANDED}{key.name}", []) if path == key.file}

    def _asks_only(self, guard: Guard, key: Key, handed: set[str]) -> bool:
        """Whether a guard turns nobody away but those who lack what is handed to it."""
        own = self._corpus.get(key.file) if key.file and guard.effect.state == "rejects" else None
        steps = own.steps.get(key.name, []) if own is not None else []
        vain = {each.position: _lacking(each) for each in steps if own is not None and self._is_handed(each, own, handed)}
        if not vain:
            return False
        left = [_lifted(each, vain, steps) for each in steps if each.position not in vain and not _is_below(each, vain, steps)]
        seen = self._walker.answering(key, [left], by_call=False)
        return seen is not None and seen.state != "rejects"

    def _is_handed(self, step: Step, own: File, handed: set[str]) -> bool:
        """Whether a branch asks whether something is there that is handed on."""
        if step.kind != "branch" or NAME.fullmatch(step.symbol) is None or not _lacking(step):
            return False
        looked = own.dependences.get((step.function_name, step.position), [])
        asked = [FIELD.fullmatch(each.symbol.replace("?", "")) for each in looked]
        return bool(asked) and all(each is not None and each[1] in handed for each in asked)


def _lacking(step: Step) -> str:
    """The arm of those for whom nothing is there."""
    return {"then": "else", "else": "then"}.get(present(step.symbol.replace("?.", ".")), "")


def _is_below(step: Step, vain: dict[int, str], steps: list[Step]) -> bool:
    """Whether a step is done only for those who lack what everybody has."""
    parents = {each.position: each for each in steps}
    while step.parent is not None:
        if vain.get(step.parent) == step.arm:
            return True
        step = parents[step.parent]
    return False


def _lifted(step: Step, vain: dict[int, str], steps: list[Step]) -> Step:
    """A step that everybody comes to, out of the branches that all take alike."""
    parents = {each.position: each for each in steps}
    while step.parent in vain:
        step = step._replace(parent=parents[step.parent].parent, arm=parents[step.parent].arm)
    return step
