"""What is there for whoever comes turns nobody away: answers of libraries, branches that do nothing, and work that is done before."""

import pytest

from replay.web.routing import enforcement, routes

NEXT = """
import {{ {name} }} from "{source}";
export async function GET(request) {{
  {check}
  return Response.json(await rows());
}}
"""
NO = "return new Response(null, { status: 401 });"


@pytest.mark.parametrize(
    ("source", "name", "check", "said"),
    [
        ("iron-session", "getIronSession", f"const session = await getIronSession(jar, options); if (!session) {NO}", "unverified"),
        ("iron-session", "getIronSession", f"const session = await getIronSession(jar, options); if (!session.user) {NO}", "enforced"),
        ("@clerk/nextjs/server", "auth", f"const session = await auth(); if (!session) {NO}", "unverified"),
        ("@clerk/nextjs/server", "auth", f"const {{ userId }} = await auth(); if (!userId) {NO}", "enforced"),
        ("@clerk/nextjs/server", "currentUser", f"const user = await currentUser(); if (!user) {NO}", "enforced"),
    ],
)
def test_what_libraries_answer(source: str, name: str, check: str, said: str) -> None:
    code = NEXT.format(name=name, source=source, check=check)
    assert enforcement({"app/api/rows/route.ts": code}) == {"GET /api/rows": said}


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (f"const user = await getUser(); let seen = 0; if (!user) {{ seen = 1; }} if (user) {{ seen = 2; }} if (!user) {NO}", "enforced"),
        ("const user = await getUser(); let seen = 0; if (!user) { seen = 1; }", "none"),
        (f"let ok = true; if (request.headers.get('x')) ok = Boolean(await getUser()); if (!ok) {NO}", "unverified"),
        (f"let ok = false; if (request.headers.get('x')) ok = Boolean(await getUser()); if (!ok) {NO}", "enforced"),
    ],
)
def test_what_a_branch_does(check: str, said: str) -> None:
    code = NEXT.format(name="getUser", source="@/lib/session", check=check)
    assert enforcement({"app/api/rows/route.ts": code}) == {"GET /api/rows": said}


WORKING = """
import {{ auth }} from "@/lib/auth";
import {{ prisma }} from "@/lib/prisma";
export async function DELETE(request, {{ params }}) {{
  {steps}
  return Response.json({{}});
}}
"""
ASKS = f"const session = await auth(); if (!session) {NO}"
WORKS = "await prisma.row.delete({ where: { id: params.id } });"


def test_who_is_turned_away_after_the_work_was_done() -> None:
    [late] = routes({"app/api/rows/[id]/route.ts": WORKING.format(steps=f"{WORKS} {ASKS}")})
    assert (late.enforcement, late.reason.partition(", ")[2]) == ("unverified", "`prisma.row.delete` is done before it asks who comes")
    assert enforcement({"app/api/rows/[id]/route.ts": WORKING.format(steps=f"{ASKS} {WORKS}")}) == {"DELETE /api/rows/{id}": "enforced"}
    read = WORKS.replace("delete", "findFirst")
    assert enforcement({"app/api/rows/[id]/route.ts": WORKING.format(steps=f"{read} {ASKS}")}) == {"DELETE /api/rows/{id}": "enforced"}
