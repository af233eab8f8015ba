"""The commands, and that no value of a secret is ever printed or kept."""

import json
from pathlib import Path

import pytest

from cli.commands import run
from invariants.cli.output import FORMATS
from repositories import repository, write

PLANTED = "k7Qz2mX9vL4tRb8nWc3yHd6pJs5f"
WEAK = "hunter2-hunter2"
KEY = "0123456789abcdef0123456789abcdef"
LOCK = ".invariants/env.lock.toml"
MANIFEST = """\
[targets.production]
file = ".invariants/snapshots/production.json"
format = "vercel"
environment = "production"
values = ".env.production"
[targets.staging]
file = ".env.example"
format = "dotenv"
[variables.SESSION_SECRET]
kind = "secret"
fingerprint = ["production"]
[variables.PIN]
kind = "secret"
fingerprint = ["production"]
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("INVARIANTS_FP_KEY", raising=False)
    files = {".invariants/env.toml": MANIFEST, ".gitignore": ".env*\n!.env.example\n", ".env.example": "SESSION_SECRET=\nPIN=\n"}
    folder = repository(tmp_path / "product", files)
    write(folder, {".env.production": f"SESSION_SECRET={PLANTED}\nPIN={WEAK}\n"})
    return folder


@pytest.fixture
def keyed(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a key, and everything recorded."""
    monkeypatch.setenv("INVARIANTS_FP_KEY", KEY)
    assert run(root, "env", "record").returncode == 0
    return root


def verified(root: Path) -> tuple[int, list[str]]:
    result = run(root, "env", "verify")
    return result.returncode, [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_what_was_recorded_is_the_same(keyed: Path) -> None:
    assert verified(keyed) == (0, ["same PIN@production", "same SESSION_SECRET@production"])
    text = (keyed / LOCK).read_text()
    assert PLANTED not in text
    assert text.count("hmac-sha256:v1:") == 2
    assert run(keyed, "env", "record").stdout.count("as recorded") == 2
    assert (keyed / LOCK).read_text() == text


def test_a_rotated_secret_is_changed_and_is_recorded_by_name(keyed: Path) -> None:
    write(keyed, {".env.production": f"SESSION_SECRET={PLANTED}x\nPIN={WEAK}\n"})
    assert verified(keyed) == (1, ["same PIN@production", "changed SESSION_SECRET@production it is not what was recorded"])
    assert run(keyed, "check", "--only", "env-fingerprint-matches").returncode == 1
    assert run(keyed, "env", "record", "SESSION_SECRET").stdout == "SESSION_SECRET@production: recorded\n"
    assert verified(keyed)[0] == 0


def test_without_key_file_or_value_nothing_passes(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(keyed, {".env.production": f'SESSION_SECRET="{PLANTED}\n"\n'})
    assert verified(keyed) == (
        1,
        [
            "absent PIN@production its value is not there",
            "changed SESSION_SECRET@production it differs from what was recorded only by a line end after it",
        ],
    )
    (keyed / ".env.production").unlink()
    assert verified(keyed)[1][0] == "absent PIN@production .env.production is not there"
    write(keyed, {".env.production": f"SESSION_SECRET={PLANTED}\nPIN=\n"})
    monkeypatch.setenv("INVARIANTS_FP_KEY", KEY[::-1])
    code, lines = verified(keyed)
    assert code == 1
    assert [line.split("@")[0] for line in lines] == ["unreadable PIN", "not comparable SESSION_SECRET"]
    refused = run(keyed, "env", "record", "SESSION_SECRET")
    assert (refused.returncode, "another key" in refused.stderr) == (2, True)


def test_a_change_is_not_charged_with_what_is_at_hand(keyed: Path) -> None:
    (keyed / ".env.production").unlink()
    result = run(keyed, "check", "--staged", "--only", "env-fingerprint-matches")
    assert result.returncode == 0, result.stdout


def test_without_a_key_what_can_be_guessed_is_refused_and_nothing_is_written(root: Path) -> None:
    refused = run(root, "env", "record")
    assert refused.returncode == 2
    assert "PIN has less than 80 bits" in refused.stderr
    assert not (root / LOCK).exists()
    assert run(root, "env", "record", "SESSION_SECRET").returncode == 0
    assert "scrypt:v1:" in (root / LOCK).read_text()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('key_file = "fp.key"', "inside the repository"),
        ('key_file = "~/fp.key"', ""),
        ('key_file = "/nowhere/fp.key"', "less than 80 bits"),
    ],
)
def test_the_key_is_kept_outside_the_repository(root: Path, monkeypatch: pytest.MonkeyPatch, key: str, expected: str) -> None:
    monkeypatch.setenv("HOME", str(root.parent))
    write(root, {".invariants/env.toml": f"{MANIFEST}[fingerprints]\n{key}\n", "fp.key": KEY, "../fp.key": KEY})
    result = run(root, "env", "record")
    assert (result.returncode == 0) == (not expected)
    assert expected in result.stderr


def test_a_short_key_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVARIANTS_FP_KEY", "tiny-key")
    result = run(root, "env", "record")
    assert (result.returncode, "less than 32 characters" in result.stderr, "tiny-key" in result.stderr) == (2, True, False)


def test_a_snapshot_holds_names_and_is_what_the_target_is_judged_by(root: Path) -> None:
    printed = {"envs": [{"key": "SESSION_SECRET", "type": "encrypted", "value": PLANTED, "target": ["production"]}]}
    write(root, {"../printed.json": json.dumps(printed)})
    result = run(root, "env", "snapshot", "production", "--from", "../printed.json", "--as-of", "2026-11-25")
    assert (result.returncode, result.stdout) == (0, ".invariants/snapshots/production.json: the names of 1 variables, and no value\n")
    found = run(root, "check", "--only", "env", "--format", "concise").stdout
    assert "error[env-secret-sealed] SESSION_SECRET@production" in found
    assert "error[env-targets-match] PIN@production: it is required there, and is missing" in found
    assert "error[env-targets-match] SESSION_SECRET@production" not in found


def test_a_snapshot_of_one_environment_does_not_replace_others(root: Path) -> None:
    both = {"envs": [{"key": "A", "type": "plain", "target": ["production", "preview"]}]}
    write(root, {"../both.json": json.dumps(both), "../pulled.env": f"A={PLANTED}\n"})
    assert run(root, "env", "snapshot", "production", "--from", "../both.json").returncode == 0
    refused = run(root, "env", "snapshot", "production", "--from", "../pulled.env")
    assert (refused.returncode, "preview" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("snapshot", "nowhere", "--from", "x"), "there is no target nowhere"),
        (("snapshot", "staging", "--from", "x"), "is a dotenv file of the repository itself"),
        (("snapshot", "production", "--from", "gone.json"), "cannot be read"),
        (("snapshot", "production", "--from", ".env.example"), ""),
        (("record", "OTHER"), "it asks for no fingerprint of OTHER"),
    ],
)
def test_what_cannot_be_done_is_said(root: Path, arguments: tuple[str, ...], expected: str) -> None:
    result = run(root, "env", *arguments)
    assert (result.returncode == 0) == (not expected)
    assert expected in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_manifest_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    result = run(repository(tmp_path / "product", {}), "env", "verify")
    assert (result.returncode, "there is no manifest" in result.stderr) == (2, True)


ISSUED = "sk_live_k7Qz2mX9vL4tRb8nWc3y"
SHOWN = (PLANTED, WEAK, KEY, ISSUED)


def test_no_value_is_shown_by_what_writes(keyed: Path) -> None:
    """Patches, first looks and stages, where examples and comments hold what they should not."""
    example = f"# Made by hand: {ISSUED}\nSTRIPE_KEY={ISSUED}\nSESSION_SECRET={PLANTED}\nPIN='\n{PLANTED}\n'"
    asked = '[targets.local]\nfile = ".env.example"\nformat = "dotenv"\n[variables.LEVEL]\nkind = "config"\nrequired = ["local"]\n'
    write(keyed, {".env.example": example, "run.sh": "echo $LEVEL $STRIPE_KEY", ".invariants/env.toml": MANIFEST + asked})
    outputs = [run(keyed, "fix", "--diff"), run(keyed, "check", "--stats"), run(keyed, "check", "--format", "sarif")]
    assert "+LEVEL=" in outputs[0].stdout
    assert "+[variables.STRIPE_KEY]" in outputs[0].stdout
    (keyed / ".invariants/env.toml").unlink()
    outputs += [run(keyed, "init", "--dry-run"), run(keyed, "fix", "--diff"), run(keyed, "facts")]
    assert "STRIPE_KEY" in outputs[3].stdout
    said = "".join(each.stdout + each.stderr for each in outputs)
    assert not [value for value in SHOWN if value in said]


@pytest.mark.parametrize(
    "manifest",
    [
        f'[variables.A]\nkind = "secret"\nexample = "{PLANTED}"\n',
        f'[variables.A]\nkind = "{PLANTED}"\n',
        f"[variables.A]\n{PLANTED}\n",
        f'[variables.A]\nkind = "secret"\nformat = "{PLANTED}"\n',
        f'[variables.A]\nkind = "secret"\nrotation = "{PLANTED}"\n',
    ],
)
def test_no_value_is_shown_of_a_manifest_that_cannot_be_used(keyed: Path, monkeypatch: pytest.MonkeyPatch, manifest: str) -> None:
    monkeypatch.setenv("INVARIANTS_DEBUG", "1")
    write(keyed, {".invariants/env.toml": manifest})
    for arguments in (("check",), ("check", "--format", "json"), ("env", "verify"), ("fix", "--diff")):
        done = run(keyed, *arguments)
        assert (done.returncode, PLANTED in done.stdout + done.stderr) == (2, False), done


def test_no_value_is_ever_printed_or_kept(keyed: Path) -> None:
    """Every output, of runs that hold and of runs that break, the cache, and whatever was written."""
    outputs = []
    for text in (
        f"SESSION_SECRET={PLANTED}\nPIN={WEAK}\n",
        f"SESSION_SECRET={PLANTED}!\nPIN={WEAK}!\n",
        f'SESSION_SECRET="{PLANTED}\nPIN={WEAK}\n',
    ):
        write(keyed, {".env.production": text})
        outputs += [run(keyed, "env", "verify"), run(keyed, "env", "record")]
        outputs += [run(keyed, "check", "--format", each) for each in FORMATS]
    tracked = f"SESSION_SECRET={PLANTED}\nURL=postgres://app:{PLANTED}@db.acme.io/x\n"
    broken = {
        ".env": tracked,
        "compose.yaml": f"services: {{a: {{environment: {{API_SECRET: {PLANTED}, U: 'redis://:{PLANTED}@c.acme.io'}}}}}}\n",
    }
    target = '[targets.a]\nfile = "compose.yaml"\nformat = "compose"\n[targets.b]\nfile = ".env"\nformat = "dotenv"\n'
    write(keyed, broken | {".gitignore": "", ".invariants/env.toml": MANIFEST + target})
    (keyed / ".env.production").unlink()
    outputs += [run(keyed, "check", "--format", each) for each in FORMATS]
    outputs += [run(keyed, "query", f"select * from {each}") for each in ("env_entry", "env_comparison", "target_entry", "env_record")]
    said = "".join(each.stdout + each.stderr for each in outputs)
    assert "SESSION_SECRET" in said
    assert "env-file-untracked" in said
    for value in (PLANTED, WEAK, KEY):
        assert value not in said
    kept = [path for path in keyed.parent.rglob("*") if path.is_file() and path.name != "compose.yaml" and not path.name.startswith(".env")]
    assert any("cache" in path.parts for path in kept)
    for path in kept:
        content = path.read_bytes()
        assert not any(value.encode() in content for value in (PLANTED, WEAK, KEY)), path
