"""Policies of ASP.NET Core: what an attribute asks for that names one, or names none and so asks for the application's default.

A policy keeps out whoever has no credentials where it asks for a user, a role or a claim. One that rests on requirements of the
repository's own lets in whom their handlers let in, which are found by the container of services and not followed here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from invariants.facts.code import Argument
from invariants.facts.web import Setting
from invariants.replay.web.applications import Applications
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.lineage import lineage
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols

DEFAULT = "DefaultPolicy"
ASKS = frozenset({"RequireAuthenticatedUser", "RequireRole", "RequireClaim", "RequireUserName"})
ATTRIBUTE = "attribute "
"""What begins the name of an attribute of the repository's own."""
TOLD = ("Policy", "Roles")
UNTOLD = "that its constructor puts together"
NAMED = frozenset({"Policy", "0"})


class Policies:
    """The policies that the applications of a repository make."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._applications = Applications(corpus)

    def applied(self, file: str, given: Sequence[Argument], effect: Effect) -> Effect:
        """What a guard does that turns away by a policy, when it is given this."""
        told = next((each for each in given if each.name in NAMED and each.kind in {"string", "symbol", "function"}), None)
        if told is None:
            told_so = self._applications.told(file, DEFAULT)
            is_asking = any(each.name == "Roles" for each in given) or all(self._is_asking(file, each) for each in told_so)
            return effect if is_asking else effect._replace(reason="the default policy rests on requirements that are not followed")
        if told.kind == "function":
            own = self._corpus.get(told.at.file)
            steps = own.steps.get(told.value, []) if own else []
            return (
                effect if any(each.symbol.rpartition(".")[2] in ASKS for each in steps) else self._doubted(effect, "that is written there")
            )
        name = told.value if told.kind == "string" else self._constant(file, told.value) or told.value
        return effect if self._asks(file, name) else self._doubted(effect, name)

    def derived(self, key: Key) -> Iterator[Argument]:
        """What an attribute of the repository's own asks for by its constructor, as if that were written where it stands."""
        for each in lineage(self._corpus, self._symbols, key) if key.file else ():
            own = self._corpus.get(each.file) if each.file else None
            told = [one for one in own.facts[Setting] if one.name == f"{ATTRIBUTE}{each.name}"] if own else []
            for one in told:
                text = self._named(each.file, one.symbol) if one.symbol else None
                yield Argument(one.at, "", 0, TOLD[one.position], "string", text or UNTOLD)
            if told:
                return

    def _asks(self, file: str, name: str) -> bool:
        """Whether a policy that is made for the application of a file asks for what nobody without credentials has."""
        found = [state for path, state in self._said.get(name.casefold(), ()) if self._applications.before(file, path) is not False]
        return bool(found) and "rests" not in found

    def _is_asking(self, file: str, state: str) -> bool:
        """Whether a default policy asks for somebody; one that is another, by its name, asks for what that does."""
        said = state.removeprefix("=")
        return state == "asks" or (said != state and self._asks(file, self._named(file, said) or said))

    def _named(self, file: str, name: str) -> str | None:
        """The name of a policy, which another file may say."""
        return self._constant(file, name[2:-1]) if name.startswith("${") else name

    def _doubted(self, effect: Effect, name: str) -> Effect:
        return effect._replace(reason=f"the policy {name} is not seen to ask for a user, a role or a claim")

    def _constant(self, file: str, symbol: str) -> str | None:
        key = self._symbols.resolve(file, symbol)
        return self._symbols.constant(key)

    @cached_property
    def _said(self) -> dict[str, list[tuple[str, str]]]:
        """What is said of policies by their names, whose case does not matter, and where."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, own in list(self._corpus.files.items()):  # to look up a name may have another file read
            for each in own.facts[Setting]:
                kind, _, name = each.name.partition(" ")
                text = self._named(path, name) if kind == "policy" else None
                if text:
                    found[text.casefold()].append((path, each.symbol))
        return dict(found)
