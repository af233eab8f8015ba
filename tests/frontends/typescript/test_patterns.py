"""Regular expressions of paths say the same as the texts that are told of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invariants.frontends.typescript.patterns import Pattern, pattern

WORDS = ("a", "/", "b", "/a", "-", ".")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
ENDINGS = st.sampled_from(("", "$", "(\\/|$)", "(?:$|\\/)", ".*", "(.*)"))


def escaped(text: str) -> str:
    return re.sub(r"([/.])", r"\\\1", text)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Regular expressions as people write them for paths."""
    several = draw(st.lists(TEXTS, max_size=3, min_size=0))
    group = draw(st.sampled_from(("({})", "(?:{})"))).format("|".join(map(escaped, several))) if several else ""
    opening, flags = draw(st.sampled_from(("^", ""))), draw(st.sampled_from(("", "i")))
    return f"/{opening}{escaped(draw(TEXTS))}{group}{draw(ENDINGS)}/{flags}"


def asks(how: str, written: str, text: str) -> bool:
    """What JavaScript says of a text."""
    match how:
        case "starts":
            return written.startswith(text)
        case "ends":
            return written.endswith(text)
        case "is":
            return written == text
    return text in written


def is_found(told: Pattern, path: str) -> bool:
    written = path.lower() if told.folded else path
    return asks(told.how, written, told.text)


@given(patterns(), st.lists(st.sampled_from((*WORDS, "A", "/B")), max_size=6).map("".join))
def test_what_is_told_of_a_pattern_is_what_it_finds(written: str, path: str) -> None:
    told = pattern(written)
    body, flags = written[1:].rsplit("/", 1)
    found = re.search(re.sub(r"\$", r"\\Z", body), path, re.IGNORECASE if flags else 0)
    assert not told or any(is_found(each, path) for each in told) == (found is not None)


MORE = [r"/^\/a\/[^/]+$/", r"/^\/a.b/", r"/\/a/g", r"/\/a/y", r"/^(?!\/a)/", r"/^\/(a|b)\/(c|d)/", r"/\/a|\/b/", r"/a+/"]


@pytest.mark.parametrize("written", MORE)
def test_what_says_more_is_not_told(written: str) -> None:
    assert pattern(written) == []


def test_several_paths_are_told_with_what_is_below_them() -> None:
    found = {("is", "/login"), ("is", "/public"), ("starts", "/login/"), ("starts", "/public/")}
    assert {(each.how, each.text) for each in pattern(r"/^\/(login|public)(\/|$)/")} == found
