"""What is put before routes, and before which of them it stands."""

from typing import NamedTuple

from invariants.facts.web import Level, Use
from invariants.replay.web.patterns import covers, joined


class Placed(NamedTuple):
    """A use, the file it is in, the prefix that its pattern is under, and how near to the route it stands."""

    file: str
    use: Use
    prefix: str | None
    level: Level


def reaches(use: Use, same: bool, position: int) -> bool:
    """Whether a use stands before a registration, by their order; that of two files is not known."""
    match use.covers:
        case "after":
            return same and use.position < position
        case "before":
            return (same or position < 0) and use.position > position
        case "all":
            return True
    return False


def applies(placed: Placed, method: str, path: str | None, is_folded: bool = False) -> bool | None:
    """Whether a use stands before a route, by path and method; null where it cannot be told. is_folded: case says nothing."""
    if is_folded:
        path = path and path.lower()
        said = placed.use._replace(pattern=placed.use.pattern and placed.use.pattern.lower(), excludes=placed.use.excludes.lower())
        placed = placed._replace(use=said, prefix=placed.prefix and placed.prefix.lower())
    use = placed.use
    if use.methods and method not in use.methods.split() and method != "ANY":
        return False
    escaped = use.escapes and placed.prefix not in {"", None}
    if (use.own and use.pattern is not None) or (
        use.pattern is not None and use.pattern.strip("/") in {"**", ""} and not use.excludes and not escaped
    ):
        return True
    pattern = joined(placed.prefix, use.pattern)
    if pattern is None or path is None:
        return None
    excluded = use.excludes.split()
    if any(covers(joined(placed.prefix, each) or each, path) or (each[:2] == "**" and covers(each, path)) for each in excluded):
        return False
    return covers(pattern, path) and (None if "?" in excluded else True)
