"""What an application of ASP.NET Core says of all its routes: policies and filters before them, and conventions for their paths."""

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.source import Unread
from invariants.facts.web import Setting, Use
from invariants.frontends.csharp.paths import text_of
from invariants.frontends.csharp.reader import Call, Reader
from invariants.frontends.csharp.syntax import arguments, bare, given_types, keywords, method, named
from invariants.languages.trees import tail

TRIGGERS = (
    b"WebApplication", b"MapController", b"UseEndpoints", b"UseMvc", b"MapDefaultControllerRoute", b"FallbackPolicy", b"AuthorizeFilter",
    b"WebHostBuilder", b"ConfigureWebHostDefaults", b"MapAreaControllerRoute", b"AddPolicy", b"DefaultPolicy",
)  # fmt: skip
STARTS = frozenset({"CreateBuilder", "CreateSlimBuilder", "UseEndpoints", "UseMvc", "UseMvcWithDefaultRoute", "UseStartup", "UseRouting"})
MAPPED = frozenset({"MapControllers", "MapDefaultControllerRoute", "MapControllerRoute", "MapAreaControllerRoute"})
DEFAULT = "{controller=Home}/{action=Index}/{id?}"
"""The template of `MapDefaultControllerRoute`."""
REQUIRES = "Microsoft.AspNetCore.Builder.AuthorizationEndpointConventionBuilderExtensions.RequireAuthorization"
FALLBACK = "Microsoft.AspNetCore.Authorization.AuthorizationOptions.FallbackPolicy"
ANONYMOUS = "Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute"
FILTER = "Microsoft.AspNetCore.Mvc.Authorization.AuthorizeFilter"
ASKS = (b"RequireAuthenticatedUser", b"RequireRole", b"RequireClaim", b"RequireUserName", b"DefaultPolicy")
"""What a policy asks for that nobody without credentials has."""


def read(module: Reader) -> Iterator[Any]:
    """What one file says of the application that it belongs to."""
    for call in list(module.calls.values()):
        last = tail(call.symbol)
        if last in STARTS or last in MAPPED:
            yield Setting(module.source.head(call.node), "aspnet", "application", 0, call.symbol)
        if last in {"RequireAuthorization", "AllowAnonymous"} and _mapped(call.node) in MAPPED:
            found = _use(module, call, REQUIRES if last == "RequireAuthorization" else ANONYMOUS)
            yield found if found.symbol == REQUIRES else found._replace(means="decorator")
        elif last == "SetFallbackPolicy" and arguments(call.node):
            yield from _fallback(module, call.node, arguments(call.node)[0])
        elif last == "Add" and tail(module.source.symbol(_on(call.node))) == "Filters":
            yield from _filter(module, call)
        elif last == "AddPolicy" and arguments(call.node) and b"Origin" not in (call.node.text or b""):
            yield from _policy(module, call)
        yield from _conventions(module, call, last)
    for node in module.source.all({"assignment_expression"}):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and tail(module.source.symbol(left)) == "FallbackPolicy":
            yield from _fallback(module, node, right)
        elif left is not None and right is not None and tail(module.source.symbol(left)) == "DefaultPolicy":
            yield Setting(module.source.head(node), "aspnet", "DefaultPolicy", 0, _default(module, right))


def _on(call: Node) -> Node | None:
    called = method(call)
    return called[0] if called is not None else None


def _mapped(call: Node) -> str:
    """The call that a chain of conventions begins with, of what is mapped."""
    called = method(call)
    while called is not None and called[1] not in MAPPED:
        called = method(bare(called[0]))
    return called[1] if called is not None else ""


def _use(module: Reader, call: Call, symbol: str) -> Use:
    """Something before every action of the application, with what it is given; in a branch, nobody can tell whether it is."""
    pattern = None if _is_conditional(call.node) else "/**"
    place = module.source.place(call.node)
    return Use(place, "", 0, False, 0, "hook", symbol, "all", pattern, "", "", False, call.scope.name, call.position)


def _is_conditional(node: Node) -> bool:
    above = node.parent
    while above is not None and above.type not in {"if_statement", "conditional_expression"}:
        above = above.parent
    return above is not None


def _fallback(module: Reader, at: Node, policy: Node) -> Iterator[Use]:
    """The policy of all routes that say nothing of who may come in; none, where it is null."""
    if bare(policy).type == "null_literal":
        return
    named_so = module.calls.get(bare(policy).id) if _is_named(policy) else None
    is_sure = (named_so is not None or _state(policy) == "asks") and not _is_conditional(at)
    holder, step = (named_so.scope.name, named_so.position) if named_so is not None else ("", None)
    place = module.source.place(at)
    yield Use(place, "", 0, False, 0, "decorator", FALLBACK, "all", "/**" if is_sure else None, "", "", False, holder, step)


def _is_named(policy: Node) -> bool:
    """`options.GetPolicy("x")`: a policy that is made elsewhere."""
    called = method(bare(policy))
    return called is not None and called[1] == "GetPolicy" and bool(arguments(bare(policy)))


def _policy(module: Reader, call: Call) -> Iterator[Setting]:
    """A policy by its name: whether it asks for what nobody without credentials has, or rests on something else."""
    name = text_of(module, arguments(call.node)[0], call.scope)
    if name is not None:
        yield Setting(module.source.head(call.node), "aspnet", f"policy {name}", 0, _state(call.node))


def _default(module: Reader, policy: Node) -> str:
    """The default policy: what it asks for, or after a `=` the name of the policy that it is."""
    name = text_of(module, arguments(bare(policy))[0], module.bodies[0].scope) if _is_named(policy) else None
    return f"={name}" if name is not None else _state(policy)


def _state(policy: Node) -> str:
    return "asks" if any(each in (policy.text or b"") for each in ASKS) else "rests"


def _filter(module: Reader, call: Call) -> Iterator[Use]:
    """A filter of all actions: `Filters.Add(new AuthorizeFilter())`, `Filters.Add<T>()`, `Filters.Add(typeof(T))`."""
    types, given = given_types(call.node), arguments(call.node)
    inner = bare(given[0]) if given else None
    if types:
        yield _use(module, call, module.source.type(types[0]))
    elif inner is not None and inner.type == "object_creation_expression":
        yield _use(module, call, module.source.type(inner.child_by_field_name("type")))
    elif inner is not None and inner.type == "typeof_expression" and named(inner):
        yield _use(module, call, module.source.type(named(inner)[0]))


def _conventions(module: Reader, call: Call, last: str) -> Iterator[Setting | Unread]:
    """The templates of actions that say no path."""
    at = module.source.head(call.node)
    if last in {"MapDefaultControllerRoute", "UseMvcWithDefaultRoute"}:
        yield Setting(at, "aspnet", "conventional", 0, DEFAULT)
    elif last in {"MapControllerRoute", "MapAreaControllerRoute", "MapRoute"}:
        given = dict(zip(_names(call.node, last), arguments(call.node), strict=False))
        text = text_of(module, given.get("pattern"), call.scope)
        if text is not None:
            yield Setting(at, "aspnet", "conventional", 0, text)
        else:
            yield Unread(at, "dynamic", "the template of its routes is put together when the program runs", "Write it as a string.")


def _names(call: Node, last: str) -> list[str]:
    """The names of what a call is given, by their places where it does not say them."""
    places = ["name", "areaName", "pattern"] if last == "MapAreaControllerRoute" else ["name", "pattern"]
    told = [{"template": "pattern"}.get(each, each) for each in keywords(call)]
    return [each or (places[place] if place < len(places) else "") for place, each in enumerate(told)]
