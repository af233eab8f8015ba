"""Methods, local functions and lambdas: what they are called, what they take, and their steps."""

from tree_sitter import Node

from invariants.facts.code import Function, Parameter
from invariants.frontends.csharp.reader import Body, Item, Reader
from invariants.frontends.csharp.scopes import Scope, Taken
from invariants.frontends.csharp.syntax import attributes, method, modifiers, named, part, word
from invariants.languages.trees import tail

VERBS = frozenset({"HttpGet", "HttpPost", "HttpPut", "HttpPatch", "HttpDelete", "HttpHead", "HttpOptions", "AcceptVerbs"})
MAPPING = frozenset({"MapGet", "MapPost", "MapPut", "MapPatch", "MapDelete", "MapMethods", "Map"})
SERVICES = frozenset(
    {"CancellationToken", "HttpContext", "ClaimsPrincipal", "DbContext", "HubCallerContext", "LinkGenerator", "UserManager`1", "Services"}
)
"""What a framework gives a handler that is none of what was sent."""
ANSWERS = (b"IResult", b"Results<", b"ActionResult", b"HttpResult")
"""What the types of answers to requests are called."""
INJECTED = frozenset({"FromServices", "FromKeyedServices"})


def function(reader: Reader, node: Node, name: str = "") -> str:
    """Reads a function, and answers its name in the file; one that was read before is only named."""
    if node.id in reader.named:
        return reader.named[node.id]
    name = reader.named[node.id] = name if name and name not in reader.functions else _position_name(reader, node)
    outer = reader.body.scope
    said = modifiers(node)
    scope = Scope(name, outer)
    told = _parameters(reader, node, scope)
    is_method = node.type == "method_declaration"
    reader.functions[name] = Function(
        reader.source.head(head(node)), name, "function", b"async" in said, is_method and b"private" not in said, len(told)
    )
    reader.parameters[name] = told
    reader.items[name] = Item(name, node, scope)
    _body(reader, node, scope)
    return name


def head(node: Node) -> Node:
    """What a declaration begins with after its attributes."""
    return next((each for each in node.named_children if each.type not in {"attribute_list", "comment"}), node)


def _body(reader: Reader, node: Node, scope: Scope) -> None:
    from invariants.frontends.csharp.returns import returns

    body = node.child_by_field_name("body")
    with reader.reading(Body(scope)):
        if body is not None and body.type == "block":
            reader.statement(body)
        elif body is not None:
            returns(reader, named(body)[0] if body.type == "arrow_expression_clause" else body)


def _position_name(reader: Reader, node: Node) -> str:
    """The name of a function without one of its own: where it begins, after the name of what is around it."""
    place = reader.source.place(node)
    return reader.body.scope.qualified(f"({place.line}:{place.column})")


def parameters(node: Node) -> list[Node]:
    """What a function takes."""
    listed = node.child_by_field_name("parameters") or part(node, "parameter_list")
    if listed is not None and listed.type == "implicit_parameter":
        return [listed]
    return [each for each in named(listed) if each.type in {"parameter", "implicit_parameter"}]


def _parameters(reader: Reader, node: Node, scope: Scope) -> list[Parameter]:
    """The parameters as facts, their names put into the scope."""
    told, answers = [], _answers(node)
    for position, each in enumerate(parameters(node)):
        written = each.child_by_field_name("type")
        name = each.child_by_field_name("name") or each
        symbol = reader.source.type(written)
        own = reader.source.text(name)
        is_optional = written is not None and written.type == "nullable_type"
        scope.parameters[own] = Taken(position, symbol, answers and is_sent(each, symbol))
        told.append(Parameter(reader.source.place(each), scope.name, position, own, symbol, is_optional))
    return told


def is_sent(parameter: Node, symbol: str) -> bool:
    """Whether a parameter of what answers requests holds what was sent, and no service of the application's."""
    first = tail(symbol)
    is_service = first in SERVICES or (
        first[:1] == "I" and first[1:2].isupper() and not first.startswith(("IForm", "IEnumerable", "IList"))
    )
    return not is_service and not INJECTED & {word(each) for each in attributes(parameter)}


def _answers(node: Node) -> bool:
    """Whether a function answers requests: a method that says of which, or what is mapped to a path."""
    if node.type == "method_declaration":
        answered = node.child_by_field_name("returns")
        is_result = b"private" not in modifiers(node) and any(each in ((answered.text if answered else b"") or b"") for each in ANSWERS)
        return is_result or bool((VERBS | {"Route"}) & {word(each) for each in attributes(node)})
    given = node.parent.parent.parent if node.parent is not None and node.parent.parent is not None else None
    called = method(given) if given is not None else None
    return called is not None and called[1] in MAPPING
