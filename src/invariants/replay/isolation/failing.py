"""What may fail: expressions that PostgreSQL raises an error for in some sessions, by themselves or through the functions they call."""

import re
from collections.abc import Iterable, Mapping

from invariants.replay import objects as o

CALLED = re.compile(r"([a-z_][\w$]*)\"?\s*\(", re.IGNORECASE)
FAILING = re.compile(
    r"current_setting\s*\(\s*'[^']*'\s*\)"  # the setting must be there
    r"|current_setting\s*\([^()]*\)\s*::|cast\s*\(\s*current_setting"  # what it holds must be of the type
    r"|\braise\s+(exception\b|'|sqlstate\b)",
    re.IGNORECASE,
)


def called(text: str) -> frozenset[str]:
    """The names of the functions that a text calls."""
    return frozenset(each.lower() for each in CALLED.findall(text))


def by_itself(text: str) -> bool:
    """Whether an expression may fail, whatever it calls: a setting that is not there, or holds what a cast refuses."""
    return "current_setting" in text or ("(" in text and "::" in text)


def named(functions: Iterable[o.Function]) -> Mapping[str, str]:
    """The bodies of functions by name, those of one name together."""
    found: dict[str, str] = {}
    for each in functions:
        found[each.name.lower()] = f"{found.get(each.name.lower(), '')}\n{each.body}"
    return found


def fails(bodies: Mapping[str, str], names: Iterable[str]) -> bool:
    """Whether a function of these names may fail, or one that it calls."""
    reached, waiting = set[str](), [each for each in names if each in bodies]
    while waiting:
        name = waiting.pop()
        if FAILING.search(bodies[name]):
            return True
        reached.add(name)
        waiting += [each for each in called(bodies[name]) if each in bodies and each not in reached]
    return False
