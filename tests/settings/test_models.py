"""The published schemas are those of the models. ``python tests/settings/test_models.py`` writes them anew."""

import json
from pathlib import Path
from typing import Any

import pytest

from invariants.settings.manifest import Env, Lock
from invariants.settings.models import Baseline, Carveouts, Config, Model

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
MODELS: dict[str, type[Model]] = {"config": Config, "carveouts": Carveouts, "env": Env, "env.lock": Lock, "baseline": Baseline}


def schema(name: str) -> str:
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **MODELS[name].model_json_schema()}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("name", MODELS)
def test_the_published_schema_is_current(name: str) -> None:
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == schema(name), f"run python {Path(__file__).name}"


@pytest.mark.parametrize(
    ("name", "document", "valid"),
    [
        ("config", {"tenancy": {"keys": ["tenant_id"]}}, True),
        ("config", {"tenancy": {"keyz": ["tenant_id"]}}, False),
        ("carveouts", {"carveout": [{"rule": "a", "subject": "b", "reason": "c", "owner": "d", "expires": "2027-01-31"}]}, True),
        ("carveouts", {"carveout": [{"rule": "a", "subject": "b", "reason": "c"}]}, False),
        ("carveouts", {"carveout": [{"rule": "a", "subject": "b", "reason": " ", "owner": "d"}]}, False),
        ("env", {"variables": {"A": {"kind": "secret"}}, "targets": {"local": {"file": ".env", "format": "dotenv"}}}, True),
        ("env", {"variables": {"A": {"kind": "secrets"}}}, False),
        ("baseline", {"schema": "invariants-baseline/1", "debt": [{"rule": "a", "subject": "b", "database": "c"}]}, True),
        ("baseline", {"schema": "invariants-baseline/2", "debt": []}, False),
        ("baseline", {"schema": "invariants-baseline/1", "debt": [{"rule": "a"}]}, False),
    ],
)
def test_the_schema_accepts_what_the_models_accept(name: str, document: Any, valid: bool) -> None:
    from jsonschema import Draft202012Validator

    assert Draft202012Validator(json.loads(schema(name))).is_valid(document) == valid


@pytest.mark.parametrize("name", MODELS)
def test_every_key_has_a_sentence(name: str) -> None:
    document = json.loads(schema(name))
    for definition in [document, *document.get("$defs", {}).values()]:
        for key, value in definition["properties"].items():
            assert "$ref" in value or value["description"].endswith("."), key
        assert definition["description"].endswith(".")


if __name__ == "__main__":
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for each in MODELS:
        (SCHEMAS / f"{each}.json").write_text(schema(each), encoding="utf-8")
