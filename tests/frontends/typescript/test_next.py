"""Next.js's app router, by its documentation (nextjs.org/docs/app/api-reference/file-conventions/route)."""

import pytest

from frontends.typescript.reading import values
from invariants.facts.web import Endpoint, Use

PATH = "app/api/invoices/route.ts"


def routes(source: str, path: str = PATH) -> list[tuple[str, str | None, str]]:
    return [(method, where, handler) for _, _, _, _, method, where, handler in values(Endpoint, source, path)]


def layers(source: str) -> list[tuple[int, int, str]]:
    return [(position, rank, symbol) for _, position, _, rank, _, symbol, *_ in values(Use, source, PATH)]


@pytest.mark.parametrize(
    ("source", "handler"),
    [
        ("export async function GET(req) {}", "GET"),
        ("export const GET = async () => {};", "GET"),
        ("function handler() {} export { handler as GET };", "handler"),
        ("import handler from './h'; export const GET = handler;", "handler"),
        ("export { GET } from '../route';", "GET"),
        ("export { default as GET } from '../route';", "GET"),
        ("export const { GET } = handlers;", "handlers.GET"),
        ("export const GET = withAuth(async () => {});", "(1:29)"),
        ("const inner = withAuth(list); function list() {} export { inner as GET };", "list"),
    ],
)
def test_every_form_of_export_is_a_route(source: str, handler: str) -> None:
    assert routes(source) == [("GET", "/api/invoices", handler)]


def test_another_name_for_a_method_is_a_route_too() -> None:
    assert routes("export async function PATCH() {} export const PUT = PATCH;") == [
        ("PUT", "/api/invoices", "PATCH"),
        ("PATCH", "/api/invoices", "PATCH"),
    ]


def test_everything_passed_on_is_any_method() -> None:
    assert routes("export * from '../route';") == [("ANY", "/api/invoices", "*")]


def test_wrappers_stand_from_the_outside_in() -> None:
    source = "export const POST = withAxiom(withAuth(async () => {}, { role: 'owner' }));"
    assert layers(source) == [(0, 0, "withAxiom"), (0, 1, "withAuth")]
    assert layers("export const GET = compose(withAxiom, withAdmin({}))(handler); function handler() {}") == [
        (0, 0, "withAxiom"),
        (0, 1, "withAdmin"),
    ]


def test_methods_are_told_apart() -> None:
    source = "export const GET = list; export const POST = withAuth(create); function list() {} function create() {}"
    assert layers(source) == [(1, 0, "withAuth")]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("app/route.ts", "/"),
        ("src/app/(group)/users/[id]/route.tsx", "/users/{id}"),
        ("apps/app/src/app/[org]/route.js", "/{org}"),
        ("apps/web/app/files/[...slug]/route.ts", "/files/{slug}"),
        ("app/files/[[...slug]]/route.ts", "/files/{slug}"),
        ("app/@modal/a/route.ts", "/a"),
        ("app/%5Finternal/route.ts", "/_internal"),
    ],
)
def test_folders_are_paths(path: str, route: str) -> None:
    assert routes("export function GET() {}", path) == [("GET", route, "GET")]


@pytest.mark.parametrize("path", ["app/_private/route.ts", "lib/route.ts", "app/api/routes.ts", "app/api/route.test.ts"])
def test_other_files_are_none(path: str) -> None:
    assert routes("export function GET() {}", path) == []


@pytest.mark.parametrize(
    "source",
    [
        "import { handle } from 'hono/vercel'; import app from './app'; export const GET = handle(app);",
        "function handler(req) { return fetchRequestHandler({ req, router }); } export { handler as GET, handler as POST };",
    ],
)
def test_what_hands_on_to_another_framework_is_no_route(source: str) -> None:
    assert routes(source) == []
