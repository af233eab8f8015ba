"""What functions come to that frameworks apply, by what they answer with and what becomes of that."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from invariants.facts.code import DISPLAY, Argument, Step
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.outcomes import LATER, Effect, void
from invariants.replay.web.words import spares

CALLED = (
    "__call__", "dispatch", "canActivate", "has_permission", "process_request", "process_view", "authenticate", "authenticate_request",
    "use", "handle", "OnAuthorizationAsync", "OnAuthorization", "OnActionExecutionAsync", "OnActionExecuting", "OnResourceExecuting",
    "InvokeAsync",
)  # fmt: skip
"""The methods that frameworks call of a guard that is a class, the first that it has."""
PROMISES = frozenset({"Promise", "then", "catch", "finally"})
"""What makes promises, and what runs what it is given when one is settled."""
ORDER = ("void", "passes", "unverified", "rejects")
"""The states of a guard, the weakest first."""
BARE = Effect("unverified", "on one of its paths it answers with what it is given, as that is")
DROPPED = Effect("void", "it turns away by what it answers, and nobody takes the answer of a dependency")
HALF_DROPPED = DROPPED._replace(state="unverified")


def _wrapped(own: File, name: str, steps: Iterable[Step]) -> Iterator[str]:
    """The functions that hand on, where another is made of one and answered with: ``return logged(async (req) => ... handler(req))``."""
    for step in steps:
        is_answered = step.handling == "returned" and step.symbol.rpartition(".")[2] not in PROMISES
        for each in own.arguments.get((name, step.position), []) if is_answered else ():
            if each.kind == "function" and any(inner.kind == "next" for inner in own.steps.get(each.value, [])):
                yield each.value


def answered(own: File, name: str, steps: Sequence[Step], *, is_outermost: bool) -> list[str]:
    """The functions and classes that a function answers with; nobody calls the objects that those answer with which it made."""
    made = {each.symbol for each in steps if each.kind == "call" and each.handling == "returned"}
    found = [each.symbol for each in steps if each.kind == "return" and each.symbol in own.functions and each.symbol != name]
    kept = [each for each in found if is_outermost or each not in made or own.functions[each].kind != "class"]
    return kept or list(_wrapped(own, name, steps))


def hands_back(own: File, name: str, steps: Sequence[Step]) -> bool:
    """Whether a decorator answers with what it decorates as that is, where nothing of that decides it but how the application is set up."""
    taken = {each.name for each in own.parameters.get(name, [])}
    asked = (own.dependences.get((name, each.position), []) for each in steps if each.kind == "branch")
    is_set_up = any(found and all(each.origin in {"environment", "other", "constant"} for each in found) for found in asked)
    return is_set_up and any(each.kind == "return" and each.symbol in taken for each in steps)


def ignored(effect: Effect | None, steps: Sequence[Step]) -> Effect | None:
    """What a dependency comes to that turns away by what it answers: nobody takes that."""
    if effect is None or effect.state != "rejects" or effect.throws:
        return effect
    return DROPPED if all(each.handling == "returned" for each in steps if each.kind == "reject") else HALF_DROPPED


def weakest(effects: Iterable[Effect | None]) -> Effect | None:
    """What one of several does, of which it cannot be told which it is; null where nothing is there."""
    return min((each for each in effects if each is not None), key=lambda each: ORDER.index(each.state), default=None)


def strongest(effects: Iterable[Effect | None]) -> Effect | None:
    """What several do that all have to be passed; null where nothing is there."""
    return max((each for each in effects if each is not None), key=lambda each: ORDER.index(each.state), default=None)


def named_void(effect: Effect | None, name: str) -> Effect | None:
    """What a function applies that turns nobody away is judged by the name of the function."""
    if effect is None or effect == LATER:
        return effect
    return void(name) if (effect.state == "passes" or "turns nobody" in effect.reason) else effect


def spared(effect: Effect, given: Iterable[Argument]) -> Effect:
    """What a guard does that is made with an option by which it may turn nobody away: `requireUser({ required: false })`."""
    said = [each for each in given if each.kind == "boolean" and spares(each.name, each.value)] if effect.state == "rejects" else []
    return Effect("unverified", f"{said[0].name.rpartition('.')[2]} is {said[0].value} here, which may switch it off") if said else effect


def handed(effect: Effect, given: Iterable[Argument], applied: Callable[[str], Effect | None]) -> Effect:
    """What a function does that is given a guard, where nobody sees it call that: `composed(logs, needed)`."""
    told = [each.value for each in given if each.kind in {"function", "symbol", "call"} and each.value]
    is_void = effect.state in {"void", "passes"}
    name = next((each for each in told if (found := applied(each)) is not None and found.state == "rejects"), "") if is_void else ""
    return Effect("unverified", f"it is given `{name}`, and nobody sees it called: put it before the route itself") if name else effect


def values(given: Iterable[Argument]) -> dict[str, str]:
    """What arguments are that are written down, by their names."""
    return {each.name: each.value for each in given if each.kind != "call"}


def is_dropped(corpus: Corpus, key: Key, call: Callable[[Step, Key], tuple[str, Key]]) -> bool:
    """Whether middleware of JavaScript's turns away by nothing but objects that it returns: `return { statusCode: 401 }`."""
    own = corpus.get(key.file) if key.file and not key.file.endswith((".py", ".rs", ".cs")) else None
    steps = own.steps.get(key.name, []) if own is not None and key.name in own.functions else []
    ends = [each for each in steps if each.kind == "reject"]
    calls = [each for each in steps if each.kind == "call" and call(each, key)[0] != "open"]
    return bool(ends) and not calls and all(each.handling == "returned" and each.symbol == DISPLAY for each in ends)
