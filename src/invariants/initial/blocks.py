"""Adding to YAML as text, so that comments and layout stay as people wrote them. Each addition is read back before it is trusted."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import yaml

INDENT = "  "


def added(text: str, path: Sequence[str], block: str) -> str | None:
    """The text with a block at the end of what stands at a path, missing keys made; None where that cannot be done safely.

    The block is a sequence with one item where a sequence stands there, else a mapping.
    """
    try:
        before, addition = yaml.safe_load(text), yaml.safe_load(block)
        after = _placed(text, path, block)
        return after if after is not None and yaml.safe_load(after) == _expected(before, path, addition) else None
    except (yaml.YAMLError, RecursionError, TypeError, AttributeError, ValueError):
        return None


def has(text: str, path: Sequence[str]) -> bool:
    """Something is said at a path."""
    try:
        _, rest, _ = _reached(yaml.compose(text, Loader=yaml.SafeLoader), list(path))
    except (yaml.YAMLError, RecursionError):
        return False
    return not rest


def _placed(text: str, path: Sequence[str], block: str) -> str | None:
    """The text with the block where it belongs, as far as marks tell."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    node, rest, number = _reached(yaml.compose(text, Loader=yaml.SafeLoader), list(path))
    if node is None:
        number, column = len(lines), 0
    elif node.flow_style or not node.value:
        return None
    else:
        column = node.start_mark.column
    new = [f"{' ' * column}{line}{end}" for line in _nested(rest, block.splitlines())]
    return "".join([*lines[:number], *new, *lines[number:]])


def _reached(node: Any, path: list[str]) -> tuple[Any, list[str], int]:
    """The deepest node along a path, the keys beyond it, and the line below its last one."""
    while path and isinstance(node, yaml.MappingNode):
        child = next((value for key, value in node.value if key.value == path[0]), None)
        if child is None:
            break
        node, path = child, path[1:]
    return node, path, 0 if node is None else _last(node) + 1


def _last(node: Any) -> int:
    """The last line that a node's content stands on."""
    if isinstance(node, yaml.ScalarNode) or not node.value:
        end: int = node.end_mark.line
        return end - 1 if node.end_mark.column == 0 and end > node.start_mark.line else end
    key, value = node.value[-1] if isinstance(node, yaml.MappingNode) else (None, node.value[-1])
    if node.flow_style:
        return int(node.end_mark.line)
    return int(key.end_mark.line) if key is not None and _is_empty(value) else _last(value)


def _is_empty(node: Any) -> bool:
    """Nothing is written where it stands."""
    return isinstance(node, yaml.ScalarNode) and node.start_mark.index == node.end_mark.index


def _nested(keys: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    """Lines below keys that are not there yet."""
    for depth, key in enumerate(keys):
        yield f"{INDENT * depth}{key}:"
    yield from (f"{INDENT * len(keys)}{line}" for line in lines)


def _expected(document: Any, path: Sequence[str], addition: Any) -> Any:
    """What the edited text should say."""
    document = deepcopy(document) if document is not None else {}
    place = document
    for key in path[:-1]:
        place = place.setdefault(key, {})
    old = place.get(path[-1])
    place[path[-1]] = addition if old is None else [*old, *addition] if isinstance(old, list) else {**old, **addition}
    return document
