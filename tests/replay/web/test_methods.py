"""A handler of several methods: each route by what is done for requests of its method, those that nobody names among them."""

import pytest

from replay.web.routing import enforcement, routes

PAGES = """
import {{ getServerSession }} from "next-auth";
export default async function handler(req, res) {{
  if (req.method === "GET") {{
    {get}
    res.status(200).json(rows);
  }} else if (req.method === "PUT") {{
    const session = await getServerSession(req, res);
    if (!session) return res.status(401).end("Unauthorized");
    res.status(200).json(change());
  }} else {{
    {others}
  }}
}}
"""
SWITCH = """
import { getServerSession } from "next-auth";
export default async function handler(req, res) {
  switch (req.method) {
    case "GET":
      return res.status(200).json(rows);
    case "PUT": {
      const session = await getServerSession(req, res);
      if (!session) return res.status(401).end("Unauthorized");
      return res.status(200).json(change());
    }
    default:
      return res.status(405).end();
  }
}
"""
FLASK = """
from flask import Flask, abort, request
from lib import current_user
app = Flask(__name__)
@app.route("/rows", methods=["{methods}"])
def rows():
    if {condition}:
        if current_user() is None:
            abort(401)
    return "in"
"""
REFUSED = "return res.status(405).end();"
CHECKED = 'if (!(await getServerSession(req, res))) return res.status(401).end("Unauthorized");'


def of_pages(**said: str) -> dict[str, str]:
    text = PAGES.format(**{"get": "", "others": REFUSED, **said})
    return enforcement({"pages/api/rows.ts": text})


def test_each_method_is_judged_by_its_own_branch() -> None:
    assert of_pages() == {"GET /api/rows": "none", "PUT /api/rows": "enforced"}
    assert of_pages(get=CHECKED) == {"GET /api/rows": "enforced", "PUT /api/rows": "enforced"}


def test_the_cases_of_a_switch_are_branches_too() -> None:
    assert enforcement({"pages/api/rows.ts": SWITCH}) == {"GET /api/rows": "none", "PUT /api/rows": "enforced"}


def test_what_is_done_for_methods_that_nobody_names_counts_for_each() -> None:
    found = of_pages(get=CHECKED, others=f"if (req.query.strict) {REFUSED} res.status(200).json(rows);")
    assert "enforced" not in found.values()


def test_a_posture_is_that_of_the_method() -> None:
    admin = 'const admin = await requireAdmin(req);\n    if (!admin) return res.status(403).end("Forbidden");'
    text = PAGES.format(get=admin, others=REFUSED)
    assert {each.method: each.posture for each in routes({"pages/api/rows.ts": text})} == {"GET": "session role:admin", "PUT": "session"}


@pytest.mark.parametrize(
    ("methods", "condition", "expected"),
    [
        ("POST", 'request.method == "POST"', "enforced"),
        ("POST", 'request.method != "GET"', "enforced"),
        ("DELETE", 'request.method == "POST"', "none"),
        ("GET", 'request.method != "POST"', "enforced"),
    ],
)
def test_in_python(methods: str, condition: str, expected: str) -> None:
    name = f"{methods} /rows"
    assert enforcement({"app.py": FLASK.format(methods=methods, condition=condition)}) == {name: expected}


def test_requests_of_head_come_to_a_route_of_get() -> None:
    assert enforcement({"app.py": FLASK.format(methods="GET", condition='request.method == "GET"')})["GET /rows"] != "enforced"


def test_a_parameter_by_that_name_is_no_method() -> None:
    assert (
        enforcement({"app.py": FLASK.format(methods="POST", condition='request.args.get("method") == "POST"')})["POST /rows"] != "enforced"
    )
