"""Functions of which nothing is known but their names: most of what handlers call."""

from collections.abc import Callable

from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.libraries import library, promising
from invariants.replay.web.symbols import Symbols


def is_foreign(corpus: Corpus, symbols: Symbols, maker: Callable[[Key], Key | None], is_known: Callable[[Key], bool], key: Key) -> bool:
    """Whether nobody sees what a function does, or what made it, and no library's guard or promise is called so."""
    own = corpus.get(key.file) if key.file else None
    if (own is not None and key.name in own.functions) or maker(key) is not None:
        return False
    names = {key, symbols.of_library(key)}
    return not any(is_known(each) or str(each) in library() or str(each) in promising() for each in names)
