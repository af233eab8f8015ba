"""Whatever a file holds, reading it answers facts: nothing is raised, and what does not parse is said."""

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.typescript.reading import facts, outline
from invariants.facts.code import Step
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint
from invariants.frontends import typescript

SOURCES = [path.read_bytes() for path in sorted((Path(__file__).parents[3] / "fixtures" / "routes" / "twins").glob("*/*/app.js"))]
PATHS = ["app/api/route.ts", "src/middleware.ts", "pages/api/a.tsx", "src/app.js", "src/routes/+page.server.ts"]


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(PATHS))
def test_any_bytes_are_read(content: bytes, path: str) -> None:
    list(typescript.read(path, content))


@settings(deadline=None)
@given(st.data())
def test_any_damage_is_read(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(SOURCES))
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 40)))
    put = data.draw(st.sampled_from([b"", b"{", b"(", b"`${", b"=>", b"await", b"@a", b"}", b"?.", b"export default", b"\xff"]))
    list(typescript.read("src/app.ts", source[:start] + put + source[end:]))


def test_what_does_not_parse_is_said() -> None:
    [unread] = facts(Unread, "export function GET( { return 1; }\nconst a = 1;", "app/route.ts")
    assert (unread.reason, unread.at.line) == ("syntax", 1)


def test_what_parses_around_it_is_kept() -> None:
    source = "export async function GET() { check(); }\nconst broken = ;\n"
    assert len(facts(Endpoint, source, "app/route.ts")) == 1
    assert outline(source, "GET") == ["call check ignored unawaited"]
    assert facts(Unread, source, "app/route.ts")


def test_what_is_nested_too_deep_is_said() -> None:
    source = "export const GET = " + "f(\n" * 3000 + ")\n" * 3000 + ";"
    assert [each.message for each in facts(Unread, source, "app/route.ts")] == ["it is nested too deep"]


@pytest.mark.parametrize("content", [b"a();" * 600_000, b"var x=" + b"1+" * 40_000 + b"1;"])
def test_what_a_program_wrote_is_not_read(content: bytes) -> None:
    started = perf_counter()
    assert [each.reason for each in typescript.read("app/route.js", content)] == ["size"]
    assert list(typescript.read("lib/bundle.js", content)) == []
    assert perf_counter() - started < 1


@pytest.mark.parametrize("kind", ["unknown", "Row[]", "{ id: string }", "Map<string, Row[]>", "string, number", "\n  void\n"])
def test_a_template_may_say_of_which_type_it_is(kind: str) -> None:
    source = f"export const rows = sql<{kind}>`select ${{id}}`;\nexport function after() {{ guard(); }}\n"
    assert facts(Unread, source, "lib/a.ts") == []
    assert [(each.symbol, each.at.line) for each in facts(Step, source, "lib/a.ts") if each.function_name == "after"] == [
        ("guard", source.count("\n"))
    ]


@pytest.mark.parametrize("source", ["const a = 1 >`x` <", "f(<div>`x`</dv>)", "<\n" * 3000 + ">`\n" * 3000])
def test_what_does_not_parse_either_way_is_said(source: str) -> None:
    assert {each.reason for each in facts(Unread, source, "app/route.ts")} == {"syntax"}


def test_javascript_is_read_with_its_elements() -> None:
    [step] = facts(Step, "const a = <Page title={load()} />;", "lib/a.jsx")
    assert step.symbol == "load"


@pytest.mark.parametrize(
    ("path", "content", "registers"),
    [
        ("app/api/route.ts", b"", True),
        ("lib/a.ts", b"export const a = 1;", False),
        ("lib/a.ts", b"import express from 'express'", True),
        ("lib/koa.d.ts", b"import type { Middleware } from 'koa'; declare module 'koa' { export function get(): Middleware }", False),
        ("lib/a.ts", b"'use server'; export async function a() {}", True),
        ("supabase/functions/a/index.ts", b"", True),
        ("supabase/functions/_shared/index.ts", b"", False),
    ],
)
def test_files_that_may_register_are_told_by_words_and_names(path: str, content: bytes, registers: bool) -> None:
    assert typescript.registers(path, content) is registers
