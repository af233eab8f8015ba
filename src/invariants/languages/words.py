"""What a file says, told by the words in it, before anybody parses it."""

import re
from collections.abc import Iterable

SETS = re.compile(rb"set_config\s*\(|(?i:\bset\s+(?:local|session)\s)")
"""What a file says that sets something in a database session."""
SMALL = re.compile(rb"set_config|set\s+(?:local|session)\s")
"""The same in small letters, as far as it is found fast: it begins with letters."""

Words = list[tuple[bytes, re.Pattern[bytes]]]
"""Words, which are found fast, and each as a whole word."""


def whole(words: Iterable[bytes]) -> Words:
    """Words by themselves: express is none in an expression, quart none in a quarter."""
    return [(word, re.compile(re.escape(word) + (b"(?![a-z])" if word[-1:].islower() else b""))) for word in sorted(set(words))]


def says(content: bytes, words: Words) -> bool:
    """Whether a file says any of these words."""
    return any(word in content and pattern.search(content) for word, pattern in words)


def sets(content: bytes) -> bool:
    """Whether a file sets something in a database session."""
    return SMALL.search(content.lower()) is not None and SETS.search(content) is not None
