"""Error handlers of Express: middleware of four parameters, which is only called after an error."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.routers import inline
from invariants.frontends.typescript.syntax import arguments, named

PARAMETERS = 4
NAMED = re.compile(r"[Ee]rr|[Ff]ail|[Ee]xception|[Cc]atch")


def is_error_handler(module: Reader, node: Node) -> bool:
    """Whether something is called after errors only."""
    return len(module.parameters.get(inline(module, node)[0], [])) == PARAMETERS


def may_handle_errors(module: Reader, node: Node) -> bool:
    """Whether something of another file is called after errors, by its name."""
    symbol = inline(module, node)[0]
    return symbol.partition(".")[0] in module.imports and NAMED.search(symbol) is not None


def rescues(module: Reader, node: Node) -> bool:
    """Whether an error handler may go on as if there had been no error: it calls what comes next, and does not pass the error on."""
    symbol = inline(module, node)[0]
    error, *_, following = [each.name for each in module.parameters[symbol]]
    calls = _calls(module.nodes[symbol]) if symbol in module.nodes else ()
    return any(module.source.symbol(call) == following and not arguments(call) and not _is_idle(module, call, error) for call in calls)


def _calls(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner.type == "call_expression":
            yield inner
        waiting.extend(named(inner))


def _is_idle(module: Reader, call: Node, error: str) -> bool:
    """Whether a call is only reached where there is no error: `if (!error) return next()`."""
    node: Node | None = call
    while node is not None and node.type != "if_statement":
        node = node.parent
    condition = node.child_by_field_name("condition") if node is not None else None
    return condition is not None and module.source.text(condition) in {f"(!{error})", f"({error} == null)", f"({error} === null)"}
