"""What files take from others, and what they give."""

from frontends.typescript.reading import facts, values
from invariants.facts.code import Alias, Base, Decorator, Directive, Function, Import, Module, Parameter, Query


def test_every_form_of_import_is_read() -> None:
    source = """
        import a, { b as c, type D } from "./x";
        import * as ns from "./y";
        import type E from "./e";
        import old = require("./o");
        const q = require("./q");
        const { r, s: t } = require("./r");
        const u = require("./u").v;
        async function load() { const lazy = await import("./l"); }
    """
    assert values(Import, source) == [
        ("a", "./x", "default", None, False),
        ("c", "./x", "b", None, False),
        ("D", "./x", "D", None, True),
        ("ns", "./y", "", None, False),
        ("E", "./e", "default", None, True),
        ("old", "./o", "", None, False),
        ("q", "./q", "", None, False),
        ("r", "./r", "r", None, False),
        ("t", "./r", "s", None, False),
        ("u", "./u", "v", None, False),
        ("lazy", "./l", "", None, False),
    ]


def test_what_is_passed_on_is_told() -> None:
    source = 'export * from "./a"; export * as b from "./b"; export { c as d, default } from "./c";'
    assert values(Import, source) == [
        ("", "./a", "*", "*", False),
        ("", "./b", "", "b", False),
        ("", "./c", "c", "d", False),
        ("", "./c", "default", "default", False),
    ]


def test_other_names_are_aliases() -> None:
    source = "const a = b.c; const d = make(1); export { a as e }; export default wrap(a); export const { GET } = serve(a);"
    assert values(Alias, source) == [
        ("a", "b.c", False),
        ("d", "make", True),
        ("e", "a", False),
        ("default", "wrap", True),
        ("GET", "serve", True),
    ]
    assert values(Alias, "module.exports = { f, g: h };") == [("g", "h", False)]
    assert values(Alias, "export default function run() {}") == [("default", "run", False)]


def test_functions_are_called_by_their_names() -> None:
    source = """
        export const a = async () => {};
        function b() { const c = () => {}; [1].map((x) => x); }
        class D { e() {} static f = () => {}; }
        const g = { h() {}, i: function () {} };
        module.exports.j = function () {};
        export default () => {};
    """
    assert [(name, kind, exported) for name, kind, _, exported, _ in values(Function, source)] == [
        ("a", "function", True),
        ("b", "function", False),
        ("b.c", "function", False),
        ("b.(3:52)", "function", False),
        ("D", "class", False),
        ("D.e", "function", False),
        ("D.f", "function", False),
        ("g.h", "function", False),
        ("g.i", "function", False),
        ("j", "function", True),
        ("default", "function", True),
    ]


def test_two_functions_never_share_a_name() -> None:
    names = [name for name, *_ in values(Function, "if (a) { var f = () => {}; } else { var f = () => {}; }")]
    assert names == ["f", "(1:45)"]


def test_parameters_have_the_symbols_of_their_types() -> None:
    source = "function f(a: User, { b }: Options, c?: Promise<Session | null>, ...d: string[]) {}"
    assert [each[:5] for each in values(Parameter, source)] == [
        ("f", 0, "a", "User", False),
        ("f", 1, "", "Options", False),
        ("f", 2, "c", "Promise", True),
        ("f", 3, "d", "", False),
    ]


def test_classes_have_bases_and_decorators() -> None:
    source = "@Controller('x') export class A extends B implements C { @Get() @UseGuards(G) list() {} }"
    assert values(Base, source) == [("A", 0, "B"), ("A", 1, "C")]
    assert values(Decorator, source) == [
        ("A", 0, "Controller", True),
        ("A.list", 0, "Get", True),
        ("A.list", 1, "UseGuards", True),
    ]


def test_directives_stand_above_functions() -> None:
    source = """
        // invariants: auth public -- health checks
        export async function GET() {}
        /* invariants: auth session role:owner */
        export const POST = wrap(async () => {});
        // invariants: auth token -- imported
        export const PUT = handler;
    """
    assert values(Directive, source) == [
        ("GET", "public", "health checks"),
        ("(5:34)", "session role:owner", ""),
        ("PUT", "token", "imported"),
    ]


def test_strings_of_sql_are_queries() -> None:
    source = (
        "function f() { db.query(`select * from orders where id = ${id}`); sql`set local app.tenant = ${tenant}`; say('select a seat');"
        "db.query('set role tenant'); }"
    )
    assert values(Query, source) == [
        ("f", "select * from orders where id = $1"),
        ("f", "set local app.tenant = $1"),
        ("f", "set role tenant"),
    ]


def test_files_say_where_they_run() -> None:
    assert [side for _, side in values(Module, "'use client'; const a = 1;")] == ["client"]
    assert [side for _, side in values(Module, "const a = 'use client';")] == ["either"]


def test_columns_count_characters() -> None:
    [fact] = facts(Function, "const ü = 'ä'; function f() {}")
    assert (fact.at.column, fact.at.end_column) == (16, 31)
