"""Registrations of several files put together the simplest way: routers into routers, as far as small applications go."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from invariants.facts.code import Alias, Argument, Constant, Import, Parameter, Step
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
                yield f"{fact.method} {prefix + self.said(module, fact.path or '') or '/'}"
            else:
                child = self.resolved(module, fact.child)
                if child in self.routers:
                    before = None if not fact.replaces else fact.prefix
                    below = self.said(module, "" if fact.replaces else fact.prefix or "")
                    yield from self.below(child, prefix + below, seen | {name}, before)

    def registered(self, name: Name) -> Iterator[tuple[str, Any]]:
        for module, found in self.facts.items():
            for each in found:
                if isinstance(each, Endpoint | Mount) and self.resolved(module, each.router) == name:
                    yield module, each

    def resolved(self, module: str, symbol: str) -> Name:
        """What a symbol of a module is: something in it, something imported, or a dotted name."""
        if (module, symbol) in self.routers:
            return module, symbol
        function, _, last = symbol.rpartition(".")
        for value in self.given(module, function, last):
            return self.resolved(module, value)
        root, _, rest = symbol.partition(".")
        for each in self.facts[module]:
            if isinstance(each, Import) and each.local == root:
                return self.dotted(".".join(part for part in (each.source.lstrip("."), each.name, rest) if part))
        return self.dotted(symbol)

    def said(self, module: str, path: str) -> str:
        """A path with the constants of other files in it."""
        return re.sub(r"\$\{([\w.]+)\}", lambda match: self.constant(*self.resolved(module, match[1])), path)

    def constant(self, module: str, name: str) -> str:
        """The string that a name of a module stands for, also as an attribute of an object."""
        owner, _, last = name.rpartition(".")
        names = {name, *(f"{each.symbol}.{last}" for each in self.facts[module] if isinstance(each, Alias) and each.name == owner)}
        return next(each.value for each in self.facts[module] if isinstance(each, Constant) and each.name in names)

    def given(self, module: str, function: str, parameter: str) -> Iterator[str]:
        """What a function of this module is given as one of its parameters."""
        named = [each for each in self.facts[module] if isinstance(each, Parameter) and each.function_name == function]
        places = {str(each.position) for each in named if each.name == parameter}
        calls = {each.position for each in self.facts[module] if isinstance(each, Step) and each.symbol == function}
        for each in self.facts[module]:
            if isinstance(each, Argument) and each.position in calls and each.name in places and not each.function_name:
                yield each.value

    def dotted(self, name: str) -> Name:
        module = max((each for each in self.facts if name.startswith(f"{each}.")), key=len, default="")
        return module, name.removeprefix(f"{module}.")
