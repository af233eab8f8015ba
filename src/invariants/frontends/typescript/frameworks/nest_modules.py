"""NestJS's modules: which controllers each has, and under which paths `RouterModule` puts them."""

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import Mount, Router
from invariants.frontends.typescript.paths import braces, path_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import CLASSES, answer, arguments, awaited, bare, field, named
from invariants.frontends.typescript.wrapping import name
from invariants.languages.trees import tail

TRIGGERS = (b"@Module", b"RouterModule")
PATHS = ""


def read(module: Reader) -> Iterator[Any]:
    """The modules of a file, and where they are put."""
    if not any(word in module.source.content for word in TRIGGERS):
        return
    for key, node in list(module.nodes.items()):
        for decorator in module.decorators.get(key, []) if node.type in CLASSES else []:
            if tail(module.source.symbol(decorator)) == "Module" and decorator.type == "call_expression":
                yield from _module(module, key, decorator)
    for call in list(module.calls.values()):
        if call.symbol in {"RouterModule.register", "RouterModule.forRoutes"} and arguments(call.node):
            name = f"RouterModule:{call.node.start_byte}"
            yield Router(module.source.head(call.node), name, "nest", "app", "")
            yield from _put(module, name, arguments(call.node)[0], "")


def _module(module: Reader, key: str, decorator: Node) -> Iterator[Any]:
    yield Router(module.source.head(decorator), key, "nest", "app", "")
    told = field(module.source, arguments(decorator)[0], "controllers") if arguments(decorator) else None
    for each in named(bare(told)) if told is not None and bare(told).type == "array" else []:
        if symbol := module.source.symbol(each):
            yield Mount(module.source.head(each), key, 0, symbol, "", False)


def _put(module: Reader, router: str, told: Node | None, prefix: str | None) -> Iterator[Mount]:
    """The modules of a list, each under its path; those in it under both."""
    inner = module.bodies[0].scope.value(module.source.text(told)) if told is not None and told.type == "identifier" else told
    for each in named(bare(inner)) if inner is not None and bare(inner).type == "array" else []:
        if bare(each).type != "object":
            yield Mount(module.source.head(each), router, 0, module.source.symbol(each), prefix, False)
            continue
        path = path_of(module, field(module.source, each, "path"), module.bodies[0].scope)
        under = None if path is None or prefix is None else prefix + braces("/" + path.strip("/")).rstrip("/")
        symbol = module.source.symbol(field(module.source, each, "module"))
        if symbol:
            yield Mount(module.source.head(each), router, 0, symbol, under, False)
        yield from _put(module, router, field(module.source, each, "children"), under)


def provided(module: Reader, root: Node, token: str) -> Iterator[Node]:
    """The providers of what is global: `{provide: APP_GUARD, useClass: AuthGuard}`."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "object" and module.source.symbol(field(module.source, node, "provide")) == token:
            yield node
        waiting.extend(reversed(node.named_children))


def provided_by(module: Reader, node: Node) -> str:
    """What a global guard is called: its class, also where a function makes one (`useFactory: () => new RolesGuard()`)."""
    made = answer(bare(node))
    inner = awaited(made) if made is not None else node
    return module.source.symbol(inner) if inner.type == "new_expression" else name(module, node)
