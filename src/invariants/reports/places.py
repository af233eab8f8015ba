"""Where a report points, for those that must point at a file of the whole repository."""

from invariants.facts.place import Place
from invariants.finding import Finding, Outcome, Patch
from invariants.reports.frames import Lines

CONFIG = Place(".invariants/config.toml", 1, 1, 1, 2)
"""Where what the platform brings, and no file says, is ruled on."""


def shown_at(finding: Finding) -> Place:
    """The finding's own place; where no file says it, the first that has to do with it."""
    return next((place for place in (finding.place, *(place for place, _ in finding.related)) if place.file), CONFIG)


def moved(outcome: Outcome, lines: Lines, folder: str) -> tuple[Outcome, Lines]:
    """The outcome, and the lines, as the repository sees them in whose folder the root is."""
    if not folder:
        return outcome, lines
    found, debt = (tuple(_moved(each, folder) for each in these) for these in (outcome.findings, outcome.debt))
    carved = tuple(each._replace(finding=_moved(each.finding, folder), place=_inside(each.place, folder)) for each in outcome.carved)
    return outcome._replace(findings=found, carved=carved, debt=debt), lambda path: lines(path.removeprefix(f"{folder}/"))


def _moved(finding: Finding, folder: str) -> Finding:
    related = tuple((_inside(place, folder), label) for place, label in finding.related)
    return finding._replace(
        place=_inside(shown_at(finding), folder), related=related, patch=finding.patch and _patched(finding.patch, folder)
    )


def _patched(patch: Patch, folder: str) -> Patch:
    edits = tuple(each._replace(path=f"{folder}/{each.path}") for each in patch.edits)
    insertions = tuple(each._replace(path=f"{folder}/{each.path}") for each in patch.insertions)
    return patch._replace(edits=edits, insertions=insertions)


def _inside(place: Place, folder: str) -> Place:
    return place._replace(file=f"{folder}/{place.file}")
