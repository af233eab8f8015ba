"""What is known of guards without looking into them: those of libraries, and those that the configuration tells of."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from invariants.facts.code import Argument
from invariants.facts.settings import RouteGuard as Configured
from invariants.replay.web.corpus import Corpus

KNOWN = Path(__file__).with_name("known")


class Known(NamedTuple):
    """A guard of a library, or one that the configuration tells of."""

    name: str
    posture: str
    state: str = "rejects"
    unless: str = ""
    """Arguments, or parts of them, as name=value, with any of which it turns nobody away; divided by blanks."""
    hook: str = ""
    """Of a class: the method that decides, where one that stands on it has its own."""
    mark: str = ""
    """What has to stand on a route so that it lets everybody by."""
    makes: bool = False
    """It answers with what turns people away, and does nothing itself."""

    def is_off(self, arguments: Mapping[str, str]) -> str:
        """The argument with which it turns nobody away; empty where it is given none of these."""
        for wanted in self.unless.split():
            name, _, value = wanted.partition("=")
            if any(own == name or own.startswith(f"{name}.") for own, said in arguments.items() if said.lower() == value):
                return wanted
        return ""

    def is_untold(self, given: Sequence[Argument]) -> bool:
        """Whether it is given as a variable what may tell it so: `jwt.decode(token, key, options=options)`."""
        holders = {each.partition("=")[0].rpartition(".")[0] for each in self.unless.split()} - {""}
        told = {each.name.rpartition(".")[0] for each in given}
        return any(each.kind == "symbol" and each.name in holders - told for each in given)


@cache
def library() -> dict[str, Known]:
    """The guards of libraries."""
    return {each["name"]: Known(**{key: value for key, value in each.items() if key != "source"}) for each in _entries("guard")}


@cache
def typed() -> dict[str, str]:
    """The types of libraries of C# that are known: their whole names, by their last."""
    names = [each["name"] for each in tomllib.loads((KNOWN / "csharp.toml").read_text(encoding="utf-8"))["guard"]]
    return {name.rpartition(".")[2]: name for name in names}


@cache
def promising() -> frozenset[str]:
    """The functions of libraries that answer with a promise: whoever looks at that, and does not wait for it, sees a yes."""
    return frozenset(each["name"] for each in _entries("promise"))


@cache
def answering() -> frozenset[str]:
    """The functions of libraries that answer with something for whoever comes: somebody may be in that or not."""
    return frozenset(each["name"] for each in _entries("answer"))


def _entries(kind: str) -> list[dict[str, Any]]:
    files = sorted(KNOWN.glob("*.toml"))
    return [each for path in files for each in tomllib.loads(path.read_text(encoding="utf-8")).get(kind, [])]


def configured(facts: Iterable[Configured], corpus: Corpus) -> dict[str, Known]:
    """The guards that the configuration tells of, by file and name; dotted Python names mean files too. One of a library keeps its mark."""
    found = {}
    for each in facts:
        for name in _spellings(each.name, corpus.paths):
            mark = library()[name].mark if name in library() else ""
            found[name] = Known(name, each.posture, mark=mark)
    return found


def _spellings(name: str, paths: frozenset[str]) -> Iterator[str]:
    yield name
    if "/" not in name:
        module, _, symbol = name.rpartition(".")
        stem = module.replace(".", "/")
        endings = (f"{stem}.py", f"{stem}/__init__.py")
        yield from (f"{path.rsplit('.', 1)[0]}.{symbol}" for path in paths if path.endswith(endings))
