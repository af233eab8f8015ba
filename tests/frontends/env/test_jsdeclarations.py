"""What of a file needs a name, and how others know it."""

import pytest

from invariants.facts.place import Place
from invariants.frontends.env.jsdeclarations import EVERY, RUN, Declarations, Taken


def read(text: str, path: str = "a.tsx") -> Declarations:
    return Declarations(path, text.encode())


@pytest.mark.parametrize(
    ("text", "name", "known"),
    [
        ("export const a = () => k\nconst k = 1", "k", {"a"}),
        ("const k = 1\nfunction b() { return k }\nexport function a() { return b() }\nexport const c = 1", "k", {"a"}),
        ("const k = 1; export { k as other }", "k", {"other"}),
        ("export default () => k", "k", {"default"}),
        ("export default function f() { return k }", "k", {"default"}),
        ("class A { m() { return k } }\nexport default A", "k", {"default"}),
        ("run(k)", "k", {RUN}),
        ("export const a = <b>{k}</b>", "k", {"a"}),
        ("export const { a, b } = k", "k", {"a", "b"}),
        ("const a: typeof k = 1; export { a }", "k", set()),
        ("export function a(x: k) { return x as k }", "k", set()),
        ("export type k = 1; export interface b { k: k }", "k", set()),
        ("module.exports = { a: k }", "k", {EVERY}),
        ("exports.a = k", "k", {EVERY}),
    ],
)
def test_who_needs_a_name(text: str, name: str, known: set[str]) -> None:
    declarations = read(text)
    assert declarations.known_as(declarations.needing({name})) == known


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ('import a, { b, c as d, type E } from "m"', [("default", "a", ""), ("b", "b", ""), ("c", "d", "")]),
        ('import * as a from "m"', [(EVERY, "a", "")]),
        ('import "m"', [(EVERY, RUN, "")]),
        ('import type { A } from "m"', []),
        ('export { a as b, type C } from "m"', [("a", "", "b")]),
        ('export * from "m"', [(EVERY, "", EVERY)]),
        ('const { a, b } = require("m")', [(EVERY, "a", ""), (EVERY, "b", "")]),
        ('const A = lazy(() => import("m"))', [(EVERY, "A", "")]),
        ('require("m")', [(EVERY, RUN, "")]),
        ("require(name)", []),
    ],
)
def test_what_is_taken_from_another_file(text: str, taken: list[tuple[str, str, str]]) -> None:
    assert read(text).taken == [Taken("m", *each) for each in taken]


def test_a_component_is_all_in_one() -> None:
    declarations = read('<script>\nimport { a } from "./a"\n</script>\n{a}', "a.svelte")
    assert declarations.known_as(declarations.needing({"a"})) == {EVERY, RUN}


def test_a_place_is_in_the_declarations_of_its_lines() -> None:
    declarations = read("const a = 1,\n  b = 2\nrun()")
    assert [declarations.around(Place("a.tsx", line, 1, line, 1)) for line in (1, 2, 3)] == [{"a"}, {"b"}, {RUN}]


@pytest.mark.parametrize(
    ("text", "served"),
    [
        ('if (typeof window === "undefined") { read(HERE) }', True),
        ("if ((typeof window == 'undefined') && other) read(HERE)", True),
        ("const isServer = typeof window === 'undefined' && !!other;\nif (isServer) { read(HERE) }", True),
        ("typeof window === 'undefined' && read(HERE)", True),
        ("import.meta.env.SSR ? HERE : other", True),
        ('if (typeof window === "undefined") {} else { read(HERE) }', False),
        ('if (typeof window !== "undefined") { read(HERE) }', False),
        ('if (!(typeof window === "undefined")) { read(HERE) }', False),
        ('if (typeof window === "undefined" || other) { read(HERE) }', False),
        ("let isServer = typeof window === 'undefined'; if (isServer) { read(HERE) }", False),
        ("other ? HERE : typeof window === 'undefined'", False),
        ("/* ümlaut */ typeof window === 'undefined' && HERE", True),
    ],
)
def test_what_stands_under_a_question_for_the_server_is_not_for_browsers(text: str, served: bool) -> None:
    before = text[: text.index("HERE")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert (not read(text).around(Place("a.tsx", line, column, line, column + 4))) is served
