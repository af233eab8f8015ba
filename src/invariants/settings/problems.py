"""What pydantic refuses, in words that say which key of which file, and what to do."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from invariants.finding import ConfigError
from invariants.settings.lines import Lines
from invariants.settings.models import Model

REMEDIES = {
    "missing": "add it",
    "literal_error": "use one of those",
    "string_type": "write a string, in quotes",
    "int_type": "write a number, without quotes",
    "list_type": "write a list, in brackets",
    "date_type": "write a date as 2027-06-30, without quotes",
    "date_from_datetime_parsing": "write a date as 2027-06-30, without quotes",
    "string_pattern_mismatch": "say something, or leave the key out",
    "string_too_short": "say something, or leave the key out",
}


def config_error(file: str, lines: Lines, error: ValidationError, model: type[Model]) -> ConfigError:
    """The first thing that is wrong with a file; a key that means nothing comes before what is missing for its sake."""
    problems: list[Any] = error.errors(include_url=False)
    first = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
    at = lines.at(first["loc"])
    key = _dotted(first["loc"])
    if first["type"] == "extra_forbidden":
        return ConfigError(file, at.line, f"`{key}` is no key", _near(first["loc"], model))
    return ConfigError(file, at.line, f"`{key}`: {sentence(first)}", REMEDIES.get(first["type"], "mend the value"))


def sentence(problem: Any) -> str:
    """What pydantic says, as a clause."""
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] in {"model_type", "dict_type"}:
        return "it should be a table of keys"
    if message.startswith("Input should"):
        message = "it" + message.removeprefix("Input")
    return message if message.startswith("`") else message[:1].lower() + message[1:]


def _dotted(path: Sequence[str | int]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _near(path: Sequence[str | int], model: type[Model]) -> str:
    """The keys that could have been meant."""
    known: Any = model.model_json_schema()
    definitions = known.get("$defs", {})
    for part in path[:-1]:
        known = known.get("items", {}) if isinstance(part, int) else known.get("properties", {}).get(part, {})
        known = definitions.get(known.get("$ref", "").rpartition("/")[2], known)
    keys = sorted(known.get("properties", {}))
    close = get_close_matches(str(path[-1]), keys, n=1)
    return f"did you mean `{close[0]}`?" if close else f"the keys here are {', '.join(keys)}"
