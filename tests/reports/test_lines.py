"""The lines of a file are those that its text has, one by one as all at once."""

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from invariants.reports.lines import FileLines

PIECES = [b"a", b"\n", b"\r\n", b"\r", "é".encode(), "\u2028".encode(), b"\xc3", b"\xff", b"\x00", b"\xef\xbb\xbf"]


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_lines_are_those_of_the_whole_text(content: bytes) -> None:
    lines = FileLines(content)
    assert list(lines) == list(StringIO(content.decode(errors="replace"), newline="\n"))
    assert lines[:2] == list(lines)[:2]
    assert lines[-1:] == list(lines)[-1:]
    assert bool(lines) == bool(content)
