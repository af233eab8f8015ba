"""The trees of statements that were read a moment ago: who runs one need not have it parsed again."""

from invariants.postgres.grammar import Parsed

LARGEST = 16 << 10
"""Characters of a text whose tree is kept; what is longer is mostly data, and rare."""
MOST = 50_000
"""Trees that are kept at once: some tens of megabytes."""

_kept: dict[str, Parsed] = {}


def keep(text: str, parsed: Parsed) -> None:
    """Keep the tree of a statement's text, which stands at ``parsed.start`` of what was parsed."""
    if len(text) <= LARGEST and len(_kept) < MOST:
        _kept[text] = parsed


def taken(text: str) -> Parsed | None:
    """The tree of a statement's text, where it is kept; it is given away, since whoever runs a statement changes its tree."""
    return _kept.pop(text, None)
