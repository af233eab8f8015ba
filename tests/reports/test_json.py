"""The published schema is that of the report. ``python tests/reports/test_json.py`` writes it anew."""

import json
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from jsonschema import Draft202012Validator

from invariants.check import Options, check
from invariants.reports import json as report
from invariants.reports.json import render
from reports.outcomes import HOW, carved, finding, hostile, lines, outcome

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs" / "schemas" / "report.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PRIMITIVES: dict[Any, str] = {str: "string", int: "integer", NoneType: "null"}


def schema() -> str:
    """The types of the report as a JSON schema; a reader must put up with keys that are new."""
    types = [each for each in vars(report).values() if is_typeddict(each)]
    known = {each.__name__: described(each) for each in types}
    return json.dumps({"$schema": DIALECT, "title": "Report", **known.pop("Report"), "$defs": known}, indent=2, sort_keys=True) + "\n"


def described(kind: Any) -> dict[str, Any]:
    """The object that a type stands for."""
    fields = get_type_hints(kind, include_extras=True)
    properties = {name: {**of(hint.__origin__), "description": hint.__metadata__[0]} for name, hint in fields.items()}
    return {"type": "object", "description": kind.__doc__, "properties": properties, "required": sorted(properties)}


def of(hint: Any) -> dict[str, Any]:
    if hint in PRIMITIVES:
        return {"type": PRIMITIVES[hint]}
    if is_typeddict(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        return {"enum": list(arguments)}
    if get_origin(hint) is list:
        return {"type": "array", "items": of(arguments[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": of(arguments[1])}
    return {"anyOf": [of(each) for each in arguments]}


def faults(text: str) -> list[str]:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    return [error.message for error in validator.iter_errors(json.loads(text))]


def test_the_published_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema(), f"run python {Path(__file__).name}"


def test_every_field_has_a_sentence() -> None:
    document = json.loads(schema())
    for definition in (document, *document["$defs"].values()):
        assert all(field["description"].endswith(".") for field in definition["properties"].values())


@pytest.mark.parametrize("said", [outcome(), outcome(finding(), carved=[carved()], errors=["a rule"]), hostile('\x1b"\\\n')])
def test_every_report_is_of_the_schema(said: Any) -> None:
    assert faults(render(said, lines, HOW)) == []


def test_the_schema_refuses_what_is_no_report() -> None:
    document = json.loads(render(outcome(finding()), lines, HOW))
    document["findings"][0]["line"] = "2"
    del document["packs"]
    assert len(faults(json.dumps(document))) == 2


def test_a_real_report_is_of_the_schema_and_the_same_to_the_byte() -> None:
    suite = Options(ROOT / "fixtures" / "apps" / "suite", cached=False)
    text = render(check(suite), lines, HOW)
    assert faults(text) == []
    assert {each["subject"] for each in json.loads(text)["findings"]} == {"public.Export", "public.Invoice/support_reads"}
    assert render(check(suite), lines, HOW) == text


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
