"""What registrations mean, framework by framework."""

from typing import Any

import pytest

from frontends.typescript.reading import facts, outline, values
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Job, Mount, Router, Setting, Use
from invariants.frontends import supabase, vercel

EXPRESS = "const express = require('express'); const app = express();"
HONO = "import { Hono } from 'hono'; const app = new Hono();"
FASTIFY = "const app = require('fastify')();"


def routes(source: str, path: str = "src/app.ts") -> list[tuple[str, str, str | None]]:
    return [(each.router, each.method, each.path) for each in facts(Endpoint, source, path)]


def guards(source: str, path: str = "src/app.ts") -> list[tuple[str, bool, str, str | None]]:
    return [(each.router, each.own, each.symbol, each.pattern) for each in facts(Use, source, path)]


def mounts(source: str, path: str = "src/app.ts") -> list[tuple[str, str, str | None]]:
    return [(each.router, each.child, each.prefix) for each in facts(Mount, source, path)]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("app.get('/a/:id', h)", [("app", "GET", "/a/{id}")]),
        ("app.get('/a/:id(\\\\d+)?', h)", [("app", "GET", "/a/{id}")]),
        ("app.all('/files/*rest', h, j)", [("app", "ANY", "/files/{rest}")]),
        ("app.get(['/a', '/b'], h)", [("app", "GET", "/a"), ("app", "GET", "/b")]),
        ("app.route('/a').get(h).post(h)", [("app", "GET", "/a"), ("app", "POST", "/a")]),
        ("const P = '/v1'; app.get(`${P}/a`, h)", [("app", "GET", "/v1/a")]),
        ("const PATHS = { a: '/a' }; app.get(PATHS.a + '/b', h)", [("app", "GET", "/a/b")]),
        ("app.get('view engine')", []),
        ("other.get('/a', h)", []),
    ],
)
def test_express_routes(call: str, found: list[Any]) -> None:
    assert routes(f"{EXPRESS} {call};") == found


def test_express_middleware_covers_what_is_registered_later() -> None:
    [use] = facts(Use, f"{EXPRESS} app.use('/api', auth);")
    assert (use.covers, use.pattern, use.escapes) == ("after", "/api/**", True)


def test_express_handlers_have_their_own_guards() -> None:
    source = f"{EXPRESS} app.post('/a', json(), [auth, limit], wrap(async (req, res) => {{}}));"
    assert [symbol for _, _, symbol, _ in guards(source)] == ["json", "auth", "limit", "wrap"]


def test_express_lets_paths_by() -> None:
    [use] = facts(Use, f"{EXPRESS} app.use(auth.unless({{ path: ['/login'] }}));")
    assert (use.symbol, use.excludes) == ("auth", "/login")
    [use] = facts(Use, f"{EXPRESS} app.use(auth.unless({{ path: open }}));")
    assert use.pattern is None


def test_express_routers_are_put_into_others() -> None:
    source = f"{EXPRESS} import users from './users'; const inner = express.Router(); app.use('/in', inner); app.use('/users', users);"
    assert mounts(source) == [("app", "inner", "/in"), ("app", "users", "/users")]
    assert mounts(f"{EXPRESS} app.use('/a', require('./a'));") == [("app", "(1:74)", "/a")]
    assert [each.kind for each in facts(Router, source)] == ["app", "router"]


def test_express_routers_are_made_by_functions_and_given_to_them() -> None:
    source = f"{EXPRESS} function users(app) {{ app.get('/u', h); }} users(app);"
    assert routes(source) == [("users", "GET", "/u")]
    assert mounts(source) == [("app", "users", "")]
    made = "import { Router } from 'express'; export function make() { const router = Router(); router.get('/m', h); return router; }"
    assert routes(made) == [("make", "GET", "/m")]


def test_an_error_handler_is_no_guard() -> None:
    [use] = facts(Use, f"{EXPRESS} app.use((error, req, res, next) => {{}});")
    assert (use.means, use.covers) == ("rescue", "before")


def test_what_is_called_after_errors_is_told_of_each_framework() -> None:
    hono = "import { Hono } from 'hono'; const app = new Hono(); app.onError(answered);"
    fastify = "import fastify from 'fastify'; const app = fastify(); app.setErrorHandler(answered);"
    told = [each for source in (hono, fastify) for each in facts(Use, source)]
    assert [(each.means, each.symbol, each.covers) for each in told] == [("rescue", "answered", "all")] * 2


def test_hooks_of_fastify_say_when_they_run() -> None:
    source = "import fastify from 'fastify'; const app = fastify(); app.addHook('preHandler', b); app.get('/x', { onRequest: a }, h);"
    assert [(each.symbol, each.stage) for each in facts(Use, source)] == [("b", 3), ("a", 0)]


@pytest.mark.parametrize(
    "source",
    [
        f"{EXPRESS} for (const each of list) {{ app[each.method](each.path, each.handler); }}",
        f"{EXPRESS} for (const each of list) {{ app.use(each.path, each.router); }}",
        f"{EXPRESS} list.forEach((each) => app.use(each.path, each.router));",
        f"{EXPRESS} app.get(pathOf('a'), h);",
        f"{HONO} app.get(pathOf('a'), h);",
        f"{FASTIFY} app.get(pathOf('a'), h);",
        f"{FASTIFY} app.register(autoload, {{ dir: 'routes' }}); import autoload from '@fastify/autoload';",
        "import { NextResponse } from 'next/server'; export function middleware() {} export const config = { matcher: paths() };",
    ],
)
def test_what_is_decided_at_run_time_is_said(source: str) -> None:
    path = "src/middleware.ts" if "next/server" in source else "src/app.ts"
    assert [each.reason for each in facts(Unread, source, path)] == ["dynamic"]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("app.get('/a/:id{[0-9]+}', h)", [("app", "GET", "/a/{id}")]),
        ("app.get('/a', h).post(h)", [("app", "GET", "/a"), ("app", "POST", "/a")]),
        ("app.on(['PUT', 'DELETE'], '/a', h)", [("app", "PUT", "/a"), ("app", "DELETE", "/a")]),
        ("app.openapi(createRoute({ method: 'get', path: '/a/{id}' }), h)", [("app", "GET", "/a/{id}")]),
        ("app.get('/files/*', h)", [("app", "GET", "/files/{path}")]),
    ],
)
def test_hono_routes(call: str, found: list[Any]) -> None:
    assert routes(f"{HONO} {call};") == found


@pytest.mark.parametrize(
    ("call", "pattern", "excludes"),
    [
        ("app.use(auth)", "/**", ""),
        ("app.use('*', auth)", "/**", ""),
        ("app.use('/admin/*', auth)", "/admin/**", ""),
        ("app.use('/admin', auth)", "/admin", ""),
        ("app.use('/a/*', except('/a/b/*', auth))", "/a/**", "/a/b/**"),
    ],
)
def test_hono_middleware_covers_its_pattern(call: str, pattern: str, excludes: str) -> None:
    [use] = facts(Use, f"{HONO} {call};")
    assert (use.symbol, use.covers, use.pattern, use.excludes) == ("auth", "after", pattern, excludes)


def test_hono_routers_have_base_paths_and_are_routed() -> None:
    source = f"{HONO} const api = new Hono().basePath('/v1'); app.route('/api', api);"
    assert [(each.name, each.kind, each.prefix) for each in facts(Router, source, "src/app.ts")] == [
        ("app", "app", ""),
        ("api", "router", "/v1"),
    ]
    assert mounts(source) == [("app", "api", "/api")]


def test_hono_handlers_are_made_together() -> None:
    source = f"{HONO} const handlers = factory.createHandlers(auth, (c) => c.json(1)); app.get('/a', ...handlers);"
    assert guards(source) == [("app", True, "auth", "/**")]


def test_fastify_hooks_cover_their_plugin() -> None:
    source = f"{FASTIFY} app.register(async function users(instance) {{ instance.addHook('onRequest', auth); }}, {{ prefix: '/u' }});"
    [use] = facts(Use, source)
    assert (use.router, use.covers, use.escapes) == ("users", "all", False)
    assert mounts(source) == [("app", "users", "/u")]


def test_fastify_plugins_that_are_shared_reach_their_parent() -> None:
    source = f"{FASTIFY} app.register(fp(async function auth(instance) {{ instance.addHook('onRequest', check); }}));"
    assert [use.escapes for use in facts(Use, source)] == [True]


def test_fastify_routes_have_hooks_of_their_own() -> None:
    source = f"{FASTIFY} app.route({{ method: ['GET', 'POST'], url: '/a/:id', preHandler: b, onRequest: [a], handler: h }});"
    assert routes(source) == [("app", "GET", "/a/{id}"), ("app", "POST", "/a/{id}")]
    assert [symbol for _, _, symbol, _ in guards(source)] == ["a", "b", "a", "b"]


def test_fastify_decorators_are_what_they_were_given() -> None:
    source = (
        f"{FASTIFY} async function check() {{}} app.decorate('authenticate', check); app.get('/a', {{ onRequest: app.authenticate }}, h);"
    )
    assert guards(source) == [("app", True, "check", "/**")]
    assert values(Setting, source) == [("fastify", "decorator authenticate", 0, "check")]


def test_fastify_answers_to_what_is_asked_together() -> None:
    assert [symbol for _, _, symbol, _ in guards(f"{FASTIFY} app.get('/a', {{ preHandler: app.auth([a]) }}, h);")] == ["a"]
    assert [symbol for _, _, symbol, _ in guards(f"{FASTIFY} app.get('/a', {{ preHandler: app.auth([a, b]) }}, h);")] == ["app.auth"]


NEST = """
import { Controller, Get, UseGuards } from '@nestjs/common';
@Controller('users') @UseGuards(JwtGuard)
export class Users {
  @Get(':id') @Roles('admin') @UseGuards(RolesGuard) one() {}
  @Post() @Public() two() {}
}
"""


def test_nest_controllers_have_routes_and_guards() -> None:
    assert routes(NEST) == [("Users", "GET", "/{id}"), ("Users", "POST", "")]
    assert [each.prefix for each in facts(Router, NEST)] == ["/users"]
    assert [(own, symbol) for _, own, symbol, _ in guards(NEST)] == [
        (False, "JwtGuard"),
        (True, "Roles"),
        (True, "RolesGuard"),
        (True, "Public"),
    ]


def test_nest_guards_of_the_application_stand_before_everything() -> None:
    source = "import { Module } from '@nestjs/common'; @Module({ providers: [{ provide: APP_GUARD, useClass: JwtGuard }] }) class M {}"
    assert guards(source) == [("", False, "JwtGuard", "/**")]
    main = "import { NestFactory } from '@nestjs/core'; app.setGlobalPrefix('api'); app.useGlobalGuards(new Guard());"
    assert values(Setting, main) == [("nest", "globalPrefix", 0, "api")]
    assert guards(main) == [("", False, "Guard", "/**")]


def test_nest_modules_put_middleware_before_paths() -> None:
    source = (
        "import { Module } from '@nestjs/common'; class M { configure(c) { c.apply(Check).exclude('a/open').forRoutes('a', 'b/*path'); } }"
    )
    assert [(each.symbol, each.pattern, each.excludes) for each in facts(Use, source)] == [
        ("Check", "/a", "/a/open"),
        ("Check", "/b/**", "/a/open"),
    ]


def test_nest_turns_away_whom_a_guard_does_not_let_in() -> None:
    source = "class Guard { canActivate(context) { if (!context.user) return false; return check(context.user); } }"
    assert outline(source, "Guard.canActivate") == [
        "branch !context.user",
        "  then: reject canActivate 403",
        "call check tested",
        "branch check(context.user)",
        "  then: return",
        "  else: reject canActivate 403",
    ]


TRPC = """
import { initTRPC } from '@trpc/server'; import { users } from './users';
const t = initTRPC.create();
const isAuthed = t.middleware(({ ctx, next }) => next());
export const open = t.procedure;
export const closed = t.procedure.use(isAuthed);
export const appRouter = t.router({ users, hello: open.query(() => 1), deep: t.router({ list: closed.use(limit).query(list) }) });
export type AppRouter = typeof appRouter;
"""


def test_trpc_procedures_are_called_by_their_routers_names() -> None:
    assert routes(TRPC) == [("appRouter", "RPC", "hello"), ("appRouter", "RPC", "deep.list")]
    assert ("appRouter", "users", "users") in mounts(TRPC)
    assert [each.kind for each in facts(Router, TRPC) if each.name == "appRouter"] == ["app"]


def test_trpc_builders_stand_before_what_is_made_of_them() -> None:
    assert [(own, symbol) for _, own, symbol, _ in guards(TRPC)] == [
        (False, "isAuthed"),
        (True, "open"),
        (True, "closed"),
        (True, "limit"),
    ]
    assert mounts(TRPC)[:2] == [("t", "open", ""), ("t", "closed", "")]


def test_server_actions_are_what_the_file_exports() -> None:
    source = "'use server'; export async function a() {} export const b = withAuth(async () => {}); function inner() {}"
    assert routes(source, "app/x/actions.ts") == [("", "ACTION", "app/x/actions.a"), ("", "ACTION", "app/x/actions.b")]
    assert [symbol for _, _, symbol, _ in guards(source, "app/x/actions.ts")] == ["withAuth"]


def test_server_actions_are_functions_that_say_so() -> None:
    source = "export default function Page() { async function reset() { 'use server'; } return <form action={reset} />; }"
    assert routes(source, "app/x/page.tsx") == [("", "ACTION", "app/x/page.reset")]


def test_safe_actions_are_made_of_clients() -> None:
    source = "'use server'; import { client } from '@/lib/client'; export const a = client.schema(s).action(async () => {});"
    assert guards(source, "app/a.ts") == [("", True, "client", "/**")]
    made = "export const base = createSafeActionClient(); export const client = base.use(async ({ next }) => { check(); return next(); });"
    assert mounts(made) == [("base", "client", "")]


def test_descriptions_of_data_are_no_clients_of_actions() -> None:
    assert not mounts("import { z } from 'zod/v4'; export const Tag = z.object({ id: z.string() }).meta({ title: 'Tag' });")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("export default function handler(req, res) {}", ["ANY"]),
        ("export default withAuth(handler); function handler() {}", ["ANY"]),
        (
            "export default function f(req, res) { if (req.method === 'GET') a(); else if (req.method === 'POST') b(); else no(405) }",
            ["GET", "POST"],
        ),
        ("export default createNextApiHandler({ router });", []),
    ],
)
def test_pages_answer_any_method_or_those_they_divide(source: str, found: list[str]) -> None:
    assert [method for _, method, _ in routes(source, "pages/api/teams/[id]/index.ts")] == found


def test_pages_are_connected() -> None:
    imported = "import { createRouter } from 'next-connect';"
    source = f"{imported} const router = createRouter(); router.use(auth).get(list); export default router.handler();"
    assert routes(source, "src/pages/api/a.ts") == [("", "GET", "/api/a")]
    assert [symbol for _, _, symbol, _ in guards(source, "src/pages/api/a.ts")] == ["auth"]


@pytest.mark.parametrize(
    ("matcher", "pattern", "excludes"),
    [
        ("'/dash/:path*'", "/dash/**", ""),
        ("['/a']", "/a", ""),
        ("[{ source: '/a/:id' }]", "/a/{id}", ""),
        ("['/((?!api|_next/static).*)']", "/**", "/api /api/** /_next/static /_next/static/**"),
        ("['/((?!api/).*)']", "/**", "/api/**"),
    ],
)
def test_middleware_stands_before_what_it_matches(matcher: str, pattern: str, excludes: str) -> None:
    source = (
        f"import {{ NextResponse }} from 'next/server'; export function middleware() {{}} export const config = {{ matcher: {matcher} }};"
    )
    [use] = facts(Use, source, "src/middleware.ts")
    assert (use.means, use.symbol, use.pattern, use.excludes) == ("edge", "middleware", pattern, excludes)


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("src/routes/api/[id]/+server.ts", "export async function GET() {}", [("", "GET", "/api/{id}")]),
        ("src/routes/(app)/a/+page.server.ts", "export const load = async () => {};", [("", "GET", "/a")]),
        (
            "src/routes/a/[[b=word]]/+page.server.ts",
            "export const actions = { default: async () => {}, remove: async () => {} };",
            [("", "POST", "/a/{b}"), ("", "POST", "/a/{b}?/remove")],
        ),
        ("src/routes/+server.js", "export const fallback = h;", [("", "ANY", "/")]),
        (
            "app/routes/users.$id.tsx",
            "export async function loader() {} export const action = h;",
            [("", "GET", "/users/{id}"), ("", "POST", "/users/{id}")],
        ),
        ("app/routes/_auth.login.tsx", "export const action = async () => {};", [("", "POST", "/login")]),
        ("app/routes/files.$.tsx", "export const loader = async () => {};", [("", "GET", "/files/{path}")]),
        ("app/routes/users/route.tsx", "export const loader = async () => {};", [("", "GET", "/users")]),
        ("app/routes/_index.tsx", "export default function Page() {}", []),
        ("supabase/functions/hello/index.ts", "Deno.serve(async (req) => new Response());", [("", "ANY", "/functions/v1/hello")]),
        (
            "supabase/functions/hi/index.ts",
            "export default { fetch: withSupabase({ auth: 'user' }, h) };",
            [("", "ANY", "/functions/v1/hi")],
        ),
        ("supabase/functions/_shared/index.ts", "Deno.serve(h);", []),
        *(
            ("supabase/functions/hey/index.ts", source, [("", "ANY", "/functions/v1/hey")])
            for source in (
                "Deno.serve({ port: 8000 }, async (req) => new Response());",
                "Deno.serve({ handler: (req) => new Response() });",
                "const handler = (req) => new Response(); Deno.serve(handler);",
                "import { serve } from 'https://deno.land/std@0.168.0/http/server.ts'; serve((req) => new Response());",
                "import { serve as start } from 'https://deno.land/std/http/server.ts'; start((req) => new Response());",
                "export default { fetch: (req) => new Response() };",
                "const server = { fetch: (req) => new Response() }; export default server;",
                "(() => { Deno.serve((req) => new Response()); })();",
                "import './main.ts';",
                "import { Application } from 'https://deno.land/x/oak/mod.ts'; await new Application().listen({ port: 8000 });",
                "import express from 'npm:express@4'; express().listen(8000);",
            )
        ),
    ],
)
def test_files_are_routes_by_where_they_stand(path: str, source: str, found: list[Any]) -> None:
    assert [each for each in routes(source, path) if not each[0]] == found


def test_a_file_of_react_router_is_a_router_for_the_list_of_routes() -> None:
    assert routes("export const loader = async () => {};", "app/users/list.tsx") == [("route", "GET", "")]
    source = "import { route } from '@react-router/dev/routes'; export default [route('users/:id', './users/list.tsx'), ...others()];"
    assert mounts(source, "app/routes.ts") == [("routes", "(1:86)", "/users/{id}")]
    assert [each.reason for each in facts(Unread, source, "app/routes.ts")] == ["dynamic"]


def test_sveltekit_hooks_stand_before_everything() -> None:
    source = "import { sequence } from '@sveltejs/kit/hooks'; export const handle = sequence(first, second); function first() {}"
    assert guards(source, "src/hooks.server.ts") == [("", False, "first", "/**"), ("", False, "second", "/**")]
    alone = "export async function handle({ event, resolve }) { if (!event.locals.user) error(401); return resolve(event); }"
    assert guards(alone, "src/hooks.server.ts") == [("", False, "handle", "/**")]
    assert outline(alone, "handle")[-2:] == ["next resolve returned", "return"]


def test_vercel_calls_routes_on_a_schedule() -> None:
    text = b'{\n  "crons": [\n    {"path": "/api/cron/a?x=1", "schedule": "0 0 * * *"}\n  ]\n}\n'
    [job] = vercel.read("vercel.json", text)
    assert isinstance(job, Job)
    assert (job.path, job.schedule, job.at.line) == ("/api/cron/a", "0 0 * * *", 3)
    assert list(vercel.read("vercel.json", b"[]")) == []
    assert [type(each) for each in vercel.read("vercel.json", b'{"crons": ')] == [Unread]


def test_supabase_says_which_functions_look_at_tokens() -> None:
    text = b"[functions.hello]\nverify_jwt = false\n[functions.other]\nimport_map = 'a'\n"
    [setting] = supabase.read("supabase/config.toml", text)
    assert isinstance(setting, Setting)
    assert (setting.name, setting.symbol, setting.at.line) == ("verify_jwt hello", "false", 1)
    assert [type(each) for each in supabase.read("supabase/config.toml", b"verify_jwt = ")] == [Unread]
