"""Fastify: routes, hooks and plugins; a hook reaches its plugin's routes, wherever in it they stand, and those of the plugins in it."""

from collections.abc import Iterable, Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.code import Import
from invariants.facts.web import Endpoint, Mount, Setting, Use
from invariants.frontends.typescript import tables
from invariants.frontends.typescript.answered import METHODS
from invariants.frontends.typescript.autoload import loaded, own
from invariants.frontends.typescript.dynamic import computed, is_undecided, unread
from invariants.frontends.typescript.given import given_framework
from invariants.frontends.typescript.paths import braces, meant, path_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import Registration
from invariants.frontends.typescript.routers import RouterKind, Routers, inline, listed, served
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.sharing import plugins, shared, wrapped
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, bare, field, named
from invariants.frontends.typescript.wrapping import Layer, name, unwrap, uses
from invariants.languages.trees import tail

TRIGGERS = (b"astify",)
PATHS = ""
TYPES = frozenset({"FastifyInstance", "FastifyTypedInstance", "FastifyZodInstance", "fastify.FastifyInstance"})
HOOKS = ("onRequest", "preParsing", "preValidation", "preHandler")
"""What runs before a handler, in this order."""
LATER = ("preSerialization", "onSend")
"""What may put another answer in the place of one, also of a refusal."""
GUARDING = frozenset({"@fastify/bearer-auth"})
"""Plugins of others that turn people away before every route of the instance that they are registered on."""
DEEP = 3
"""So many options are looked for in one another."""
REMEDY = "Register it with a path that is written out, on a plugin that is named."


def read(module: Reader) -> Iterator[Any]:
    """The plugins, routes and hooks of a file."""
    is_given = b"astify" not in module.source.content
    if is_given and given_framework(module) != "fastify":
        return
    routers = Routers(module, "fastify", lambda node: _kind(module, node), TYPES, is_given)
    routers.plugins.update(_plugins(module))
    found = [fact for each in routers.registrations() for fact in registered(module, each)]
    yield from shared(module, list(served(routers.found.values(), found)))
    yield from (*found, *routers.mounts)
    yield from own(module)


def _plugins(module: Reader) -> Iterator[str]:
    """The functions of this file that are registered, or made to be: each is given an instance."""
    yield from (name(module, each) for each in plugins(module).values())
    for call in module.calls.values():
        if tail(call.symbol) == "register" and arguments(call.node):
            for scope in tables.rounds(module, call) or [call.scope]:
                yield _plugin(module, tables.given(module, call.node, scope)[0])[0]


def _plugin(module: Reader, node: Node) -> tuple[str, Import | None]:
    """What is registered, without what shares it with its parent."""
    inner = wrapped(module, node)
    return inline(module, awaited(node) if inner is None else inner)


def _kind(module: Reader, node: Node) -> RouterKind | None:
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None:
        return None
    if function.type == "call_expression":
        return "app" if "require(" in module.source.text(function) and "fastify" in module.source.text(function) else None
    taken = module.imports.get(module.source.text(function)) if function.type == "identifier" else None
    return "app" if taken is not None and taken.source == "fastify" else None


def registered(module: Reader, each: Registration) -> Iterator[Any]:
    """What one call of a method registers."""
    given = tables.given(module, each.call, each.scope)
    if each.method == "route" and given:
        yield from _described(module, each, _literal(each.scope, module, given[0]))
    elif each.method in METHODS and len(given) > 1:
        options = given[1] if len(given) > 2 or bare(given[1]).type == "object" else None
        yield from _answered(module, each, [METHODS[each.method]], given[0], options, given[-1])
    elif each.method == "addHook" and len(given) == 2 and module.source.string(given[0]) in HOOKS:
        stage = HOOKS.index(module.source.string(given[0]) or "")
        yield from (use._replace(stage=stage) for use in _hooked(module, each, _layer(module, awaited(given[1]))))
    elif each.method == "addHook" and len(given) == 2 and module.source.string(given[0]) in LATER:
        yield from (_later(use) for use in _hooked(module, each, _layer(module, awaited(given[1]))))
    elif each.method == "setErrorHandler" and given:
        yield from (use._replace(means="rescue") for use in _hooked(module, each, [Layer(name(module, given[0]), given[0], None)]))
    elif each.method == "addHook" and len(given) == 2 and module.source.string(given[0]) == "onRoute":
        yield from _added(module, each, awaited(given[1]))
    elif each.method in {"register", "()"} and given:
        yield from _plugged(module, each, given)
    elif each.method == "decorate" and len(given) == 2 and (key := module.source.string(given[0])):
        yield Setting(module.source.head(each.call), "fastify", f"decorator {key}", 0, name(module, given[1]))
    yield from computed(module, each, given)


def _literal(scope: Scope, module: Reader, node: Node) -> Node:
    """The description of a route, also where a variable holds it."""
    inner = awaited(node)
    return awaited(meant(module, inner, scope) or inner)


def _described(module: Reader, each: Registration, literal: Node) -> Iterator[Any]:
    """`fastify.route({method, url, handler, preHandler})`."""
    told = field(module.source, literal, "method")
    parts = (named(bare(told)) if bare(told).type == "array" else [told]) if told is not None else []
    methods = [(module.source.string(part) or "ANY").upper() for part in parts]
    url = field(module.source, literal, "url") or field(module.source, literal, "path")
    handler = field(module.source, literal, "handler")
    if handler is not None:
        yield from _answered(module, each, methods, url, literal, handler)
    else:
        yield unread(module, each.call, "which route this is", REMEDY)


def _answered(
    module: Reader, each: Registration, methods: list[str], path: Node | None, options: Node | None, handler: Node
) -> Iterator[Any]:
    """A route, with the hooks of its own."""
    if options is not None and bare(handler).id == bare(options).id:
        handler = field(module.source, options, "handler") or handler
    wrapped = unwrap(module, handler)
    text = path_of(module, path, each.scope)
    for number, method in enumerate(methods):
        position = each.position * 10 + number
        where = braces(text) if text is not None else None
        yield Endpoint(module.source.head(each.call), each.router, position, "fastify", "http", method, where, wrapped.handler)
        layers = [(stage, layer) for stage, hook in enumerate(HOOKS) for layer in _hooks(module, options, hook, each)]
        hooks = uses(module, [layer for _, layer in layers], each.router, position, "hook")
        yield from (use._replace(stage=stage) for use, (stage, _) in zip(hooks, layers, strict=True))
        around = uses(module, wrapped.layers, each.router, position, "wrapper", first=len(layers))
        yield from (use._replace(stage=len(HOOKS)) for use in around)
        handling = list(_hooks(module, options, "errorHandler", each))
        yield from (use._replace(covers="before") for use in uses(module, handling, each.router, position, "rescue"))
        sending = [layer for hook in LATER for layer in _hooks(module, options, hook, each)]
        yield from (_later(use) for use in uses(module, sending, each.router, position, "rescue"))
    if text is None:
        yield unread(module, each.call, "a route's path", REMEDY)


def _later(use: Use) -> Use:
    """A hook that is given each answer before it is sent."""
    return use._replace(means="rescue", covers="before" if use.own else use.covers, stage=len(HOOKS) + 1)


def _hooks(module: Reader, options: Node | None, hook: str, each: Registration) -> Iterator[Layer]:
    """What a route's options put before it."""
    value = options
    if value is not None and bare(value).type == "identifier":
        value = each.scope.value(module.source.text(bare(value)))
    told = _told(module, each.scope, value, hook, DEEP) if value is not None else None
    for node in listed([told]) if told is not None else []:
        yield from _layer(module, node)


def _told(module: Reader, scope: Scope, literal: Node, hook: str, depth: int) -> Node | None:
    """What options name as a hook, the last where they do so twice; what is put into them later, and nobody sees, may name another one."""
    found = field(module.source, literal, hook)
    start = found.start_byte if found is not None else 0
    later = [each for each in named(bare(literal)) if each.type == "spread_element" and named(each) and each.start_byte > start]
    for each in later if bare(literal).type == "object" else ():
        inner = _literal(scope, module, named(each)[0])
        is_seen = inner.type == "object" and depth > 0
        found = (_told(module, scope, inner, hook, depth - 1) or found) if is_seen else found and inner
    return found


def _layer(module: Reader, node: Node) -> Iterator[Layer]:
    """A hook; all of those that `fastify.auth` asks for together, or the one."""
    if node.type == "call_expression" and tail(module.source.symbol(node)) == "auth" and arguments(node):
        inner = list(listed(arguments(node)[:1]))
        relation = field(module.source, arguments(node)[1], "relation") if len(arguments(node)) > 1 else None
        if len(inner) == 1 or module.source.string(relation) == "and":
            yield from (Layer(_symbol(module, one), one, None) for one in inner)
            return
    yield Layer(_symbol(module, node), node, node if node.type == "call_expression" else None)


def _symbol(module: Reader, node: Node) -> str:
    """What a hook is called: of a decorator of this file, the function that decorates."""
    symbol = name(module, node)
    for call in module.calls.values():
        given = arguments(call.node) if tail(call.symbol) == "decorate" else []
        if len(given) == 2 and symbol.count(".") == 1 and module.source.string(given[0]) == tail(symbol):
            return name(module, given[1])
    return symbol


def _hooked(module: Reader, each: Registration, layers: Iterable[Layer]) -> Iterator[Use]:
    escapes = _is_shared(module, each.router)
    for rank, layer in enumerate(layers):
        call = module.calls.get(layer.call.id) if layer.call is not None else None
        yield Use(
            module.source.head(each.call),
            each.router,
            each.position * 10,
            False,
            rank,
            "hook",
            layer.symbol,
            "all",
            "/**" if not each.doubted else None,
            "",
            "",
            escapes,
            call.function if call else "",
            call.position if call else None,
        )


def _added(module: Reader, each: Registration, function: Node) -> Iterator[Use]:
    """What a hook adds to each route that is registered after it: `(route) => { route.preHandler = [guard]; }`."""
    body = function.child_by_field_name("body") if function.type in FUNCTIONS else None
    for statement in named(body) if body is not None and body.type == "statement_block" else ():
        inner = named(statement)[0] if statement.type == "expression_statement" else statement
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if inner.type == "assignment_expression" and left is not None and right is not None and tail(module.source.symbol(left)) in HOOKS:
            layers = [layer for node in listed([right]) if node.type != "spread_element" for layer in _layer(module, node)]
            stage = HOOKS.index(tail(module.source.symbol(left)))
            for use in uses(module, layers, each.router, each.position * 10, "hook"):
                yield use._replace(own=False, covers="after", escapes=_is_shared(module, each.router), stage=stage)


def _is_shared(module: Reader, router: str) -> bool:
    """A plugin that fastify-plugin wraps: its hooks are its parent's."""
    return any(name(module, each) == router for each in plugins(module).values())


def _plugged(module: Reader, each: Registration, given: list[Node]) -> Iterator[Any]:
    """A plugin, and what it puts before its paths."""
    if each.method == "()":
        yield Mount(module.source.head(each.call), each.router, each.position * 10, module.source.symbol(each.call), "", False)
        return
    if is_undecided(module, given[0], each.scope, each.looped):
        yield unread(module, each.call, "which plugins are put in here", REMEDY)
        return
    symbol, taken = _plugin(module, given[0])
    if taken is not None:
        yield taken
    known = module.imports.get(symbol)
    if known is not None and known.source in GUARDING:
        yield from _hooked(module, each, [Layer(symbol, given[0], each.call)])
    if known is not None and "autoload" in known.source.lower():
        yield from loaded(module, each, given, each.position * 10)
        return
    prefix = field(module.source, given[1], "prefix") if len(given) > 1 and wrapped(module, given[0]) is None else None
    text = path_of(module, prefix, each.scope) if prefix is not None else ""
    where = braces(text).rstrip("/") if text else text
    yield Mount(module.source.head(each.call), each.router, each.position * 10, symbol, where, False)
