"""A first manifest, and the examples that follow from one."""

from pathlib import Path

from invariants.check import Options, Run
from invariants.manifest import draft, example
from invariants.settings.env import load
from repositories import write

FILES = {
    ".gitignore": ".env\n",
    ".env.example": "# Where orders are kept.\nDATABASE_URL=\nNEXT_PUBLIC_URL=\n# SENTRY_DSN=\n",
    "apps/jobs/.env.example": "DATABASE_URL=\nJOBS=4\n",
    "apps/jobs/run.sh": 'psql "$DATABASE_URL" -v jobs="$JOBS"\n',
    "app.ts": "export const need = (name: string) => process.env[name];\n"
    "process.env.NEXT_PUBLIC_URL; process.env.NODE_ENV; process.env.SENTRY_DSN\n",
    "lib.ts": "import { need } from './app';\nneed('MAIL_API_KEY')\n",
    "env.mjs": "createEnv({ server: { LEDGER: z.string().describe('of \"accounts\"') }, client: {}, runtimeEnv: process.env })\n",
    "settings.py": "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    signing: SecretStr\n",
}


def judged(root: Path) -> Run:
    return Run(Options(root, only=("env",), cached=False))


def test_with_its_first_manifest_a_repository_holds(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    text = draft(judged(tmp_path).store)
    manifest = load("env.toml", text)
    kinds = {name: each.kind for name, each in manifest.variables.items()}
    assert kinds == {
        "DATABASE_URL": "secret",
        "SENTRY_DSN": "secret",
        "SIGNING": "secret",
        "JOBS": "config",
        "LEDGER": "config",
        "NEXT_PUBLIC_URL": "public",
        "NODE_ENV": "platform",
    }
    assert manifest.accessors == ["need"]
    assert manifest.variables["LEDGER"].description == 'of "accounts"'
    assert manifest.variables["DATABASE_URL"].required is None
    assert manifest.variables["JOBS"].required == ["apps/jobs"]
    write(tmp_path, {".invariants/env.toml": text})
    found = [(each.rule, each.subject) for each in judged(tmp_path).outcome().findings]
    assert found == [("env-declared", "MAIL_API_KEY")]


def test_an_empty_repository_has_an_empty_manifest(tmp_path: Path) -> None:
    assert load("env.toml", draft(judged(tmp_path).store)).variables == {}


MANIFEST = """\
[targets.local]
file = ".env.example"
format = "dotenv"
[targets.production]
file = "fly.json"
format = "fly"
[variables.URL]
kind = "config"
description = "Where it is."
example = "https://example.com/?a=b"
[variables.GREETING]
kind = "config"
example = "it's here"
[variables.KEY]
kind = "secret"
optional = ["local"]
[variables.ELSEWHERE]
kind = "config"
required = ["production"]
[variables.NODE_ENV]
kind = "platform"
"""


def test_an_example_gets_what_the_manifest_asks_and_keeps_what_it_has() -> None:
    manifest = load("env.toml", MANIFEST)
    text = example(manifest, "local", "# mine\nOWN=1\n")
    assert text == "# mine\nOWN=1\n\n# Where it is.\nURL=https://example.com/?a=b\nGREETING='it\\'s here'\n# KEY=\n"
    assert example(manifest, "local", text) == text
    assert example(manifest, "local", "").startswith("# Where it is.")
