"""What stands before a whole application: Next's middleware is no more than a hint, a hook of SvelteKit's is passed by every request."""

from replay.web.routing import enforcement

MIDDLEWARE = """
import { NextResponse } from "next/server";
import { getToken } from "next-auth/jwt";

export async function middleware(request) {
  const token = await getToken({ req: request });
  if (!token) return NextResponse.json({}, { status: 401 });
  return NextResponse.next();
}
"""
OPEN = "export async function GET() { return Response.json(await rows()); }"
CHECKED = """
import { auth } from "./auth";
export async function GET() {
  const session = await auth();
  if (!session) return new Response("", { status: 401 });
  return Response.json(await rows());
}
"""
HOOK = """
export async function handle({ event, resolve }) {
  const session = await lookup(event.cookies.get("session"));
  if (!session) return new Response("", { status: 401 });
  return resolve(event);
}
"""


def test_a_middleware_of_next_alone_is_unverified() -> None:
    assert enforcement({"middleware.ts": MIDDLEWARE, "app/api/rows/route.ts": OPEN}) == {"GET /api/rows": "unverified"}


def test_a_route_of_next_that_checks_itself_is_enforced() -> None:
    assert enforcement({"middleware.ts": MIDDLEWARE, "app/api/rows/route.ts": CHECKED}) == {"GET /api/rows": "enforced"}


def test_a_route_without_a_middleware_has_no_guard() -> None:
    assert enforcement({"app/api/rows/route.ts": OPEN}) == {"GET /api/rows": "none"}


def test_a_hook_of_sveltekit_is_passed_by_every_request() -> None:
    assert enforcement({"src/hooks.server.ts": HOOK, "src/routes/rows/+server.ts": OPEN}) == {"GET /rows": "enforced"}
