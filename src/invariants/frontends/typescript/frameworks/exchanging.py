"""What puts other parts into requests, answers and routes: `res.json = ...`, `app.context.user = ...`, `delete route.onRequest`."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import EXCHANGED, PUT_THERE, UNHOOKED, Setting
from invariants.frontends.typescript import wrapping
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.sharing import plugins
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, bare
from invariants.languages.trees import tail

TRIGGERS: tuple[bytes, ...] = ()
PATHS = ""
ANSWERS = re.compile(r"(?:res|response|reply)\.(?:json|send|end|status|sendStatus|writeHead|write|redirect)")
PROTOTYPE = re.compile(r"\w+\.(?:context|request)\.(\w+)")
HOOK = re.compile(
    r"(?P<gone>delete\s+)?(?P<hook>\b\w+\.(?:onRequest|preParsing|preValidation|preHandler))\b(?:\s*=(?![=>])(?P<value>[^;\n]*))?"
)
NOTHING = frozenset({"null", "undefined", "''", '""', "false", "0"})


def read(module: Reader) -> Iterator[Any]:
    """What a file puts in the place of such parts."""
    for left, right, scope in module.assigned:
        symbol, value = module.source.symbol(left), bare(right)
        if ANSWERS.fullmatch(symbol) and value.id in module.functions:
            yield Setting(module.source.head(left), "", EXCHANGED, 0, f"{scope.name} {module.functions[value.id].name}")
        elif (found := PROTOTYPE.fullmatch(symbol)) and scope.name == "" and _is_something(module, value):
            yield Setting(module.source.head(left), "", PUT_THERE, 0, found[1])
    yield from _contexts(module) if b"createContext" in module.source.content else ()
    for call in module.calls.values() if b"decorateRequest" in module.source.content or b"onRoute" in module.source.content else ():
        given = arguments(call.node)
        name = module.source.string(given[0]) if given else None
        if tail(call.symbol) == "decorateRequest" and name and len(given) > 1 and _is_something(module, bare(given[1])):
            yield Setting(module.source.head(call.node), "fastify", PUT_THERE, 0, name)
        elif tail(call.symbol) == "addHook" and name == "onRoute" and len(given) > 1 and _is_unhooking(module.source.text(given[1])):
            is_shared = any(wrapping.name(module, each) == call.function for each in plugins(module).values())
            yield Setting(module.source.head(call.node), "fastify", UNHOOKED, 0, "" if is_shared else call.function)


def _contexts(module: Reader) -> Iterator[Setting]:
    """What React Router's contexts hold where nobody puts anything into them: `createContext({ id: 0 })`."""
    taken = module.imports.get("createContext")
    for name, values in module.bodies[0].scope.values.items() if taken is not None and taken.source.startswith("react-router") else ():
        call = bare(values[0].node)
        given = arguments(call) if call.type == "call_expression" and module.source.symbol(call) == "createContext" else []
        if given and _is_something(module, bare(given[0])):
            yield Setting(module.source.head(call), "remix", PUT_THERE, 0, name)


def _is_something(module: Reader, value: Node) -> bool:
    """Whether a value is there for everybody, as one that is written there, and no function that would have to be called."""
    return (
        value.type not in FUNCTIONS
        and module.source.text(value) not in NOTHING
        and value.type in {"object", "array", "string", "true", "number"}
    )


def _is_unhooking(text: str) -> bool:
    """Whether a hook takes from routes what they have before them."""
    return any(each["gone"] or (each["value"] and each["hook"] not in each["value"]) for each in HOOK.finditer(text))
