"""What the files of a small product may say, right and wrong: migrations, configuration, routes in two languages, variables and targets."""

SQL = [
    "create table tenants (id uuid primary key);\n",
    "create table orders (id uuid primary key, tenant_id uuid not null references tenants);\n",
    "create table carts (id uuid primary key, tenant_id uuid references tenants, note text);\n",
    "alter table orders enable row level security, force row level security;\n",
    "create policy own on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);\n",
    "create policy wide on orders using (true);\n",
    "alter table if exists carts enable row level security;\n",
    "alter table carts drop column note;\n",
    "drop table if exists orders cascade;\n",
    "alter table orders rename to purchases;\n",
    "do $$ begin execute 'create table t' || random()::text || ' (tenant_id uuid)'; end $$;\n",
    "create tabel nothing;\n",
    "",
]
CONFIG = [
    "",
    '[tenancy]\nkeys = ["tenant_id"]\n',
    '[tenancy]\nkeys = ["shop_id"]\n',
    '[tenancy]\nkeys = ["tenant_id"]\nroot = "public.tenants"\nsession = ["app.tenant_id"]\n',
    '[levels]\nrls-enabled = "off"\nrls-child-covered = "error"\n',
    '[tenancy]\nisolation = "query"\n',
    '[[database]]\nname = "main"\nmigrations = ["migrations/*.sql"]\n',
    '[[routes.guard]]\nname = "app/auth.maybe"\nposture = "session"\n',
    '[[routes.require]]\nmatch = "/admin/**"\nposture = "role:admin"\n',
    '[[confine]]\nname = "app/auth"\nallow = ["app/orders.py"]\n',
    "[tenancy\n",
]
STANZA = '[[carveout]]\nrule = "{}"\nsubject = "{}"\nreason = "r"\nowner = "o"\n{}'
CARVEOUTS = [
    "",
    STANZA.format("rls-enabled", "public.orders", ""),
    STANZA.format("rls-enabled", "public.*", "at_most = 1\n"),
    STANZA.format("rls-enabled", "public.carts", "expires = 2020-01-31\n"),
    STANZA.format("migration-immutable", "migrations/1.sql", ""),
    STANZA.format("route-public-allowed", "GET /health", ""),
]
DEBT = '{{"schema": "invariants-baseline/1", "debt": [{}]}}\n'
BASELINE = [DEBT.format(""), DEBT.format('{"rule": "rls-enabled", "subject": "public.orders"}'), "{}"]
DOCSTRING = "-- {0}.\n--\n-- W.\n--\n-- Fix:\n--     f\n--\n-- @level {1}\n-- @over db_table\n"
RULE = DOCSTRING + "select at, database, name as subject, '{0}' as message from db_table\n"
RULES = [
    RULE.format("No tables", "error"),
    RULE.format("No tables", "note"),
    RULE.format("Few tables", "error") + "where name like '%o%'\n",
]

MAIN = [
    """\
from fastapi import FastAPI
from app.orders import router
app = FastAPI()
app.include_router(router)
""",
    """\
from fastapi import Depends, FastAPI
from app.auth import user
from app.orders import router
app = FastAPI()
app.include_router(router, prefix="/admin", dependencies=[Depends(user)])
""",
    """\
from fastapi import FastAPI
app = FastAPI()
@app.get("/health")
def health(): return 1
""",
    "from fastapi import FastAPI\napp = FastAPI(\n",
]
ORDERS = [
    """\
from fastapi import APIRouter
router = APIRouter()
@router.get("/orders")
def orders(): return []
""",
    """\
from fastapi import APIRouter, Depends
from app.auth import user
router = APIRouter()
@router.post("/orders")
def order(who=Depends(user)): return []
""",
    """\
from fastapi import APIRouter
router = APIRouter()
# invariants: auth public -- everybody may
@router.get("/orders")
def orders(): return []
""",
    """\
from fastapi import APIRouter
router = APIRouter()
for path in paths():
    router.get(path)(print)
""",
]
AUTH = [
    """\
from fastapi import HTTPException, Request
def user(request: Request):
    if not known(request.headers.get("authorization")):
        raise HTTPException(401)
""",
    """\
from fastapi import Request
def user(request: Request):
    return request.headers.get("authorization")
""",
    "from app.helpers import maybe as user\n",
    """\
import os
from fastapi import HTTPException
def user():
    if os.environ["OPEN"] != "1":
        raise HTTPException(401)
""",
]
HELPERS = [
    """\
from fastapi import HTTPException, Request
def maybe(request: Request):
    if not known(request.headers.get("authorization")):
        raise HTTPException(401)
""",
    "def maybe():\n    return None\n",
]
PAGE = [
    """\
import { user } from "../../../auth";
export async function GET() {
  const found = await user();
  if (!found) return new Response(null, { status: 401 });
  return Response.json([]);
}
""",
    """\
export async function GET() {
  return Response.json(process.env.OPEN);
}
""",
    "export async function POST() {\n",
]
READS = [
    "export const key = process.env.API_KEY;\n",
    "export const read = (name: string) => process.env[name];\n",
    "export {};\n",
]
MANIFEST = [
    """\
[targets.local]
file = ".env.example"
format = "dotenv"
local = true
[variables.API_KEY]
kind = "secret"
""",
    """\
[targets.compose]
file = "compose.yaml"
format = "compose"
service = "web"
[variables.OPEN]
kind = "config"
""",
    """\
[variables.DATABASE_URL]
kind = "secret"
read_by = "the backup job"
""",
    "[variables\n",
]
EXAMPLE = ["API_KEY=\n", "API_KEY=\nOPEN=1\n", "not a line of it\n"]
COMPOSE = ['services:\n  web:\n    image: web\n    environment:\n      OPEN: "${OPEN}"\n', "services: {}\n", "services: [\n"]

MIGRATIONS = [*(f"migrations/{number}.sql" for number in range(1, 5)), "other/migrations/1.sql"]
CONTENTS: dict[str, list[str]] = {
    ".invariants/config.toml": CONFIG,
    ".invariants/carveouts.toml": CARVEOUTS,
    ".invariants/baseline.json": BASELINE,
    ".invariants/rules/no-tables.sql": RULES,
    "sql/rls.sql": SQL,
}
CODE: dict[str, list[str]] = {
    "app/main.py": MAIN,
    "app/orders.py": ORDERS,
    "app/auth.py": AUTH,
    "app/helpers.py": HELPERS,
    "web/app/api/orders/route.ts": PAGE,
    "web/env.ts": READS,
    ".invariants/env.toml": MANIFEST,
    ".env.example": EXAMPLE,
    "compose.yaml": COMPOSE,
}
