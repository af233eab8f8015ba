"""Where a report points, for those that must point at a file."""

from invariants.facts.place import Place
from invariants.finding import Finding

CONFIG = Place(".invariants/config.toml", 1, 1, 1, 2)
"""Where what the platform brings, and no file says, is ruled on."""


def shown_at(finding: Finding) -> Place:
    """The finding's own place; where no file says it, the first that has to do with it."""
    return next((place for place in (finding.place, *(place for place, _ in finding.related)) if place.file), CONFIG)
