"""What C#'s methods do, step by step, and what no source can break."""

import random
from pathlib import Path

import pytest

from frontends.csharp.reading import facts, origins, outline, values
from invariants.facts.code import Argument, Base, Constant, Decorator, Directive, Import, Parameter, Query
from invariants.facts.source import Unread
from invariants.frontends import csharp

ROUTES = Path(__file__).parents[3] / "fixtures" / "routes"
SOURCES = [path.read_bytes() for path in sorted(ROUTES.glob("*/aspnet/**/*.cs"))]


def body(statements: str) -> list[str]:
    """What a method of these statements does."""
    source = f"class C(ICtx ctx) {{ [HttpGet] public async Task<IActionResult> M(int id) {{ {statements} }} }}"
    return outline(source, "C.M")


def test_a_method_of_a_field_is_one_of_its_type() -> None:
    assert body("if (!await ctx.Owns(id)) { throw new NotFoundException(); }") == [
        "call ICtx.Owns tested",
        "branch ctx.Owns(id)",
        "  else: reject NotFoundException",
    ]


def test_either_side_of_an_or_rejects() -> None:
    assert body("if (a == null || !B(a)) return Forbid();") == [
        "branch a == null",
        "  then: reject Forbid 403",
        "  else: call this.B tested unawaited",
        "  else: branch B(a)",
        "    else: reject Forbid 403",
    ]


def test_what_may_be_missing_binds_no_looser_than_the_dot() -> None:
    assert body("if (A() || user?.Id == null) return Forbid();")[3:] == [
        "  else: branch user.Id == null",
        "    then: reject Forbid 403",
    ]


def test_an_error_for_what_is_missing_is_a_branch() -> None:
    assert body("var u = await FindAsync(id) ?? throw new UnauthorizedAccessException();") == [
        "call this.FindAsync tested",
        "branch FindAsync(id) == null",
        "  then: reject UnauthorizedAccessException",
    ]


def test_the_last_arm_of_a_switch_is_what_is_left() -> None:
    assert body("return id switch { 1 => Ok(), _ => Forbid() };") == [
        "branch id = 1",
        "  then: call this.Ok returned",
        "  then: return",
        "  else: reject Forbid 403",
    ]


def test_sections_of_a_switch_that_share_statements_are_one_and_the_default_comes_last() -> None:
    assert body("switch (id) { default: A(); break; case 1: case 2: return Forbid(); }") == [
        "branch id = 1",
        "  then: reject Forbid 403",
        "  else: call this.A ignored unawaited",
    ]


def test_an_error_that_nothing_catches_goes_on() -> None:
    assert body("try { A(); } catch (TokenException) { return Unauthorized(); } finally { B(); }") == [
        "attempt",
        "  body: call this.A ignored unawaited",
        "  handler: branch TokenException",
        "    then: reject Unauthorized 401",
        "    else: reject",
        "  finally: call this.B ignored unawaited",
    ]


def test_what_takes_an_answer_apart_is_tested_where_a_part_is() -> None:
    assert body("var (row, refused) = await FindAsync(id); if (row == null) return refused;")[0] == "call this.FindAsync tested"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("return Unauthorized();", 401),
        ("return Challenge();", 401),
        ("return TypedResults.Forbid();", 403),
        ("return StatusCode(403);", 403),
        ("return StatusCode(StatusCodes.Status403Forbidden, x);", 403),
        ("return Problem(statusCode: 401);", 401),
        ("return new StatusCodeResult(401);", 401),
        ("return new ObjectResult(x) { StatusCode = 403 };", 403),
        ("return (null, Results.Unauthorized());", 401),
        ("return NotFound();", 404),
        ("return RedirectToAction(nameof(Login));", 302),
        ("context.Result = new ForbidResult();", 403),
        ("context.Response.StatusCode = StatusCodes.Status401Unauthorized;", 401),
        ("await Task.FromResult(Unauthorized()); return await Task.FromResult(Unauthorized());", 401),
    ],
)
def test_an_answer_that_turns_away_is_a_rejection(answer: str, status: int) -> None:
    assert next(line for line in body(answer) if line.startswith("reject")).endswith(f" {status}")


@pytest.mark.parametrize("call", ["await next();", "await next(context);", "await _next(context);", "await _next.Invoke(context);"])
def test_what_comes_next_is_handed_on_to(call: str) -> None:
    source = f"class F {{ RequestDelegate _next; async Task InvokeAsync(HttpContext context, Next next) {{ {call} }} }}"
    assert outline(source, "F.InvokeAsync")[0].startswith("next ")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ('Request.Headers["X-Key"] == k', [("caller", "Request.Headers.X-Key"), ("other", "k")]),
        ('Request.Headers.TryGetValue("X-Key", out var v)', [("caller", "Request.Headers.X-Key")]),
        ("User.Identity.IsAuthenticated", [("other", "User.Identity.IsAuthenticated")]),
        ("_settings.SelfHosted", [("environment", "_settings.SelfHosted")]),
        ('Environment.GetEnvironmentVariable("KEY") == null', [("environment", "env.KEY")]),
        ("id == 3", [("caller", "id"), ("constant", "3")]),
        ("string.IsNullOrEmpty(x.Name)", [("other", "x.Name")]),
        ("ctx.Admin()", [("call", "ICtx.Admin")]),
    ],
)
def test_a_condition_depends_on_what_is_asked(condition: str, told: list[tuple[str, str]]) -> None:
    source = f"class C(ICtx ctx) {{ [HttpGet] public IActionResult M(int id) {{ if ({condition}) {{ }} return Ok(); }} }}"
    assert origins(source, "C.M") == told


def test_what_an_application_gives_a_handler_was_not_sent() -> None:
    source = (
        "class C { [HttpGet] public IActionResult M(IRows rows, [FromServices] Rows own, Row row) { if (rows == own || row == x) { } } }"
    )
    assert origins(source, "C.M") == [("parameter", "rows"), ("parameter", "own"), ("caller", "row"), ("other", "x")]


def test_namespaces_are_taken_from_and_given_to() -> None:
    found = [(each[1], each[3]) for each in values(Import, "using A.B; global using C; namespace D.E { namespace F { class G { } } }")]
    assert found == [("A.B", None), ("C", None), ("D.E", "*"), ("D.E.F", "*")]


def test_a_generic_type_is_named_by_how_many_it_takes() -> None:
    assert [each[0::2] for each in values(Base, "class A<T, U> : B<T>, C.D<U> where T : new() { }")] == [("A`2", "B`1"), ("A`2", "C.D`1")]


def test_an_attribute_is_given_types_values_and_names() -> None:
    source = 'class C { [Authorize<Req>("x", Roles = "A", On = typeof(B), Of = nameof(C.M))] public void M() { } }'
    assert [each[1:3] for each in values(Decorator, source)] == [(0, "AuthorizeAttribute`1")]
    assert [each[2:5] for each in values(Argument, source)] == [
        ("0", "string", "x"),
        ("Roles", "string", "A"),
        ("On", "symbol", "B"),
        ("Of", "string", "M"),
        ("T", "symbol", "Req"),
    ]


def test_a_parameter_that_may_be_absent_is_optional() -> None:
    assert [each[3:5] for each in values(Parameter, "class C { void M(User? user, List<int> ids) { } }")] == [
        ("User", True),
        ("List`1", False),
    ]


def test_constants_are_put_together() -> None:
    source = 'class R { const string A = "a"; public static readonly string B = A + "/b"; const string C = $"{B}/{{id}}" + nameof(A); }'
    assert values(Constant, source) == [("R.A", "a"), ("R.B", "a/b"), ("R.C", "a/b/{id}A")]


def test_a_directive_stands_above_a_method_and_its_attributes() -> None:
    source = "class C {\n // invariants: auth public -- a page\n [HttpGet]\n public void M() { } }"
    assert values(Directive, source) == [("C.M", "public", "a page")]


def test_strings_that_hold_sql_are_queries() -> None:
    source = 'class C { void M(int id) { Run($"select a from t where b = {id}"); Run(@"delete from t"); Run("""select a from u"""); } }'
    assert [each[1] for each in values(Query, source)] == ["select a from t where b = $1", "delete from t", "select a from u"]


def test_what_does_not_parse_is_said_at_its_line() -> None:
    assert {each.at.line for each in facts(Unread, "class C {\n  void M( { ]\n}\nclass D { void N() { A(); } }")} <= {1, 2, 3}
    assert facts(Unread, "class C {\n  void M( { ]\n}")


def test_what_a_program_made_is_not_read_where_it_may_register_routes() -> None:
    made = "class C : ControllerBase { }\n" + "// x\n" * 500_000
    assert [each.reason for each in facts(Unread, made)] == ["size"]
    assert not list(csharp.read("src/Made.cs", b"class C { }\n" + b"// x\n" * 500_000))


def test_no_source_breaks_it() -> None:
    rng = random.Random(7)
    assert len(SOURCES) > 50
    for source in SOURCES:
        for _ in range(4):
            start = rng.randrange(len(source))
            list(csharp.read("src/Main.cs", source[:start] + rng.randbytes(4) + source[start + rng.randrange(40) :]))
