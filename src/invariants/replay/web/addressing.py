"""Middleware and hooks that ask which path or method a request has: what they come to for the requests of one route."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from invariants.facts.code import Step
from invariants.facts.web import SLASHES, Endpoint, Setting
from invariants.replay.web.applying import CALLED, answered
from invariants.replay.web.begun import only_looks_back
from invariants.replay.web.choosing import Choosing
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.guards import Guard
from invariants.replay.web.lineage import lineage
from invariants.replay.web.locating import WAYS, Located, any_of, ends, holds, is_one, request, starts
from invariants.replay.web.outcomes import REJECTS, Effect
from invariants.replay.web.patterns import covers
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.walking import Walker

EXCLUDES = "excludes "
"""What begins the name of a class of middleware, where a setting says which paths it lets by."""
EXCLUDED = Effect("unverified", "it lets some paths by, and it cannot be told whether that is one of them")
SPELLED = Effect(
    "unverified",
    "it asks for the path as it is written, and the route is answered where that is written otherwise, too: in capitals, with a slash at "
    "its end, or with escapes, as far as the framework takes them",
)
PREDICATE = ".has_permission"
"""Ends the name of what is asked whether a request may pass."""
READING = frozenset(f"rest_framework.permissions.{each}" for each in ("IsAuthenticatedOrReadOnly", "DjangoModelPermissionsOrAnonReadOnly"))
"""What lets everybody read."""
SAFE = "SAFE_METHODS"
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BY = Effect("passes", "it lets requests of this route by")
PATH = frozenset({"path", "url.path", "path_info", "rel_url.path", "scope.path"})
"""What of a request its path is."""
TEXT = r"""(?:'[^'\\]*'|"[^"\\]*"|[A-Za-z_]\w*)"""
AMONG = rf"""(?:[(\[{{]\s*{TEXT}(?:\s*,\s*{TEXT})*\s*,?\s*[)\]}}]|{TEXT})"""
NAME = re.compile(r"[A-Za-z_]\w*")
QUOTES = ("'", '"')
PART = re.compile(r"""\[["'](\w+)["']\]""")
ENDS = re.compile(rf"(?P<no>not )?(?P<who>[\w.]+(?:\[[^\]]+\])?)\.(?P<how>startswith|endswith)\((?P<said>{AMONG})\)")
SAME = re.compile(rf"(?P<no>not )?(?P<who>[\w.]+(?:\[[^\]]+\])?) (?P<how>==|!=|in|not in) (?P<said>{AMONG})")
HOLDS = re.compile(rf"(?P<no>not )?(?P<said>{TEXT}) (?P<how>in|not in) (?P<who>[\w.]+(?:\[[^\]]+\])?)")


class Addressing:
    """Judges guards for the requests of one route."""

    def __init__(self, corpus: Corpus, symbols: Symbols, walker: Walker) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._walker = walker

    def at(self, guard: Guard, endpoint: Endpoint, path: str | None, is_whole: bool = False) -> Guard:
        """A guard, as it is for a route: some of its conditions may hold there, and others not. is_whole: it is handed whole paths."""
        if guard.symbol in READING and endpoint.method in WRITING:
            return guard._replace(effect=REJECTS)
        if (excluded := self._excludes(guard.key, path)) is not False and guard.effect.state in {"rejects", "unverified"}:
            return guard._replace(effect=BY if excluded else EXCLUDED)
        key = self._called(guard.key) if path is not None else None
        own = self._corpus.files[key.file] if key is not None else None
        if key is None or own is None or path is None:
            return guard
        asked = self._asked(own, key, endpoint, path, is_whole)
        told = [self._told(key, own, each) for each in asked]
        every, written = (told[0], told[-1]) if told else (None, None)
        is_missed = every is None and written is not None and written.state == "rejects"
        return guard._replace(effect=BY if BY in told else SPELLED if is_missed else every or guard.effect)

    def _asked(self, own: File, key: Key, endpoint: Endpoint, path: str, is_whole: bool) -> list[Callable[[Step], bool | None]]:
        """What says whether conditions hold for a route: first for all of its requests, then for those with its path as it writes it."""
        if own.language == "python":
            return [Asked(own, self._symbols, self._spelled(endpoint, path), endpoint.method).holds]
        ways = (False, True) if key.name in own.tests and endpoint.framework in WAYS else ()
        return [Located(self._corpus, own, self._symbols, request(endpoint, path, is_whole), each).holds for each in ways]

    def _spelled(self, endpoint: Endpoint, path: str) -> list[str]:
        """The ways in which a route's path may be written: Sanic takes a slash at its end, or none, and Flask where it is told to."""
        is_lenient = endpoint.framework == "sanic" or (endpoint.framework == "flask" and self._takes_slashes)
        return [path, path.rstrip("/") if path.endswith("/") else f"{path}/"] if is_lenient and path != "/" else [path]

    @cached_property
    def _takes_slashes(self) -> bool:
        return any(each.name == SLASHES for own in self._corpus.files.values() for each in own.facts[Setting])

    def _told(self, key: Key, own: File, holds: Callable[[Step], bool | None]) -> Effect | None:
        """What a function comes to where conditions hold or do not; null where none of them can be told."""
        chosen = Choosing(own, key.name, holds)
        found = self._of_steps(key, chosen.steps) if chosen.is_decided else BY
        is_by = found is None or found.state in {"passes", "void"} or only_looks_back(chosen.steps)
        return None if not chosen.is_decided else BY if is_by else found

    def _of_steps(self, key: Key, steps: Sequence[Step]) -> Effect | None:
        """What a function comes to by some of its steps; a permission answers yes or no."""
        if key.name.endswith(PREDICATE):
            return self._walker.asked(key, taken=steps)
        return self._walker.answering(key, [steps], by_call=False)

    def _excludes(self, key: Key, path: str | None) -> bool | None:
        """Whether a class of middleware says that it lets a path by, or one that it stands on; null where it cannot be told."""
        classes = lineage(self._corpus, self._symbols, key) if self._excluded and key.file else []
        said = next((self._excluded[each] for each in classes if each in self._excluded), [])
        return any_of(_found(each, path) for each in said)

    @cached_property
    def _excluded(self) -> dict[Key, list[str]]:
        found: dict[Key, list[str]] = {}
        for path, own in self._corpus.files.items():
            for each in own.facts[Setting]:
                if each.name.startswith(EXCLUDES):
                    found.setdefault(Key(path, each.name.removeprefix(EXCLUDES)), []).append(each.symbol)
        return found

    def _called(self, key: Key) -> Key | None:
        """What a framework calls of middleware: the function, or the first method of a class that is the repository's."""
        own = self._corpus.get(key.file)
        if own is None or key.name not in own.functions:
            return None
        if own.functions[key.name].kind == "function":
            inner = answered(own, key.name, own.steps.get(key.name, []), is_outermost=True)
            return Key(key.file, inner[0]) if len(inner) == 1 else key
        met = (self._symbols.resolve(key.file, f"{key.name}.{name}") for name in CALLED)
        return next((each for each in met if each.file and each.name in self._corpus.files[each.file].functions), None)


class Asked:
    """The conditions of a function about the path and the method of a request, where that is one of a route."""

    def __init__(self, own: File, symbols: Symbols, paths: Sequence[str], method: str) -> None:
        self._own = own
        self._symbols = symbols
        self._paths = paths
        self._methods = {"GET": ("GET", "HEAD")}.get(method, (method,))

    def holds(self, step: Step) -> bool | None:
        """Whether a condition holds; null where it cannot be told."""
        found = ENDS.fullmatch(step.symbol) or SAME.fullmatch(step.symbol) or HOLDS.fullmatch(step.symbol)
        texts = self._texts(found["said"], step) if found is not None else None
        if found is None or not texts:
            return None
        asked = self._asked(step, found["who"])
        said = self._of_path(found, texts) if asked == "path" else self._of_method(found, texts) if asked == "method" else None
        return None if said is None else said != (bool(found["no"]) != (found["how"] in {"!=", "not in"}))

    def _asked(self, step: Step, who: str) -> str:
        """What a condition looks at: the path, the method, or something else as well."""
        told = [each for each in self._own.dependences.get((step.function_name, step.position), []) if not each.symbol.endswith(SAFE)]
        is_sent = any(each.origin == "caller" for each in told) and all(each.origin in {"caller", "constant"} for each in told)
        name = PART.sub(r".\1", who)
        alias = self._own.aliases.get(f"{step.function_name}.{name}") if NAME.fullmatch(name) else None
        _, _, part = (alias.symbol if alias is not None else name).removeprefix("self.").partition(".")
        return "" if not is_sent else "path" if part in PATH else "method" if part in {"method", "scope.method"} else ""

    def _texts(self, said: str, step: Step) -> list[str] | None:
        """The texts that a condition names; null where one of them cannot be told."""
        if said.rpartition(".")[2] == SAFE:
            return ["GET", "HEAD", "OPTIONS"]
        if NAME.fullmatch(said) and SAME.fullmatch(step.symbol) and " in " in f" {step.symbol} ":
            listed = self._own.dependences.get((step.function_name, step.position), [])
            return [each.symbol[1:-1] for each in listed if each.origin == "constant" and each.symbol[:1] in QUOTES]
        names = re.findall(TEXT, said)
        told = [each[1:-1] if each[0] in QUOTES else self._named(each, step) for each in names]
        return None if None in told else [each for each in told if each is not None]

    def _named(self, name: str, step: Step) -> str | None:
        key = self._symbols.resolve(step.at.file, name, step.function_name)
        own = self._symbols.constant(Key(step.at.file, name))
        return own if own is not None else self._symbols.constant(key) if key.file else None

    def _of_method(self, found: re.Match[str], texts: list[str]) -> bool | None:
        if found.re is not SAME or "ANY" in self._methods:
            return None
        told = {each in texts for each in self._methods}
        return told.pop() if len(told) == 1 else None

    def _of_path(self, found: re.Match[str], texts: list[str]) -> bool | None:
        if found.re is ENDS:
            ask = starts if found["how"] == "startswith" else ends
        elif found.re is HOLDS:
            ask = holds
        else:
            ask = is_one
        said = {any_of(ask(path, each) for each in texts) for path in self._paths}
        return said.pop() if len(said) == 1 else None


def _found(pattern: str, path: str | None) -> bool | None:
    """Whether the path of a route is one of those of a pattern; null where that cannot be told."""
    return None if path is None or "{" in path or pattern == "?" else covers(pattern, path)
