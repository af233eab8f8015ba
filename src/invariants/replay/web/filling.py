"""Calls by which a framework fills the parameters of a function: where somebody else calls that, none of them is made."""

from itertools import takewhile

from invariants.facts.code import Step
from invariants.replay.web.corpus import Corpus, File, Key


def by_hand(corpus: Corpus, step: Step, target: Key) -> bool:
    """Whether a function is called where a framework would do more than the call does."""
    own = corpus.get(target.file) if target.file.endswith(".py") and step.at.file.endswith(".py") else None
    if own is not None and target.name in own.functions and own.functions[target.name].kind == "class":
        return True
    first = own.steps.get(target.name, [])[:1] if own is not None and target.name in own.functions else []
    return own is not None and any(_fills(each, own) for each in first) and not _fills(step, corpus.files[step.at.file])


def unfilled(own: File, name: str) -> list[Step]:
    """The steps of a function but those that a framework takes for it; of a class, those of making an object alone."""
    steps = own.steps.get(name, [])
    if own.language == "python" and name in own.functions and own.functions[name].kind == "class":
        return list(takewhile(lambda each: not (each.kind == "call" and each.symbol.startswith(f"{name}.")), steps))
    return [each for each in steps if not _fills(each, own)] if own.language == "python" else steps


def _fills(step: Step, own: File) -> bool:
    """Whether a framework makes a call, before the function in whose head it stands runs."""
    if step.kind != "call" or step.parent is not None:
        return False
    taken = own.parameters.get(step.function_name, [])
    is_above = bool(taken) and step.at.line <= max(each.at.end_line for each in taken)
    return is_above and not own.arguments.get((step.function_name, step.position), [])
