"""Versions of an API in its paths (Sanic, NestJS): said at a route, at its router or where that is put in, one goes before the whole path.

In what frontends say, a version stands in a path or prefix as ``<route.version=1>``, and what is put before it as
``<router.version_prefix=/api/v>``; the level is ``route``, ``router``, ``mount`` or ``group``. A router with ``<group>`` in its prefix is
one whose prefix no registration replaces.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

MARK = re.compile(r"/?<(\w+)(?:\.(\w+)=([^<>]*))?>")
GROUP = "<group>"


def versioned(path: str | None, before: str = "/v") -> str | None:
    """A path with its version before it, whoever says it; before: what is put before a version where nothing else is said."""
    if path is None or "<" not in path:
        return path
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for level, key, value in MARK.findall(path):
        told[key][level] = value
    version = _chosen(told["version"])
    prefix = _chosen(told["version_prefix"]) or before
    plain = bare(path)
    return f"{prefix}{version}/{plain.lstrip('/')}".rstrip("/" if plain in {"", "/"} else "") if version else plain


def bare(path: str) -> str:
    """A path without versions."""
    return MARK.sub("", path)


def kept(prefix: str | None) -> str:
    """What is left of a router's prefix where a registration puts another one in its place."""
    if prefix is None or GROUP in prefix:
        return prefix or ""
    return "".join(each[0].lstrip("/") for each in MARK.finditer(prefix))


def _chosen(told: Mapping[str, str]) -> str:
    """The route's own; that of its registration over the router's; of a router that says none, the nearest group's over that."""
    if "route" in told:
        return told["route"]
    if "router" in told:
        return told.get("mount", told["router"])
    return told.get("group", told.get("mount", ""))
