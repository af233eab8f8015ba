"""What decorators are that are no plain functions: objects that answer with a function around a handler, and what nobody sees."""

from invariants.replay.web.corpus import File, Key
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.words import demands, is_plumbing, speaks_of_who

UNAWAITED = Effect("unverified", "it has to be waited for, and Django REST framework takes what it begins for a yes", True)


def is_missing(key: Key) -> bool:
    """Whether something may be a guard, and cannot be looked into."""
    if is_plumbing(key.name if key.name != "default" else key.file.rpartition("/")[2].partition(".")[0]):
        return False
    return bool(key.file) or speaks_of_who(key.name) or demands(key.name) or key.name.startswith((".", "@/", "~/"))


def wraps(own: File, name: str) -> bool:
    """Whether a method of Python's answers with a function of its own that hands on: an object that is called as a decorator."""
    if own.language != "python" or not name.endswith(".__call__"):
        return False
    answered = {each.symbol for each in own.steps.get(name, []) if each.kind == "return"}
    inner = [each for each in answered if each.startswith(f"{name}.")]
    return any(one.kind == "next" for each in inner for one in own.steps.get(each, []))
