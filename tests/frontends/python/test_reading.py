"""What a file says, whatever framework it is for: names, functions, steps, and what branches depend on."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.python.told import PATH, facts, of
from invariants.facts.code import Alias, Argument, Base, Decorator, Dependence, Directive, Function, Import, Parameter, Query, Step
from invariants.facts.source import Unread
from invariants.frontends.python import read, registers
from invariants.languages.words import sets


def steps(source: str, function: str = "f") -> list[str]:
    """The steps of a function, each as a line indented as deep as it is."""
    found = [each for each in of(Step, source) if each[0] == function]
    depths: dict[int, int] = {}
    lines = []
    for _, position, parent, arm, kind, symbol, status, handling, awaited in found:
        depths[position] = 0 if parent is None else depths[parent] + 1
        words = [arm, kind, symbol, str(status or ""), handling if kind == "call" else "", "" if awaited or kind != "call" else "unawaited"]
        lines.append("  " * depths[position] + " ".join(word for word in words if word))
    return lines


def sources(source: str, function: str = "f") -> list[tuple[str, str]]:
    return [each[2:4] for each in of(Dependence, source) if each[0] == function and not each[4]]


def test_imports_say_what_they_take_and_pass_on() -> None:
    source = """
    import os.path
    import jwt as tokens
    from .deps import user as current, role
    from ..base import *
    if TYPE_CHECKING:
        from models import User
    def f():
        from late import g
    """
    assert of(Import, source) == [
        ("os", "os.path", "", "os", False),
        ("tokens", "jwt", "", "tokens", False),
        ("current", ".deps", "user", "current", False),
        ("role", ".deps", "role", "role", False),
        ("*", "..base", "*", "*", False),
        ("User", "models", "User", "User", True),
        ("g", "late", "g", None, False),
    ]


def test_aliases_are_other_names_and_what_calls_answer() -> None:
    source = "a = b.c\nadmin = Role('admin')\nbound = partial(check, 1)\nshort = lambda x: x\nn = 1\ndef f():\n    local = other\n"
    assert of(Alias, source) == [
        ("a", "b.c", False),
        ("admin", "Role", True),
        ("bound", "check", False),
        ("short", "(4:9)", False),
    ]


def test_functions_have_their_names_in_the_file() -> None:
    source = """
    class A(B, c.D):
        def __init__(self, role): ...
        async def get(self, id: int, user: User | None = None): ...
        @staticmethod
        def make(x: Optional["User"]): ...
    def outer(f):
        def inner(*args, **kwargs): ...
        return lambda x: x
    """
    assert of(Function, source) == [
        ("A", "class", False, True, 1),
        ("A.get", "function", True, True, 2),
        ("A.make", "function", False, True, 1),
        ("outer", "function", False, True, 1),
        ("outer.inner", "function", False, False, 2),
        ("outer.(8:12)", "function", False, False, 1),
    ]
    assert of(Base, source) == [("A", 0, "B"), ("A", 1, "c.D")]
    assert ("A.get", 1, "user", "User", True, "null ", "plain") in of(Parameter, source)
    assert ("A.make", 0, "x", "User", True, "", "plain") in of(Parameter, source)


def test_decorators_count_from_the_top_and_their_arguments_are_a_steps() -> None:
    source = "@a.requires('admin')\n@b\ndef f(): ...\n"
    assert of(Decorator, source) == [("f", 0, "a.requires", True), ("f", 1, "b", False)]
    assert of(Argument, source) == [("", 0, "0", "string", "admin", "")]


def test_places_count_characters() -> None:
    [call] = [each for each in facts("x = 'é'; y = ü(1)\n") if isinstance(each, Step)]
    assert call.at == (PATH, 1, 14, 1, 18)
    [head] = [each for each in facts("class A:\n    async  def wé(self): pass\n") if isinstance(each, Function) and each.name == "A.wé"]
    assert head.at == (PATH, 2, 16, 2, 30)


def test_steps_run_in_order_and_stand_in_arms() -> None:
    source = """
    async def f(request):
        token = request.headers.get("x")
        if not token:
            raise HTTPException(status_code=401)
        elif cached(token):
            return cache.get(token)
        user = await verify(token)
        if user is None:
            return JSONResponse({}, status_code=403)
        log(user)
        return user
    """
    assert steps(source) == [
        "call request.headers.get tested unawaited",
        "branch not token",
        "  then reject HTTPException 401",
        "  else call cached tested unawaited",
        "  else branch cached(token)",
        "    then call cache.get returned unawaited",
        "    then return cache.get",
        "call verify tested",
        "branch user is None",
        "  then reject JSONResponse 403",
        "call log ignored unawaited",
        "return user",
    ]


@pytest.mark.parametrize(
    ("statement", "step"),
    [
        ("raise PermissionDenied()", "reject PermissionDenied 403"),
        ("raise HTTPException(status.HTTP_401_UNAUTHORIZED, 'no')", "reject HTTPException 401"),
        ("raise HTTPException(status_code=HTTPStatus.FORBIDDEN)", "reject HTTPException 403"),
        ("raise HttpError(401, 'no')", "reject HttpError 401"),
        ("raise ValueError", "reject ValueError"),
        ("abort(401)", "reject abort 401"),
        ("return abort(403)", "reject abort 403"),
        ("return jsonify(error='no'), 401", "reject 401"),
        ("return make_response('no', 401)", "reject make_response 401"),
        ("return HttpResponseForbidden()", "reject HttpResponseForbidden 403"),
        ("return web.Response(status=401)", "reject web.Response 401"),
        ("return json({}, 403)", "reject json 403"),
        ("return redirect(url_for('login'))", "reject redirect 302"),
        ("return Response({}, status=201)", "return Response"),
        ("return current_app.login_manager.unauthorized()", "reject current_app.login_manager.unauthorized 401"),
    ],
)
def test_a_refusal_is_known_in_each_of_its_forms(statement: str, step: str) -> None:
    assert steps(f"def f():\n    {statement}\n")[-1] == step


def test_an_answer_in_a_variable_is_still_a_refusal() -> None:
    assert steps("def f():\n    answer = Response(status=401)\n    return answer\n")[-1] == "reject Response 401"
    assert steps("no = HTTPException(status_code=401)\ndef f():\n    raise no\n")[-1] == "reject HTTPException 401"


def test_a_wrapper_passes_on_to_what_it_wraps() -> None:
    source = """
    def guard(f):
        @wraps(f)
        def inner(*args, **kwargs):
            if not g.user:
                abort(401)
            return f(*args, **kwargs)
        return inner
    """
    assert steps(source, "guard") == ["call wraps kept unawaited", "return guard.inner"]
    assert steps(source, "guard.inner") == ["branch not g.user", "  then reject abort 401", "next f"]


@pytest.mark.parametrize(
    "call",
    ["call_next(request)", "handler(request)", "self.get_response(request)", "self.app(scope, receive, send)", "super().dispatch(request)"],
)
def test_middleware_passes_on(call: str) -> None:
    source = f"class M:\n    async def f(self, request, call_next, handler):\n        answer = await {call}\n        return answer\n"
    assert steps(source, "M.f")[0].startswith("next ")


def test_what_a_wrapper_asks_of_its_argument_is_no_passing_on() -> None:
    source = """
    def guard(check):
        def inner(f):
            def view(request):
                if not check(request.user):
                    raise PermissionDenied
                return f(request)
            return view
        return inner
    """
    assert steps(source, "guard.inner.view") == [
        "call check tested unawaited",
        "branch not check(request.user)",
        "  then reject PermissionDenied 403",
        "next f",
    ]


def test_a_dependency_runs_before_the_function_does() -> None:
    source = "def f(user: Annotated[User, Depends(current)], db = Depends(session)):\n    if not user.admin:\n        raise Forbidden()\n"
    assert steps(source)[:3] == ["call current tested", "call session kept", "branch not user.admin"]
    assert sources(source) == [("call", "current")]


def test_a_generator_passes_on_where_it_yields() -> None:
    assert steps("def f():\n    db = connect()\n    yield db\n    db.close()\n") == [
        "call connect kept unawaited",
        "next",
        "call db.close ignored unawaited",
    ]


def test_handlers_are_asked_one_after_the_other() -> None:
    source = """
    def f():
        try:
            decode()
        except ExpiredError:
            return None
        except (TypeError, ValueError):
            raise HTTPException(401)
        finally:
            close()
    """
    assert steps(source) == [
        "attempt",
        "  body call decode ignored unawaited",
        "  handler branch ExpiredError",
        "    then return None",
        "    else branch (TypeError, ValueError)",
        "      then reject HTTPException 401",
        "      else reject",
        "  finally call close ignored unawaited",
    ]


def test_what_is_suppressed_is_handled_by_doing_nothing() -> None:
    assert steps("def f():\n    with suppress(Exception):\n        check()\n") == [
        "call suppress kept",
        "attempt",
        "  body call check ignored unawaited",
        "  handler branch",
    ]


def test_the_right_side_of_and_runs_only_sometimes() -> None:
    source = "def f(request):\n    if request.method == 'GET' or verify(request):\n        return 1\n    raise Forbidden\n"
    assert steps(source)[:5] == [
        "branch request.method == 'GET'",
        "  then return []",
        "  else call verify tested unawaited",
        "  else branch verify(request)",
        "    then return []",
    ]
    assert set(sources(source)) == {("caller", "request.method"), ("constant", "'GET'"), ("call", "verify")}


def test_an_answer_that_is_true_or_false_is_a_branch() -> None:
    assert steps("def f(user):\n    return user is not None\n") == ["branch user is not None", "  then return True", "  else return False"]
    source = "class P:\n    def has_permission(self, request, view):\n        return request.user.is_staff\n"
    assert steps(source, "P.has_permission") == ["branch request.user.is_staff", "  then return True", "  else return False"]


def test_coroutines_run_where_something_waits_for_them() -> None:
    source = """
    async def f(token):
        check(token)
        pending = check(token)
        await pending
        await asyncio.gather(check(token))
        await run_in_threadpool(check, token)
    """
    assert [each for each in steps(source) if "check" in each] == [
        "call check ignored unawaited",
        "call check kept",
        "call check kept",
        "call check ignored",
    ]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("request.headers.get('x')", {("caller", "request.headers.x")}),
        ("request.query_params['x'] == 'a'", {("caller", "request.query_params"), ("constant", "'a'")}),
        ("request.user.is_authenticated", {("other", "request.user.is_authenticated")}),
        ("os.environ.get('AUTH')", {("environment", "os.environ.get.AUTH")}),
        ("settings.AUTH_ENABLED", {("environment", "settings.AUTH_ENABLED")}),
        ("DEBUG", {("environment", "os.getenv.DEBUG")}),
        ("role == 1", {("parameter", "role"), ("constant", "1")}),
        ("token.startswith('Bearer ')", {("caller", "request.headers.authorization")}),
        ("len(token) > 3", {("caller", "request.headers.authorization"), ("constant", "3")}),
        ("verify(token)", {("call", "verify")}),
        ("user.admin", {("call", "load")}),
        ("user is None", {("call", "load")}),
    ],
)
def test_a_condition_depends_on_where_its_values_come_from(condition: str, expected: set[tuple[str, str]]) -> None:
    source = f"""
    import os
    from app.core import settings
    DEBUG = os.getenv("DEBUG") == "1"
    async def f(request, role):
        token = request.headers["authorization"]
        user = await load(token)
        if {condition}:
            pass
    """
    assert {
        (origin, symbol.removesuffix(".get")) if origin == "caller" else (origin, symbol) for origin, symbol in sources(source)
    } == expected


def test_plain_parameters_of_an_endpoint_are_the_callers() -> None:
    assert sources("@router.get('/x')\ndef f(debug: bool = False):\n    if debug:\n        pass\n") == [("caller", "debug")]
    assert sources("def f(x_token: Annotated[str, Header()]):\n    if x_token:\n        pass\n") == [("caller", "x_token")]


def test_a_directive_stands_above_a_function() -> None:
    source = """
    # invariants: auth public -- a health check
    @router.get("/x")
    # nothing
    def f():
        return "# invariants: auth session -- no"
    # invariants: auth session | token
    """
    assert of(Directive, source) == [("f", "public", "a health check"), ("", "session | token", "")]


@pytest.mark.parametrize(
    ("string", "body"),
    [
        ('"SET LOCAL app.tenant_id = %s"', "SET LOCAL app.tenant_id = $1"),
        ("\"select set_config('app.tenant', :tenant, true)\"", "select set_config('app.tenant', $1, true)"),
        ("\"select set_config('a', :t, true), :t::text\"", "select set_config('a', $1, true), $1::text"),
        ("f\"SET app.tenant = '{tenant}'\"", "SET app.tenant = '$1'"),
        ('"SELECT * FROM t WHERE a = %(a)s AND b = %(b)s"', "SELECT * FROM t WHERE a = $1 AND b = $2"),
    ],
)
def test_a_string_that_holds_sql_is_a_query(string: str, body: str) -> None:
    assert of(Query, f"def f(db, tenant):\n    db.execute(text({string}))\n") == [("f", body)]


@pytest.mark.parametrize("string", ["select a plan", "set the table", "update your profile", "delete from", "with love"])
def test_prose_is_no_query(string: str) -> None:
    assert of(Query, f"x = {string + ' '!r}\n") == [] or string == "delete from"


def test_triggers_are_words_of_frameworks_and_of_sessions() -> None:
    assert registers(PATH, b"from fastapi import FastAPI")
    assert sets(b"select set_config('a', 'b', true)")
    assert sets(b"set local app.x = 1")
    assert not registers(PATH, b"import numpy")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"def f(:\n", "syntax"), (b"\0", "syntax"), (b"x = '\xff'\n", "syntax"), (b"(" * 5000, "syntax"), (b"x\n" * 1_100_000, "size")],
)
def test_what_cannot_be_read_is_said(content: bytes, reason: str) -> None:
    [unread] = read(PATH, content)
    assert isinstance(unread, Unread)
    assert unread.reason in {reason, "bytes"}
    assert 1 <= unread.at.line <= content.count(b"\n") + 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_the_bytes_nothing_is_raised(content: bytes) -> None:
    assert list(read(PATH, content))


SAMPLE = textwrap.dedent("""
    from fastapi import APIRouter, Depends
    router = APIRouter(prefix="/v1", dependencies=[Depends(auth)])
    @router.get("/x/{id}", dependencies=[Depends(Role("admin"))])
    async def read(id: int, user: Annotated[User, Depends(current)]):
        match user:
            case None if id > 1:
                raise HTTPException(status_code=401)
            case _:
                return [x async for x in rows(id) if x or check(x)]
    for each in [router]:
        app.include_router(each, prefix="/a" + "/b")
    """).encode()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, len(SAMPLE)),
    st.integers(0, 30),
    st.sampled_from([b"", b"(", b"[]", b" ", b"\n", b"*", b"lambda: ", b"await ", b"'", b"None"]),
)
def test_however_a_file_is_broken_nothing_is_raised(start: int, length: int, piece: bytes) -> None:
    assert list(read(PATH, SAMPLE[:start] + piece + SAMPLE[start + length :]))


NEWER = """\
type Names[T: str] = list[T]
class Box[T](Base):
    def put[U: (int, str)](self, x: U) -> str:
        try:
            return f"{x["a"]} {{y}} {", ".join(z)}" + f"{'\\n'.join(a)}"
        except ValueError, TypeError:
            s = "type X = 1; except A, B:"  # def f[T]
"""


def test_what_newer_pythons_write_is_read_where_it_stands() -> None:
    assert of(Alias, NEWER) == [("Names", "list", False)]
    found = facts(NEWER)
    assert [each.name for each in found if isinstance(each, Function)] == ["Box", "Box.put"]
    [returned] = [each for each in found if isinstance(each, Step) and each.kind == "return"]
    assert (returned.at.line, returned.at.column) == (5, 13)
    assert not [each for each in found if isinstance(each, Unread)]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, len(NEWER)),
    st.integers(0, 12),
    st.sampled_from(["", "'", '"', '"""', "f'{", "{", "}", "[", "]", "#", "\\", "except A, B:\n"]),
)
def test_however_a_newer_file_is_broken_nothing_is_raised(start: int, length: int, piece: str) -> None:
    assert list(read(PATH, (NEWER[:start] + piece + NEWER[start + length :]).encode()))


def test_parameters_say_what_they_are_by_default_and_whether_they_stay_it() -> None:
    source = """
        def access(role, place="yes", strict=True, *wanted, level=None, limit=3, size=len("x"), **others):
            role = role or "any"
    """
    told = {name: (otherwise, form) for _, _, name, _, _, otherwise, form in of(Parameter, source)}
    assert told == {
        "role": ("", "changing"),
        "place": ("string yes", "plain"),
        "strict": ("boolean true", "plain"),
        "wanted": ("", "rest"),
        "level": ("null ", "plain"),
        "limit": ("number 3", "plain"),
        "size": ("", "plain"),
        "others": ("", "changing"),
    }
