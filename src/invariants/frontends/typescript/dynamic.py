"""Registrations that only the running program knows: a method that is computed, what a folder or a list holds, a router's own stack."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.source import Unread
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import Registration
from invariants.frontends.typescript.routers import Routers
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, named

STACK = re.compile(r"(?P<owner>[\w.]+?)(\._router|\.router)?\.stack")
CHANGING = (".push", ".unshift", ".splice")
SET = re.compile(rb"\.stack\s*=[^=>]")
REMEDY = "Register it with a path that is written out, on a router that is made in this file."


def unread(module: Reader, node: Node, what: str, remedy: str = REMEDY) -> Unread:
    """A registration of which this is decided at run time."""
    return Unread(module.source.head(node), "dynamic", f"{what} is decided at run time", remedy)


def computed(module: Reader, each: Registration, given: list[Node]) -> Iterator[Unread]:
    """`app[route.method](route.path, route.handler)`."""
    if each.method == "" and len(given) > 1:
        yield unread(module, each.call, "a route's method")


def is_undecided(module: Reader, node: Node, scope: Scope, looped: bool) -> bool:
    """What is known only while the program runs: a parameter, what a loop goes over, a module of a name that is computed."""
    inner = awaited(node)
    if inner.type in FUNCTIONS:
        return False
    root = module.source.symbol(inner).split(".", maxsplit=1)[0]
    owner = scope.owner(root)
    if owner is not None and (root in owner.parameters or (looped and root in owner.values)):
        return True
    return _loads(module, owner.values[root][0].node if owner is not None and root in owner.values else inner)


def _loads(module: Reader, node: Node) -> bool:
    """Whether a module is loaded by a name that is put together: `require(path.join(folder, file)).default`."""
    inner = awaited(node)
    while inner.type in {"member_expression", "call_expression"}:
        function = inner.child_by_field_name("function")
        if function is not None and (function.type == "import" or module.source.text(function) == "require"):
            return bool(arguments(inner)) and module.source.string(arguments(inner)[0]) is None
        inner = awaited(named(inner)[0])
    return False


def stacked(module: Reader, routers: Routers) -> Iterator[Unread]:
    """What is put into a router's stack by hand: `app._router.stack.push(layer)`, `router.stack = layers`."""
    if b".stack" not in module.source.content:
        return
    for call in list(module.calls.values()):
        match = STACK.fullmatch(call.symbol.rpartition(".")[0]) if call.symbol.endswith(CHANGING) else None
        if match is not None and routers.receiver_of(match["owner"], call.scope) is not None:
            yield unread(module, call.node, "what is put into the stack of a router")
    for left, right in _set(module.source.root) if SET.search(module.source.content) else ():
        match = STACK.fullmatch(module.source.text(left))
        is_part = module.source.symbol(right).endswith(".stack.filter")
        if match is not None and not is_part and routers.receiver_of(match["owner"], module.bodies[0].scope) is not None:
            yield unread(module, left, "what the stack of a router holds")


def _set(root: Node) -> Iterator[tuple[Node, Node]]:
    """What is assigned anywhere in a file, and to what."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "assignment_expression" and left is not None and right is not None:
            yield left, right
        waiting.extend(node.named_children)
