"""Rocket: handlers with attributes, which `routes!` names and `mount` serves; what a handler is made from guards it."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.rust.frameworks.utoipa import listed
from invariants.frontends.rust.reader import Item, Reader
from invariants.frontends.rust.routers import Fact, Registering
from invariants.frontends.rust.syntax import arguments, attributes, bare, method
from invariants.languages.trees import tail

TRIGGERS = (b"rocket", b"routes!")
ATTRIBUTE = re.compile(r"#\[(?:rocket::)?(get|post|put|patch|delete|head|options|route)\s*\((.*)\)\s*\]$", re.DOTALL)
TEXT = re.compile(r'"([^"]*)"')
NAMED = re.compile(r"\bmethod\s*=\s*(\w+)")
VERB = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b", re.IGNORECASE)
FILLED = re.compile(r"<(\w+)(?:\.\.)?>")
LIST = re.compile(r"(?:^|_)routes$")
"""What functions that answer a list of handlers are called."""


def read(module: Reader) -> Iterator[Fact]:
    """The handlers, lists and mounts of one file."""
    if b"routes!" in module.source.content or b"rocket" in module.source.content:
        registered = Rocket(module, "rocket")
        registered.handlers()
        for name, item in list(module.items.items()):
            registered.listed(name, item)
        registered.mounted()
        yield from registered.all()


class Rocket(Registering):
    """The handlers and lists of one file."""

    def handlers(self) -> None:
        """Every handler with an attribute, as a router of one route: it is served where a list that names it is."""
        for name, item in self.module.items.items():
            for each in attributes(item.node):
                if found := ATTRIBUTE.match(self.source.text(each)):
                    self._handled(name, item, found[1], found[2])

    def _handled(self, name: str, item: Item, word: str, said: str) -> None:
        text, verb = TEXT.search(said), VERB.search(said.partition('"')[0]) or NAMED.search(said)
        path = text[1].partition("?")[0] if text is not None else None
        filled = set(FILLED.findall(said))
        sent = {each.at for each in self.module.parameters.get(name, []) if each.name in filled}
        method_word = word.upper() if word != "route" else verb[1].upper() if verb is not None else "ANY"
        self.endpoint(self.router(item.node, name), item.node, method_word, path, name, [], item.scope)
        self.facts = [each for each in self.facts if each.at not in sent]

    def listed(self, name: str, item: Item) -> None:
        """A function that answers a list of handlers, or puts such lists together."""
        if LIST.search(tail(name)) and name not in self.routers:
            router = self.router(item.node, name)
            for child in self._children(item.node):
                self.mount(router, item.node, item.scope.function(child), "")

    def _children(self, node: Node) -> Iterator[str]:
        """The handlers and lists that are named below a place."""
        if node.type == "macro_invocation" and self.source.text(node).startswith("routes!"):
            yield from listed(self.source, node)
        elif node.type == "call_expression" and method(node) is None and LIST.search(tail(self.source.symbol(node))):
            yield self.source.symbol(node)
        else:
            for each in node.named_children:
                yield from self._children(each)

    def mounted(self) -> None:
        """`rocket::build().mount("/api", routes![a, b])`."""
        for call in list(self.module.calls.values()):
            given = arguments(call.node)
            if tail(call.symbol) == "mount" and len(given) == 2:
                router = self.router(call.node, f"{call.scope.name}.rocket".lstrip("."))
                self.routers[router] = self.routers[router]._replace(kind="app")
                for child in self._children(given[1]):
                    self.mount(router, call.node, call.scope.function(child), self._prefix(given[0]))

    def _prefix(self, node: Node) -> str | None:
        """What the paths begin with; where an application as a whole is served is not its own to say (`[base, "/api"].concat()`)."""
        found = TEXT.findall(self.source.text(bare(node)))
        return found[-1].rstrip("/") if found else None
