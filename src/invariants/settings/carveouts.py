"""``carveouts.toml`` as facts. A stanza that is malformed is a finding and excuses nothing; a file that is, stops the run."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from invariants.facts import settings
from invariants.settings.lines import Lines
from invariants.settings.models import Carveout, Carveouts
from invariants.settings.problems import config_error, sentence

BLANK = {"missing", "string_too_short", "string_pattern_mismatch"}


def facts(path: str, text: str, document: dict[str, Any]) -> Iterator[settings.Carveout]:
    """The carve-outs of a file, in order."""
    lines = Lines(path, text)
    faults: dict[int, list[str]] = {}
    try:
        Carveouts.model_validate(document)
    except ValidationError as error:
        problems: list[Any] = error.errors(include_url=False)
        if any(each["type"] == "extra_forbidden" or len(each["loc"]) < 2 for each in problems):
            raise config_error(path, lines, error, Carveouts) from error
        for each in problems:
            faults.setdefault(each["loc"][1], []).append(_fault(each))
    for position, stanza in enumerate(document.get("carveout", [])):
        fault = "; ".join(faults.get(position, [])) or None
        yield _fact(lines, position, stanza, fault)


def _fault(problem: Any) -> str:
    key = problem["loc"][-1]
    if len(problem["loc"]) == 2:
        return sentence(problem)
    return f"it names no {key}" if problem["type"] in BLANK else f"its `{key}` is wrong: {sentence(problem)}"


def _fact(lines: Lines, position: int, stanza: Any, fault: str | None) -> settings.Carveout:
    """A stanza's own words, as far as they are of the right kind."""
    said = stanza if isinstance(stanza, dict) else {}
    words = {name: said[name] if isinstance(said.get(name), str) else "" for name in ("rule", "subject", "database", "reason", "owner")}
    number, day = said.get("at_most"), said.get("expires")
    good = Carveout.model_validate(stanza) if fault is None else None
    return settings.Carveout(
        at=lines.at(("carveout", position)),
        position=position,
        at_most=number if type(number) is int else None,
        expires=good.expires.isoformat() if good and good.expires else (str(day) if day is not None else None),
        fault=fault,
        excused=0,
        expired=False,
        **words,
    )
