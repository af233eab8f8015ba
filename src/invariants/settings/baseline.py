"""``baseline.json`` as facts, and facts as ``baseline.json``: an entry a line, sorted, so that its changes are read line by line."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from invariants.facts import settings
from invariants.facts.place import Place
from invariants.finding import ConfigError
from invariants.settings.models import Baseline
from invariants.settings.problems import sentence

SCHEMA = "invariants-baseline/1"
ENTRY = re.compile(r'\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}')
"""A JSON object that holds no other."""
REMEDY = "mend it, or write it anew: `invariants baseline write`"


def facts(path: str, text: str, document: Any) -> Iterator[settings.Debt]:
    """What a baseline says is owed."""
    lines = [text.count("\n", 0, match.start()) + 1 for match in ENTRY.finditer(text, max(text.find('"debt"'), 0))]
    try:
        baseline = Baseline.model_validate(document)
    except ValidationError as error:
        raise _refused(path, lines, error) from error
    for number, debt in enumerate(baseline.debt):
        line = lines[number] if number < len(lines) else 1
        yield settings.Debt(Place(path, line, 1, line, 1), debt.rule, debt.subject, debt.database or "")


def text(debts: Iterable[settings.Debt]) -> str:
    """A baseline that holds these."""
    entries = sorted({(debt.rule, debt.subject, debt.database) for debt in debts})
    lines = ",".join(f"\n    {_entry(*entry)}" for entry in entries)
    return f'{{\n  "schema": "{SCHEMA}",\n  "debt": [{lines}{chr(10) + "  " if entries else ""}]\n}}\n'


def _entry(rule: str, subject: str, database: str) -> str:
    return json.dumps({"rule": rule, "subject": subject, **({"database": database} if database else {})}, ensure_ascii=False)


def _refused(path: str, lines: list[int], error: ValidationError) -> ConfigError:
    problem: Any = error.errors(include_url=False)[0]
    where = problem["loc"]
    line = lines[where[1]] if len(where) > 1 and where[1] < len(lines) else 1
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")
    said = "it is no key" if problem["type"] == "extra_forbidden" else sentence(problem)
    return ConfigError(path, line, f"`{key}`: {said}" if key else said, REMEDY)
