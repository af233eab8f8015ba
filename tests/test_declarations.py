import pytest

from invariants.declarations import read
from invariants.facts.ddl import Contract
from invariants.facts.place import Place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-- invariants: contract 0002_expand.sql -- nothing reads it", ("0002_expand.sql", "nothing reads it")),
        ("# invariants: contract db/0002.py --  why not ", ("db/0002.py", "why not")),
        ("--invariants:contract 0002 -- r\r", ("0002", "r")),
        ("-- invariants: contract 0002", ("0002", "")),
        ("-- invariants: contract 0002 --", ("0002", "")),
        ("-- invariants: contract -- it names nothing", ("", "it names nothing")),
        ("-- invariants: contract", ("", "")),
    ],
)
def test_a_comment_declares_what_it_contracts_and_why(text: str, said: tuple[str, str]) -> None:
    (found,) = read("a.sql", f"select 1;\n  {text}\nselect 2;\n".encode())
    assert (found.expand, found.reason) == said
    assert found.at.line == 2


@pytest.mark.parametrize(
    "text", ["select 1; -- contract 0002 -- r", "-- invariants: auth public -- r", "-- invariants: contracts 2 -- r", ""]
)
def test_other_comments_declare_nothing(text: str) -> None:
    assert list(read("a.sql", text.encode())) == []


def test_bytes_that_are_no_text_are_no_fault() -> None:
    content = b"-- invariants: contract \xff -- \xfe"
    assert list(read("a.sql", content)) == [Contract(Place("a.sql", 1, 1, 1, len(content) + 1), "\ufffd", "\ufffd")]
