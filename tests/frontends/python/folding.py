"""Registrations of several files put together the simplest way: routers into routers, as far as small applications go."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from invariants.facts.code import Import
from invariants.facts.web import Endpoint, Mount, Router
from invariants.frontends.python import read

Name = tuple[str, str]
"""A module, and a name in it."""


class Folder:
    """The Python files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.facts: dict[str, list[Any]] = {}
        for path in sorted(folder.rglob("*.py")):
            relative = path.relative_to(folder).as_posix()
            name = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            self.facts[name] = list(read(relative, path.read_bytes()))
        self.routers = {(module, each.name): each for module, found in self.facts.items() for each in found if isinstance(each, Router)}

    def routes(self) -> set[str]:
        """Every route that is served, by its method and path."""
        mounted = {self.resolved(module, each.child) for module, found in self.facts.items() for each in found if isinstance(each, Mount)}
        apps = [name for name, router in self.routers.items() if router.kind == "app" and name not in mounted]
        return {each.replace("//", "/") for name in apps for each in self.below(name, "", frozenset())}

    def below(self, name: Name, prefix: str, seen: frozenset[Name], replaced: str | None = None) -> Iterator[str]:
        """The routes of a router and of those in it."""
        prefix += (self.routers[name].prefix or "") if replaced is None else replaced
        for module, fact in self.registered(name) if name not in seen else ():
            if isinstance(fact, Endpoint):
                yield f"{fact.method} {prefix + (fact.path or '') or '/'}"
            else:
                child = self.resolved(module, fact.child)
                if child in self.routers:
                    before = None if not fact.replaces else fact.prefix
                    yield from self.below(child, prefix + ("" if fact.replaces else fact.prefix or ""), seen | {name}, before)

    def registered(self, name: Name) -> Iterator[tuple[str, Any]]:
        for module, found in self.facts.items():
            for each in found:
                if isinstance(each, Endpoint | Mount) and self.resolved(module, each.router) == name:
                    yield module, each

    def resolved(self, module: str, symbol: str) -> Name:
        """What a symbol of a module is: something in it, something imported, or a dotted name."""
        if (module, symbol) in self.routers:
            return module, symbol
        root, _, rest = symbol.partition(".")
        for each in self.facts[module]:
            if isinstance(each, Import) and each.local == root:
                return self.dotted(".".join(part for part in (each.source.lstrip("."), each.name, rest) if part))
        return self.dotted(symbol)

    def dotted(self, name: str) -> Name:
        module = max((each for each in self.facts if name.startswith(f"{each}.")), key=len, default="")
        return module, name.removeprefix(f"{module}.")
