"""Applications in C# as they are put together: types of other files, applications beside each other, policies, what cannot be told."""

import pytest

from invariants.facts.place import Place
from invariants.facts.settings import RouteGuard
from replay.web.routing import doubts, enforcement, routes

PROGRAM = "var app = WebApplication.CreateBuilder(args).Build(); app.MapControllers(); app.Run();"
CONTROLLER = """
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Own.Security;
namespace Own.Api;
[ApiController, Route("rows")]
public class RowsController : ControllerBase
{
    [HttpGet, %s]
    public IActionResult All() => Ok();
}
"""
REFUSES = """
namespace %s;
public class GateAttribute : Attribute, IAuthorizationFilter
{
    public void OnAuthorization(AuthorizationFilterContext context)
    {
        if (!context.HttpContext.User.Identity.IsAuthenticated) { context.Result = new UnauthorizedResult(); }
    }
}
"""
COUNTS = """
namespace %s;
public class GateAttribute : Attribute, IAuthorizationFilter
{
    public void OnAuthorization(AuthorizationFilterContext context) { Counter.Add(1); }
}
"""


def controller(attribute: str, **others: str) -> dict[str, str]:
    """A controller with an attribute on its action, and other files."""
    return {"Api/Program.cs": PROGRAM, "Api/RowsController.cs": CONTROLLER % attribute} | {
        f"{name.replace('__', '/')}.cs": text for name, text in others.items()
    }


def configured(name: str, posture: str = "session") -> list[RouteGuard]:
    return [RouteGuard(Place(".invariants/config.toml", 1, 1, 1, 1), name, posture)]


def test_of_two_types_of_a_name_the_one_whose_namespace_is_open_is_meant() -> None:
    near, far = {"Api__Old__GateAttribute": COUNTS % "Old.Security"}, {"Shared__GateAttribute": REFUSES % "Own.Security"}
    assert enforcement(controller("Gate", **near, **far)) == {"GET /rows": "enforced"}


def test_of_two_types_of_a_name_that_are_both_open_the_nearest_is_meant() -> None:
    near, far = {"Api__GateAttribute": COUNTS % "Own.Api"}, {"Shared__Far__GateAttribute": REFUSES % "Own.Security"}
    assert enforcement(controller("Gate", **near, **far)) == {"GET /rows": "declared"}


def test_an_attribute_of_the_repository_is_another_type_than_the_generic_one_of_its_name() -> None:
    typed = "namespace Own.Security; public class AuthorizeAttribute<T> : Attribute { }"
    assert enforcement(controller("Authorize", Shared__AuthorizeAttribute=typed)) == {"GET /rows": "enforced"}


@pytest.mark.parametrize(
    ("attribute", "said"), [("Authorize(Policy = nameof(P.Known))", "enforced"), ('Authorize("Unknown")', "unverified")]
)
def test_a_policy_that_nobody_is_seen_to_make_is_doubted(attribute: str, said: str) -> None:
    made = 'class Setup { void Add(AuthorizationOptions o) { o.AddPolicy("Known", p => p.RequireAuthenticatedUser()); } }'
    assert enforcement(controller(attribute, Api__Setup=made)) == {"GET /rows": said}


def test_a_policy_of_another_application_says_nothing() -> None:
    made = 'class Setup { void Add(AuthorizationOptions o) { o.AddPolicy("Known", p => p.RequireAuthenticatedUser()); } }'
    assert enforcement(controller('Authorize("Known")', Desk__Setup=made, Desk__Program=PROGRAM)) == {"GET /rows": "unverified"}


def test_who_configures_the_attribute_answers_for_its_policies() -> None:
    known = configured("Microsoft.AspNetCore.Authorization.AuthorizeAttribute")
    assert enforcement(controller('Authorize("Unknown")'), known) == {"GET /rows": "enforced"}
    assert enforcement(controller("Authorize, AllowAnonymous"), known) == {"GET /rows": "declared"}


def test_a_guard_is_configured_by_its_file_and_its_name_in_the_runtime() -> None:
    typed = "namespace Own.Security; public class NeedsAttribute<T> : Attribute { }"
    files = controller("Needs<Clerks>", Shared__NeedsAttribute=typed)
    found = routes(files, configured("Shared/NeedsAttribute.NeedsAttribute`1", "session permission:{T}"))
    assert [(each.posture, each.enforcement) for each in found] == [("session permission:Clerks", "enforced")]


def test_what_a_library_says_of_all_actions_is_doubted_where_several_applications_may_use_it() -> None:
    library = "static class Setup { static void Use(IEndpointRouteBuilder e) { e.MapControllers().RequireAuthorization(); } }"
    one = {"Api/Program.cs": PROGRAM, "Api/RowsController.cs": CONTROLLER % "Tag"}
    assert enforcement(one | {"Desk/Program.cs": PROGRAM, "Shared/Deep/Setup.cs": library})["GET /rows"] == "none"
    filters = "static class Setup { static void Use(MvcOptions options) { options.Filters.Add(new AuthorizeFilter()); } }"
    assert enforcement(one | {"Desk/Program.cs": PROGRAM, "Shared/Setup.cs": filters}) == {"GET /rows": "unverified"}
    assert enforcement(one | {"Shared/Setup.cs": filters}) == {"GET /rows": "enforced"}


def test_a_helper_of_a_base_class_that_answers_with_a_refusal_is_heeded_where_that_is_returned() -> None:
    base = """
    namespace Own.Api;
    public abstract class Billing(ICtx ctx, IRows rows) : ControllerBase
    {
        protected async Task<(Row, IResult)> FindAsync(Guid id, Func<Guid, bool> allowed)
        {
            if (!User.Identity.IsAuthenticated) { return (null, TypedResults.Unauthorized()); }
            return (await rows.FindAsync(id), null);
        }
    }
    """
    action = """
    namespace Own.Api;
    [Route("bills")]
    public class BillsController(ICtx ctx, IRows rows) : Billing(ctx, rows)
    {
        [HttpGet]
        public async Task<IResult> One(Guid id)
        {
            var (row, refused) = await FindAsync(id, ctx.Owns);
            if (row == null) { return refused; }
            return TypedResults.Ok(row);
        }
        [HttpPost]
        public async Task<IResult> Other(Guid id)
        {
            await FindAsync(id, ctx.Owns);
            return TypedResults.Ok();
        }
    }
    """
    found = enforcement({"Api/Program.cs": PROGRAM, "Api/Billing.cs": base, "Api/BillsController.cs": action})
    assert (found["GET /bills"], found["POST /bills"]) == ("enforced", "declared")


def test_actions_without_a_path_are_unverified_where_no_convention_is_seen() -> None:
    plain = "public class HomeController : Controller { public IActionResult Index() => View(); }"
    assert [each.enforcement for each in routes({"Api/Program.cs": PROGRAM, "Api/HomeController.cs": plain})] == ["unverified"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Api/XController.cs", "[Route(Path())] public class XController : ControllerBase { }"),
        ("Api/XController.cs", "public class XController : ControllerBase\n{\n[HttpGet(Path())] public void A() { }\n}"),
        ("Api/Program.cs", 'app.MapControllerRoute("x", Pattern());'),
        ("Api/Program.cs", "var app = builder.Build(); app.MapGet(Path(), () => 1);"),
        ("Api/Program.cs", "var app = builder.Build(); var group = app.MapGroup(Path());"),
    ],
)
def test_what_is_put_together_when_the_program_runs_is_said_at_its_line(path: str, text: str) -> None:
    assert (path, 1 + text[: text.index("Path" if "Path" in text else "Map")].count("\n")) in doubts({path: text})


def test_a_directive_above_a_class_is_said_of_its_actions() -> None:
    text = CONTROLLER % "Tag"
    files = {
        "Program.cs": PROGRAM,
        "RowsController.cs": text.replace("[ApiController,", "// invariants: auth public -- prices\n[ApiController,"),
    }
    assert [(each.posture, each.enforcement) for each in routes(files)] == [("public", "declared")]


def test_what_is_said_of_a_route_behind_its_call_may_be_configured_by_its_name() -> None:
    mapped = 'app.MapGet("/a", () => 1).RequirePermission("a"); app.MapGet("/b", () => 1).WithTags("b");'
    files = {"Program.cs": f"var app = builder.Build(); {mapped}"}
    assert enforcement(files) == {"GET /a": "unverified", "GET /b": "none"}
    assert enforcement(files, configured("RequirePermission"))["GET /a"] == "enforced"


def test_a_route_that_only_a_helper_maps_is_the_one_of_its_caller() -> None:
    helper = """
    static class Mapping
    {
        public static RouteHandlerBuilder MapGet(this IEndpointRouteBuilder builder, Delegate handler, string pattern = "") =>
            builder.MapGet(pattern, handler).WithName(handler.Method.Name);
    }
    """
    mapped = 'rows.MapGet(All); rows.MapGet(One, "{id}"); int All() => 1; int One() => 1;'
    program = f'var app = builder.Build(); var rows = app.MapGroup("/rows"); {mapped}'
    assert enforcement({"Program.cs": program, "Mapping.cs": helper}) == {"GET /rows": "none", "GET /rows/{id}": "none"}
