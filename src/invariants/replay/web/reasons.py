"""What is said of guards that are not looked into."""

from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.outcomes import Effect

PERMITS = Effect("unverified", "which permissions it asks is decided at run time")
UNREACHED = Effect("void", "it is declared where the framework does not reach it")
DECIDED = "a site of the admin decides for itself who comes in, and it cannot be told which site this is"
UNTAKEN = Effect("void", "it turns away by an object that it returns, and nobody takes that")
IDLE = Effect("passes", "it is no guard")
UNSEEN = Effect("unverified", "its body is not in the repository, and nothing says what it does")
SEVERAL = Effect("unverified", "more than one thing is called so, and it cannot be told which it is")


def unseen(corpus: Corpus, key: Key) -> Effect:
    """What is said of a guard that nobody sees into."""
    own = corpus.get(key.file) if key.file else None
    return UNSEEN if own is None or own.is_one(key.name) else SEVERAL
