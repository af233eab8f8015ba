"""Symbols: what a name in a file means, through imports, names for other names, and what is passed on."""

from invariants.facts.code import ANSWER, FILLING, Import
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.modules import Modules, package
from invariants.replay.web.namespaces import Namespaces

DEEP = 24
OWN = ("self", "this", "cls")


class Symbols:
    """Resolves names across files; every answer is kept."""

    def __init__(self, corpus: Corpus, modules: Modules) -> None:
        self._corpus = corpus
        self._modules = modules
        self._namespaces = Namespaces(corpus)
        self._known: dict[tuple[str, str, str], Key] = {}
        self._passed_on: dict[tuple[str, str, int], Key | None] = {}

    def resolve(self, file: str, symbol: str, within: str = "") -> Key:
        """What a symbol in a function of a file is: its defining file and name there, or a name of a library."""
        key = (file, symbol, within)
        if key not in self._known:
            self._known[key] = self._resolved(file, symbol, within, DEEP)
        return self._known[key]

    def made_by(self, key: Key) -> Key | None:
        """What made a value that a name stands for, as in ``guard = make()``."""
        own = self._corpus.get(key.file) if key.file else None
        alias = own.aliases.get(key.name) if own else None
        return self.resolve(key.file, alias.symbol) if alias and alias.called else None

    def of_library(self, key: Key) -> Key:
        """What a library calls a method: also that of an object which one of its classes made (``new Stripe(key)``), in whichever file."""
        owner, _, rest = key.name.partition(".")
        made = self.made_by(Key(key.file, owner)) if key.file and rest else None
        whole = f"{made.name}.{rest}" if made is not None and not made.file else key.name
        return Key("", whole) if made is not None or not key.file else key

    def _resolved(self, file: str, symbol: str, within: str, depth: int) -> Key:
        own = self._corpus.get(file)
        if own is None or not symbol or depth <= 0:
            return Key(file if own is None and file in self._corpus.paths else "", symbol)
        first, _, rest = symbol.partition(".")
        if first in OWN and rest:
            return self._member(file, own, within, rest, depth)
        if first == "super" and rest and not file.endswith(".rs"):
            return self._above(Key(file, self._owner(own, within)), rest, within.rpartition(".")[2], depth)
        if ending := next(filter(symbol.endswith, (ANSWER, FILLING)), ""):
            made = self._resolved(file, symbol.removesuffix(ending), within, depth)
            return Key(made.file, f"{made.name}{ending}")
        for scope in _scopes(within):
            if (name := scope + symbol) in own.functions or (scope and name in own.aliases and _is_variable(own, name)):
                return Key(file, name)
        if taken := own.imports.get(first):
            return self._imported(file, taken, rest, depth)
        if (alias := own.aliases.get(symbol) or own.aliases.get(first)) and alias.symbol != symbol:
            return self._alias(file, alias.name, rest if alias.name == first else "", depth)
        if first in own.named:
            return self._inherited(file, own, symbol, depth)
        return self._starred(file, own, symbol, depth) or self._dotted(file, own, symbol, depth)

    def _dotted(self, file: str, own: File, symbol: str, depth: int) -> Key:
        """A dotted name of another module, as frameworks take it in strings; else a name of the file, or of nobody's."""
        module, _, name = symbol.rpartition(".")
        if file.endswith(".cs"):
            return self._typed(file, symbol, depth)
        if file.endswith(".py") and module and not _is_own(own, symbol.partition(".")[0]) and (target := self._modules.find(file, module)):
            return self.exported(target, name, depth - 1)
        if file.endswith(".rs") and module and (found := self._crate(file, symbol.partition(".")[0], symbol, depth)):
            return found
        return Key(file if _is_own(own, symbol.partition(".")[0]) else "", symbol)

    def _typed(self, file: str, symbol: str, depth: int) -> Key:
        """A name of C#'s that begins with a type, of the repository or of a library; of a router's, with what is put behind it."""
        if symbol.startswith("extension."):
            name, _, part = symbol.removeprefix("extension.").partition(":")
            return self._namespaces.extension(file, name, is_whole=part == "whole") or Key("", symbol)
        whole = ":/" if symbol.endswith(":/") else ""
        found = self._namespaces.find(file, symbol.removesuffix(whole))
        if found is None:
            return self._namespaces.library(symbol) or Key("", symbol)
        key = self.exported(found.file, found.name, depth - 1)
        return key._replace(name=f"{key.name}{whole}")

    def _crate(self, file: str, source: str, whole: str, depth: int) -> Key | None:
        """A path of Rust's whose last modules are only passed on: the first that is a file says what is in it."""
        parts = source.split("::")
        for end in range(len(parts), 0, -1):
            if target := self._modules.find(file, "::".join(parts[:end])):
                return self.exported(target, ".".join(whole.split(".")[end:]), depth - 1)
        return None

    def implemented(self, key: Key) -> Key:
        """A type, where what a framework calls of it is written in another file than the type."""
        own = self._corpus.get(key.file) if key.file.endswith(".rs") else None
        if own is None or key.name in own.steps or key.name not in own.functions:
            return key
        others = [(path, file) for path, file in self._corpus.files.items() if path != key.file and key.name in file.steps]
        taken = [(path, file.imports[key.name]) for path, file in others if key.name in file.imports and file.bases.get(key.name)]
        found = [path for path, each in taken if self._imported(path, each, "", DEEP) == key]
        return Key(found[0], key.name) if len(found) == 1 else key

    def constant(self, key: Key, depth: int = DEEP) -> str | None:
        """The string that a name stands for, also as a part of an object that a class made, itself or for a function that answers it."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name in own.constants:
            return own.constants[key.name] if own else None
        owner, _, last = key.name.rpartition(".")
        made = (self.made_by(Key(key.file, owner)) or self._answer(Key(key.file, owner))) if owner and depth else None
        return self.constant(Key(made.file, f"{made.name}.{last}"), depth - 1) if made and made.file else None

    def _answer(self, key: Key) -> Key | None:
        """What a function of Python's answers, where that is one thing."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        answers = [each for each in own.steps.get(key.name, []) if each.kind == "return"] if own else []
        return self.resolve(key.file, answers[0].symbol, key.name) if len(answers) == 1 and answers[0].symbol else None

    def _alias(self, file: str, name: str, rest: str, depth: int) -> Key:
        """A name for another one; of what a call made, the methods are those of its class."""
        own = self._corpus.files[file]
        alias = own.aliases[name]
        if not alias.symbol:
            return Key(file, f"{name}.{rest}" if rest else name)
        if alias.called and not rest:
            return Key(file, name)
        target = self._resolved(file, alias.symbol, "", depth - 1)
        return self._part(target, rest, depth - 1) if rest else target

    def _part(self, key: Key, rest: str, depth: int) -> Key:
        """A part of what a name means: a method of a class, a name in a module."""
        if not key.file or not key.name:
            return self.exported(key.file, rest, depth) if key.file else Key("", f"{key.name}.{rest}")
        own = self._corpus.get(key.file)
        return self._inherited(key.file, own, f"{key.name}.{rest}", depth) if own else Key(key.file, f"{key.name}.{rest}")

    def _member(self, file: str, own: File, within: str, rest: str, depth: int) -> Key:
        return self._inherited(file, own, f"{self._owner(own, within)}.{rest}", depth)

    def _owner(self, own: File, within: str) -> str:
        """The class of a method, and of the functions in it."""
        scopes = (scope[:-1] for scope in _scopes(within) if scope)
        return next((each for each in scopes if each in own.functions and own.functions[each].kind == "class"), within.partition(".")[0])

    def _above(self, key: Key, name: str, method: str, depth: int) -> Key:
        """What ``super`` leads to; a method that calls the one it stands for, of a library's class, asks that class."""
        found = self._inherited(key.file, self._corpus.files[key.file], f"{key.name}.{name}", depth, is_above=True)
        base = self.foreign(key)
        if found.file and found.name in self._corpus.files[found.file].functions and found.name != f"{key.name}.{name}":
            return found
        return Key("", f"super.{name}") if base is None else base if name == method else Key("", f"{base.name}.{name}")

    def foreign(self, key: Key, depth: int = DEEP) -> Key | None:
        """The first class of a library that a class stands on, as far as those between are in the repository."""
        own = self._corpus.get(key.file) if key.file else None
        for base in sorted(own.bases.get(key.name, []), key=lambda each: each.position) if own and depth else ():
            parent = self.resolve(key.file, base.symbol)
            found = self.foreign(parent, depth - 1) if parent.file else parent
            if found is not None:
                return found
        return None

    def _inherited(self, file: str, own: File, symbol: str, depth: int, *, is_above: bool = False) -> Key:
        """A method, where its class or one that it stands on defines it; above: only those."""
        owner, _, method = symbol.rpartition(".")
        if (is_above or symbol not in own.functions) and own.is_one(symbol) and depth > 0:
            for base in own.bases.get(owner, []):
                parent = self._resolved(file, base.symbol, "", depth - 1)
                found = self._part(parent, method, depth - 1) if parent.file else parent
                other = self._corpus.get(found.file) if found.file else None
                if other and found.name in other.functions:
                    return found
        return Key(file, symbol)

    def _imported(self, file: str, taken: Import, rest: str, depth: int) -> Key:
        target = self._modules.find(file, taken.source)
        if target is None:
            inner = self._modules.find(file, f"{taken.source.rstrip('.')}.{taken.name}") if file.endswith(".py") and taken.name else None
            if inner is None:
                inner = self._modules.find(file, taken.source + taken.name) if taken.source.endswith(".") else None
            if inner is not None:
                return self.exported(inner, rest, depth) if rest else Key(inner, "")
            whole = ".".join(filter(None, (package(taken.source), _of_library(file, taken), rest))).replace("::", ".")
            return (self._crate(file, taken.source, whole, depth) if file.endswith(".rs") else None) or Key("", whole)
        if target == file and (inner := self._modules.submodule(file, taken.name)):  # a package that takes a module of its own
            return self.exported(inner, rest, depth - 1) if rest else Key(inner, "")
        if taken.name in {"", "*"}:
            return self._attribute(target, taken, rest, depth)
        found = self.exported(target, taken.name, depth - 1)
        return self._part(found, rest, depth - 1) if rest else found

    def _attribute(self, target: str, taken: Import, rest: str, depth: int) -> Key:
        """``import app.other as o``; of ``import app.other`` the parts after the first name another module."""
        if not rest:
            return self.whole(target, depth)
        if taken.local == taken.source.partition(".")[0] and "." in taken.source:
            rest = f"{taken.local}.{rest}".removeprefix(f"{taken.source}.")
        return self.exported(target, rest, depth - 1)

    def whole(self, target: str, depth: int = DEEP) -> Key:
        """A module as a value: where it exports one thing in its place (`module.exports = router`), that."""
        own = self._corpus.get(target) if not target.endswith((".py", ".rs")) else None
        is_one = own is not None and ("default" in own.functions or "default" in own.aliases or "default" in own.exports)
        return self.exported(target, "default", depth - 1) if is_one else Key(target, "")

    def exported(self, file: str, name: str, depth: int = DEEP) -> Key:
        """What others get of a file under a name."""
        own = self._corpus.get(file)
        if own is None or depth <= 0:
            return Key(file, name)
        first, _, rest = name.partition(".")
        if name in own.functions:
            return Key(file, name)
        if taken := own.exports.get(first):
            return self._imported(file, taken, rest, depth - 1)
        if first in own.aliases:
            return self._alias(file, first, rest, depth - 1)
        if (taken := own.imports.get(first)) and own.language == "typescript":  # `import { a } from "./a"; export { a }`
            return self._imported(file, taken, rest, depth - 1)
        if inner := self._modules.submodule(file, first):
            return self.exported(inner, rest, depth - 1) if rest else Key(inner, "")
        if first in own.functions:
            return self._inherited(file, own, name, depth - 1)
        return self._starred(file, own, name, depth - 1) or self._of_default(file, own, name, depth - 1) or Key(file, name)

    def _of_default(self, file: str, own: File, name: str, depth: int) -> Key | None:
        """A part of the one thing that a module of JavaScript's is: `module.exports = auth`, or `new Auth()`."""
        is_one = own.language == "typescript" and "default" in own.aliases and name.partition(".")[0] != "default"
        found = self._alias(file, "default", name, depth) if is_one and depth > 0 else None
        return found if found is not None and self._is_there(found) else None

    def _starred(self, file: str, own: File, name: str, depth: int) -> Key | None:
        """What is taken from, or passed on from, modules as a whole."""
        if not own.stars or depth <= 0:
            return None
        if (file, name, depth) not in self._passed_on:
            targets = (self._modules.find(file, each.source) for each in own.stars)
            found = (self.exported(each, name, depth - 1) for each in targets if each and each != file)
            self._passed_on[file, name, depth] = next(filter(self._is_there, found), None)
        return self._passed_on[file, name, depth]

    def _is_there(self, key: Key) -> bool:
        own = self._corpus.get(key.file) if key.file else None
        return own is not None and (key.name in own.functions or key.name in own.aliases or key.name in own.constants)


def _of_library(file: str, taken: Import) -> str:
    """A name that is taken from a library; none where that is taken as a whole: JavaScript's ``import * as a``, and ``import a``."""
    return "" if taken.name == "*" or (taken.name == "default" and not file.endswith((".py", ".rs"))) else taken.name


def _scopes(within: str) -> list[str]:
    """The functions around, from the inside out, as what begins a name."""
    parts = within.split(".") if within else []
    return [".".join(parts[:end]) + "." for end in range(len(parts), 0, -1)] + [""]


def _is_variable(own: File, name: str) -> bool:
    """Whether a name is that of a variable in a function, which holds what a call made."""
    around = own.functions.get(name.rpartition(".")[0])
    return around is not None and around.kind == "function" and own.aliases[name].called


def _is_own(own: File, first: str) -> bool:
    return first in own.aliases or first in own.functions
