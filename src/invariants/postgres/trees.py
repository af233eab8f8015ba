"""The trees of statements that were read a moment ago: who runs one need not have it parsed again."""

from invariants.postgres.grammar import Parsed

MOST = 4 << 20
"""Characters of the texts whose trees are kept: some tens of megabytes of trees, where most of them is code."""


class Trees:
    """Trees by the texts that they are of."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Parsed]] = {}
        self._size = 0

    def keep(self, text: str, parsed: Parsed) -> None:
        """Keep the tree of a statement's text, which stands at ``parsed.start`` of what was parsed, while there is room."""
        if self._size + len(text) <= MOST:
            self._kept.setdefault(text, []).append(parsed)
            self._size += len(text)

    def taken(self, text: str) -> Parsed | None:
        """A tree of a statement's text, where one is kept; it is given away, since whoever runs a statement changes its tree."""
        kept = self._kept.get(text)
        if kept is None:
            return None
        if len(kept) == 1:
            del self._kept[text]
        self._size -= len(text)
        return kept.pop()


_trees = Trees()
keep, taken = _trees.keep, _trees.taken
