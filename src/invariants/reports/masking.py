"""What a report does not show of a line: the values of settings, and passwords in URLs. A log is read by more people than a file."""

import re
from functools import lru_cache

SETTINGS = re.compile(r"(?:^|/)(?:[^/]*\.env(?:\.[^/]*)?|\.dev\.vars[^/]*|env\.[^/]*)$")
DATA = re.compile(r"\.(?:ya?ml|json|toml)$")
ASSIGNED = re.compile(r"^(\s*#?\s*(?:export\s+)?[\w.-]+\s*=\s*)\S.*$")
KEPT = re.compile(r"^\s*(?:#[^=]*)?$")
PASSWORD = re.compile(r"(://[^\s:/@'\"]*:)[^\s@'\"]+(?=@)")
KEYED = re.compile(r"(\w*(?:SECRET|PASSWORD|TOKEN|KEY)\w*[\"']?\s*[:=]\s*[\"']?)(?![${])([^\s\"',}]{6,})")
MASK = "***"


def masked(path: str, text: str) -> str:
    """A line as a report may show it."""
    is_settings, is_data = _told(path)
    if is_settings:
        return (
            ASSIGNED.sub(rf"\1{MASK}", text) if ASSIGNED.match(text) else text if KEPT.match(text) or text.rstrip().endswith("=") else MASK
        )
    shown = PASSWORD.sub(rf"\1{MASK}", text) if "://" in text else text
    return KEYED.sub(rf"\1{MASK}", shown) if is_data else shown


@lru_cache(maxsize=1024)
def _told(path: str) -> tuple[bool, bool]:
    """Whether a file holds settings, and whether it holds data in which some may stand."""
    return SETTINGS.search(path) is not None, DATA.search(path) is not None
