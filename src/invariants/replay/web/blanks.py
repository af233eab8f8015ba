"""Settings that stand for nothing, or an empty text, where nobody sets them, in whichever file they are."""

from functools import cached_property

from invariants.facts.web import BLANK, Router, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.lineage import lineage
from invariants.replay.web.symbols import Symbols

DJANGO = "django.conf.settings."


class Blanks:
    """Looks settings up."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._known: dict[str, dict[str, str]] = {}

    def said(self, symbol: str, key: Key) -> str:
        """What a symbol in a function is where nobody sets it: nothing, or empty; neither, where that is not told."""
        if not key.file.endswith(".py"):
            return self._of_script(symbol, key)
        if ".config." in symbol and (told := self._configured.get(symbol.rpartition(".")[2])):
            return told
        found = self._symbols.resolve(key.file, symbol, key.name)
        if not found.file:
            return self._django.get(found.name.removeprefix(DJANGO), "") if found.name.startswith(DJANGO) else ""
        owner, _, last = found.name.rpartition(".")
        made = self._symbols.made_by(Key(found.file, owner)) if owner else None
        classes = lineage(self._corpus, self._symbols, made or Key(found.file, owner)) if owner else []
        names = [found, *(Key(each.file, f"{each.name}.{last}") for each in classes if each.file)]
        return next((said for each in names if (said := self._in(each.file).get(each.name, ""))), "")

    def _of_script(self, symbol: str, key: Key) -> str:
        """What a name of JavaScript's is, which may stand for the variable of the environment itself, unless its module insists on that."""
        holder, own = self._symbols.resolve(key.file, symbol, key.name), self._corpus.files[key.file]
        if holder.file:
            return self._in(holder.file).get(holder.name, "")
        taken = own.imports.get(symbol) if holder.name.startswith("process.env.") else None
        told = self._corpus.named(Setting).get(f"{BLANK}{taken.name}", []) if taken else []
        return next((each.symbol for _, each in told if each.symbol), "")

    def _in(self, path: str) -> dict[str, str]:
        if path not in self._known:
            own = self._corpus.get(path)
            told = own.facts[Setting] if own else []
            self._known[path] = {each.name.removeprefix(BLANK): each.symbol for each in told if each.name.startswith(BLANK)}
        return self._known[path]

    @cached_property
    def _configured(self) -> dict[str, str]:
        """What configurations of applications say, which are put together of classes and of what is put into them."""
        told = [(name.rpartition("."), said) for path in sorted(self._corpus.files) for name, said in self._in(path).items()]
        return {last: said for (owner, _, last), said in told if owner.lower().endswith("config")}

    @cached_property
    def _django(self) -> dict[str, str]:
        """What the settings of Django's say, which are no module that anybody imports."""
        files = {path for path, own in self._corpus.files.items() if any(each.name == "ROOT_URLCONF" for each in own.facts[Router])}
        return {name: said for path in sorted(files) for name, said in self._in(path).items()}
