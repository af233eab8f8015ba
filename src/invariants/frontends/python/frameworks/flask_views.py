"""Classes of Flask's views: the methods that answer, and what stands before all of them."""

import ast
from collections.abc import Iterator

from invariants.frontends.python.registering import Guarded, Registrations, lineage
from invariants.frontends.python.scopes import Function
from invariants.frontends.python.symbols import elements, parts, symbol
from invariants.frontends.python.syntax import Module, assigned

VERBS = ("get", "post", "put", "patch", "delete")
CLASS_VERBS = (*VERBS, "head", "options")
LISTS = {"decorators", "method_decorators"}
DISPATCH = "dispatch_request"


class Views(Registrations):
    """The classes of one file whose methods may answer."""

    def shared(self, node: ast.ClassDef) -> Iterator[Guarded]:
        """What ``decorators`` of a class lists, the outermost first; a subclass's list stands in the place of its base's."""
        for each in node.body:
            for name, value in assigned(each):
                if name in LISTS:
                    yield from reversed(list(self.stated(value)))
                    return
        for base in node.bases:
            found = self.classed(symbol(base))
            if found is not None and found is not node:
                yield from self.shared(found)
                return

    def dispatched(self, node: ast.ClassDef) -> Iterator[Guarded]:
        """What stands on the method that hands requests to those of a class."""
        methods = (each for one in lineage(self.module, node) for each in one.body if isinstance(each, Function) and each.name == DISPATCH)
        method = next(methods, None)
        yield from (("decorator", each) for each in (method.decorator_list if method is not None else ()))

    def stated(self, node: ast.expr) -> Iterator[Guarded]:
        """The decorators that a list holds, with those of another class's list that is put into it."""
        for each in parts(node, self.module.bindings):
            inner = each.value if isinstance(each, ast.Starred) else each
            of = self.classed(symbol(inner.value)) if isinstance(inner, ast.Attribute) and inner.attr in LISTS else None
            if of is not None:
                yield from reversed(list(self.shared(of)))
            else:
                yield "decorator", inner

    def classed(self, name: str) -> ast.ClassDef | None:
        """A class of this file."""
        return next((one for one, scope in self.module.definitions if scope.name == name and isinstance(one, ast.ClassDef)), None)

    def answering(self, node: ast.ClassDef, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """The methods of a class that answer, also those of what it stands on in this file."""
        yield from (each.name for each in node.body if isinstance(each, Function) and each.name in CLASS_VERBS)
        for base in (self.classed(symbol(each)) for each in node.bases):
            if base is not None and base.name not in seen:
                yield from self.answering(base, seen | {node.name})


def listed(node: ast.expr | None, module: Module) -> Iterator[Guarded]:
    """The decorators that a list holds."""
    listed = elements(node, module.bindings)
    for each in [node] if listed is None and node else listed or []:
        yield "decorator", each
