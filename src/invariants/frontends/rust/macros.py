"""What stands between the parentheses of a macro, where that is expressions."""

from collections.abc import Iterator

from tree_sitter import Node, Range

from invariants.frontends.rust.syntax import Source, named, parse

LONGEST = 20_000


def inside(source: Source, macro: Node) -> list[Node]:
    """The expressions that a macro is given; none where it has a syntax of its own."""
    tree = next((each for each in macro.named_children if each.type == "token_tree"), None)
    if tree is None or tree.end_byte - tree.start_byte > LONGEST:
        return []
    if tree.id not in source.macros:
        source.macros[tree.id] = _parsed(source, tree)
    return source.macros[tree.id]


def _parsed(source: Source, tree: Node) -> list[Node]:
    """The tokens as a list of arguments, at the places where they stand; of arms, what each waits for."""
    if source.content.startswith(b"{", tree.start_byte):
        return list(_awaited(source, tree))
    window = Range(tree.start_point, tree.end_point, tree.start_byte, tree.end_byte)
    root = parse(source.content, [window])
    if any(each.is_error for each in root.children):
        return []
    outer = next(iter(named(root)), None)
    while outer is not None and outer.type == "expression_statement":
        outer = next(iter(named(outer)), None)
    return named(outer) if outer is not None and outer.type in {"tuple_expression", "parenthesized_expression", "array_expression"} else []


def _awaited(source: Source, tree: Node) -> Iterator[Node]:
    """What the arms of `tokio::select!` wait for: `result = axum::serve(listener, app) => { ... }`."""
    begun: Node | None = None
    for token in tree.children:
        text = source.content[token.start_byte : token.end_byte]
        if text == b"=":
            begun = token
        elif text == b"=>" and begun is not None:
            window = Range(begun.end_point, token.start_point, begun.end_byte, token.start_byte)
            found = named(parse(source.content, [window]))
            inner = named(found[0]) if len(found) == 1 and found[0].type == "expression_statement" else found
            yield from inner[:1] if not any(each.is_error for each in inner) else []
            begun = None
