"""ASP.NET Core's controllers: their routes by attributes or by convention, and the attributes before them.

What is what is told in Microsoft's documentation, to which the fixtures hold this module: routing to controller actions
(https://learn.microsoft.com/en-us/aspnet/core/mvc/controllers/routing) and simple authorization
(https://learn.microsoft.com/en-us/aspnet/core/security/authorization/simple).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tree_sitter import Node

from invariants.facts.code import Constant
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Mount, Router, Use
from invariants.frontends.csharp.attributes import use
from invariants.frontends.csharp.derived import asked
from invariants.frontends.csharp.functions import head
from invariants.frontends.csharp.paths import text_of
from invariants.frontends.csharp.reader import Item, Reader
from invariants.frontends.csharp.syntax import arguments, attributes, keywords, modifiers, part, word
from invariants.frontends.csharp.types import bases, members
from invariants.languages.trees import tail

TRIGGERS = (
    b"Microsoft.AspNetCore.Mvc", b"[ApiController", b"[Route(", b"[HttpGet", b"[HttpPost", b": Controller", b"Controller :", b"Controller(",
    b"ControllerBase", b"IAuthorizationFilter", b"AuthorizeAttribute", b"IAsyncAuthorizationFilter", b"IActionFilter",
    b"IAsyncActionFilter", b"ActionFilterAttribute", b"TypeFilterAttribute",
)  # fmt: skip
VERBS = {f"Http{each}": each.upper() for each in ("Get", "Post", "Put", "Patch", "Delete", "Head", "Options")}
ROOTS = frozenset({"Controller", "ControllerBase", "ODataController"})
"""The framework's own classes that controllers stand on, which say no paths."""
SAYS = "RouteAttribute"
"""The constant of a class that is what its paths begin with: a class that says none has that of the one it stands on."""
ROUTING = frozenset({*VERBS, "AcceptVerbs", "Route", "ApiController", "Area", "NonAction", "NonController", "ActionName", "Controller"})
HOOKS = frozenset({"OnActionExecuting", "OnActionExecutionAsync", "OnAuthorization", "OnAuthorizationAsync"})
"""What a controller does before each of its actions, where it says so itself."""
OWN = frozenset({*HOOKS, "OnActionExecuted", "OnResultExecuting", "Dispose", "DisposeAsync", "ToString", "Equals", "GetHashCode"})
"""Methods that are no actions, although they are public."""
CONVENTIONAL = "<conventional>"
"""Stands in the path of an action that says none: the application's conventions do, or its class."""
REMEDY = "Write the template as a string or a constant."


class Template(NamedTuple):
    """What an attribute says of a route: its methods, and its path where it has one."""

    at: Node
    methods: list[str]
    text: str | None
    is_said: bool


def read(module: Reader) -> Iterator[Any]:
    """The controllers of a file, the classes that controllers stand on, and what attributes of its own ask for."""
    for item in module.types.values():
        if item.node.type in {"class_declaration", "record_declaration"}:
            yield from Class(module, item).facts()
            yield from asked(module, item)


class Class:
    """A class that may be a controller, or what one stands on."""

    def __init__(self, module: Reader, item: Item) -> None:
        self.module = module
        self.source = module.source
        self.item = item
        self.node = item.node
        self.name = item.name
        self.words = {word(each): each for each in attributes(item.node)}
        self.bases = list(bases(module, item.node))
        self._positions: dict[str, int] = {}

    def facts(self) -> Iterator[Any]:
        """A router for each path that it begins with, one for the paths that leave those, and the actions on them."""
        if not self._is_controller():
            return
        routes = [self._template(each) for each in attributes(self.node) if word(each) == "Route"]
        above = self._above()
        said = f"${{{above}.{SAYS}}}" if above else ""
        yield Constant(self.source.head(head(self.node)), f"{self.name}.{SAYS}", (routes[0].text or "") if routes else said)
        prefixes = [each.text for each in routes] or [said]
        routers = [self.name, *(f"{self.name}:{number}" for number in range(1, len(prefixes)))]
        for router, prefix in zip([*routers, f"{self.name}:/"], [*prefixes, ""], strict=True):
            yield from self._router(router, prefix, above)
        for each in routes:
            yield from self._untold(each)
        for member in members(self.node):
            if member.type == "method_declaration" and self._is_action(member):
                yield from self._action(member, routers)

    def _is_controller(self) -> bool:
        """Whether its methods answer requests, or those of classes that stand on it."""
        if "NonController" in self.words or b"static" in modifiers(self.node):
            return False
        names = [tail(each).partition("`")[0] for each in (self.name, *self.bases)]
        return bool({"ApiController", "Controller"} & self.words.keys()) or any(
            each.endswith(("Controller", "ControllerBase")) for each in names
        )

    def _above(self) -> str:
        """The class that it stands on, where that is none of the framework's."""
        found = next((each for each in self.bases if not (tail(each)[:1] == "I" and tail(each)[1:2].isupper())), "")
        return "" if tail(found) in ROOTS else found

    def _router(self, router: str, prefix: str | None, above: str) -> Iterator[Any]:
        """One of its routers, what stands before it, and what it takes over from the class that it stands on."""
        said = modifiers(self.node)
        is_given = b"abstract" in said or "`" in self.name
        own = tail(self.name).partition("`")[0].removesuffix("Controller")
        marks = f"<controller.name={own}>" + (f"<area.name={area}>" if (area := self._area()) else "")
        begins = None if prefix is None else "" if is_given else f"{marks}/{prefix.strip('~/')}".rstrip("/")
        yield Router(self.source.head(head(self.node)), router, "aspnet", "given" if is_given else "app", begins)
        if above:
            child = f"{above}:/" if router.endswith(":/") else above
            yield Mount(self.source.head(head(self.node)), router, 10**6, child, "", False, inherits=True)
        yield from (each._replace(own=False) for each in self._uses(self.node, router, 0))
        for hook in HOOKS & {self.source.text(each.child_by_field_name("name")) for each in members(self.node)}:
            place = self.source.head(head(self.node))
            yield Use(place, router, 0, False, 99, "hook", f"{self.name}.{hook}", "all", "/**", "", "", False, "", None)

    def _area(self) -> str:
        given = arguments(self.words["Area"]) if "Area" in self.words else []
        return text_of(self.module, given[0], self.item.scope) or "" if given else ""

    def _is_action(self, node: Node) -> bool:
        said, words = modifiers(node), {word(each) for each in attributes(node)}
        name = self.source.text(node.child_by_field_name("name"))
        is_open = b"public" in said and b"static" not in said and part(node, "type_parameter_list") is None
        is_taken_over = b"override" in said and not ROUTING & words
        return is_open and not is_taken_over and name not in OWN and "NonAction" not in words

    def _template(self, node: Node) -> Template:
        """What one attribute says."""
        given = [each for key, each in zip(keywords(node), arguments(node), strict=True) if key in {"", "template", "Template"}]
        methods = [VERBS[word(node)]] if word(node) in VERBS else []
        if word(node) == "AcceptVerbs":
            methods = [text.upper() for each in given if (text := self.source.string(each))]
            given = [each for key, each in zip(keywords(node), arguments(node), strict=True) if key == "Route"]
        text = text_of(self.module, given[0], self.item.scope) if given else None
        return Template(node, methods, text, bool(given))

    def _untold(self, each: Template) -> Iterator[Unread]:
        if each.is_said and each.text is None:
            yield Unread(self.source.head(each.at), "dynamic", "its path is put together when the program runs", REMEDY)

    def _action(self, node: Node, routers: list[str]) -> Iterator[Any]:
        """The routes of a method: each path that it says with each way to ask for it; where it says none, that of its class."""
        told = [self._template(each) for each in attributes(node) if word(each) in {*VERBS, "AcceptVerbs", "Route"}]
        placed = [each for each in told if each.is_said]
        plain = [method for each in told if not each.is_said for method in each.methods]
        for each in placed:
            yield from self._untold(each)
            for method in each.methods or plain or ["ANY"]:
                yield from self._endpoints(node, each.at, method, each.text, routers)
        if not placed:
            at = told[0].at if told else next(iter(attributes(node)), head(node))
            for method in plain or ["ANY"]:
                yield from self._endpoints(node, at, method, CONVENTIONAL, routers)

    def _endpoints(self, node: Node, at: Node, method: str, text: str | None, routers: list[str]) -> Iterator[Any]:
        """A route on each of the paths that a class begins with, unless it leaves them: `/x` and `~/x` are whole."""
        is_whole = text is not None and text.startswith(("/", "~/"))
        named_so = next((self.source.string(arguments(each)[0]) for each in attributes(node) if word(each) == "ActionName"), None)
        own = self.source.text(node.child_by_field_name("name"))
        mark = f"<action.name={named_so or own.removesuffix('Async')}>"
        path = None if text is None else f"{mark}{text}" if text == CONVENTIONAL else f"{mark}/{text.strip('~/')}".rstrip("/")
        handler = self.module.named.get(node.id, f"{self.name}.{own}")
        for router in [f"{self.name}:/"] if is_whole else routers:
            position = self._positions[router] = self._positions.get(router, -1) + 1
            yield Endpoint(self.source.head(at), router, position, "aspnet", "http", method, path, handler)
            yield from self._uses(node, router, position)

    def _uses(self, node: Node, router: str, position: int) -> Iterator[Use]:
        """The attributes of a class or method that may put something before it."""
        for rank, each in enumerate(attributes(node)):
            if word(each) not in ROUTING:
                yield use(self.module, each, router, position, rank)
