"""Whatever bytes a frontend is given, it answers facts: nothing makes it raise, and what it cannot read it says."""

import textwrap
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.alembic_cases import CASES, HEADER
from invariants.facts.ddl import Handed, Include, Operation, Parent, Replacement, Revision, Statement
from invariants.facts.source import Foreign, Unread
from invariants.frontends import alembic, django, sql
from replay.django.cases import CASES as MODELS

FACTS = (Foreign, Handed, Include, Operation, Parent, Replacement, Revision, Statement, Unread)
READERS = {"sql": sql.read, "alembic": alembic.read, "django": django.read}
PATHS = {"sql": "migrations/1.sql", "alembic": "versions/1.py", "django": "shop/migrations/0001_a.py"}
DJANGO = """\
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
"""
ODD = [
    b"'",
    b'"',
    b"$$",
    b"/*",
    b"*/",
    b"--",
    b"\n",
    b"\r",
    b";",
    b"(",
    b")",
    b"\\",
    b"\\i x\n",
    b"{{ x }}",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b",",
]
each_frontend = pytest.mark.parametrize("name", READERS)


@cache
def seeds(name: str) -> list[bytes]:
    """Real files of a language."""
    if name == "sql":
        folder = Path(__file__).parents[2] / "fixtures"
        return [path.read_bytes()[:4000] for path in sorted(folder.rglob("*.sql"))]
    if name == "alembic":
        return [(HEADER + textwrap.indent(textwrap.dedent(case.code), "    ")).encode() for case in CASES]
    return [f"{DJANGO}{case.code}    ]\n".encode() for case in MODELS]


def check(name: str, content: bytes) -> list[object]:
    facts: list[object] = list(READERS[name](PATHS[name], content))
    lines = content.count(b"\n") + content.count(b"\r") + 2
    for fact in facts:
        assert isinstance(fact, FACTS)
        assert fact.at.file == PATHS[name]
        assert 1 <= fact.at.line <= fact.at.end_line <= lines
    return facts


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """A real file with pieces of it deleted, doubled, exchanged or replaced, or cut off."""
    content = draw(st.sampled_from(seeds(name)))
    for _ in range(draw(st.integers(1, 4))):
        first, second, third = sorted(draw(st.integers(0, len(content))) for _ in range(3))
        before, one, other, behind = content[:first], content[first:second], content[second:third], content[third:]
        how = draw(st.sampled_from(["delete", "double", "exchange", "insert", "truncate"]))
        if how == "delete":
            content = before + other + behind
        elif how == "double":
            content = before + one + one + other + behind
        elif how == "exchange":
            content = before + other + one + behind
        elif how == "insert":
            content = before + draw(st.sampled_from(ODD)) + one + other + behind
        else:
            content = content[:third]
    return content[:20_000]


@each_frontend
@given(st.data())
@settings(deadline=None)
def test_random_bytes_raise_nothing(name: str, data: st.DataObject) -> None:
    head = {"sql": b"", "alembic": HEADER.encode(), "django": DJANGO.encode()}[name]
    check(name, data.draw(st.sampled_from([b"", head])) + data.draw(st.binary(max_size=300)))


@each_frontend
@given(st.data())
@settings(deadline=None, max_examples=200)
def test_mutations_of_real_files_raise_nothing(name: str, data: st.DataObject) -> None:
    check(name, data.draw(mutated(name)))


@each_frontend
def test_real_files_cut_off_anywhere_raise_nothing_and_are_never_silent(name: str) -> None:
    for content in seeds(name)[:: max(1, len(seeds(name)) // 12)]:
        whole = check(name, content)
        for stop in range(1, len(content), max(1, len(content) // 12)):
            facts = check(name, content[:stop])
            assert facts or not whole or _is_silent(name, content[:stop])


def _is_silent(name: str, content: bytes) -> bool:
    """Whether a beginning of a file holds nothing to say: white space and comments, or no migration yet."""
    if name == "sql":
        code = b"\n".join(line for line in content.split(b"\n") if not line.lstrip().startswith((b"--", b"\\")))
        return not code.strip() or b"goose" in content or b"migrate:" in content or content.lstrip().startswith(b"/*")
    return b"def upgrade" not in content if name == "alembic" else b"Migration" not in content
