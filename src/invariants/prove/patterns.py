"""Texts that regular expressions match, as far as checks of columns write such ones."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import chain, cycle, islice
from string import ascii_letters, digits

SIGNS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|\(\?:|.", re.DOTALL)
REPEATED = re.compile(r"[*+?]|\{(\d+)(,?)(\d*)\}")
POSIX = {"[:alpha:]": "a-zA-Z", "[:lower:]": "a-z", "[:upper:]": "A-Z", "[:digit:]": "0-9", "[:alnum:]": "a-zA-Z0-9", "[:space:]": " "}
ANY = f"{ascii_letters}{digits}_-./:@+#, "
LONGEST = 24
"""So many characters at most where a pattern sets no bound."""

Signs = deque[str]


def example(pattern: str, filler: str) -> str | None:
    """A text that a pattern should match, of a filler's characters where it leaves a choice; None where it cannot be read."""
    for name, characters in POSIX.items():
        pattern = pattern.replace(name, characters)
    if "(?" in pattern.replace("(?:", ""):
        return None
    try:
        return "".join(_branch(deque(SIGNS.findall(pattern)), filler))
    except (re.error, IndexError):
        return None


def _branch(signs: Signs, filler: str) -> Iterator[str]:
    """The first of the branches up to the end of a group; the others are read, and left."""
    is_first = True
    while signs and signs[0] != ")":
        sign = signs.popleft()
        if sign == "|":
            is_first = False
        elif sign not in {"^", "$"}:
            piece = _piece(sign, signs, filler)
            yield piece if is_first else ""


def _piece(sign: str, signs: Signs, filler: str) -> str:
    """One atom, as often as it is asked for."""
    if sign in {"(", "(?:"}:
        inner = "".join(_branch(signs, filler))
        signs.popleft()
        least, _ = _times(signs)
        return inner * least
    least, most = _times(signs)
    fits = re.compile(sign).fullmatch
    own = [each for each in filler if fits(each)]
    any_other = [each for each in chain(filler, ANY) if fits(each)] or [""]
    wanted = max(least, min(len(own), most))
    return "".join(islice(chain(own, cycle(any_other)), wanted))


def _times(signs: Signs) -> tuple[int, int]:
    """How often the atom before is asked for: at least, and at most."""
    found = REPEATED.fullmatch(signs[0]) if signs else None
    if found is None:
        return 1, 1
    sign = signs.popleft()
    if sign in "*+?":
        return int(sign == "+"), 1 if sign == "?" else LONGEST
    least = int(found[1])
    return least, int(found[3]) if found[3] else LONGEST if found[2] else least
