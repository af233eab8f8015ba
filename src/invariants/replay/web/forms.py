"""Forms that a framework fills with what was sent, as parameters of what answers requests: a part of one is what the caller sent."""

from collections.abc import Iterable, Iterator

from invariants.facts.code import Argument
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.lineage import lineage
from invariants.replay.web.symbols import Symbols

FORMS = ("BaseModel", "SQLModel", "Struct", "TypedDict", "Schema", "RootModel")
"""What classes stand on whose objects are made of what was sent."""


class Forms:
    """Knows forms by the classes that they stand on."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def marked(self, given: Iterable[Argument], here: File) -> Iterator[Argument]:
        """Arguments, and which of them are parts of forms."""
        yield from (each._replace(sent=each.value) if not each.sent and self._is_part(each, here) else each for each in given)

    def _is_part(self, given: Argument, here: File) -> bool:
        """Whether an argument is a part of a form that a function takes which requests call."""
        root, dot, _ = given.value.partition(".")
        if given.kind != "symbol" or not dot or not here.decorators.get(given.function_name):
            return False
        taken = here.parameters.get(given.function_name, [])
        return any(root == each.name and self._is_form(given.at.file, each.symbol) for each in taken)

    def _is_form(self, path: str, symbol: str) -> bool:
        """Whether a class is filled with what was sent, as a parameter's type."""
        key = self._symbols.resolve(path, symbol) if symbol else Key("", "")
        return any(each.name.rpartition(".")[2] in FORMS for each in lineage(self._corpus, self._symbols, key))
