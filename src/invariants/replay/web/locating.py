"""Branches that ask which path a request has: whether they hold for all requests that a route answers, or for none of them.

Who asks chooses how a path is written, as far as a framework answers them alike: Express takes `/ROWS/` for `/rows`, Fastify and SvelteKit
take `/%72ows`. So a branch that lets by what begins with `/public` never lets by `/rows`, while one that asks whether a path begins with
`/rows` does not hold for whoever writes it another way.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from invariants.facts.code import Step
from invariants.facts.web import ANSWER, Endpoint, PathTest
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.symbols import Symbols

Asks = Callable[[str, str], bool | None]
WAYS: Mapping[str, str] = {
    "express": "case slash", "nest": "case slash escape", "koa": "case slash", "fastify": "case slash escape",
    "hono": "slash", "hono sent": "slash escape", "sveltekit": "slash escape",
}  # fmt: skip
"""How else a path may be written that a framework takes for the same; sent: where it is looked at as it was sent."""
QUERIED = frozenset({"url", "original"})
RELATIVE = frozenset({"express", "nest", "koa"})
"""Frameworks that hand a path on without what a router is mounted at."""
ROUTE = re.compile(r"(?:^|/)routes(?P<folders>/.*)?/\+[^/]+$")
"""A file of SvelteKit's, below whose folders its route is."""
PART = re.compile(r"\{[^}]*\}")


class Request(NamedTuple):
    """The requests of a route."""

    framework: str
    path: str
    file: str
    """The route as its files are called, where they say it: `/(app)/rows/[id]`."""
    is_whole: bool
    """Functions are handed whole paths."""


class Located:
    """The branches of a function for the requests of one route; is_written: for those alone with its path as it writes it."""

    def __init__(self, corpus: Corpus, own: File, symbols: Symbols, request: Request, is_written: bool = False) -> None:
        self._corpus = corpus
        self._own = own
        self._symbols = symbols
        self._framework, self._path, self._file, is_whole = request
        self._is_written = is_written
        self._is_whole = is_whole or self._framework not in RELATIVE

    def holds(self, step: Step) -> bool | None:
        """Whether a branch holds for whoever asks for the route; null where that cannot be told."""
        asked = [each for each in self._own.tests.get(step.function_name, []) if each.position == step.position]
        return self.told(asked) if asked else None

    def told(self, tests: Sequence[PathTest]) -> bool | None:
        """Whether the branch holds that asks for these."""
        said = any_of(self._test(each) for each in tests)
        return None if said is None else said != tests[0].negated

    def _test(self, test: PathTest) -> bool | None:
        if test.how == "asks":
            return self._answer(test)
        told = any_of(None if each is None else self._of_text(test, each + test.suffix) for each in self._texts(test))
        return told if test.whole or told is False else None

    def _answer(self, test: PathTest) -> bool | None:
        """What a function of another file answers that is given the path."""
        key = self._symbols.resolve(test.at.file, test.value, test.function_name)
        own = self._corpus.get(key.file) if key.file else None
        told = [each for each in own.tests.get(key.name, []) if each.position == ANSWER] if own is not None else []
        if not told or any(each.how == "asks" for each in told):
            return None
        return self.told([each._replace(subject=test.subject, folded=test.folded or each.folded) for each in told])

    def _texts(self, test: PathTest) -> Iterator[str | None]:
        """The texts that a path is held against; null where one cannot be told."""
        if test.kind == "symbol":
            yield from self._listed(self._symbols.resolve(test.at.file, test.value, test.function_name))
        else:
            yield test.value if test.kind == "text" else None

    def _listed(self, key: Key) -> Iterator[str | None]:
        """What a name stands for: a text, or the texts of a list."""
        own = self._corpus.get(key.file) if key.file else None
        listed = own.lists.get(key.name, []) if own is not None else []
        for each in listed:
            yield each.value if each.kind == "text" else self._named(key.file, each.value) if each.kind == "symbol" else None
        if not listed:
            yield self._symbols.constant(key)

    def _named(self, file: str, symbol: str) -> str | None:
        return self._symbols.constant(self._symbols.resolve(file, symbol))

    def _of_text(self, test: PathTest, text: str) -> bool | None:
        if test.subject == "route":
            return ASKS[test.how](self._file, text) if self._file else None
        if "{" in text:  # a part of it is told elsewhere
            return None
        paths = [self._path] if self._is_whole or test.subject == "original" else list(_ends_of(self._path))
        told = {self._asked(test, each, text) for each in paths}
        return told.pop() if len(told) == 1 else None

    def _asked(self, test: PathTest, path: str, text: str) -> bool | None:
        if self._is_always(test, path, text):
            return True
        return False if self._is_never(test, path, text) else None

    def _ways(self, test: PathTest) -> list[str]:
        """How else the path may be written; where it is asked for as the route writes it, in no other way."""
        said = WAYS.get(f"{self._framework} sent") if test.subject != "path" else None
        return [] if self._is_written else (said or WAYS[self._framework]).split()

    def _is_always(self, test: PathTest, path: str, text: str) -> bool:
        """Whether a path is so however it is written."""
        ways = self._ways(test)
        if "escape" in ways or (test.subject in QUERIED and test.how in {"ends", "is"}):
            return text == "/" and test.how in {"starts", "holds"}
        if "case" in ways and not test.folded and text.lower() != text.upper():
            return False
        written = path.lower() if test.folded else path
        ask = ASKS[test.how]
        if "slash" in ways:
            bare = written.rstrip("/") or "/"
            return all(ask(each, text) is True for each in {bare, bare.rstrip("/") + "/"})
        return ask(written, text) is True

    def _is_never(self, test: PathTest, path: str, text: str) -> bool:
        """Whether a path is never so, however it is written: a query may hold whatever is looked for behind the beginning."""
        ways, how = self._ways(test), test.how
        if test.subject in QUERIED and "?" in text and how in {"starts", "is"}:
            text, how = text.partition("?")[0], "is"
        if ("%" in text and "escape" in ways) or (how in {"ends", "holds"} and (test.subject in QUERIED or not text.startswith("/"))):
            return False
        ask, bare = ASKS[how], path.lower().rstrip("/")
        written = {path.lower(), bare or "/", f"{bare}/"} if "slash" in ways else {path.lower()}
        return all(ask(each, text.lower()) is False for each in written)


def request(endpoint: Endpoint, path: str, is_whole: bool) -> Request:
    """The requests of a route, as it is registered."""
    found = ROUTE.search(endpoint.at.file) if endpoint.framework == "sveltekit" else None
    return Request(endpoint.framework, path, (found["folders"] or "/") if found else "", is_whole)


def any_of(told: Iterable[bool | None]) -> bool | None:
    """Whether any of several holds; null where that cannot be told."""
    said = list(told)
    return True if True in said else None if None in said else False


def starts(path: str, text: str) -> bool | None:
    """Whether every path of a route begins with a text, or none does; null where some may."""
    fixed = path.partition("{")[0]
    if fixed.startswith(text):
        return True
    return None if fixed != path and text.startswith(fixed) else False


def ends(path: str, text: str) -> bool | None:
    """Whether every path of a route ends with a text, or none does."""
    fixed = path.rpartition("}")[2]
    if fixed.endswith(text):
        return True
    return None if fixed != path and text.endswith(fixed) else False


def is_one(path: str, text: str) -> bool | None:
    """Whether the path of a route is a text."""
    if "{" not in path:
        return path == text
    is_like = starts(path, text) is not False or text.startswith(path.partition("{")[0])
    return None if is_like and text.endswith(path.rpartition("}")[2]) else False


def holds(path: str, text: str) -> bool | None:
    """Whether every path of a route has a text in it."""
    if "{" not in text and any(text in each for each in PART.split(path)):
        return True
    return None if "{" in path else False


ASKS: Mapping[str, Asks] = {"starts": starts, "ends": ends, "is": is_one, "holds": holds}


def _ends_of(path: str) -> Iterator[str]:
    """A path, and what is left of it below each of its parts."""
    parts = path.split("/")[1:]
    for first in range(len(parts)):
        yield "/" + "/".join(parts[first:])
    yield "/"
