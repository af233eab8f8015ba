"""What is registered in a way that only the running program knows is said to be so, at its line; what can be told beside it still is.

A line that ends in `dynamic` is one of which that must be said, and no other one.
"""

import re

import pytest

from replay.web.routing import doubts

PYTHON = {
    "FastAPI: routes made of routes": """
from fastapi import FastAPI
from fastapi.routing import APIRoute
def copied(app: FastAPI):
    for route in list(app.router.routes):
        app.router.add_api_route("/v2" + route.path, route.endpoint)  # dynamic
        app.routes.append(APIRoute("/v3" + route.path, route.endpoint))  # dynamic
app = FastAPI()
@app.get("/a")
def a(): ...
copied(app)
""",
    "FastAPI: tables of other routers": """
from fastapi import FastAPI
from fastapi.routing import APIRoute
from other import router, table
app = FastAPI()
def h(): ...
app.router.routes.extend(router.routes)  # dynamic
app.routes += table  # dynamic
app.router.routes = table + app.routes  # dynamic
app.router.routes = [each for each in app.routes if each.path != "/docs"]
app.router.routes.append(APIRoute("/a", h))
for path, view in table.items():
    app.add_api_route(path, view)  # dynamic
    app.get(path)(view)  # dynamic
    app.api_route(path)(view)  # dynamic
""",
    "Starlette": """
from starlette.applications import Starlette
from starlette.routing import Route
from other import made, table
def h(request): ...
app = Starlette(routes=[Route("/a", h), made("/x")])  # dynamic
app.routes.append(Route("/b", h))
for path in table:
    app.routes.append(Route(path, h))  # dynamic
app.router.routes.extend([Route(path, h) for path in table])  # dynamic
app.router.routes += table  # dynamic
""",
    "Flask": """
from flask import Flask
from werkzeug.routing import Rule
from other import table
app = Flask(__name__)
def h(): ...
for path in table:
    app.route(path)(h)  # dynamic
    app.add_url_rule(path, view_func=h)  # dynamic
for rule in app.url_map.iter_rules():
    app.add_url_rule("/v2" + rule.rule, view_func=h)  # dynamic
app.url_map.add(Rule("/x", endpoint="h"))  # dynamic
app.post("/a")(h)
""",
    "Django": """
from django.urls import path
from other import NAMES, made
def h(request): ...
urlpatterns = [path("a", h)]
urlpatterns += [path(name, h) for name in NAMES]  # dynamic
for name in NAMES:
    urlpatterns.append(path(name, h))  # dynamic
with open("names") as names:
    urlpatterns += made(names)  # dynamic
def add(patterns):
    urlpatterns.extend(made(NAMES))  # dynamic
""",
    "Django REST framework": """
from rest_framework.routers import DefaultRouter
from other import TABLE, Rows
router = DefaultRouter()
for name, view in TABLE:
    router.register(name, view)  # dynamic
router.registry.extend(TABLE)  # dynamic
""",
    "Django Ninja": """
from ninja import NinjaAPI
from other import table, h
api = NinjaAPI()
for path in table:
    api.get(path)(h)  # dynamic
    api.add_api_operation(path, ["GET"], h)  # dynamic
""",
    "Sanic": """
from sanic import Sanic
from other import table
app = Sanic("x")
async def h(request): ...
for path in table:
    app.add_route(h, path)  # dynamic
    app.get(path)(h)  # dynamic
app.router.add("/x", ["GET"], h)  # dynamic
app.get("/a")(h)
""",
    "aiohttp": """
from aiohttp import web
from other import table
async def h(request): ...
app = web.Application()
app.add_routes([web.get("/a", h)])
app.add_routes([web.get(path, h) for path in table])  # dynamic
for each in app.router.routes():
    app.router.add_route(each.method, "/v2" + each.path, each.handler)  # dynamic
""",
    "Litestar": """
from litestar import Litestar, get
from other import table
@get("/a")
def a() -> None: ...
app = Litestar([a, *table])  # dynamic
app.register(table[0])  # dynamic
""",
}
JAVASCRIPT = {
    "Express": """
const express = require("express")
const { readdirSync } = require("fs")
const table = require("./table")
const app = express()
app.get("/a", (q, s) => s.json({}))
app._router.stack.forEach((layer) => app.get("/v2" + layer.route.path, layer.handle)) // dynamic
app._router.stack.push(made) // dynamic
app.router.stack = table.concat(app.router.stack) // dynamic
app._router.stack = app._router.stack.filter((layer) => layer.name)
table.forEach((r) => app[r.method](r.path, r.handler)) // dynamic
Object.entries(table).forEach(([path, handler]) => app.get(path, handler)) // dynamic
Object.keys(table).map((path) => app.use(path, table[path])) // dynamic
readdirSync("routes").forEach((file) => app.use("/" + file, require("./routes/" + file))) // dynamic
for (const file of readdirSync("routes")) {
  const router = require(`./routes/${file}`)
  app.use(router) // dynamic
}
app.listen(1)
""",
    "Fastify": """
import Fastify from "fastify"
import { table } from "./table"
const app = Fastify()
const one = { method: "GET", url: "/a", handler: async () => ({}) }
app.route(one)
for (const each of table) app.route(each) // dynamic
table.forEach((each) => app[each.method](each.path, each.handler)) // dynamic
table.forEach((each) => app.register(each.plugin)) // dynamic
app.register(import("./plugins/" + table[0])) // dynamic
app.listen({ port: 1 })
""",
    "Hono": """
import { Hono } from "hono"
import { serve } from "@hono/node-server"
import { table } from "./table"
const app = new Hono()
app.get("/a", (c) => c.json({}))
for (const each of table) app.on(each.method, each.path, each.handler) // dynamic
for (const each of table) app[each.method](each.path, each.handler) // dynamic
table.forEach((each) => app.route(each.prefix, each.app)) // dynamic
serve(app)
""",
    "Koa": """
import Koa from "koa"
import Router from "@koa/router"
import { table } from "./table"
const app = new Koa()
const router = new Router()
router.get("/a", async (ctx) => { ctx.body = {} })
for (const each of table) router[each.method](each.path, each.handler) // dynamic
table.forEach((each) => router.register(each.path, [each.method], each.handler)) // dynamic
table.forEach((each) => app.use(each.routes())) // dynamic
router.stack.push(table[0]) // dynamic
app.use(router.routes())
app.use(require("./" + table[0]).routes()) // dynamic
app.listen(1)
""",
}
RUST = """
use axum::{Router, routing::get};
async fn h() {}
#[tokio::main]
async fn main() {
    let mut app = Router::new().route("/a", get(h));
    for path in paths() { app = app.route(path, get(h)); } // dynamic
    let app = paths().iter().fold(app, |app, path| app.route(path, get(h))); // dynamic
    let app = paths().iter().fold(Router::new(), |app, path| app.route(path, get(h))); // dynamic
    for module in modules() { app = app.merge(module.router()); } // dynamic
    for module in modules() { app = app.nest("/x", module); } // dynamic
    let most = sizes.iter().fold(0, |most, each| most + each);
    axum::serve(listener, app).await;
}
"""


def expected(path: str, text: str) -> set[tuple[str, int]]:
    return {(path, number) for number, line in enumerate(text.splitlines(), 1) if re.search(r"(#|//) dynamic$", line)}


@pytest.mark.parametrize("name", PYTHON)
def test_python_says_which_lines_only_the_running_program_knows(name: str) -> None:
    settings = {"settings.py": 'ROOT_URLCONF = "app"\n'} if name == "Django" else {}
    assert doubts({"app.py": PYTHON[name], **settings}) == expected("app.py", PYTHON[name])


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_typescript_says_which_lines_only_the_running_program_knows(name: str) -> None:
    assert doubts({"src/index.js": JAVASCRIPT[name]}) == expected("src/index.js", JAVASCRIPT[name])


def test_rust_says_which_lines_only_the_running_program_knows() -> None:
    assert doubts({"src/main.rs": RUST}) == expected("src/main.rs", RUST)
