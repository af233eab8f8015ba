"""A route that is served in several ways is what the weakest of them makes it."""

import pytest

from replay.web.routing import enforcement, routes

REGISTERING = """
def register(app):
    @app.get("/rows")
    def rows():
        return []
"""
GUARD = """
from fastapi import HTTPException, Request

def require_user(request: Request):
    if lookup(request) is None:
        raise HTTPException(status_code=401)
"""
GUARDED = """
from fastapi import Depends, FastAPI
from guard import require_user
from registering import register

app = FastAPI(dependencies=[Depends(require_user)])
register(app)
"""
OPEN = GUARDED.replace("dependencies=[Depends(require_user)]", "")
SHARED = {"registering.py": REGISTERING, "guard.py": GUARD}


@pytest.mark.parametrize("names", [("a.py", "b.py"), ("b.py", "a.py")])
def test_a_function_that_registers_on_two_applications_is_as_open_as_the_weaker(names: tuple[str, str]) -> None:
    guarded, opened = names
    assert enforcement({**SHARED, guarded: GUARDED, opened: OPEN}) == {"GET /rows": "none"}
    assert enforcement({**SHARED, guarded: GUARDED}) == {"GET /rows": "enforced"}


@pytest.mark.parametrize("names", [("a.py", "b.py"), ("b.py", "a.py")])
def test_a_router_in_two_applications_is_as_open_as_the_weaker(names: tuple[str, str]) -> None:
    router = """
from fastapi import APIRouter
router = APIRouter()

@router.get("/rows")
def rows():
    return []
"""
    guarded, opened = (
        text.replace("register(app)", "app.include_router(router)").replace("registering import register", "rows import router")
        for text in (GUARDED, OPEN)
    )
    assert enforcement({"rows.py": router, "guard.py": GUARD, names[0]: guarded, names[1]: opened}) == {"GET /rows": "none"}
    assert enforcement({"rows.py": router, "guard.py": GUARD, names[0]: guarded}) == {"GET /rows": "enforced"}


APPLICATION = """
from fastapi import APIRouter, FastAPI
from orders import router as orders
from users import router as users

def mounted(app: FastAPI, router: APIRouter) -> None:
    app.include_router(router, prefix="/tenant")

app = FastAPI()
mounted(app, orders)
mounted(app, users)
"""
ROUTER = """
from fastapi import APIRouter

router = APIRouter(prefix="/NAME")

@router.get("/all")
def everything():
    return []
"""


@pytest.mark.parametrize("application", ["app.py", "zone.py"])
def test_what_a_function_mounts_is_found_in_whichever_order_files_come(application: str) -> None:
    files = {application: APPLICATION, **{f"{name}.py": ROUTER.replace("NAME", name) for name in ("orders", "users")}}
    assert enforcement(dict(sorted(files.items()))).keys() == {"GET /tenant/orders/all", "GET /tenant/users/all"}


CHAINED = """
import { Hono } from "hono";
import { next } from "next/server";
export const auth = new Hono()
  .use(async (c, next) => { await next(); })
  .get("/csrf", (c) => c.json({}));
"""
TAKING = """
import { Hono } from "hono";
import { serve } from "@hono/node-server";
import { auth } from "./auth";
const app = new Hono();
app.route("/api/auth", auth);
serve(app);
"""


def test_a_router_that_a_chain_makes_is_no_client_of_actions() -> None:
    assert enforcement({"src/auth.ts": CHAINED, "src/index.ts": TAKING}) == {"GET /api/auth/csrf": "none"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("src/rows.controller.ts", {"/api/rows", "/rows"}),
        ("packages/a/src/rows.controller.ts", {"/v2/rows"}),
    ],
)
def test_nest_applications_beside_each_other_have_a_prefix_each(place: str, expected: set[str]) -> None:
    files = {
        "src/main.ts": "import { NestFactory } from '@nestjs/core'; app.setGlobalPrefix('api');",
        "src/other/main.ts": "import { NestFactory } from '@nestjs/core'; app.setGlobalPrefix('api', { exclude: ['rows'] });",
        "packages/a/src/main.ts": "import { NestFactory } from '@nestjs/core'; app.setGlobalPrefix('v2');",
        place: "import { Controller, Get } from '@nestjs/common'; @Controller('rows') export class Rows { @Get() list() { return []; } }",
    }
    assert {each.path for each in routes(files)} == expected
