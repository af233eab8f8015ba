"""Middleware of JavaScript's that may turn somebody away, though nobody can tell whom."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from invariants.facts.code import Step
from invariants.facts.web import Use
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.followed import Followed
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.words import is_limiter, is_plumbing, is_refusal

WAITED = {"express": 3, "koa": 2, "hono": 2, "fastify": 3}
"""How many parameters middleware has that is told of what comes next."""
NEXT = frozenset({"next", "done"})
REFUSED = frozenset({401, 403})
MADE = Effect("unverified", "it is made of a guard, and it cannot be told what it does with that", True)
UNHANDED = Effect("unverified", "it cannot be told when it hands the request on", True)
REFUSES = Effect("unverified", "it turns away whom a function says that it was given, and nobody sees into that", True)
CALLS = Effect("unverified", "it calls a guard that answers the request, and does not look at what that answers", True)


class Suspecting:
    """Looks at what passes for no guard."""

    def __init__(self, followed: Followed) -> None:
        self._corpus: Corpus = followed.corpus
        self._symbols = followed.symbols
        self._walker = followed.walker
        self._looked_at = cache(self._effect)

    def judged(self, found: Iterable[Guarding], framework: str) -> Iterator[Guarding]:
        """What stands before a route; what may turn somebody away is a doubt."""
        for each in found:
            is_open = each.guard.effect.state == "passes" and each.use is not None and each.use.means in {"middleware", "hook"}
            doubt = self._doubt(each, each.use, framework) if is_open and each.use is not None else None
            yield each._replace(guard=each.guard._replace(effect=doubt, posture="session")) if doubt is not None else each

    def _doubt(self, found: Guarding, use: Use, framework: str) -> Effect | None:
        key = found.guard.key
        if is_plumbing(key.name) or is_limiter(key.name):
            return None
        return MADE if self._is_made_of_guards(use) else self._looked_at(key, framework)

    def _is_made_of_guards(self, use: Use) -> bool:
        """Whether middleware is made by a function that is given a guard."""
        own = self._corpus.get(use.at.file) if use.step is not None else None
        given = own.arguments.get((use.function_name, use.step or 0), []) if own is not None else []
        keys = [self._symbols.resolve(use.at.file, each.value, use.function_name) for each in given if each.kind in {"function", "symbol"}]
        found = [self._walker.effect(each) for each in keys if each.file]
        return any(each is not None and each.state == "rejects" for each in found)

    def _effect(self, key: Key, framework: str) -> Effect | None:
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions or own.functions[key.name].kind != "function" or own.language != "typescript":
            return None
        steps = own.steps.get(key.name, [])
        taken = [each.name for each in own.parameters.get(key.name, [])]
        is_told = len(taken) == WAITED.get(framework) and taken[-1] in NEXT
        is_handed = any(each.kind == "next" or (own.is_handed(each) and not each.symbol.endswith("catch")) for each in steps)
        if is_told and not is_handed and not _answers(steps, taken[:2]):
            return UNHANDED
        if any(self._is_refused(each, own, steps) for each in steps):
            return REFUSES
        return CALLS if framework == "fastify" and any(self._is_asked(each, key) for each in steps) else None

    def _is_refused(self, step: Step, own: File, steps: Sequence[Step]) -> bool:
        """Whether somebody is turned away by what a function answers that the one around was given, so that nobody sees into it."""
        above = next((each for each in steps if each.position == step.parent and each.kind == "branch"), None)
        is_refusal_of = step.kind == "reject" and (step.status in REFUSED or is_refusal(step.symbol))
        asked = own.dependences.get((step.function_name, above.position), []) if above is not None and is_refusal_of else []
        outer = step.function_name.rpartition(".")[0]
        taken = {each.name for each in own.parameters.get(outer, [])} if outer else set()
        return any(each.origin == "call" and each.symbol in taken for each in asked)

    def _is_asked(self, step: Step, key: Key) -> bool:
        """Whether a step waits for a guard, which answers the request by itself."""
        target = self._walker.call(step, key)[1] if step.kind == "call" and step.awaited and step.handling == "ignored" else key
        found = self._walker.effect(target) if target != key else None
        return found is not None and found.state == "rejects"


def _answers(steps: Iterable[Step], taken: Sequence[str]) -> bool:
    """Whether a function answers the request itself, so that nobody waits for it to hand that on."""
    own = [each for each in steps if each.arm != "handler"]
    return any(each.kind in {"keep", "reject"} or each.symbol.partition(".")[0] in taken for each in own if each.kind != "branch")
