"""What NestJS puts around a method, beside guards: interceptors, what makes its parameters, and filters of exceptions."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import Use
from invariants.frontends.typescript.answered import is_local
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, bare, named
from invariants.frontends.typescript.wrapping import name
from invariants.languages.trees import tail

INTERCEPTING, FILLING = 2, 3
"""When interceptors run, and what makes parameters: after all guards."""


def used(module: Reader, node: Node, router: str, position: int, rank: int, symbol: str) -> Use:
    """What stands on a method or class."""
    call = module.calls.get(bare(node).id)
    function, step = (call.function, call.position) if call is not None else ("", None)
    return Use(module.source.place(node), router, position, True, rank, "middleware", symbol, "all", "/**", "", "", False, function, step)


def filtered(module: Reader, node: Node, router: str, position: int) -> Use:
    """A filter of exceptions, which is asked after errors."""
    return used(module, node, router, position, 0, f"{name(module, node)}.catch")._replace(means="rescue", covers="before")


def intercepted(module: Reader, decorator: Node, router: str, position: int) -> Iterator[Use]:
    """`@UseInterceptors(A, B)`: the first is the outermost."""
    for rank, each in enumerate(arguments(bare(decorator))):
        yield used(module, each, router, position, rank, f"{name(module, each)}.intercept")._replace(stage=INTERCEPTING)


def filling(module: Reader, method: str, router: str, position: int) -> Iterator[Use]:
    """The decorators of a method's parameters that are the repository's own: `@CurrentUser() user`."""
    node = module.nodes.get(method)
    taken = node.child_by_field_name("parameters") if node is not None else None
    marks = [named(mark)[0] for each in (named(taken) if taken is not None else ()) for mark in named(each) if mark.type == "decorator"]
    for rank, each in enumerate(marks):
        symbol = module.source.symbol(each)
        known = module.imports.get(symbol.partition(".")[0])
        if (known is not None and is_local(known.source)) or (known is None and tail(symbol) in module.nodes):
            yield used(module, each, router, position, rank, symbol)._replace(stage=FILLING)
