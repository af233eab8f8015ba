"""YAML as nodes with their places: nothing is converted, aliases are not expanded. The one owner of PyYAML."""

from collections.abc import Iterator
from typing import NamedTuple

import yaml

from invariants.facts.place import Place

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Node = yaml.Node


class Broken(Exception):
    """It is no YAML; the line where that shows."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Scalar(NamedTuple):
    """A string, as it is written, and its node."""

    text: str
    node: yaml.ScalarNode


def documents(text: str) -> list[Node]:
    """The documents of a file; :class:`Broken` where it does not parse."""
    try:
        return [each for each in yaml.compose_all(text, Loader=LOADER) if each is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Broken(mark.line + 1 if mark else 1, str(getattr(error, "problem", "") or "it does not parse")) from error
    except RecursionError as error:
        raise Broken(1, "it is nested too deep") from error


def pairs(node: Node | None) -> Iterator[tuple[Scalar, Node]]:
    """The keys of a mapping with their values, those that it merges included; keys that it has itself come first."""
    yield from _pairs(node, set())


def _pairs(node: Node | None, seen: set[int]) -> Iterator[tuple[Scalar, Node]]:
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    merged: list[Node] = []
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.tag == "tag:yaml.org,2002:merge" or key.value == "<<":
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            else:
                yield Scalar(key.value, key), value
    for each in merged:
        yield from _pairs(each, seen)


def get(node: Node | None, *path: str) -> Node | None:
    """The value at the end of a path of keys."""
    for name in path:
        node = next((value for key, value in pairs(node) if key.text == name), None)
    return node


def items(node: Node | None) -> list[Node]:
    """The elements of a sequence."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def text(node: Node | None) -> str | None:
    """A scalar's text; None where it is none, or null."""
    if not isinstance(node, yaml.ScalarNode) or (node.tag == "tag:yaml.org,2002:null" and not node.style):
        return None
    return str(node.value)


def scalars(node: Node) -> Iterator[tuple[str, Scalar]]:
    """Every scalar below a node, each once, with the key that it stands under."""
    todo: list[tuple[str, Node]] = [("", node)]
    seen: set[int] = set()
    while todo:
        key, each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, yaml.ScalarNode):
            yield key, Scalar(each.value, each)
        elif isinstance(each, yaml.SequenceNode):
            todo += [(key, one) for one in each.value]
        elif isinstance(each, yaml.MappingNode):
            for name, value in each.value:
                todo += [(key, name), (str(name.value), value)]


def place(path: str, node: Node) -> Place:
    """Where a node stands; of one that goes on below its first line, its first line."""
    start, end = node.start_mark, node.end_mark
    column = start.column + 1
    return Place(path, start.line + 1, column, start.line + 1, end.column + 1 if end.line == start.line else column + 1)
