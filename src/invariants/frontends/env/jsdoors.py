"""Settings of bundlers that publish variables to browsers, whatever their names: doors."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from invariants.frontends.env.jstree import Tree, bare, pairs
from invariants.frontends.env.names import is_name

BUNDLERS = re.compile(
    r"(?:^|/)(?:next|vite|vitest|webpack|rsbuild|rspack|rollup|esbuild|electron\.vite|astro|nuxt|svelte|quasar|tsup|vue)\.?\w*\.config(?:\.\w+)*\.[cm]?[jt]s$"
)
NEXT = re.compile(r"(?:^|/)next\.config\.[cm]?[jt]s$")
WHOLE = re.compile(r"^(?:process|import\.meta)\.env$")
PLUGINS = ("DefinePlugin", "EnvironmentPlugin")
Door = tuple[str, str, Node]


def doors(tree: Tree, reads: Sequence[tuple[int, str]]) -> Iterator[Door]:
    """The pattern of the names that a setting publishes, the setting in words, where it stands."""
    if not BUNDLERS.search(tree.path):
        return
    keys = [(rb"\bdefine\b", "`define`"), (rb"\bpublicRuntimeConfig\b", "`publicRuntimeConfig`")]
    keys += [(rb"(?<![\w.])env\b", "`env` of next.config")] if NEXT.search(tree.path) else []
    for pattern, through in keys:
        for value in values(tree, pattern):
            yield from _object(value, through, reads)
    for value in values(tree, rb"\benvPrefix\b"):
        for prefix in tree.strings(value):
            yield f"{prefix}*", "`envPrefix`", value
    for name in PLUGINS:
        for node in tree.found(rb"\b%b\b" % name.encode()):
            yield from _plugin(tree, node, name, reads)


def values(tree: Tree, pattern: bytes) -> Iterator[Node]:
    """The values of a key."""
    for node in tree.found(pattern):
        if node.parent is not None and node.parent.type == "pair" and node.parent.child_by_field_name("key") == node:
            value = bare(node.parent.child_by_field_name("value"))
            if value is not None:
                yield value


def _plugin(tree: Tree, node: Node, name: str, reads: Sequence[tuple[int, str]]) -> Iterator[Door]:
    """``new webpack.DefinePlugin({...})``, ``new EnvironmentPlugin(["A"])``, ``new EnvironmentPlugin({ A: "default" })``."""
    made = node.parent if node.parent is not None and node.parent.type == "member_expression" else node
    call = made.parent
    given = call.child_by_field_name("arguments") if call is not None and call.type == "new_expression" else None
    for each in given.named_children if given is not None else []:
        if name == "DefinePlugin":
            yield from _object(each, f"`{name}`", reads)
        else:
            named = [*tree.strings(each), *(key for key, _, _ in pairs(each))]
            yield from ((variable, f"`{name}`", each) for variable in named if is_name(variable))


def _object(value: Node, through: str, reads: Sequence[tuple[int, str]]) -> Iterator[Door]:
    """What an object's values read, and the variables that its keys stand for: ``"process.env.A"``; ``"process.env"`` for all of them."""
    is_define = "efine" in through
    for name, key, inner in pairs(value):
        read = {each for offset, each in reads if inner.start_byte <= offset <= inner.end_byte}
        own = {name.rpartition(".")[2]} if not is_define or "env." in name else set()
        if is_define and WHOLE.match(name) and bare(inner).type != "object":  # type: ignore[union-attr]
            yield "*", through, key
        for each in sorted(read | {each for each in own if is_name(each)}):
            yield each, through, key
