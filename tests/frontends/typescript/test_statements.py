"""What functions do, step by step."""

import pytest

from frontends.typescript.reading import facts, outline
from invariants.facts.code import Function


def body(statements: str) -> list[str]:
    """What a middleware of these statements does."""
    return outline(f"async function guard(req, res, next) {{ {statements} }}", "guard")


def test_calls_come_in_the_order_that_they_run() -> None:
    assert outline("first(second(), await third()).fourth();") == [
        "call second unawaited",
        "call third",
        "call first unawaited",
        "call first.fourth ignored unawaited",
    ]


def test_a_condition_is_a_branch_with_two_arms() -> None:
    assert body("if (req.user) { a(); } else b();") == [
        "branch req.user",
        "  then: call a ignored unawaited",
        "  else: call b ignored unawaited",
    ]


def test_a_rejection_needs_every_side_of_an_and() -> None:
    assert body("if (token && !(await verify(token))) throw new Error('no'); next();") == [
        "branch token",
        "  then: call verify tested",
        "  then: branch !(await verify(token))",
        "    then: reject Error",
        "next next ignored",
    ]


def test_either_side_of_an_or_rejects() -> None:
    assert body("if (!token || !verify(token)) { return res.sendStatus(401) }") == [
        "branch !token",
        "  then: reject res.sendStatus 401",
        "  else: call verify tested unawaited",
        "  else: branch !verify(token)",
        "    then: reject res.sendStatus 401",
    ]


def test_a_negated_or_is_an_and() -> None:
    assert body("if (!(a || b)) throw x;") == ["branch a", "  else: branch b", "    else: reject x"]


def test_a_variable_stands_for_its_condition() -> None:
    assert body("const bad = token && !user; if (bad) throw x;") == ["branch token", "  then: branch !user", "    then: reject x"]


def test_conditions_of_many_parts_stay_whole() -> None:
    condition = " && ".join(f"a{number}" for number in range(9))
    assert len(body(f"if ({condition}) throw x;")) == 2


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("return res.status(401).json({ error: 'no' })", 401),
        ("return res.sendStatus(403)", 403),
        ("return reply.code(401).send()", 401),
        ("return c.json({ error: 'no' }, 401)", 401),
        ("return c.text('no', 403)", 403),
        ("return new Response('no', { status: 401 })", 401),
        ("return NextResponse.json({}, { status: 403 })", 403),
        ("return new NextResponse(null, { status: StatusCodes.UNAUTHORIZED })", 401),
        ("return json({ error: 'no' }, { status: 401 })", 401),
        ("return unauthorized()", 401),
        ("return reply.forbidden('no')", 403),
        ("return errorResponse('no', 401)", 401),
        ("return fail(403, {})", 403),
        ("throw new UnauthorizedException()", 401),
        ("throw new ForbiddenError('no')", 403),
        ("throw new HTTPException(401, { message: 'no' })", 401),
        ("throw new TRPCError({ code: 'UNAUTHORIZED' })", 401),
        ("throw createError({ statusCode: 403 })", 403),
        ("throw new ApiError(HttpStatus.FORBIDDEN)", 403),
        ("throw fastify.httpErrors.unauthorized()", 401),
        ("throw new Error('You must be logged in')", 401),
        ("throw new Error(`Permission denied for ${user.id}`)", 403),
        ("return res.status(500).end()", 500),
    ],
)
def test_an_answer_of_an_error_rejects(statement: str, status: int) -> None:
    [step] = body(statement)
    assert step.startswith("reject ")
    assert step.endswith(f" {status}")


@pytest.mark.parametrize(
    "statement", ["return Response.redirect(url)", "return res.redirect('/login')", "return NextResponse.redirect(url)"]
)
def test_a_redirect_rejects(statement: str) -> None:
    assert body(statement)[-1].startswith("reject ")


@pytest.mark.parametrize(
    "statement", ["return res.json(user)", "return Response.json(x, { status: 201 })", "return c.json(x, 200)", "return user"]
)
def test_an_answer_does_not(statement: str) -> None:
    assert body(statement)[-1].startswith("return")


def test_what_is_sent_ends_the_request_where_a_return_follows() -> None:
    assert body("if (!req.user) { res.status(401).json({}); return; } next();") == [
        "branch !req.user",
        "  then: reject res.status.json 401",
        "next next ignored",
    ]


def test_what_is_sent_ends_the_request_where_nothing_follows() -> None:
    assert body("if (req.user) next(); else res.status(401).end();") == [
        "branch req.user",
        "  then: next next ignored",
        "  else: reject res.status.end 401",
    ]


def test_what_is_sent_does_not_end_a_function_that_goes_on() -> None:
    assert not any("reject" in step for step in body("if (!req.user) { res.status(401).json({}) } next();"))


def test_a_status_is_set_before_it_is_sent() -> None:
    assert body("res.statusCode = 401; res.end();") == ["reject res.end 401"]
    assert body("res.status(403); return res.json({});")[-1] == "reject res.json 403"
    assert body("res.statusCode = 200; res.end();")[-1].startswith("call res.end")


def test_an_error_that_is_passed_on_rejects() -> None:
    assert body("if (!req.user) return next(new UnauthorizedError()); return next();") == [
        "branch !req.user",
        "  then: reject UnauthorizedError 401",
        "next next returned",
        "return",
    ]


@pytest.mark.parametrize("argument", ["", "undefined", "null", "{ ctx: { user } }"])
def test_a_request_that_is_passed_on_is_next(argument: str) -> None:
    assert body(f"next({argument})")[-1].startswith("next next")


def test_a_wrapper_passes_on_to_what_it_was_given() -> None:
    source = "export const withAuth = (handler) => async (req) => { await check(req); return handler(req); };"
    assert outline(source, "withAuth") == ["return withAuth.(1:38)"]
    assert outline(source, "withAuth.(1:38)") == ["call check ignored", "next handler returned", "return"]


def test_a_promise_goes_on_where_it_is_resolved_and_ends_where_it_is_rejected() -> None:
    source = "new Promise((resolve, reject) => { read((error, row) => (error ? reject(error) : resolve(row))) })"
    assert outline(source, "(1:13).(1:41)") == [
        "branch error",
        "  then: reject error",
        "  then: return",
        "  else: next resolve",
        "  else: return",
    ]


def test_what_answers_with_a_promise_that_it_makes_runs_nothing_before_it_is_awaited() -> None:
    source = "const read = (id) => new Promise((resolve) => resolve(id)); const refuse = () => Promise.reject(no); const plain = () => 1;"
    assert {each.name: each.is_async for each in facts(Function, source) if "." not in each.name} == {
        "read": True,
        "refuse": True,
        "plain": False,
    }


def test_a_function_that_calls_back_is_called_by_its_name_where_it_is_promised() -> None:
    assert body("await promisify(jwt.verify)(token, key);")[-1] == "call jwt.verify.promisified ignored"


def test_a_caught_promise_is_an_attempt() -> None:
    assert body("await requireUser(req).catch(() => null); next();")[:3] == [
        "attempt",
        "  body: call requireUser ignored",
        "  handler: call guard.(1:69) ignored",
    ]


def test_an_attempt_has_a_handler_even_where_it_is_empty() -> None:
    assert body("try { await check(); } catch {} finally { done(); }") == [
        "attempt",
        "  body: call check ignored",
        "  handler: branch true",
        "  finally: call done ignored unawaited",
    ]


def test_cases_are_branches_one_after_another() -> None:
    assert body("switch (req.method) { case 'GET': case 'HEAD': read(); break; default: throw x; }") == [
        "branch req.method = 'GET'",
        "  then: call read ignored unawaited",
        "  else: branch req.method = 'HEAD'",
        "    then: call read ignored unawaited",
        "    else: reject x",
    ]


def test_loops_hold_what_they_repeat() -> None:
    assert body("for (const each of all()) { use(each) }") == ["call all unawaited", "loop", "  body: call use ignored unawaited"]


def test_each_way_through_a_conditional_return_ends_by_itself() -> None:
    assert body("return user ? next() : res.status(401).end();") == [
        "branch user",
        "  then: next next returned",
        "  then: return",
        "  else: reject res.status.end 401",
    ]
    assert body("return session ?? unauthorized();") == ["branch session", "  then: return session", "  else: reject unauthorized 401"]


def test_what_is_optional_is_a_branch() -> None:
    assert body("auth?.require();") == ["branch auth", "  then: call auth.require ignored unawaited"]


def test_promises_that_are_awaited_together_are_awaited() -> None:
    assert body("const [a, b] = await Promise.all([first(), second()]);") == ["call first", "call second", "call Promise.all"]


def test_functions_that_throw_by_themselves_reject() -> None:
    source = "import { redirect } from 'next/navigation'; export async function page() { if (!user) redirect('/login'); show(); }"
    assert outline(source, "page") == ["branch !user", "  then: reject redirect 307", "call show ignored unawaited"]


def test_an_action_that_returns_an_error_rejects() -> None:
    source = "export async function remove() { if (!user) return { error: 'no' }; }"
    assert outline(source, "remove")[-1].strip() == "then: return []"
    assert outline(f"'use server'; {source}", "remove")[-1].strip() == "then: reject"
    spoken = source.replace("'no'", "'Unauthorized'")
    assert outline(f"'use server'; {spoken}", "remove")[-1].strip() == "then: reject 401"
    made = "export const a = client.action(async () => { return { success: false, error: 'Not authorized' }; });"
    assert outline(made, "(1:32)") == ["reject 403"]


def test_one_of_a_table_of_functions_is_a_branch_for_each() -> None:
    source = """
        const routes = { "GET /": async (req) => {}, "POST /": (req) => {} };
        export async function handle(req) { const route = routes[req.method]; return route(req); }
    """
    assert outline(source, "handle") == [
        "branch routes.GET /",
        "  then: call routes.GET / returned",
        "  else: call routes.POST / returned",
        "return",
    ]
