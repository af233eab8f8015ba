"""Arguments that are what the caller sent: who is given one, and nothing else, learns nothing of who comes but what that says itself."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import OPEN, Argument
from invariants.frontends.typescript.arguments import told, whole
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.requests import CALLER, NEXT_HEADERS, REQUESTS
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.signing import EMPTIES, open_key

WRITTEN = frozenset({"string", "number", "boolean", "null", "function"})
"""What is written there is what nobody sent."""
SEEN = CALLER | REQUESTS


class Sending:
    """Follows what the calls of a file are given, in functions that see a request."""

    def __init__(self, reader: Reader, tracer: Tracer) -> None:
        self._reader = reader
        self._tracer = tracer
        self._asked: dict[int, bool] = {}
        self._is_signed = any(each.source in EMPTIES for each in reader.imports.values())
        self._is_next = any(each.source == "next/headers" and each.name in NEXT_HEADERS for each in reader.imports.values())

    def arguments(self) -> Iterator[Argument]:
        """What calls are given, and which of it is what the caller sent."""
        reader, source = self._reader, self._reader.source
        for call, position, scope in reader.given:
            asks = self._asks(scope)
            for name, part in whole(reader, call, scope):
                kind, value = told(reader, part, scope)
                said = self._said(part, scope) if asks and kind not in WRITTEN else ""
                yield Argument(source.place(part), scope.name, position, name, kind, value, said)
            if self._is_signed and (opened := open_key(self._tracer, call, source.symbol(call), scope)):
                yield Argument(source.place(call), scope.name, position, OPEN, "other", opened)

    def _said(self, node: Node, scope: Scope) -> str:
        """What of the request a value is, by where it comes from and by its name here; empty where it may be something else."""
        found = self._tracer.alone(node, scope, {"caller", "constant"})
        sent = [each.symbol for each in found if each.origin == "caller"]
        return " ".join(dict.fromkeys([*sent, self._reader.source.symbol(node)])).strip() if sent else ""

    def _asks(self, scope: Scope) -> bool:
        """Whether a function sees a request, by the names that it has for one."""
        if id(scope) not in self._asked:
            self._asked[id(scope)] = self._is_next or _sees(scope) or (scope.outer is not None and self._asks(scope.outer))
        return self._asked[id(scope)]


def _sees(scope: Scope) -> bool:
    named = any(name in REQUESTS or each.name.partition(".")[0] in SEEN for name, each in scope.parameters.items())
    return named or scope.is_sent or not REQUESTS.isdisjoint(scope.values)
