"""Routes that are registered in ways of which a part lies in another file: how many there are, and what stands before them."""

import pytest

from replay.web.routing import doubts, enforcement

CHECK = """
async function requireUser(ctx, next) {
  const user = await lookup(ctx.headers.authorization)
  if (!user) { ctx.status = 401; ctx.body = {}; return }
  await next()
}
"""


def test_koa_serves_the_routes_of_routers_and_runs_what_was_put_before_them() -> None:
    files = {
        "app.js": 'import Koa from "koa"\nimport v1 from "./v1"\nconst app = new Koa()\napp.use(v1.routes())\napp.listen(1)\n',
        "v1.js": 'import Router from "@koa/router"\nimport users from "./users"\nconst v1 = new Router({ prefix: "/v1" })\n'
        'v1.get("/health", async (ctx) => { ctx.body = "ok" })\nv1.use(users.routes())\nexport default v1\n',
        "users.js": f'import Router from "@koa/router"\n{CHECK}\nconst users = new Router({{ prefix: "/users" }})\n'
        'users.get("/early", async (ctx) => { ctx.body = [] })\nusers.get("/:id", requireUser, async (ctx) => { ctx.body = [] })\n'
        'users.use(requireUser)\nusers.del("/:id", async (ctx) => { ctx.body = [] })\nexport default users\n',
    }
    assert enforcement(files, manifests={"package.json": '{"dependencies": {"@koa/router": "^13.1.0"}}'}) == {
        "GET /v1/health": "none",
        "GET /v1/users/early": "none",
        "GET /v1/users/{id}": "enforced",
        "DELETE /v1/users/{id}": "enforced",
    }


def test_rocket_serves_the_handlers_of_lists_where_they_are_mounted() -> None:
    files = {
        "src/main.rs": "mod api;\nmod auth;\n#[rocket::main]\nasync fn main() {\n    rocket::build()"
        '.mount([base, "/api"].concat(), api::routes()).mount("/", routes![index]).launch().await;\n}\n#[get("/")]\nfn index() {}\n',
        "src/api.rs": "use crate::auth::User;\nuse rocket::Route;\npub fn routes() -> Vec<Route> {\n"
        "    let mut own = routes![open, shut, maybe];\n"
        '    own\n}\n#[get("/open/<id>?<q>")]\nfn open(id: Id, q: &str) {}\n'
        '#[post("/shut", data = "<data>")]\nfn shut(data: Data, user: User) {}\n'
        '#[put("/maybe")]\nfn maybe(user: Option<User>) {}\n',
        "src/auth.rs": "use rocket::request::{FromRequest, Outcome, Request};\npub struct User;\nimpl<'r> FromRequest<'r> for User {\n"
        "    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {\n"
        '        match lookup_user(request.headers().get_one("authorization")) {\n            Some(user) => Outcome::Success(user),\n'
        "            None => Outcome::Error((Status::Unauthorized, ())),\n        }\n    }\n}\n",
    }
    found = enforcement(files)
    assert found == {"GET /": "none", "GET /api/open/{id}": "none", "POST /api/shut": "enforced", "PUT /api/maybe": found["PUT /api/maybe"]}
    assert found["PUT /api/maybe"] != "enforced"


def test_what_is_mounted_and_is_not_in_the_repository_is_a_route_that_nobody_sees() -> None:
    app = (
        "import os\nfrom fastapi import Depends, FastAPI, HTTPException, Request\nfrom elsewhere import users, admin\n"
        'def known(request: Request):\n    if request.headers.get("x-token") != os.environ["TOKEN"]:\n        raise HTTPException(401)\n'
        'app = FastAPI()\napp.include_router(users.get_auth_router(backend), prefix="/auth")\n'
        'app.include_router(admin, prefix="/admin", dependencies=[Depends(known)])\n'
    )
    assert enforcement({"app.py": app}) == {"ANY /auth/{?}": "unverified", "ANY /admin/{?}": "enforced"}


def test_a_list_of_handlers_may_hold_comments_and_attributes() -> None:
    main = (
        '#[rocket::main]\nasync fn main() {\n    rocket::build().mount("/", routes![\n        // the old one, still called\n        old,\n'
        '        /* and */ #[cfg(feature = "new")]\n        new,\n    ]).launch().await;\n}\n'
        '#[get("/old")]\nfn old() {}\n#[get("/new")]\nfn new() {}\n'
    )
    assert enforcement({"src/main.rs": main}) == {"GET /old": "none", "GET /new": "none"}


def test_a_module_that_exports_a_router_in_its_place_is_that_router() -> None:
    guard = (
        "module.exports = (req, res, next) => {\n  const user = lookup(req.headers.authorization);\n"
        "  if (!user) return res.status(401).end();\n  next();\n};\n"
    )
    files = {
        "app.js": 'const app = require("express")();\napp.use("/x", require("./r"));\napp.listen(1);\n',
        "r.js": 'const router = require("express").Router();\nconst auth = require("./auth");\n'
        'router.get("/a", auth, (q, s) => s.json({}));\n'
        'router.get("/b", (q, s) => s.json({}));\nmodule.exports = router;\n',
        "auth.js": guard,
    }
    assert enforcement(files) == {"GET /x/a": "enforced", "GET /x/b": "none"}


def test_a_package_takes_modules_of_its_own() -> None:
    router = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/')\ndef rows():\n    return []\n"
    files = {
        "app/__main__.py": "from fastapi import FastAPI\nfrom app.routes import router\napp = FastAPI()\napp.include_router(router)\n",
        "app/routes/__init__.py": "from fastapi import APIRouter\nfrom . import notices\nrouter = APIRouter()\n"
        "router.include_router(notices.router, prefix='/notices')\n",
        "app/routes/notices.py": router,
    }
    assert enforcement(files) == {"GET /notices/": "none"}


def test_each_method_of_a_view_set_has_what_stands_on_it() -> None:
    files = {
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
        "shop/urls.py": "from django.urls import path\nfrom shop.views import Bills\n"
        "urlpatterns = [path('bills/', Bills.as_view({'get': 'list', 'post': 'create'}))]\n",
        "shop/views.py": "from rest_framework.viewsets import ViewSet\nfrom rest_framework.permissions import AllowAny, IsAuthenticated\n"
        "from shop.guards import require_admin\nclass Bills(ViewSet):\n    permission_classes = [AllowAny]\n"
        "    def list(self, request):\n        return []\n    @require_admin\n    def create(self, request):\n        return {}\n",
        "shop/guards.py": "from functools import wraps\nfrom rest_framework.exceptions import PermissionDenied\n"
        "def require_admin(function):\n"
        "    @wraps(function)\n    def inner(self, request):\n        if not request.user.is_admin:\n            raise PermissionDenied()\n"
        "        return function(self, request)\n    return inner\n",
    }
    assert enforcement(files) == {"GET /bills/": "declared", "POST /bills/": "enforced"}


def test_a_chain_of_trpc_9_names_its_procedures_and_middleware_stands_before_what_comes_after() -> None:
    """As `@trpc/server` 9.27.4 says: the names are those of its `_def`, and who is not known is refused where this says so."""
    files = {
        "src/create.ts": 'import * as trpc from "@trpc/server";\nexport function createRouter() {\n  return trpc.router<Context>();\n}\n'
        "export const createOwnRouter = () =>\n  createRouter().middleware(async ({ ctx, next }) => {\n"
        '    if (!ctx.session?.user) throw new trpc.TRPCError({ code: "UNAUTHORIZED" });\n    return next();\n  });\n',
        "src/todo.ts": 'import { createRouter, createOwnRouter } from "./create";\nexport const todo = createRouter()\n'
        '  .query("all", { resolve() { return []; } })\n  .middleware(async ({ ctx, next }) => {\n'
        '    if (!ctx.session?.user) throw new TRPCError({ code: "UNAUTHORIZED" });\n    return next();\n  })\n'
        '  .mutation("add", { async resolve({ input }) { return input; } });\n'
        'export const own = createOwnRouter().query("mine", { resolve: () => [] });\n',
        "src/app.ts": 'import { createRouter } from "./create";\nimport { todo, own } from "./todo";\n'
        'export const appRouter = createRouter().merge("todo.", todo).merge(own).query("health", { resolve: () => 1 });\n'
        "export type AppRouter = typeof appRouter;\n",
    }
    assert enforcement(files) == {"RPC todo.all": "none", "RPC todo.add": "enforced", "RPC mine": "enforced", "RPC health": "none"}


def test_what_is_put_into_a_router_of_trpc_and_is_not_in_the_repository_is_a_procedure_that_nobody_sees() -> None:
    app = (
        'import { initTRPC } from "@trpc/server";\nimport { billing, shared } from "@acme/billing";\nconst t = initTRPC.create();\n'
        "export const appRouter = t.router({ billing, made: billing(t), ...shared, one: t.procedure.query(() => 1) });\n"
        "export type AppRouter = typeof appRouter;\n"
    )
    assert enforcement({"app.ts": app}) == {
        "RPC billing.{?}": "unverified",
        "RPC made.{?}": "unverified",
        "RPC {?}": "unverified",
        "RPC one": "none",
    }


SETTINGS = """
from functools import lru_cache
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    prefix: str = "/api"
@lru_cache
def get_settings() -> Settings:
    return Settings()
def one():
    return other()
def other():
    return one()
"""


@pytest.mark.parametrize(
    ("prefix", "found"), [("settings.prefix", "GET /api/x"), ("get_settings().prefix", "GET /api/x"), ("one().prefix", "GET {?}/x")]
)
def test_a_prefix_may_be_a_setting_of_what_a_function_answers(prefix: str, found: str) -> None:
    files = {
        "app.py": "from fastapi import FastAPI\nfrom routes import router\nfrom settings import get_settings, one\n"
        f"settings = get_settings()\napp = FastAPI()\napp.include_router(router, prefix={prefix})\n",
        "routes.py": "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/x')\ndef x(): ...\n",
        "settings.py": SETTINGS,
    }
    assert enforcement(files).keys() == {found}


def test_a_function_of_supabase_is_open_where_the_configuration_asks_for_no_token() -> None:
    """The anonymous key passes for a token: that is public, and said to be; nothing is said of one that asks for none."""
    serving = "Deno.serve(async (request) => new Response('in'));\n"
    files = {
        "supabase/config.toml": "[functions.hook]\nverify_jwt = false\n[functions.asked]\nverify_jwt = true\n"
        "[functions.plain]\nimport_map = 'x'\n",
        **{f"supabase/functions/{name}/index.ts": serving for name in ("hook", "asked", "plain", "unnamed")},
    }
    assert enforcement(files) == {
        "ANY /functions/v1/hook": "none",
        "ANY /functions/v1/asked": "declared",
        "ANY /functions/v1/plain": "declared",
        "ANY /functions/v1/unnamed": "declared",
    }


def test_a_function_of_supabase_of_which_nobody_sees_what_answers_is_served_all_the_same() -> None:
    start = "import { serve as start } from 'https://deno.land/std/http/server.ts';\nstart((request) => new Response('in'));\n"
    config = "[functions.hook]\nverify_jwt = false\n"
    files = {"supabase/config.toml": config, "supabase/functions/hook/index.ts": start, "supabase/functions/asked/index.ts": start}
    assert enforcement(files) == {"ANY /functions/v1/hook": "unverified", "ANY /functions/v1/asked": "declared"}


def test_a_function_of_supabase_that_begins_in_a_file_of_another_name_is_served() -> None:
    config = (
        '[functions.hook]\nverify_jwt = false\nentrypoint = "./functions/hook/main.ts"\n'
        '[functions.asked]\nentrypoint = "./functions/asked/main.ts"\n[functions.plain]\nentrypoint = "./functions/plain/index.ts"\n'
    )
    serving = "Deno.serve(async (request) => new Response('in'));\n"
    files = {"supabase/config.toml": config, **{f"supabase/functions/{name}/main.ts": serving for name in ("hook", "asked")}}
    files["supabase/functions/plain/index.ts"] = serving
    assert enforcement(files) == {
        "ANY /functions/v1/hook": "unverified",
        "ANY /functions/v1/asked": "declared",
        "ANY /functions/v1/plain": "declared",
    }


def test_routes_within_a_function_of_supabase_stand_below_it_and_behind_its_key() -> None:
    inside = (
        "import {{ Hono }} from 'npm:hono';\nconst app = new Hono();\napp.get('/{0}/rows', (c) => c.text('in'));\nDeno.serve(app.fetch);\n"
    )
    files = {
        "supabase/config.toml": "[functions.hook]\nverify_jwt = false\n",
        **{f"supabase/functions/{name}/index.ts": inside.format(name) for name in ("hook", "asked")},
    }
    found = enforcement(files)
    assert (found["GET /functions/v1/hook/rows"], found["GET /functions/v1/asked/rows"]) == ("none", "declared")
    assert found.keys() == {
        f"{each}" for name in ("hook", "asked") for each in (f"GET /functions/v1/{name}/rows", f"ANY /functions/v1/{name}")
    }


def test_the_router_of_a_library_for_pages_is_none_of_trpc() -> None:
    pages = 'import { createRouter, made } from "vue-router";\nexport default createRouter({ history: made(), routes });\n'
    assert enforcement({"src/router/index.ts": pages}) == {}


def test_what_an_arm_of_select_serves_is_served() -> None:
    main = """
use axum::{Router, routing::get};
async fn open() {}
#[tokio::main]
async fn main() {
    let app = Router::new().route("/open", get(open));
    tokio::select! {
        result = axum::serve(listener, app) => { if let Err(error) = result { report(error); } }
        _ = tokio::signal::ctrl_c() => {}
        () = stopped => {}
    }
}
"""
    assert enforcement({"src/main.rs": main}) == {"GET /open": "none"}


def test_of_a_path_of_which_a_part_cannot_be_told_the_rest_is() -> None:
    app = (
        "import os\nfrom fastapi import APIRouter, FastAPI\nrouter = APIRouter()\n@router.get('/a')\ndef a(): ...\n"
        "@router.get('/b')\ndef b(): ...\napp = FastAPI()\napp.include_router(router, prefix=os.environ['PREFIX'])\n"
    )
    assert enforcement({"app.py": app}) == {"GET {?}/a": "unverified", "GET {?}/b": "unverified"}


LOADED = """const app = require('fastify')();
const autoload = require('@fastify/autoload');
app.register(autoload, { dir: path.join(__dirname, 'routes'), %s });
"""
PLUGIN = "module.exports = async (fastify) => { fastify.get('/rows', async () => []); };"


@pytest.mark.parametrize("pattern", ["/guards(?!x)\\.js/", "/guards.*/", "/guards/g", "/(guards/", "PATTERN", "new RegExp('guards')"])
def test_hooks_of_a_folder_by_a_pattern_that_may_mean_something_else_are_in_doubt(pattern: str) -> None:
    files = {"app.js": LOADED % f"autoHooksPattern: {pattern}", "routes/rows.js": PLUGIN}
    assert ("app.js", 3) in doubts(files)


def test_routers_of_a_list_are_put_in_as_far_as_the_list_can_be_told() -> None:
    files = {
        "app.py": "from fastapi import APIRouter, FastAPI\nimport other\nfound = APIRouter(prefix='/found')\n"
        "@found.get('/')\ndef listed(): ...\nROUTERS = other.routers + [found, *other.more]\napp = FastAPI()\n"
        "def configure():\n    for router in ROUTERS:\n        app.include_router(router, prefix='/v1')\n",
        "other.py": "routers = load()\nmore = load()\n",
    }
    assert enforcement(files) == {"GET /v1/found/": "none"}
    assert doubts(files) == {("app.py", 6)}


def test_blueprints_of_a_list_are_put_in_as_far_as_the_list_can_be_told() -> None:
    files = {
        "app.py": "from flask import Blueprint, Flask\nimport other\nfound = Blueprint('found', __name__)\n"
        "@found.route('/found')\ndef listed(): ...\napp = Flask(__name__)\n"
        "for prefix, each in [('/v1', found), *other.more]:\n    app.register_blueprint(each, url_prefix=prefix)\n",
        "other.py": "more = load()\n",
    }
    assert enforcement(files) == {"GET /v1/found": "none"}
    assert doubts(files) == {("app.py", 7)}
