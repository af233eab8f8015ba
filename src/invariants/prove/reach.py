"""What policies, views and functions lead to: the settings that can matter to them, and the tables that they may touch."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings, walk
from invariants.prove.catalog import Catalog, Function
from invariants.prove.clues import body, expression, statements


class Reach:
    """Names by the names that lead to them. Names are compared without their schemas: too much is reached rather than too little."""

    def __init__(self, catalog: Catalog) -> None:
        self._settings: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        for policy in catalog.policies:
            for text in (policy.using, policy.check):
                self._add(policy.table, expression(text) if text else ())
        for view in catalog.views:
            self._add(view.name, statements(view.text))
        for function in catalog.functions:
            self._add(function.name, body(function.language, function.body))
        self._dark = {_last(each.name) for each in catalog.functions if _is_dark(each)}

    def _add(self, name: str, trees: Iterable[Any]) -> None:
        own = _last(name)
        for tree in trees:
            for each in walk(tree):
                if isinstance(each, pb.FuncCall):
                    self._names[own].add(strings(each.funcname)[-1])
                elif isinstance(each, pb.RangeVar):
                    self._names[own].add(each.relname)
                elif isinstance(each, pb.A_Const) and "." in each.sval.sval:
                    self._settings[own].add(each.sval.sval.lower())

    @cache  # noqa: B019  (it lives as long as an attack)
    def names(self, name: str) -> frozenset[str]:
        """The names that are met on the way from one, itself included."""
        seen, waiting = {_last(name)}, [_last(name)]
        while waiting:
            new = self._names.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return frozenset(seen)

    def settings(self, name: str) -> frozenset[str]:
        """The settings that can matter to what has this name."""
        return frozenset(text for each in self.names(name) for text in self._settings.get(each, ()))

    def tables(self, name: str, tables: Iterable[str]) -> list[str]:
        """Those of the tables that a function may touch: all of them, where something on the way cannot be read."""
        met = self.names(name)
        return [table for table in tables if met & self._dark or _last(table) in met]


def _is_dark(function: Function) -> bool:
    """What a function does is not told by its text."""
    return not body(function.language, function.body) or " execute " in f" {' '.join(function.body.lower().split())} "


def _last(name: str) -> str:
    return name.rpartition(".")[2]
