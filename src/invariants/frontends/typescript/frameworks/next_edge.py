"""Next.js's `middleware.ts`, called `proxy.ts` from version 16 on: what stands before the whole application."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.facts.web import Use
from invariants.frontends.typescript.doors import doors
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import awaited, bare, field, named

TRIGGERS: tuple[bytes, ...] = ()
PATHS = r"(?:^|/)(?:middleware|proxy)\.[cm]?[jt]sx?$"
FILE = re.compile(r"^(?:.*/)?(?:src/)?(?:middleware|proxy)\.[cm]?[jt]sx?$")
NEGATED = re.compile(r"^/\(\(\?!(?P<words>.*)\)\.[*+]\)$")
SEVERAL = re.compile(r"^/\((?P<words>[\w|/-]+)\)(?:\(\.\*\)|/:path\*)$")
"""`/(api|trpc)(.*)`."""
REMEDY = "Write the matcher as a string or a list of strings."


def read(module: Reader) -> Iterator[Any]:
    """The middleware and the paths that it stands before."""
    if not FILE.search(module.source.path) or not _is_next(module):
        return
    matchers = list(_matchers(module))
    for door in doors(module, ("middleware", "proxy", "default")):
        layers: list[tuple[str, Node | None]] = [(layer.symbol, layer.call) for layer in door.layers]
        if not layers or door.handler in module.nodes:
            layers.append((door.handler, None))
        for rank, (symbol, call) in enumerate(layers):
            yield from (_use(module, door.at, rank, symbol, call, each) for each in matchers)
    if any(pattern is None for pattern, _ in matchers):
        yield Unread(module.source.head(module.source.root), "dynamic", "the matcher of the middleware cannot be told", REMEDY)


def _use(module: Reader, at: Place, rank: int, symbol: str, node: Node | None, matcher: tuple[str | None, str]) -> Use:
    call = module.calls.get(node.id) if node is not None else None
    name, step = (call.function, call.position) if call is not None else ("", None)
    return Use(at, "", 0, False, rank, "edge", symbol, "all", matcher[0], "", matcher[1], False, name, step)


def _is_next(module: Reader) -> bool:
    """A file of this name is Next's where it stands at a root, or takes something of Next."""
    return any("next" in taken.source for taken in [*module.imports.values(), *module.passed_on]) or "config" in module.exports


def _matchers(module: Reader) -> Iterator[tuple[str | None, str]]:
    """Each pattern, and what it lets by."""
    config = module.bodies[0].scope.value("config")
    matcher = field(module.source, config, "matcher")
    if matcher is None:
        yield ("/**", "") if config is None or awaited(config).type == "object" else (None, "")
        return
    inner = bare(matcher)
    for each in named(inner) if inner.type == "array" else [inner]:
        source = field(module.source, each, "source") if each.type == "object" else each
        text = module.source.string(source)
        yield from patterns(text) if text is not None else [(None, "")]


def patterns(matcher: str) -> list[tuple[str | None, str]]:
    """A matcher as patterns of paths, and the patterns that each lets by."""
    several = SEVERAL.match(matcher)
    return [(f"/{word}/**", "") for word in several["words"].split("|")] if several is not None else [_pattern(matcher)]


def _pattern(matcher: str) -> tuple[str | None, str]:
    negated = NEGATED.match(matcher)
    if negated is not None:
        return "/**", " ".join(each for word in _alternatives(negated["words"]) for each in _excluded(word))
    parts = [_part(part) for part in matcher.strip("/").split("/")] if matcher != "/" else []
    found = None if None in parts else "/" + "/".join(part for part in parts if part)
    return found, ""


def _alternatives(words: str) -> list[str]:
    """The parts of an alternation, at its outermost level."""
    parts, depth = [""], 0
    for letter in words:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _excluded(word: str) -> list[str]:
    plain = word.strip("/").removesuffix("$")
    if not re.fullmatch(r"[\w./-]+", plain):
        return []
    return [f"/{plain}/**"] if word.endswith("/") else [f"/{plain}", f"/{plain}/**"]


def _part(part: str) -> str | None:
    """A segment: a word, `:name`, `:name*` for any number of them; null where it is more than that."""
    if re.fullmatch(r"[\w.~@%-]*", part):
        return part
    found = re.fullmatch(r":(\w+)([*+?]?)", part)
    if found:
        return "**" if found[2] in {"*", "+"} else f"{{{found[1]}}}"
    return "**" if part in {"(.*)", ":path(.*)", "(:path*)"} else None
