"""Makes a synthetic product: N tenant tables with policies, written by M migrations."""

import argparse
from pathlib import Path

TABLE = """create table public.{name} (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references public.tenants (id),
    name text not null,
    amount numeric(12, 2) not null default 0,
    created_at timestamptz not null default now()
);
create index {name}_tenant on public.{name} (tenant_id);
alter table public.{name} enable row level security, force row level security;
create policy {name}_read on public.{name} for select using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy {name}_add on public.{name} for insert with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy {name}_edit on public.{name} for update using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on public.{name} to app;
"""
COLUMN = """alter table public.{name} add column note_{number} text;
comment on column public.{name}.note_{number} is 'added later';
"""


def write(root: Path, tables: int, migrations: int) -> None:
    """Spread ``tables`` over ``migrations`` files; what is left of the files adds columns."""
    folder = root / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "00000_tenants.sql").write_text("create role app login;\ncreate table public.tenants (id uuid primary key);\n")
    per_file = max(1, -(-tables // migrations))
    names = [f"table_{number:05}" for number in range(tables)]
    for number in range(migrations):
        made = names[number * per_file : (number + 1) * per_file]
        text = "".join(TABLE.format(name=name) for name in made) or COLUMN.format(name=names[number % tables], number=number)
        (folder / f"{number + 1:05}_step.sql").write_text(text)


ROUTE = """import {{ getServerSession }} from "next-auth";
import {{ rows }} from "../../../lib/module_{number:04}";

export async function GET() {{
  const session = await getServerSession();
  if (!session) return new Response(null, {{ status: 401 }});
  return Response.json(await rows(session.user.tenantId));
}}
"""
MODULE = """export async function rows(tenant: string) {{
  return fetch(`/internal/{number}?tenant=${{tenant}}`).then((answer) => answer.json());
}}
"""


def write_code(root: Path, routes: int, modules: int) -> None:
    """Route files of Next.js, each behind a session, and modules that hold no route."""
    (root / "package.json").write_text('{"dependencies": {"next": "15.0.0", "next-auth": "4.24.0"}}\n')
    for number in range(routes):
        folder = root / "app" / "api" / f"thing_{number:04}"
        folder.mkdir(parents=True)
        (folder / "route.ts").write_text(ROUTE.format(number=number))
    (root / "lib").mkdir()
    for number in range(modules):
        (root / "lib" / f"module_{number:04}.ts").write_text(MODULE.format(number=number))


def main() -> None:
    """Write the product that the options describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--tables", type=int, default=560)
    parser.add_argument("--migrations", type=int, default=1000)
    options = parser.parse_args()
    write(options.root, options.tables, options.migrations)


if __name__ == "__main__":
    main()
