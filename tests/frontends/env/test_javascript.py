import pytest

from invariants.facts.env import Declaration, Door, Read, Taker, Unresolved
from invariants.frontends.env import components, javascript
from readings import only, reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("process.env.A", ["A"]),
        ("process.env['A'] + process.env[`B`]", ["A", "B"]),
        ("process?.env?.A", ["A"]),
        ("globalThis.process.env.A", ["A"]),
        ("process.env.A!", ["A"]),
        ("process.env.A ?? 'x'; process.env.B || 'x'; (process.env.C as string) ?? 'x'", ["A?", "B?", "C?"]),
        ("(process.env as Record<string, string>).A", ["A"]),
        ("const { A, B: b, C = 'x', D: d = 'x' } = process.env", ["A", "B", "C?", "D?"]),
        ("const { A, ...rest } = process.env", ["A", "?"]),
        ("const env = process.env; env.A; env['B']; const { C } = env", ["A", "B", "C"]),
        ("const env = process.env; function f(env) { return env.A }", []),
        ("let env; env = process.env; env.A", ["A"]),
        ("class A { constructor() { this.env = process.env } get() { return this.env.A } }", ["A"]),
        ("const env = { ...process.env, X: '1' }; env.A", ["A"]),
        ("process.env.A = 'x'; delete process.env.B; process.env['C'] = 'x'", []),
        ("process.env.A ??= 'x'", ["A?"]),
        ("if ('A' in process.env) {}", ["A?"]),
        ("const NAME = 'A'; process.env[NAME]; process.env[`${NAME}_B`]", ["A", "A_B"]),
        ("for (const name of ['A', 'B']) process.env[name]", ["A", "B"]),
        ("const NAMES = ['A', 'B'] as const; NAMES.forEach((name) => process.env[name])", ["A", "B"]),
        ("['A'].filter(name => !process.env[name])", ["A"]),
        ("process.env[test ? 'A' : 'B']", ["A", "B"]),
        ("process.env[name]", ["?"]),
        ("let name = 'A'; process.env[name]", ["?"]),
        ("names.map((name) => process.env[name])", ["?"]),
        ("Object.keys(process.env); Object.entries(process.env)", ["?", "?"]),
        ("for (const name in process.env) {}", ["?"]),
        ("configure(process.env)", ["?"]),
        ("export const env = process.env", ["?"]),
        ("const f = () => process.env", ["?"]),
        ("spawn('x', { env: process.env }); spawn('x', { env: { ...process.env, A: '1' } })", []),
        ("type Env = typeof process.env", []),
        ("// process.env.A\n/* process.env.B */ 'process.env.C'; `process.env.D`", []),
        ("const r = /'/; process.env.A", ["A"]),
        ("`${process.env.A}`", ["A"]),
        ("<a href={process.env.A}>{process.env.B}</a>", ["A", "B"]),
        ("import.meta.env.VITE_A; import.meta.env.MODE; import.meta.env.PROD", ["VITE_A"]),
        ("Bun.env.A; Deno.env.get('B'); Deno.env.has('C'); Deno.env.set('D', 'x')", ["A", "B", "C?"]),
        ("const env = Deno.env.toObject(); env.A", ["A"]),
        ("import { env } from 'node:process'; env.A", ["A"]),
        ("import { A, B as b } from '$env/static/private'", ["A", "B"]),
        ("import { env as e } from '$env/dynamic/private'; e.A", ["A"]),
        ("import { A, getSecret } from 'astro:env/server'; getSecret('B')", ["A", "B"]),
        ("import { env } from 'cloudflare:workers'; env.A", ["A"]),
        ("const env = loadEnv(mode, root, ''); env.A", ["A"]),
        (
            "createEnv({ server: { A: z.string(), B: z.string().optional() }, client: { NEXT_PUBLIC_C: z.string() } })",
            ["A", "B?", "NEXT_PUBLIC_C"],
        ),
        ("export const env = cleanEnv(process.env, { A: str(), B: port({ default: 1 }) })", ["A", "B?"]),
        ("const S = z.object({ A: z.string() }).extend({ B: z.string().default('x') }); S.parse(process.env)", ["A", "B?"]),
        ("v.parse(v.object({ A: v.string() }), process.env)", ["A"]),
        ("imported.parse(process.env)", ["?"]),
        ("import { ConfigService } from '@nestjs/config'; this.configService.get<string>('A'); config.getOrThrow('B')", ["A", "B"]),
        ("import env from '#start/env'; env.get('A')", ["A"]),
        ("function f(env: NodeJS.ProcessEnv) { return env.A }", ["A"]),
        ("function f({ A }: NodeJS.ProcessEnv) {}", ["A"]),
        ("function f(env = process.env) { return env.A }", ["A"]),
        ("function f({ env, other }: { env: NodeJS.ProcessEnv; other: string }) { return env.A + other }", ["A"]),
        ("function f(x: { y: (env: NodeJS.ProcessEnv) => void }) {}", []),
        ("const S = z.object({ A: z.string() }); S.parse(withoutEmpty(process.env)); S.parse({ ...process.env, B: '1' })", ["A"]),
        ("const env = given.env ?? process.env; env.A", ["A"]),
        ("const env = test ? other : process.env; env.A", ["A"]),
        ("process.env.NODE_ENV", ["NODE_ENV"]),
    ],
)
def test_what_is_read(text: str, expected: list[str]) -> None:
    assert (
        reads(javascript.read, text, "file.tsx" if "<a " in text else "file.ts" if ": Node" in text or " as " in text else "file.js")
        == expected
    )


def test_a_function_that_is_given_the_name_may_be_declared_an_accessor() -> None:
    text = "export const need = (name: string) => process.env[name];\nneed('A') || 'x'; need(other); env.need('B', 'x')"
    assert [each.accessor for each in only(javascript.read, text, Unresolved, "a.ts")] == ["need"]
    assert reads(javascript.read, text, "a.ts", ("lib/env.need",)) == ["A?", "?", "B?"]
    assert reads(javascript.read, "import { need } from './env'; need('A')", "b.ts", ("need",)) == ["A"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("function need(name) { return process.env[name] }\nneed('A'); need(other)", ["A", "?"]),
        ("const need = (name) => process.env[name];\nneed('A')", ["A"]),
        ("function flag(name) { return need(name) }\nfunction need(name) { return process.env[name] }\nflag('A')", ["A"]),
        ("export function need(name) { return process.env[name] }\nneed('A')", ["?"]),
        ("const need = (name) => process.env[name];\nexport { need }", ["?"]),
        ("const need = (name) => process.env[name];\nmodule.exports = { need }", ["?"]),
        ("class A { need(name) { return process.env[name] } }", ["?"]),
        ("function configure(env, other) { return env.A }\nconfigure(process.env, 1)", ["A"]),
        ("const configure = (env) => env.A;\nexport default configure(process.env)", ["A"]),
        ("function need(env, name) { return env[name] }\nneed(process.env, 'A')", ["A"]),
    ],
)
def test_functions_of_the_file_are_followed(text: str, expected: list[str]) -> None:
    assert reads(javascript.read, text, "a.js") == expected


def test_an_accessor_may_take_the_environment_as_well_as_the_name() -> None:
    text = "function need(env: NodeJS.ProcessEnv, name: string) { return env[name] }\nneed(process.env, 'A')"
    assert reads(javascript.read, text, "a.ts", ("need",)) == ["A"]


def test_what_stands_by_its_name_is_read_where_the_file_does_not_parse() -> None:
    text = "f(async (o) => { const a = await o<typeof import('y')>()\n return { g: (x?: P<typeof a.b>[0]) => ({ y: process.env.A }) } })"
    assert reads(javascript.read, text, "a.ts") == ["A"]
    assert reads(javascript.read, "x = ) process.env.A", "a.ts") == ["A"]


def test_a_function_that_takes_the_environment_resolves_who_hands_it_on_in_other_files() -> None:
    text = "export function configure(env: NodeJS.ProcessEnv) { return env.A }"
    assert [each.function_name for each in only(javascript.read, text, Taker, "a.ts")] == ["configure"]
    assert [each.taker for each in only(javascript.read, "configure(process.env)", Unresolved, "b.ts")] == ["configure"]
    assert reads(javascript.read, f"{text}\nconfigure(process.env)", "a.ts") == ["A"]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("'use client';\nprocess.env.A", ["client"]),
        ('// a comment\n"use client"\nprocess.env.A', ["client"]),
        ("process.env.A; 'use client'", ["server"]),
        ("import.meta.env.VITE_A; import.meta.env.B", ["client", "server"]),
        ("import { A } from '$env/static/public'", ["client"]),
        ("createEnv({ server: { A: z.string() }, client: { VITE_B: z.string() } })", ["server", "client"]),
    ],
)
def test_code_that_runs_in_browsers_says_so(text: str, sides: list[str]) -> None:
    assert [each.side for each in only(javascript.read, text, Read, "a.ts")] == sides


@pytest.mark.parametrize(
    ("path", "text", "doors"),
    [
        ("next.config.js", "module.exports = { env: { A: process.env.B, C: 'x' } }", ["A", "B", "C"]),
        ("next.config.mjs", "export default { publicRuntimeConfig: { A: process.env.A } }", ["A"]),
        ("vite.config.ts", "export default { envPrefix: ['APP_', 'VITE_'] }", ["APP_*", "VITE_*"]),
        ("vite.config.ts", "export default { define: { __KEY__: JSON.stringify(process.env.A), 'process.env.B': '1' } }", ["A", "B"]),
        ("apps/web/webpack.config.js", "new DefinePlugin({ define: 1 }); process.env.A", []),
        ("vite.config.ts", "export default { define: { 'process.env': process.env } }", ["*"]),
        ("vite.config.ts", "export default { define: { 'process.env': { A: process.env.A } } }", ["A"]),
        ("webpack.config.js", "new webpack.DefinePlugin({ 'process.env.A': JSON.stringify('x'), B: process.env.C })", ["A", "C"]),
        ("webpack.config.js", "new DefinePlugin({ 'process.env': JSON.stringify(process.env) })", ["*"]),
        ("webpack.config.js", "new EnvironmentPlugin(['A', 'B']); new webpack.EnvironmentPlugin({ C: 'x' })", ["A", "B", "C"]),
        ("src/next.ts", "module.exports = { env: { A: process.env.A } }", []),
    ],
)
def test_settings_of_bundlers_are_doors(path: str, text: str, doors: list[str]) -> None:
    assert sorted(each.pattern for each in only(javascript.read, text, Door, path)) == doors


def test_schemas_declare() -> None:
    text = "createEnv({ server: { API_KEY: z.string().describe('of the mailer') }, client: { NEXT_PUBLIC_URL: z.string().optional() } })"
    found = [(each.name, each.kind, each.is_required, each.origin, each.about) for each in only(javascript.read, text, Declaration, "a.ts")]
    assert found == [
        ("API_KEY", "secret", True, "t3-env", "of the mailer"),
        ("NEXT_PUBLIC_URL", "public", False, "t3-env", ""),
    ]


def test_nuxt_reads_its_runtime_configuration() -> None:
    text = "export default defineNuxtConfig({ runtimeConfig: { apiSecret: '', public: { apiBase: '' } } })"
    assert reads(javascript.read, text, "nuxt.config.ts") == ["NUXT_API_SECRET?", "NUXT_PUBLIC_API_BASE?"]


def test_scripts_and_templates_of_components_are_read() -> None:
    vue = '<template>{{ import.meta.env.VITE_A }}</template>\n<script setup lang="ts">\nconst b = import.meta.env.VITE_B\n</script>\n'
    found = sorted(only(components.read, vue, Read, "a.vue"), key=lambda each: each.at)
    assert [(each.name, each.at.file, each.at.line) for each in found] == [("VITE_A", "a.vue", 1), ("VITE_B", "a.vue", 3)]
    assert reads(components.read, "---\nconst a = import.meta.env.A;\n---\n<p>{a}</p>", "a.astro") == ["A"]


@pytest.mark.parametrize(
    "text", ["const x = = process.env", "@@@ process.env", "const { A = process.env", "if (process.env", "process.env["]
)
def test_what_does_not_parse_is_said(text: str) -> None:
    assert reads(javascript.read, text, "a.ts") == ["?"]


def test_what_is_too_large_is_said() -> None:
    assert reads(javascript.read, b"process.env.A" + b" " * (3 * 1024 * 1024), "a.ts") == ["?"]


def test_places_count_characters() -> None:
    (found,) = only(javascript.read, "const ü = 'ü'; process.env.A", Read, "a.ts")
    assert (found.at.line, found.at.column, found.at.end_column) == (1, 28, 29)
