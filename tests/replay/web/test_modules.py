"""Which file the name of a module means."""

import pytest

from invariants.replay.web.modules import Modules, package

PATHS = frozenset({
    "api/app/__init__.py", "api/app/deps.py", "api/app/routers/users.py",
    "web/tsconfig.json", "web/src/lib/auth.ts", "web/src/app/api/route.ts", "web/src/ui/index.tsx",
    "packages/core/package.json", "packages/core/src/index.ts", "packages/core/src/guard.ts", "packages/core/src/deep/user.ts",
})  # fmt: skip
MANIFESTS = {
    "web/tsconfig.json": '{ // where sources are\n "compilerOptions": {"baseUrl": ".", "paths": {"#/*": ["./src/*"],}} }',
    "packages/core/package.json": '{"name": "@acme/core", "main": "dist/index.js", "imports": {"#core/*": {"default": "./src/*"}}}',
}


@pytest.mark.parametrize(
    ("file", "source", "found"),
    [
        ("api/app/routers/users.py", "..deps", "api/app/deps.py"),
        ("api/app/routers/users.py", "app.deps", "api/app/deps.py"),
        ("api/app/routers/users.py", "app", "api/app/__init__.py"),
        ("api/app/routers/users.py", "fastapi", None),
        ("web/src/app/api/route.ts", "../../lib/auth", "web/src/lib/auth.ts"),
        ("web/src/app/api/route.ts", "../../lib/auth.js", "web/src/lib/auth.ts"),
        ("web/src/app/api/route.ts", "@/lib/auth", "web/src/lib/auth.ts"),
        ("web/src/app/api/route.ts", "#/lib/auth", "web/src/lib/auth.ts"),
        ("web/src/app/api/route.ts", "../../ui", "web/src/ui/index.tsx"),
        ("web/src/app/api/route.ts", "@acme/core", "packages/core/src/index.ts"),
        ("web/src/app/api/route.ts", "@acme/core/guard", "packages/core/src/guard.ts"),
        ("web/src/app/api/route.ts", "next/server", None),
        ("packages/core/src/deep/user.ts", "#core/guard.ts", "packages/core/src/guard.ts"),
        ("web/src/app/api/route.ts", "#core/guard.ts", None),
    ],
)
def test_a_name_means_a_file_or_a_library(file: str, source: str, found: str | None) -> None:
    assert Modules(PATHS, MANIFESTS).find(file, source) == found


def test_a_manifest_that_is_broken_says_nothing() -> None:
    assert Modules(PATHS, {"web/tsconfig.json": "{{{"}).find("web/src/app/api/route.ts", "#/lib/auth") is None


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("jsr:@supabase/supabase-js@2", "@supabase/supabase-js"),
        ("npm:jose@5.2.0", "jose"),
        ("https://esm.sh/@supabase/supabase-js@2.39.3?target=deno", "@supabase/supabase-js"),
        ("https://esm.sh/v135/jose@5", "jose"),
        ("https://deno.land/x/jose@v4.14.4/index.ts", "jose"),
        ("hono/jwt", "hono/jwt"),
        ("https://example.com/auth.ts", "https://example.com/auth.ts"),
    ],
)
def test_a_package_that_is_fetched_is_the_one_of_npm(source: str, name: str) -> None:
    assert package(source) == name
