"""Functions that do no more than to hand a request to one of the handlers of a table, by its method: `handlers[req.method](req, res)`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import FUNCTIONS, awaited, bare, fields, named

REFUSED = re.compile(r"\b(?:400|404|405|501)\b")
"""What is answered where the table has no handler."""
GROWING = r"\bNAME\s*(?:\.\s*\w+|\[[^\]]*\])\s*=[^=>]|Object\.assign\(\s*NAME\b"
ABSENT = re.compile(r"if\s*\(\s*!\s*(\w+)(\[\w+\.method\])?\s*\)")
ENDED = re.compile(r"\b(?:return|throw)\b")


def dispatched(module: Reader, node: Node | None) -> list[tuple[str, Node]]:
    """The handlers by their methods; none, where a function does anything else, or more may be put into the table."""
    function = bare(node) if node is not None else None
    body = function.child_by_field_name("body") if function is not None and function.type in FUNCTIONS else None
    if body is None:
        return []
    names: dict[str, str] = {}
    found = [_table(module, each, names) for each in _parts(body)]
    tables = {each for each in found if each}
    return _handlers(module, tables.pop()) if len(tables) == 1 and None not in found and found[-1] else []


def _parts(body: Node) -> Iterator[Node]:
    """The statements of a function, or the expression that it is."""
    for each in named(body) if body.type == "statement_block" else [body]:
        inner = named(each)
        yield inner[0] if each.type in {"return_statement", "expression_statement"} and inner else each


def _table(module: Reader, node: Node, names: dict[str, str]) -> str | None:
    """The table whose handler is called there; empty where one is only taken out, or is not there; null of anything else."""
    if node.type == "lexical_declaration":
        [declarator, *more] = named(node)
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        table = _asked(module, value, names) if value is not None and name is not None and not more else None
        if table is None or name is None:
            return None
        names[module.source.text(name)] = table
        return ""
    if node.type == "if_statement":
        return "" if _is_refusal(module.source.text(node), names) and node.child_by_field_name("alternative") is None else None
    if node.type == "ternary_expression":
        chosen, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        is_refused = other is not None and REFUSED.search(module.source.text(other)) is not None
        return _called(module, chosen, names) if chosen is not None and is_refused else None
    return _called(module, node, names)


def _is_refusal(text: str, names: dict[str, str]) -> bool:
    """Whether a condition ends what the table has no handler for, and does nothing else."""
    asked = ABSENT.match(text)
    is_asked = asked is not None and (asked[1] in names or asked[2] is not None)
    return is_asked and len(ENDED.findall(text)) == 1 and REFUSED.search(text) is not None


def _called(module: Reader, node: Node, names: dict[str, str]) -> str | None:
    inner = awaited(node)
    function = inner.child_by_field_name("function") if inner.type == "call_expression" else None
    return _asked(module, function, names) if function is not None else None


def _asked(module: Reader, node: Node, names: dict[str, str]) -> str | None:
    """The table out of which a handler is taken by the method of the request."""
    inner = bare(node)
    if inner.type == "identifier":
        return names.get(module.source.text(inner))
    table, index = inner.child_by_field_name("object"), inner.child_by_field_name("index")
    is_by_method = index is not None and re.fullmatch(r"\w+\.method", module.source.text(bare(index))) is not None
    return module.source.text(table) if table is not None and table.type == "identifier" and is_by_method else None


def _handlers(module: Reader, table: str) -> list[tuple[str, Node]]:
    value = module.bodies[0].scope.value(table)
    literal = bare(value) if value is not None else None
    if (
        literal is None
        or literal.type != "object"
        or re.search(GROWING.replace("NAME", re.escape(table)), module.source.text(module.source.root))
    ):
        return []
    found = list(fields(module.source, literal))
    return found if len(found) == len(named(literal)) else []
