"""What is named as the guard of a route is what turns strangers away there, and what only looks like one is none."""

from replay.web.routing import enforcement, routes

LOGIN = """
import { Hono } from "hono"
import { assertPasswordsAllowed } from "./policy"
const app = new Hono()
app.post("/login", async (c) => {
  const { name, password } = await c.req.json()
  const user = await findUser(name)
  const valid = await verifyPassword(user, password)
  if (!valid) return c.json({}, 401)
  await assertPasswordsAllowed(user)
  return c.json(tokens(user))
})
export default app
"""
POLICY = """
export class SsoRequiredError extends Error {}
async function isPasswordAuthDisabledBySso(user) { return (await providers(user)).length > 0 }
export async function assertPasswordsAllowed(user) {
  if (await isPasswordAuthDisabledBySso(user)) throw new PasswordAuthRequiredError()
}
"""


def test_who_is_kept_out_for_another_reason_is_no_sign_that_others_are_known() -> None:
    [login] = routes({"app.ts": LOGIN, "policy.ts": POLICY})
    assert "assertPasswordsAllowed rejects" not in login.reason


def test_the_form_of_a_key_says_nothing_of_who_sends_it() -> None:
    files = {
        "app.ts": 'import { Hono } from "hono"\nconst app = new Hono()\nconst KEY_PATTERN = /^[0-9a-f]{64}$/\n'
        'function assertValidEnrollmentKey(key) { if (!KEY_PATTERN.test(key)) { throw new Error("Invalid key") } }\n'
        'app.get("/i/:code", async (c) => {\n  const found = await redeem(c.req.param("code"))\n'
        "  if (!found) return c.text('gone', 404)\n  assertValidEnrollmentKey(found.key)\n  return c.body(installer(found))\n})\n"
        "export default app\n"
    }
    assert enforcement(files)["GET /i/{code}"] == "none"


def test_a_way_out_that_depends_on_how_an_application_is_set_up_is_none_for_strangers_alone() -> None:
    files = {
        "app.ts": 'import { Hono } from "hono"\nconst app = new Hono()\n'
        'app.get("/logout", async (c) => {\n  await forget(c)\n'
        '  if (!accessTrustEnabled()) return c.redirect("/login?out=1")\n  return c.redirect(teamLogout())\n})\nexport default app\n'
    }
    assert enforcement(files)["GET /logout"] != "enforced"


def test_a_method_of_cs_that_sends_everybody_elsewhere_turns_nobody_away() -> None:
    text = """using Microsoft.AspNetCore.Mvc;
public class ErrorController : Controller
{
    [Route("/error")]
    public IActionResult Error()
    {
        if (HttpContext.Features.Get<IExceptionHandlerPathFeature>() != null) { return Redirect("/back"); }
        else { return Redirect("/Home"); }
    }
}
"""
    assert enforcement({"ErrorController.cs": text})["ANY /error"] == "none"


def test_what_a_method_of_cs_says_of_a_group_is_said_of_all_in_it() -> None:
    text = """using Microsoft.AspNetCore.Builder;
public static class Endpoints
{
    public static void MapAll(this WebApplication app)
    {
        app.MapGroup("/leases").WithDefaults().MapGet("/mine", () => Results.Ok());
        app.MapGroup("/open").WithNames().MapGet("/all", () => Results.Ok());
    }

    private static RouteGroupBuilder WithDefaults(this RouteGroupBuilder group)
    {
        group.RequireAuthorization();
        return group;
    }

    private static RouteGroupBuilder WithNames(this RouteGroupBuilder group)
    {
        group.WithTags("open");
        return group;
    }
}
"""
    main = "var app = WebApplication.CreateBuilder(args).Build();\napp.MapAll();\napp.Run();\n"
    assert enforcement({"Endpoints.cs": text, "Program.cs": main}) == {"GET /leases/mine": "enforced", "GET /open/all": "none"}


RUST = """
use axum::{middleware::{from_fn, Next}, extract::Request, response::Response, http::StatusCode, routing::get, Router};
async fn page() -> &'static str { "in" }
async fn auth(request: Request, next: Next) -> Result<Response, StatusCode> {
    verify(request.headers().get("authorization")).map_err(|_| StatusCode::UNAUTHORIZED)?;
    Ok(next.run(request).await)
}
"""


def test_a_function_that_is_there_in_two_builds_is_read_in_both() -> None:
    body = 'Router::new().route("/{}", get(page)).route_layer(from_fn(auth)).route("/{}/open", get(page))'
    files = {
        "src/main.rs": RUST + f'#[cfg(feature = "a")]\nfn settings() -> Router {{ {body.replace("{}", "a")} }}\n'
        f'#[cfg(not(feature = "a"))]\nfn settings() -> Router {{ {body.replace("{}", "b")} }}\n'
        "async fn main() { axum::serve(listener, Router::new().merge(settings())).await; }\n"
    }
    assert enforcement(files) == {"GET /a": "enforced", "GET /a/open": "none", "GET /b": "enforced", "GET /b/open": "none"}


def test_a_handler_that_is_documented_and_registered_by_hand_is_one_route() -> None:
    files = {
        "src/main.rs": RUST + '#[utoipa::path(get, path = "/{id}")]\nasync fn shown() -> &\'static str { "in" }\n'
        'async fn main() { axum::serve(listener, Router::new().route("/things/{id}", get(shown))).await; }\n'
    }
    assert enforcement(files) == {"GET /things/{id}": "none"}


def test_what_a_macro_makes_of_a_type_is_not_passed_over() -> None:
    files = {
        "src/main.rs": "use actix_web::{web, App};\nmod api;\n"
        "fn main() { let app = App::new().configure(<api::Api as Routes>::configure); }\n",
        "src/api.rs": '#[routes::routes("/health" => get(health))]\npub struct Api;\nasync fn health() {}\n',
    }
    assert set(enforcement(files).values()) == {"unverified"}
