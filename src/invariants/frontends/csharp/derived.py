"""Attributes that stand on ASP.NET Core's `Authorize`, and the policy or the roles that their constructors ask for."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import Setting
from invariants.frontends.csharp.functions import head
from invariants.frontends.csharp.paths import text_of
from invariants.frontends.csharp.reader import Item, Reader
from invariants.frontends.csharp.syntax import named
from invariants.frontends.csharp.types import bases
from invariants.languages.trees import tail

AUTHORIZE = ("Authorize", "AuthorizeAttribute")
TOLD = ("Policy", "Roles")


def asked(module: Reader, item: Item) -> Iterator[Setting]:
    """What an attribute asks for whatever it is given; nothing is written there of a policy that cannot be told."""
    if not any(tail(each).partition("`")[0].endswith(AUTHORIZE) for each in bases(module, item.node)):
        return
    for name, node in _said(module, item.node):
        text = text_of(module, node, item.scope) if node is not None else None
        yield Setting(module.source.head(head(item.node)), "aspnet", f"attribute {item.name}", TOLD.index(name), text or "")


def _said(module: Reader, node: Node) -> Iterator[tuple[str, Node | None]]:
    """The properties that are assigned in a class, and the policy that its base is given."""
    for each in _inside(node):
        left, right = each.child_by_field_name("left"), each.child_by_field_name("right")
        name = tail(module.source.symbol(left)) if each.type == "assignment_expression" and left is not None else ""
        if name in TOLD:
            yield name, right
        if each.type in {"constructor_initializer", "base_list"}:
            given = [one for listed in named(each) if listed.type == "argument_list" for one in named(listed)]
            yield from ((TOLD[0], next(iter(named(one)), None)) for one in given[:1])


def _inside(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        pending.extend(reversed(each.named_children))
