"""The trees of statements that were read a moment ago: who runs one need not have it parsed again."""

from invariants.postgres.grammar import Parsed

MOST = 4 << 20
"""Characters of the texts whose trees are kept: some tens of megabytes of trees, where most of them is code."""


class Trees:
    """Trees by the texts that they are of."""

    def __init__(self) -> None:
        self._kept: dict[str, Parsed] = {}
        self._size = 0

    def keep(self, text: str, parsed: Parsed) -> None:
        """Keep the tree of a statement's text, which stands at ``parsed.start`` of what was parsed, while there is room."""
        if text not in self._kept and self._size + len(text) <= MOST:
            self._kept[text] = parsed
            self._size += len(text)

    def taken(self, text: str) -> Parsed | None:
        """The tree of a statement's text, where it is kept; it is given away, since whoever runs a statement changes its tree."""
        parsed = self._kept.pop(text, None)
        if parsed is not None:
            self._size -= len(text)
        return parsed


_trees = Trees()
keep, taken = _trees.keep, _trees.taken
