"""What platforms print, taken from their own documentation and source; no value of it is kept."""

import json

import pytest

from invariants.facts.env import Entry
from invariants.finding import ConfigError
from invariants.frontends.env import snapshot as reader
from invariants.platforms import READERS, Held, read, snapshot

PLANTED = "planted-value-9fK2"
VERCEL = {
    "envs": [
        {"key": "A", "type": "sensitive", "target": ["production", "preview"], "createdAt": 1767225600000, "updatedAt": 1769904000000},
        {"key": "B", "value": PLANTED, "type": "plain", "target": "development", "createdAt": 1767225600000},
        {"key": "C", "type": "encrypted", "target": ["production"], "gitBranch": None},
        {"key": "D", "type": "system", "target": []},
        {"key": "E", "value": "", "type": "sensitive", "target": [], "customEnvironmentIds": ["env_1"], "configurationId": None},
    ]
}


@pytest.mark.parametrize(
    ("platform", "text", "expected"),
    [
        (
            "vercel",
            json.dumps(VERCEL),
            [
                Held("A", ("preview", "production"), "sensitive", True, "2026-02-01"),
                Held("B", ("development",), "plain", False, "2026-01-01"),
                Held("C", ("production",), "encrypted", False, ""),
                Held("D", (), "system", None, ""),
                Held("E", ("env_1",), "sensitive", True, ""),
            ],
        ),
        (
            "vercel",
            f'# Created by Vercel CLI\nA="[SENSITIVE]"\nB="{PLANTED}"\nC=""\n',
            [Held("A", (), "sensitive", True, ""), Held("B", (), "", False, ""), Held("C", (), "", None, "")],
        ),
        (
            "supabase",
            json.dumps([{"name": "A", "value": PLANTED, "updated_at": "2026-01-02T03:04:05Z"}]),
            [Held("A", (), "secret", True, "2026-01-02")],
        ),
        (
            "supabase",
            f"\n\x1b[0m  \x1b[1mNAME\x1b[0m │ \x1b[1mDIGEST\x1b[0m\r\n  ─────┼──────\n  `A`  │ `{PLANTED}`  \n\n",
            [Held("A", (), "secret", True, "")],
        ),
        ("supabase", f"   NAME | DIGEST\n  ------|--------\n   A    | {PLANTED}\n", [Held("A", (), "secret", True, "")]),
        (
            "fly",
            json.dumps([{"Name": "A", "Digest": PLANTED, "CreatedAt": "2026-01-02T03:04:05Z"}]),
            [Held("A", (), "secret", True, "2026-01-02")],
        ),
        (
            "fly",
            json.dumps([{"name": "A", "digest": PLANTED, "created_at": "2026-01-02T03:04:05Z", "status": "Staged"}]),
            [Held("A", (), "secret", True, "2026-01-02")],
        ),
        ("fly", json.dumps([{"name": "A", "digest": PLANTED}]), [Held("A", (), "secret", True, "")]),
        ("github", json.dumps([{"name": "A", "updatedAt": "2026-01-02T03:04:05Z"}]), [Held("A", (), "", None, "2026-01-02")]),
        (
            "github",
            json.dumps(
                [
                    {"name": "A", "numSelectedRepos": 0, "selectedReposURL": "", "updatedAt": "2026-01-02T03:04:05Z", "visibility": "all"},
                    {"name": "B", "numSelectedRepos": 0, "value": PLANTED, "updatedAt": "2026-01-02T03:04:05Z", "visibility": ""},
                ]
            ),
            [Held("A", (), "", None, "2026-01-02"), Held("B", (), "variable", False, "2026-01-02")],
        ),
        ("github", json.dumps([{"name": "A", "value": PLANTED}]), [Held("A", (), "variable", False, "")]),
        ("heroku", json.dumps({"A": PLANTED}), [Held("A", (), "", None, "")]),
        (
            "railway",
            json.dumps({"A": PLANTED, "B": None, "RAILWAY_ENVIRONMENT": "x"}),
            [Held("A", (), "", False, ""), Held("B", (), "sealed", True, ""), Held("RAILWAY_ENVIRONMENT", (), "system", None, "")],
        ),
        (
            "doppler",
            json.dumps({"A": {"computed": None, "computedVisibility": "restricted", "note": PLANTED}, "B": {"computed": PLANTED}}),
            [Held("A", (), "restricted", True, ""), Held("B", (), "", None, "")],
        ),
        (
            "doppler",
            json.dumps(
                {
                    name: {
                        "raw": PLANTED,
                        "computed": PLANTED,
                        "note": "",
                        "rawVisibility": said,
                        "computedVisibility": said,
                        "rawValueType": {"type": "string"},
                        "computedValueType": {"type": "string"},
                    }
                    for name, said in (("A", "masked"), ("B", "unmasked"), ("C", "restricted"))
                }
            ),
            [Held("A", (), "masked", None, ""), Held("B", (), "unmasked", False, ""), Held("C", (), "restricted", True, "")],
        ),
        ("doppler", json.dumps({"A": PLANTED}), [Held("A", (), "", None, "")]),
    ],
)
def test_names_are_read_and_values_dropped(platform: str, text: str, expected: list[Held]) -> None:
    found = read(platform, "printed", text.encode())
    assert found == expected
    written = snapshot(platform, "2026-11-25", found)
    assert PLANTED not in written + repr(found)
    names = {each.name for each in reader.read("a.json", written.encode()) if isinstance(each, Entry)}
    assert names == {each.name for each in expected}


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00Z", "2026-02-30", "soon", "", None, True, 1e300, -1e300])
def test_a_day_that_is_none_is_left_out(day: object) -> None:
    assert read("fly", "printed", json.dumps([{"name": "A", "created_at": day}]).encode()) == [Held("A", (), "secret", True, "")]


def answered(platform: str, data: bytes) -> str:
    """What is refused, with its cause; what is found where it is not."""
    try:
        return repr(read(platform, "printed", data))
    except ConfigError as error:
        return f"{error} {error.__cause__}"


@pytest.mark.parametrize("platform", READERS)
@pytest.mark.parametrize(
    "text", [f'"{PLANTED}"', f'{{"{PLANTED}": ', f'[{{"other": "{PLANTED}"}}]', f'{{"{PLANTED}": "x"}}', "[1]", "\xff", "[" * 100_000]
)
def test_what_is_printed_otherwise_is_refused_without_a_word_of_it(platform: str, text: str) -> None:
    said = answered(platform, text.encode("latin-1"))
    assert PLANTED not in said
    assert said


def test_a_snapshot_is_sorted_and_has_a_line_for_each() -> None:
    lines = snapshot("fly", "2026-11-25", [Held("B", (), "", None, ""), Held("A", ("x",), "secret", True, "2026-01-02")]).split("\n")
    assert lines[5:7] == [
        '    {"name": "A", "environments": ["x"], "type": "secret", "updated": "2026-01-02", "sealed": true},',
        '    {"name": "B"}',
    ]
