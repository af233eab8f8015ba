"""SARIF as GitHub takes it: by the schema, and by the rules of Microsoft's multitool. The one passes what the other refuses."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from invariants.check import Options, Run
from invariants.cli.output import lines_of
from invariants.facts.place import PLATFORM, Place
from invariants.finding import Edit, Outcome, Patch
from invariants.reports import sarif
from invariants.reports.fingerprint import line_hashes
from reports.outcomes import FILE, HOSTILE, HOW, RULE, carved, finding, hostile, lines, nothing, outcome
from repositories import write

SCHEMA = Draft202012Validator(json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text(encoding="utf-8")))
"""Microsoft's copy of the OASIS schema, out of its multitool (MIT)."""
STRANGE = "migrations/a b/ü #1 100%.sql"
CODE = "app/a b/ü #1 100%.py"
CODED = {
    CODE: "import os\nfrom flask import Flask\napp = Flask(__name__)\n@app.get('/ü')\ndef f(): return os.environ['KEY']\n"
    "@app.get('/b')\ndef g(): return 1\n",
    "web/[id] #1/route.ts": "export async function POST(request: Request) {\n  return Response.json(process.env[request.url]);\n}\n",
    "web/broken %.ts": "import express from 'express';\nexpress().get('/c', (((\n",
    ".invariants/env.toml": '[targets.local]\nfile = ".env.example"\nformat = "dotenv"\nlocal = true\n[variables.URL]\nkind = "secret"\n',
    ".env.example": "NEXT_PUBLIC_TOKEN=\n",
    ".invariants/carveouts.toml": '[[carveout]]\nrule = "route-public-allowed"\nsubject = "GET /ü"\nreason = "r"\nowner = "o"\n',
}
"""Routes and variables; a directive mends one of them."""
EDITS = (Edit("migrations/ü #2.sql", None, "alter table orders;\n"), Edit("meta/journal.json", '{"a": [\n1\n]}', '{"a": [\n1,\n2\n]}'))
PATCH = Patch(("alter table orders",), (), EDITS)
EXTRAS = HOW._replace(suppressed=True, category="gate")


def run(said: Outcome, how: Any = HOW, lines_: Any = lines) -> dict[str, Any]:
    [found] = json.loads(sarif.render(said, lines_, how))["runs"]
    return dict(found)


def real(root: Path) -> str:
    """The report of a repository whose files have strange names, and some of which cannot be read."""
    write(
        root,
        {STRANGE: "create table tenants (id uuid primary key);\n\n\f-- \u2028\ncreate table ü (\ntenant_id uuid references tenants);\n"},
    )
    write(root, CODED)
    (root / "migrations/a b/2_link.sql").symlink_to("/etc/hosts")
    (root / "migrations/a b/3_binary.sql").write_bytes(b"\0\xff\1")
    (root / "migrations/a b/4_broken.sql").write_text("alter table tenants enable row level;\n")
    judged = Run(Options(root, cached=False))
    return sarif.render(judged.outcome(), lines_of(judged.snapshot), HOW)


def reports(root: Path) -> dict[str, str]:
    """What must be valid."""
    related = [(Place(STRANGE, 3, 5, 3, 14), "its [key]"), (Place("b.sql", 9, 1, 12, 1), "dropped")]
    many = [finding(f"public.table_{number}", related=related) for number in range(500)]
    return {
        "clean": sarif.render(outcome(), lines, HOW),
        "one finding": sarif.render(outcome(finding()), lines, HOW),
        "500 findings": sarif.render(outcome(*many), lines, HOW),
        "everything": sarif.render(outcome(finding(related=related), finding(path=STRANGE), carved=[carved()]), lines, EXTRAS),
        "what the platform brings": sarif.render(outcome(finding(path="", line=1)), lines, HOW),
        "could not check": sarif.render(outcome(finding(verdict="unverified"), errors=["a rule is broken"]), nothing, HOW),
        "a fix": sarif.render(outcome(finding()._replace(patch=PATCH)), nothing, HOW),
        "a hostile repository": sarif.render(hostile("".join(HOSTILE)), nothing, EXTRAS),
        "unreadable files": real(root),
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return reports(tmp_path_factory.mktemp("product"))


def test_every_report_is_of_the_schema(written: dict[str, str]) -> None:
    for name, text in written.items():
        document = json.loads(text)
        for each in document["runs"]:
            del each["results"][50:]  # the validator is slow, and they are of the same form
        assert [error.message for error in SCHEMA.iter_errors(document)] == [], name


def test_the_schema_refuses_what_the_multitool_lets_pass() -> None:
    document = json.loads(sarif.render(outcome(finding()), lines, HOW))
    document["runs"][0]["results"][0]["level"] = "bogus"
    assert not SCHEMA.is_valid(document)


@pytest.fixture(scope="session")
def multitool() -> Path:
    """Where ``scripts/test`` installs it: beside the environment, as no wheel of it exists."""
    found = sorted((Path(sys.prefix) / "npm/node_modules/@microsoft").glob("sarif-multitool-*/Sarif.Multitool"))
    if not found:
        pytest.skip("npm install --prefix .venv/npm @microsoft/sarif-multitool: it is not installed")
    return found[0]


def complaints(multitool: Path, files: Sequence[Path], folder: Path) -> list[str]:
    """What it finds wrong; its exit status says nothing (it is 0 whatever it finds)."""
    told = folder / "told.sarif"
    command: list[str | Path] = [
        multitool,
        "validate",
        *files,
        "--rule-kind",
        "Sarif;Ghas",
        "--output",
        told,
        "--log",
        "ForceOverwrite",
        "--quiet",
        "true",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    [found] = json.loads(told.read_text(encoding="utf-8-sig"))["runs"]
    assert found["invocations"][0]["executionSuccessful"]
    assert "toolExecutionNotifications" not in found["invocations"][0]
    return [f"{each['ruleId']} {each['message']}" for each in found.get("results", []) if each.get("level") not in {"note", "none"}]


def test_the_multitool_finds_no_error_and_no_warning(written: dict[str, str], multitool: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.sarif" for number in range(len(written))]
    for file, text in zip(files, written.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    assert complaints(multitool, files, tmp_path) == []


def test_the_multitool_would_find_one(multitool: Path, tmp_path: Path) -> None:
    document = json.loads(sarif.render(outcome(finding()), lines, HOW))
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b%zz.sql"
    del document["runs"][0]["tool"]["driver"]["rules"][0]["fullDescription"]
    (tmp_path / "wrong.sarif").write_text(json.dumps(document), encoding="utf-8")
    found = complaints(multitool, [tmp_path / "wrong.sarif"], tmp_path)
    assert {each.split(" ")[0] for each in found} == {"GH2012", "SARIF1002"}


def test_a_clean_run_has_an_empty_list_of_results_and_every_rule() -> None:
    said = run(outcome())
    assert said["results"] == []
    assert [rule["id"] for rule in said["tool"]["driver"]["rules"]] == ["rls-enabled", "rls-forced", "view-invoker-secured"]
    assert "automationDetails" not in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "a\nb\n"),
        ("", "a\n"),
        ("a\nb\n", "a\nb\nc\n"),
        ("a\nb\n", "x\na\nb\n"),
        ("a", "ab"),
        ("a\nb", "a\nb\nc"),
        ("a\na\n", "a\na\na\n"),
        ('{"a": [1]}', '{"a": [1, 2]}'),
        ("a\nb\nc\n", "a\nc\n"),
    ],
)
def test_a_fix_makes_of_a_file_what_it_should_be(before: str | None, after: str) -> None:
    patch = PATCH._replace(edits=(Edit("a b.sql", before, after),))
    [change] = run(outcome(finding()._replace(patch=patch)))["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "a%20b.sql"}
    [replacement] = change["replacements"]
    assert replaced(before or "", replacement["deletedRegion"], replacement["insertedContent"]["text"]) == after


def replaced(text: str, region: dict[str, int], by: str) -> str:
    """A text in which something stands in a region's stead, as SARIF's section 3.57 has it."""
    starts = [0, *(number + 1 for number, character in enumerate(text) if character == "\n")]
    start, end = (starts[region[f"{side}Line"] - 1] + region[f"{side}Column"] - 1 for side in ("start", "end"))
    return text[:start] + by + text[end:]


def test_a_finding_that_nothing_mends_has_no_fixes() -> None:
    assert "fixes" not in run(outcome(finding()))["results"][0]


def test_a_rule_says_what_github_shows() -> None:
    [rule, *_] = run(outcome())["tool"]["driver"]["rules"]
    assert rule["properties"] == {
        "tags": ["security", "tenancy", "soc2:CC6.1", "external/cwe/cwe-639"],
        "precision": "high",
        "problem.severity": "error",
        "security-severity": "8.5",
    }
    assert rule["helpUri"].endswith("/rules/tenancy/rls-enabled.sql")
    own = run(outcome(rules=[RULE._replace(path=".invariants/rules/a b.sql", supports=tuple("abcdefghijk"))]))["tool"]["driver"]["rules"][0]
    assert own["helpUri"].endswith("/CONTRIBUTING.md#a-new-rule")
    assert len(own["properties"]["tags"]) == 10


def test_a_result_is_at_the_one_line_that_must_change() -> None:
    found = finding(path=STRANGE)
    found = found._replace(place=found.place._replace(end_line=4, end_column=3))
    [result] = run(outcome(found))["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "migrations/a%20b/%C3%BC%20%231%20100%25.sql"},
                "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": len(FILE[1])},
            },
            "logicalLocations": [{"fullyQualifiedName": "public.orders", "kind": "type"}],
        }
    ]
    assert result["message"]["text"] == "public.orders: row security is never enabled."
    assert result["partialFingerprints"] == {
        "primaryLocationLineHash": line_hashes("".join(FILE))[2],
        "invariants/v1": found.fingerprint,
    }


def test_what_explains_a_result_is_linked_from_its_message() -> None:
    [result] = run(outcome(finding(related=[(Place("b.sql", 9, 1, 9, 4), "it is [dropped]")])))["results"]
    assert result["message"]["text"] == r"public.orders: row security is never enabled. [it is \[dropped\]](1)."
    assert result["relatedLocations"][0]["id"] == 1


def test_every_result_has_a_file() -> None:
    [result] = run(outcome(finding()._replace(place=PLATFORM)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ".invariants/config.toml"


def test_no_hash_is_made_up_for_a_file_that_cannot_be_read() -> None:
    [result] = run(outcome(finding()), lines_=nothing)["results"]
    assert result["partialFingerprints"].keys() == {"invariants/v1"}


def test_what_is_unverified_is_a_result_and_a_notification() -> None:
    said = run(outcome(finding(verdict="unverified")))
    assert said["results"][0]["properties"]["verdict"] == "unverified"
    [notification] = said["invocations"][0]["toolExecutionNotifications"]
    assert notification["associatedRule"] == {"id": "rls-enabled", "index": 0}
    assert said["invocations"][0]["executionSuccessful"]


def test_github_refuses_the_file_of_a_run_that_could_not_ask_every_rule() -> None:
    assert not run(outcome(errors=["a rule is broken"]))["invocations"][0]["executionSuccessful"]


def test_carved_out_results_are_in_where_asked_for_and_marked() -> None:
    said = outcome(finding(), carved=[carved()])
    assert len(run(said)["results"]) == 1
    assert [each.get("suppressions", []) for each in run(said, EXTRAS)["results"]] == [
        [],
        [{"kind": "external", "status": "accepted", "justification": "Written across tenants by design. (@acme/security)"}],
    ]


def test_debt_is_in_and_unchanged() -> None:
    said = outcome(finding(), debt=[finding("public.old")])
    assert [each["baselineState"] for each in run(said)["results"]] == ["new", "unchanged"]
    assert "baselineState" not in run(outcome(finding()))["results"][0]


@pytest.mark.parametrize("category", ["gate", "gate/"])
def test_a_category_ends_in_a_slash(category: str) -> None:
    assert run(outcome(), HOW._replace(category=category))["automationDetails"] == {"id": "gate/"}


def test_of_more_results_than_github_takes_the_mildest_are_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 2)
    said = run(outcome(finding("a", level="note"), finding("b"), finding("c", level="warning")))
    assert [each["message"]["text"][0] for each in said["results"]] == ["b", "c"]
    assert said["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("1 findings are not in this file")


def test_routes_and_variables_are_results_and_a_directive_is_a_fix(written: dict[str, str]) -> None:
    [found] = json.loads(written["unreadable files"])["runs"]
    assert {"route-auth-declared", "env-declared", "env-targets-match", "migration-readable"} <= {
        each["ruleId"] for each in found["results"]
    }
    [fixed] = [each for each in found["results"] if each["ruleId"] == "route-auth-declared" and "fixes" in each]
    [change] = fixed["fixes"][0]["artifactChanges"]
    assert unquote(change["artifactLocation"]["uri"]) == CODE
    [replacement] = change["replacements"]
    assert (replacement["deletedRegion"]["startLine"], replacement["insertedContent"]) == (4, {"text": "# invariants: auth public -- r\n"})


def test_names_come_back_as_they_were(tmp_path: Path) -> None:
    [found] = json.loads(real(tmp_path))["runs"]
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in found["results"]]
    assert {unquote(uri) for uri in uris} == {
        STRANGE,
        *(f"migrations/a b/{name}.sql" for name in ("2_link", "3_binary", "4_broken")),
        *CODED,
    }
    doubts = [each["message"]["text"] for each in found["invocations"][0]["toolExecutionNotifications"]]
    assert any("leads out of the repository" in each for each in doubts)
