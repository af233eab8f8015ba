"""Statements told apart by quotes, comments and semicolons alone, held against PostgreSQL's own grammar."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invariants.postgres import split
from invariants.postgres.grammar import GrammarError, parse

SEEDS = [path.read_text() for path in sorted((Path(__file__).parents[2] / "fixtures").rglob("*.sql"))]
FRAGMENTS = ["'", '"', "$$", "$a$", "/*", "*/", "--", "\n", "\r", ";", "E'", "\\'", "é", "$", "begin atomic", "x", " ", "0", "U&'", "$é$"]
soup = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)


def texts(content: str) -> list[str]:
    """What each piece holds, comments and white space before it passed over."""
    data = content.encode()
    return [data[split.first(data, each.start, each.stop) : each.stop].decode().rstrip() for each in split.pieces(data)]


@pytest.mark.parametrize(
    ("content", "expected"),
    {
        "semicolons divide": ("select 1; select 2;", ["select 1", "select 2"]),
        "the last semicolon may be left out": ("select 1;\nselect 2\n", ["select 1", "select 2"]),
        "strings": ("select ';'; select ''';'; select 2", ["select ';'", "select ''';'", "select 2"]),
        "a backslash in a plain string is one": (r"select '\'; select 2", [r"select '\'", "select 2"]),
        "a backslash in an escape string": (r"select E'\';'; select e'\\'; select 2", [r"select E'\';'", r"select e'\\'", "select 2"]),
        "a name that ends in e": (r"select type'\'; select 2", [r"select type'\'", "select 2"]),
        "quoted names": ('select 1 as "a;""b;"; select 2', ['select 1 as "a;""b;"', "select 2"]),
        "a quote in a quoted name": ('select 1 as "it\'s"; select 2', ['select 1 as "it\'s"', "select 2"]),
        "dollars": ("do $$ begin; end $$; select 2", ["do $$ begin; end $$", "select 2"]),
        "dollars with a tag": ("do $a$ $$;$b$; $a$; select 2", ["do $a$ $$;$b$; $a$", "select 2"]),
        "dollars with a tag of other letters": ("do $é$ ; $é$; select 2", ["do $é$ ; $é$", "select 2"]),
        "a tag begins with no digit": ("select $1; select $2", ["select $1", "select $2"]),
        "a dollar within a name": ("select a$$; select é$b$; select $$;$$", ["select a$$", "select é$b$", "select $$;$$"]),
        "line comments": ("-- a; 'b\nselect 1; -- c;\nselect 2", ["select 1", "select 2"]),
        "a line comment ends at a carriage return": ("-- a\rselect 1;\rselect 2", ["select 1", "select 2"]),
        "comments": ("/* ; ' */ select /* ; */ 1; select 2", ["select /* ; */ 1", "select 2"]),
        "comments nest": ("/* a /* ; */ ; */ select 1; select 2", ["select 1", "select 2"]),
        "a comment that begins with a slash": ("/*/ ; */ select 1; select 2", ["select 1", "select 2"]),
        "nothing": (" \n\t", []),
        "empty statements": (";; ;", ["", "", ""]),
    }.values(),
)
def test_a_piece_is_a_statement(content: str, expected: list[str]) -> None:
    assert texts(content) == expected


@pytest.mark.parametrize("opened", ["'", '"', "E'", "$$", "$a$", "/*", "/* /* */", "'a''", '"a""', r"E'\'"])
def test_a_quote_that_never_ends_costs_the_statements_of_its_line(opened: str) -> None:
    content = f"select 1;\nselect {opened} 2; select 3;  \nselect 4;\n".encode()
    found = list(split.pieces(content))
    assert [each.whole for each in found] == [True, False, True]
    assert content[found[1].start : found[1].stop] == f"\nselect {opened} 2; select 3;".encode()
    assert content[found[2].start : found[2].stop].strip() == b"select 4"


def test_a_stretch_is_split_as_if_it_stood_alone() -> None:
    content = b"select 1; select 'a; b'; select 3;"
    assert list(split.pieces(content, 9, 24)) == [split.Piece(9, 23, whole=True)]
    assert list(split.pieces(content, 9, 20)) == [split.Piece(9, 20, whole=False)]


def test_what_is_quoted_is_blanked_byte_for_byte() -> None:
    content = "select 'é\n;' /* ` */, \"a`\" -- x\n; $$ ` $$; 'open".encode()
    found = split.bare(content)
    assert len(found) == len(content)
    assert found.split() == [b"select", b",", b'"a`"', b";", b";"]
    assert [each for each, byte in enumerate(found) if byte == 10] == [each for each, byte in enumerate(content) if byte == 10]


def check(content: bytes) -> None:
    """Pieces lie in order, and what lies between them are semicolons."""
    position = 0
    for piece in split.pieces(content):
        assert piece.start == position <= piece.stop <= len(content)
        assert piece.start <= split.first(content, piece.start, piece.stop) <= piece.stop
        position = piece.stop
        if content[position : position + 1] == b";" and piece.whole:
            position += 1
    assert not content[position:].strip()
    assert len(split.bare(content)) == len(content)


@given(st.binary(max_size=200))
def test_random_bytes_are_split_without_loss(content: bytes) -> None:
    check(content)


@given(st.text(max_size=200) | soup)
@example("'a''")
@example("$a$;\n")
def test_random_text_is_split_without_loss(content: str) -> None:
    check(content.encode("utf-8", "replace"))


@given(soup)
def test_what_postgresql_reads_is_split_as_postgresql_splits_it(content: str) -> None:
    content = re.sub(r"[\w$]+", "", content)  # what is no quote, comment or semicolon is no statement either
    data = content.encode()
    try:
        parse(content)
    except GrammarError:
        return
    assert all(not data[split.first(data, each.start, each.stop) : each.stop].strip() for each in split.pieces(data))


@given(
    st.lists(
        st.sampled_from(["select 1", "select ';'", "select $$;$$", r"select E'\';'", "/*;*/ select 1 --;\n", 'select 1 as ";"']), max_size=8
    )
)
def test_statements_joined_are_told_apart_again(statements: list[str]) -> None:
    assert len(list(split.pieces("; ".join(statements).encode()))) == len(statements)


@pytest.mark.parametrize("text", SEEDS)
def test_real_files_are_split_as_postgresql_splits_them(text: str) -> None:
    data = text.encode()
    try:
        expected = [data[split.first(data, each.start, each.stop) : each.stop] for each in parse(text)]
    except GrammarError:
        return
    found = [data[split.first(data, each.start, each.stop) : each.stop] for each in split.pieces(data)]
    assert [each.rstrip() for each in found if each.strip()] == [each.rstrip() for each in expected]
