"""Names that stand for more than one thing: functions that are declared again, and what is put in the place of one later."""

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from invariants.facts.code import Alias
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, bare, fields
from invariants.languages.trees import tail

PROTOTYPE = ".prototype"
OWN = "this."
MIXES = frozenset({"Object.assign", "Object.defineProperty", "Object.defineProperties"})


def rebound(reader: Reader, aliases: Iterable[Alias]) -> Iterator[Alias]:
    """Each of these names, as one that stands for nothing that can be told; aliases: names for other things."""
    found = dict(_again(reader, aliases))
    found |= {name: node for each in (_assigned, _given, _mixed, _returned) for name, node in each(reader)}
    yield from (Alias(reader.source.place(node), name, "", False) for name, node in found.items())


def _again(reader: Reader, aliases: Iterable[Alias]) -> Iterator[tuple[str, Node]]:
    """Functions of one name, and names of functions that are exported as something else."""
    yield from ((name, reader.nodes[name]) for name in reader.doubled)
    for each in aliases:
        if each.name in reader.nodes and each.name != "default" and not each.called:
            yield each.name, reader.nodes[each.name]


def _assigned(reader: Reader) -> Iterator[tuple[str, Node]]:
    """Parts of objects and methods of classes: `auth.requireUser = other`."""
    for left, right, scope in reader.assigned:
        symbol = _symbol(reader, left).replace(PROTOTYPE, "")
        if symbol.startswith(OWN):
            symbol = f"{scope.name.partition('.')[0]}.{symbol.removeprefix(OWN)}"
        node = reader.nodes.get(symbol)
        is_other = node is not None and node != bare(right) and tail(symbol) not in reader.source.text(right)
        if PROTOTYPE in reader.source.symbol(left) or is_other:
            yield symbol, left


def _symbol(reader: Reader, node: Node) -> str:
    """A part of an object, also where it is asked for by a text: `auth["requireUser"]`."""
    index = node.child_by_field_name("index")
    text = reader.source.string(index) if index is not None else None
    return f"{reader.source.symbol(node.child_by_field_name('object'))}.{text}" if text else reader.source.symbol(node)


def _given(reader: Reader) -> Iterator[tuple[str, Node]]:
    """Variables of the module that hold one thing after another."""
    scope = reader.bodies[0].scope
    for name, values in scope.values.items():
        own = [bare(each.node) for each in values]
        node = reader.nodes.get(name)
        is_other = node is not None and not any(each.start_byte <= node.start_byte < each.end_byte for each in own)
        if (len(own) > 1 or is_other) and not all(each.part for each in values):
            yield name, own[-1]


def _mixed(reader: Reader) -> Iterator[tuple[str, Node]]:
    """Objects that others are mixed into: `Object.assign(auth, { requireUser })`."""
    calls = [each for each in reader.calls.values() if each.symbol in MIXES] if b"Object." in reader.source.content else []
    for call in calls:
        [target, *others] = arguments(call.node) or [call.node]
        holder = reader.source.symbol(awaited(target)).replace(PROTOTYPE, "")
        told = [key for each in others if bare(each).type == "object" for key, _ in fields(reader.source, bare(each))]
        is_open = any(bare(each).type != "object" for each in others)
        for name in reader.nodes if holder else ():
            if name.startswith(f"{holder}.") and (is_open or tail(name) in told):
                yield name, call.node


def _returned(reader: Reader) -> Iterator[tuple[str, Node]]:
    """What a function makes and answers with under the name of another thing in it: `return { requireUser: other }`."""
    for body in reader.bodies:
        for _, node in body.answers if body.scope.name else ():
            for key, value in fields(reader.source, bare(node)) if bare(node).type == "object" else ():
                name = f"{body.scope.name}.{key}"
                if name in reader.nodes and reader.nodes[name] != bare(value) and reader.source.text(value) != key:
                    yield name, value
