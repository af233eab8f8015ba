"""Templates of ASP.NET Core's routes: tokens in brackets, parameters with constraints, and conventions for actions that say no path.

In what the frontend says, the names that tokens stand for are marks before a path, as versions are: ``<controller.name=Users>``.
"""

import re

from invariants.replay.web.versions import MARK, bare

PARAMETER = re.compile(r"\{\*{0,2}(\w+)(?:[:?=](?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)?\}")
TOKEN = re.compile(r"\[(\w+)\]")
SLOT = re.compile(r"\{(controller|action|area)(?:[:=][^{}]*)?\}")
CONVENTIONAL = "<conventional>"
LAST = re.compile(r"/\{\w+(?:=[^{}]*|\?)\}$")
"""What a convention lets be left out at its end."""


def filled(path: str) -> str:
    """A path with what its tokens stand for, and its parameters as {name}."""
    names = _names(path)
    plain = TOKEN.sub(lambda found: names.get(found[1], found[0]), bare(path))
    return PARAMETER.sub(r"{\1}", plain)


def conventional(path: str, template: str) -> str | None:
    """The path of an action by a convention; null where that is for actions with an area, and this has none, or the other way."""
    names = _names(path)
    slots = {found[1] for found in SLOT.finditer(template)}
    is_fixed = "area" in names and f"/{template}".startswith(f"/{names['area']}/")
    if ("area" in slots or is_fixed) != ("area" in names) or "action" not in slots:
        return None
    told = SLOT.sub(lambda found: names.get(found[1], found[0]), template)
    while LAST.search(told):
        told = LAST.sub("", told)
    return "/" + PARAMETER.sub(r"{\1}", told).strip("/")


def _names(path: str) -> dict[str, str]:
    return {level: value for level, key, value in MARK.findall(path) if key == "name"}
