"""Calls whose answer is what counts: those that only begin what they call, and answer with a promise, a coroutine or a generator."""

from collections.abc import Iterable, Sequence

from invariants.facts.code import ANSWER, OPEN, UNSET, Step
from invariants.replay.web.blanks import Blanks
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.libraries import library, promising
from invariants.replay.web.outcomes import Effect, Strength
from invariants.replay.web.vacancies import Vacancies
from invariants.replay.web.words import is_error, spares

PERMISSIONS = "rest_framework.permissions."


def is_begun(corpus: Corpus, step: Step, target: Key) -> bool:
    """Whether a call only begins what it calls."""
    if step.awaited or step.handling == "returned":
        return False
    own = corpus.get(target.file) if target.file else None
    if own is None:
        return str(target) in promising()
    return target.name in own.functions and (own.functions[target.name].is_async or _generates(own, target.name))


def _generates(own: File, name: str) -> bool:
    """Whether a function of Python's yields, so that nothing of it runs until somebody asks for what it yields."""
    is_python = own.language == "python" and own.functions[name].kind == "function"
    return is_python and any(each.kind == "next" and not each.symbol for each in own.steps.get(name, []))


def hands_on(corpus: Corpus, key: Key) -> bool:
    """Whether a function passes requests on itself, so that it is all that stands there."""
    own = corpus.get(key.file) if key.file else None
    steps = own.steps.get(key.name, []) if own and key.name in own.functions else []
    return own is not None and any(each.kind == "next" or (each.symbol != "Promise" and own.run_by(each)) for each in steps)


def is_heeded(step: Step, target: Key, found: Effect) -> bool:
    """Whether a call that turns somebody away is the end; an error of Rust's is a value, which `?` returns."""
    return step.handling == "returned" if target.file.endswith(".rs") else found.throws or step.handling in {"tested", "returned"}


def is_spared(corpus: Corpus, step: Step) -> bool:
    """Whether a guard is called with an option that tells it to turn nobody away: `parse(request, schema, { skipAuth: true })`."""
    own = corpus.get(step.at.file)
    given = own.arguments.get((step.function_name, step.position), []) if own is not None else []
    return any(each.kind == "boolean" and spares(each.name, each.value) for each in given)


def is_idle(corpus: Corpus, step: Step, target: Key) -> bool:
    """Whether a call of a guard turns nobody away: it makes one that nobody calls (`passport.authenticate("jwt");`), or is told not to."""
    if is_spared(corpus, step):
        return True
    known = library().get(str(target))
    if known is None or (step.handling == "ignored" and known.makes):
        return known is not None
    own = corpus.get(step.at.file) if known.unless else None
    given = own.arguments.get((step.function_name, step.position), []) if own is not None else []
    return bool(known.is_off({each.name: each.value for each in given if each.kind != "call"}))


def of_known(corpus: Corpus, step: Step, target: Key) -> Strength:
    """What surviving a call of a known guard is worth whose body nobody sees."""
    if (step.handling == "kept" and target.name.startswith(PERMISSIONS)) or is_wrapping(corpus, step):
        return "open"  # it is made, and not asked yet
    if step.symbol.startswith("super.") and step.handling not in {"tested", "returned"}:
        return "open"
    known = library().get(str(target))
    given = corpus.files[step.at.file].arguments.get((step.function_name, step.position), [])
    return "unknown" if known is not None and known.is_untold(given) else "checked"


def reports_to(own: File, step: Step, target: Key) -> str:
    """The function that a guard of a library tells with an error that somebody may not come in, instead of throwing it; empty: none."""
    known = library().get(str(target))
    if known is None or known.makes or known.state != "rejects":
        return ""
    given = own.arguments.get((step.function_name, step.position), [])
    told = [each.value for each in given if each.kind == "function" and each.name.isdigit() and each.value in own.functions]
    return told[-1] if told else ""  # one before it answers which key it is


def is_wrapping(corpus: Corpus, step: Step) -> bool:
    """Whether a decorator of a library is called by hand, with the function that it stands before: nothing of either runs yet."""
    own = corpus.get(step.at.file) if step.at.file.endswith(".py") else None
    given = own.arguments.get((step.function_name, step.position), []) if own is not None else []
    return not step.symbol.endswith(ANSWER) and any(each.name == "0" and each.kind == "function" for each in given)


def only_looks_back(steps: Sequence[Step]) -> bool:
    """Whether a function hands on first, and does the rest of its work with the answer."""
    return steps[:1] != [] and steps[0].kind == "next" and any(each.kind in {"branch", "call"} for each in steps)


def is_agreed(steps: Iterable[Step], step: Step) -> bool:
    """Whether a framework asks a function of Python's, and goes on where it says yes, as every object does."""
    if step.handling != "tested" or not step.at.file.endswith(".py"):
        return False
    found = list(steps)
    asking = {each.position for each in found if each.kind == "branch" and each.symbol == f"{step.symbol}()"}
    return any(each.kind == "next" and each.arm == "then" and each.parent in asking for each in found)


def asks_for_more(own: File, name: str) -> bool:
    """Whether a function that is called back with an error, and with who comes, asks for more than the error."""
    told = [each for found in own.inside(name).dependences.values() for each in found]
    taken = {each.name for each in own.parameters.get(name, []) if each.position > 0}
    return not taken or any(each.symbol.partition(".")[0] in taken for each in told)


def is_made(step: Step, own: File) -> bool:
    """Whether what is called is a variable that holds an error, and no function that has a name."""
    return is_error(step.symbol) and step.symbol.isalpha() and not (step.symbol in own.imports or step.symbol in own.functions)


def is_given_error(step: Step, own: File) -> bool:
    """Whether a call is given an error."""
    given = own.arguments.get((step.function_name, step.position), [])
    return any(each.kind in {"symbol", "call"} and is_error(each.value.partition(".")[0]) for each in given)


def is_opened(corpus: Corpus, step: Step, blanks: Blanks) -> bool:
    """Whether a call verifies something with a key that everybody knows where nobody sets it, and nothing says that somebody does."""
    own, key = corpus.files[step.at.file], Key(step.at.file, step.function_name)
    keys = [each.value for each in own.arguments.get((key.name, step.position), []) if each.name == OPEN]
    vacancies = Vacancies(own, key.name, lambda symbol: blanks.said(symbol, key)) if keys else None
    return vacancies is not None and any(not vacancies.is_there(UNSET, each, step) for each in keys)
