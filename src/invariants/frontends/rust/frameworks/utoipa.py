"""utoipa: a handler whose path stands in an attribute, and which is put into a router by its name."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.routers import Fact, Registering
from invariants.frontends.rust.syntax import Source, attributes

TRIGGERS = (b"utoipa",)
PATH = re.compile(r'\bpath\s*=\s*"([^"]*)"')
VERB = re.compile(r"(?:\(|,|method\()\s*(get|post|put|patch|delete|head|options|trace)\b", re.IGNORECASE)

REMARK = re.compile(r"//[^\n]*|/\*.*?\*/|#\[[^\]]*\]", re.DOTALL)
"""A comment or an attribute among names."""


def read(module: Reader) -> Iterator[Fact]:
    """Every handler with such an attribute, as a router of one route: it is served where `routes!` names it."""
    registered = Utoipa(module, "axum")
    if b"utoipa" in module.source.content and b"actix" not in module.source.content:
        for name, item in module.items.items():
            for each in attributes(item.node):
                text = module.source.text(each)
                if re.match(r"#\[(utoipa::)?path\b", text):
                    registered.handled(name, item.node, text)
    yield from registered.all()


class Utoipa(Registering):
    """The handlers of one file."""

    def handled(self, name: str, node: Node, text: str) -> None:
        """One handler, with each method of its attribute."""
        path = PATH.search(text)
        verbs = [each.upper() for each in VERB.findall(text)] or ["ANY"]
        router = self.router(node, name)
        for verb in dict.fromkeys(verbs):
            self.endpoint(router, node, verb, path[1] if path else None, name, [], self.module.bodies[0].scope)


def listed(source: Source, node: Node) -> list[str]:
    """The handlers that `routes!` names."""
    found = re.search(r"routes!\s*[\(\[\{](.*)[\)\]\}]", source.text(node), re.DOTALL)
    names = REMARK.sub("", found[1]).split(",") if found else []
    return [each.strip().replace("::", ".") for each in names if each.strip()]
