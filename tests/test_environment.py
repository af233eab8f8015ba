"""Files as units of what they read and give, and what follows from many of them."""

from pathlib import Path
from typing import Any

import pytest

from invariants import environment
from invariants.check import Options, Run
from invariants.finding import ConfigError
from repositories import repository, write

MANIFEST = ".invariants/env.toml"


def judged(root: Path, files: dict[str, str]) -> dict[str, str]:
    """What rules of the pack say, by rule and subject."""
    write(root, files)
    run = Run(Options(root, only=("env",), cached=False))
    outcome = run.outcome()
    assert not outcome.errors
    return {f"{each.rule} {each.subject}": each.claim for each in outcome.findings}


def test_files_that_are_left_out_are_not_read(tmp_path: Path) -> None:
    files = {MANIFEST: 'exclude = ["examples/**"]\n', "examples/run.sh": "echo $A", "node_modules/x/run.sh": "echo $B", "run.sh": "echo $C"}
    assert set(judged(tmp_path, files)) == {"env-declared C"}


def test_what_every_process_has_needs_no_entry_and_may_have_one(tmp_path: Path) -> None:
    files = {
        MANIFEST: '[variables.HOSTNAME]\nkind = "config"\n',
        "run.sh": "echo $PATH $HOSTNAME",
        "a.rs": 'fn f() { env!("CARGO_PKG_NAME"); }',
    }
    assert judged(tmp_path, files) == {}


def test_a_target_is_read_by_its_format_whatever_its_name(tmp_path: Path) -> None:
    manifest = '[targets.a]\nfile = "config/prod.txt"\nformat = "dotenv"\n[variables.A]\nkind = "config"\n'
    assert set(judged(tmp_path, {MANIFEST: manifest, "config/prod.txt": "B=1\n", "run.sh": "echo $A"})) == {
        "env-targets-match A@a",
        "env-targets-match B@a",
    }


def test_a_container_has_what_its_config_map_has_in_another_file(tmp_path: Path) -> None:
    manifest = '[targets.api]\nfile = "k8s/api.yaml"\nformat = "kubernetes"\ncontainer = "api"\n[variables.P_A]\nkind = "config"\n'
    pod = "kind: Pod\nspec:\n  containers:\n    - name: api\n      envFrom: [{configMapRef: {name: settings}, prefix: P_}]\n"
    settings = "kind: ConfigMap\nmetadata: {name: settings}\ndata: {A: '1'}\n"
    files = {MANIFEST: manifest, "k8s/api.yaml": pod, "run.sh": "echo $P_A"}
    assert "is not in the repository" in judged(tmp_path, files)["env-targets-match P_A@api"]
    assert judged(tmp_path, files | {"k8s/settings.yaml": settings}) == {}


def test_a_service_has_what_its_files_and_those_it_extends_have(tmp_path: Path) -> None:
    manifest = '[targets.api]\nfile = "compose.yaml"\nformat = "compose"\nservice = "api"\n'
    manifest += "".join(f'[variables.{name}]\nkind = "config"\n' for name in "ABC")
    files = {
        MANIFEST: manifest,
        "compose.yaml": "services:\n  api: {env_file: api.env, extends: {file: base/compose.yaml, service: base}}\n"
        "  other: {environment: {Z: '1'}}\n",
        "base/compose.yaml": "services:\n  base: {environment: {A: '1'}, env_file: more.env}\n",
        "base/more.env": "B=1\n",
        "api.env": "C=1\n",
        "run.sh": "echo $A $B $C",
    }
    assert judged(tmp_path, files) == {}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.ts": "configure(process.env)", "b.ts": "export function configure(env: NodeJS.ProcessEnv) {}"}, set()),
        ({"a.ts": "configure(process.env)"}, {"env-declared a.ts"}),
        (
            {"a.py": "import os\ndef need(n): return os.environ[n]", "b.py": "need('A')", MANIFEST: 'accessors = ["a.need"]\n'},
            {"env-declared A"},
        ),
        ({"a.py": "import os\nos.environ["}, {"env-declared a.py"}),
        ({"compose.yaml": "a: ["}, {"env-declared compose.yaml"}),
    ],
)
def test_what_cannot_be_told_is_resolved_elsewhere_or_said(tmp_path: Path, files: dict[str, str], expected: set[str]) -> None:
    found = judged(tmp_path, {MANIFEST: ""} | files)
    assert set(found) == expected
    assert all("unverified" in claim for subject, claim in found.items() if "." in subject)


def test_scripts_that_run_in_one_shell_have_what_each_of_them_sets(tmp_path: Path) -> None:
    files = {
        MANIFEST: "",
        "run.sh": '. "$(dirname "$0")/lib/colours.sh"\nLEVEL=1\necho $RED $TOKEN\n',
        "lib/colours.sh": "RED=1\nsay() {\n  echo $LEVEL\n}\n",
        "other.sh": "echo $LEVEL\n",
    }
    assert set(judged(tmp_path, files)) == {"env-declared TOKEN", "env-declared LEVEL"}


@pytest.mark.parametrize(
    ("ignored", "covered"),
    [
        (".env", True),
        ("*.env", True),
        (".env*", True),
        ("/.env", False),
        ("web/.env", True),
        ("web", True),
        ("web/*", True),
        ("**/.env", True),
        (".env\n!web/.env", False),
        ("!web/.env\n.env", True),
        ("# .env", False),
        ("other", False),
    ],
)
def test_ignore_rules_are_asked_as_git_asks_them(tmp_path: Path, ignored: str, covered: bool) -> None:
    found = judged(tmp_path, {".gitignore": f"{ignored}\n", "web/.env.example": "A=\n"})
    assert found.keys() == (set() if covered else {"env-file-untracked web/.env"})


@pytest.mark.parametrize(
    ("above", "covered"),
    [
        ({"../../.gitignore": ".env\n"}, True),
        ({"../../.gitignore": "/apps/web/.env\n"}, True),
        ({"../../.gitignore": "apps/*/.env\n"}, True),
        ({"../../.gitignore": "/.env\n"}, False),
        ({"../../.gitignore": "/web/.env\n"}, False),
        ({"../../.gitignore": ".env\n", ".gitignore": "!.env\n"}, False),
        ({"../../.gitignore": ".env\n", "../.gitignore": "!web/.env\n"}, False),
        ({"../../.git/info/exclude": ".env\n"}, False),
        ({"../../../.gitignore": ".env\n"}, False),
    ],
)
def test_ignore_rules_above_the_root_count_where_they_are_in_the_repository(tmp_path: Path, above: dict[str, str], covered: bool) -> None:
    root = repository(tmp_path / "product", {"apps/web/.env.example": "A=\n"}) / "apps" / "web"
    write(root, above)
    assert judged(root, {}).keys() == (set() if covered else {"env-file-untracked .env"})


LARGE = 10_000_000


@pytest.mark.parametrize(
    ("path", "format", "content"),
    {
        "binary": (".env.example", "dotenv", b"A=1\0" * 9),
        "large": (".env.example", "dotenv", b"A=" + b"x" * LARGE),
        "open quote": (".env.example", "dotenv", b"A='open\n"),
        "no yaml": ("compose.yaml", "compose", b"services: ["),
        "large yaml": ("compose.yaml", "compose", b"# " + b"x" * LARGE),
        "tabs": (".github/workflows/a.yml", "workflow", b"jobs:\n\ta: 1\n"),
        "template": ("k8s.yaml", "kubernetes", b"kind: Pod\nenv: {{ .Values.env }}\n{{- end }}\n"),
        "large manifest": ("k8s.yaml", "kubernetes", b"kind: Pod\n# " + b"x" * LARGE),
        "large blueprint": ("render.yaml", "render.yaml", b"services: []\n# " + b"x" * LARGE),
        "large toml": ("fly.toml", "fly.toml", b"# " + b"x" * LARGE),
        "large json": ("vercel.json", "vercel.json", b'{"env": {"A": "' + b"x" * LARGE + b'"}}'),
        "large snapshot": ("snapshot.json", "vercel", b" " * LARGE),
        "no blueprint": ("render.yaml", "render.yaml", b"services: ["),
        "deep json": ("vercel.json", "vercel.json", b"[" * 200_000),
        "deep yaml": ("compose.yaml", "compose", b"[" * 200_000),
        "deep toml": ("fly.toml", "fly.toml", b"a = " + b"[" * 200_000),
        "no toml": ("fly.toml", "fly.toml", b"[env\nA = 1\n"),
        "no json": ("vercel.json", "vercel.json", b'{"env": {"A": '),
        "no snapshot": ("snapshot.json", "vercel", b'{"envs": []}'),
        "deep": ("snapshot.json", "vercel", b"[" * 200_000),
    }.values(),
)
def test_a_target_that_cannot_be_read_is_unverified_for_each_variable(tmp_path: Path, path: str, format: str, content: bytes) -> None:  # noqa: A002
    manifest = f'[targets.t]\nfile = "{path}"\nformat = "{format}"\n[variables.A]\nkind = "config"\n[variables.C]\nkind = "config"\n'
    write(tmp_path, {MANIFEST: manifest, "run.sh": "echo $A $C", ".gitignore": ".env\n"})
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(content)
    found = judged(tmp_path, {})
    assert {"env-targets-match A@t", "env-targets-match C@t"} <= found.keys()
    assert all("unverified" in claim for claim in found.values())


GIVING_A = {
    "dotenv": (".env.example", "export A='two\nlines'\nA=1\n"),
    "compose": ("compose.yaml", "services:\n  api:\n    environment: {A: '1', A: '2'}\n"),
    "workflow": ("ci.yml", "env: {A: '1', A: '2'}\n"),
    "kubernetes": ("k8s.yaml", "kind: ConfigMap\nmetadata: {name: c}\ndata: {A: '1', A: '2'}\n"),
    "fly.toml": ("fly.toml", "[env]\nA = '1'\n"),
    "render.yaml": ("render.yaml", "services:\n  - name: a\n    envVars: [{key: A, value: '1'}, {key: A, sync: false}]\n"),
    "vercel.json": ("vercel.json", '{"env": {"A": "1", "A": "2"}}'),
    "fly": ("fly.json", '{"schema": "invariants-snapshot/1", "platform": "fly", "taken": "2026-01-01", "variables": [{"name": "A"}]}'),
}


@pytest.mark.parametrize("format", GIVING_A)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_line_ends_and_a_name_that_comes_twice_hide_nothing(tmp_path: Path, format: str, end: str) -> None:  # noqa: A002
    path, text = GIVING_A[format]
    manifest = f'[targets.t]\nfile = "{path}"\nformat = "{format}"\n[variables.A]\nkind = "config"\n'
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(f"\ufeff{text}".replace("\n", end).encode())
    assert judged(tmp_path, {MANIFEST: manifest, "run.sh": "echo $A", ".gitignore": ".env\n"}) == {}


def test_an_interpolation_that_leads_back_to_itself_is_read_once_for_each_name(tmp_path: Path) -> None:
    text = "services:\n  api: &api\n    environment: {A: '${B:-${A:-${B}}}'}\n  other: {<<: *api, image: '${A}'}\n"
    assert set(judged(tmp_path, {MANIFEST: "", "compose.yaml": text})) == {"env-declared A", "env-declared B"}


@pytest.mark.parametrize(
    ("manifest", "line"),
    [
        ("[variables.A\n", 1),
        ('[variables.A]\nkind = "other"\n', 2),
        ('[variables.A]\nkind = "config"\n[variables.A]\nkind = "config"\n', 3),
        ('[variables.A]\nkind = "config"\nrequired = ["nowhere"]\n', 1),
        ('[variables.A]\nkind = "config"\nwhen = "B"\n', 1),
        ('[variables."not a name"]\nkind = "config"\n', 1),
        ('[variables.A]\nkind = "secret"\nexample = "planted"\n', 1),
        ('[variables.A]\nkind = "public"\nfingerprint = ["t"]\n', 1),
        ('[targets.t]\nfile = "a"\nformat = "dotenv"\nservice = "api"\n', 1),
        ('[ignore]\nA = " "\n', 2),
        ("other = 1\n", 1),
    ],
)
def test_a_manifest_that_cannot_be_used_stops_the_run(tmp_path: Path, manifest: str, line: int) -> None:
    with pytest.raises(ConfigError) as error:
        judged(tmp_path, {MANIFEST: manifest})
    assert (error.value.path, error.value.line) == (MANIFEST, line)
    assert "planted" not in str(error.value)


def test_values_that_refer_to_one_another_are_not_followed(tmp_path: Path) -> None:
    manifest = '[targets.t]\nfile = ".env.example"\nformat = "dotenv"\n[variables.A]\nkind = "config"\n[variables.B]\nkind = "config"\n'
    files = {
        MANIFEST: manifest,
        ".env.example": "\ufeffA=${B}\r\nexport B='${A}'\r\nA=${A}\n",
        ".gitignore": ".env",
        "run.sh": "echo $A $B",
    }
    assert judged(tmp_path, files) == {}


def test_a_link_out_of_the_repository_gives_nothing_and_says_so(tmp_path: Path) -> None:
    manifest = '[targets.a]\nfile = ".env.example"\nformat = "dotenv"\n[variables.A]\nkind = "config"\n'
    write(tmp_path, {"outside": "A=1\n", "root/run.sh": "echo $A", f"root/{MANIFEST}": manifest})
    (tmp_path / "root/.env.example").symlink_to("../outside")
    assert "leads out of the repository" in judged(tmp_path / "root", {})["env-targets-match A@a"]


def test_a_run_in_which_nothing_changed_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    write(tmp_path / "root", {MANIFEST: "", "a.ts": "process.env.A", "b.py": "import os\nos.environ['B']"})
    first = Run(Options(tmp_path / "root")).outcome()
    monkeypatch.setattr("invariants.environment._frontend", None)
    assert Run(Options(tmp_path / "root")).outcome().findings == first.findings


def test_where_accessors_change_only_files_that_may_call_them_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    root, read = tmp_path / "root", list[str]()
    files = {
        MANIFEST: "",
        "a.ts": "process.env.A; needed()",
        "b.ts": "need('B')",
        "c.py": "import os\nos.environ['C']; need('D')",
        "d.rs": "fn f() {}",
    }
    write(root, files)
    Run(Options(root)).outcome()
    facts = environment._facts

    def told(file: environment.Stale) -> list[Any]:
        read.append(file.path)
        return facts(file)

    monkeypatch.setattr(environment, "_facts", told)
    write(root, {MANIFEST: 'accessors = ["need"]\n'})
    found = {each.subject for each in Run(Options(root)).outcome().findings if each.rule == "env-declared"}
    assert found == {"A", "B", "C", "D"}
    assert read == ["b.ts", "c.py"]


def test_the_environment_that_is_handed_to_an_accessor_is_read_by_its_callers(tmp_path: Path) -> None:
    text = "import { need } from 'elsewhere';\nneed(process.env, 'A');\n"
    assert set(judged(tmp_path, {MANIFEST: "", "a.ts": text})) == {"env-declared a.ts"}
    assert "env-declared a.ts" not in judged(tmp_path, {MANIFEST: 'accessors = ["need"]\n'})


def test_reads_without_a_manifest_are_counted(tmp_path: Path) -> None:
    write(tmp_path, {"run.sh": "echo $A $B"})
    said = Run(Options(tmp_path, cached=False)).outcome().detected
    assert any(each.startswith("2 environment variables read, and no manifest") for each in said)
    write(tmp_path, {MANIFEST: ""})
    assert not any("environment" in each for each in Run(Options(tmp_path, cached=False)).outcome().detected)
