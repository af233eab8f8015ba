"""Regular expressions of paths that say no more than a text, and where it stands."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

How = Literal["starts", "ends", "is", "holds"]
WRITTEN = re.compile(r"/(?P<open>\^)?(?P<text>(?:[^\\\[/]|\\.)*?)(?P<close>\$)?/(?P<flags>[iu]*)", re.DOTALL)
"""One that is written out; with other flags it remembers where it was (`g`, `y`), or means something else."""
GROUP = re.compile(r"(?P<before>[^()]*)\((?:\?:)?(?P<any>[^()?]+)\)(?P<after>[^()]*)")
REST = re.compile(r"(?:\.\*|\(\.\*\))$")
BELOW = re.compile(r"\((?:\?:)?(?:\\/\|\$|\$\|\\/)\)$")
"""What ends one that asks for a path, and for what is below it."""
PLAIN = re.compile(r"(?:[\w/\-:@~ ]|\\[/.\-])+")
HOW: dict[tuple[bool, bool], How] = {(True, True): "is", (True, False): "starts", (False, True): "ends", (False, False): "holds"}

ENDS: tuple[tuple[How, str], ...] = (("is", ""), ("starts", "/"))


class Pattern(NamedTuple):
    """A text that is looked for."""

    how: How
    text: str
    folded: bool
    """Whether case says nothing; the text is in small letters."""


def pattern(written: str) -> list[Pattern]:
    """The texts of a regular expression, any of which is enough; none, where it says more than that."""
    found = WRITTEN.fullmatch(written)
    if found is None:
        return []
    is_open, is_closed, folded = bool(found["open"]), bool(found["close"]), "i" in found["flags"]
    text = found["text"]
    if is_open and not is_closed and (below := BELOW.search(text)):
        return [_made(how, f"{each}{end}", folded) for how, end in ENDS for each in _texts(text[: below.start()])]
    if is_open and (rest := REST.search(text)):
        text, is_closed = text[: rest.start()], False
    return [_made(HOW[is_open, is_closed], each, folded) for each in _texts(text)]


def _made(how: How, text: str, folded: bool) -> Pattern:
    return Pattern(how, text.lower() if folded else text, folded)


def _texts(text: str) -> Iterator[str]:
    """What a part of one comes to, with one choice in it at most."""
    group = GROUP.fullmatch(text)
    parts = [f"{group['before']}{each}{group['after']}" for each in group["any"].split("|")] if group else [text]
    if all(PLAIN.fullmatch(each) for each in parts):
        yield from (re.sub(r"\\(.)", r"\1", each) for each in parts)
