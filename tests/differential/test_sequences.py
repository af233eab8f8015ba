"""Statements at random, one after another: PostgreSQL and the replay must stay in step.

``INVARIANTS_SEQUENCES`` says how many sequences to try (2,000), ``INVARIANTS_SEED`` with what to begin (1).
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from differential.comparing import attempt, differences, replayed
from server import Database

CHUNKS = 8
SEQUENCES = int(os.environ.get("INVARIANTS_SEQUENCES", "2000"))
SEED = int(os.environ.get("INVARIANTS_SEED", "1"))
SETUP = [
    "create role r",
    "create role s",
    "create schema app",
    "create table t (id int primary key, tenant_id int not null, a int, b text, check (tenant_id > 0))",
    "create table u (id int primary key, t_id int references t, tenant_id int, a int)",
    "create view w as select id, tenant_id from t",
    "create function f(int) returns int language sql as 'select 1'",
    "create type mood as enum ('a', 'b')",
]


def productions() -> dict[str, list[str]]:
    """The grammar beside this file: the ways to write what a name stands for."""
    found: dict[str, list[str]] = defaultdict(list)
    heading = ""
    for line in Path(__file__).with_name("grammar.txt").read_text().splitlines():
        if line.startswith("  "):
            found[heading].append("" if line.startswith("  --") else line.strip())
        elif line.endswith(":"):
            heading = line[:-1]
    return found


GRAMMAR = productions()


@st.composite
def written(draw: st.DrawFn, name: str) -> str:
    """One way to write what a name stands for."""
    text = draw(st.sampled_from(GRAMMAR[name]))
    return re.sub(r"\{(\w+)\}", lambda match: draw(written(match[1])), text).strip()


@pytest.fixture(scope="module")
def shared(server: Any) -> Iterator[Database]:
    """A database in which everything is rolled back."""
    with Database.created(server) as made:
        yield made


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_sequences_end_as_in_postgresql(shared: Database, chunk: int) -> None:
    @seed(SEED * CHUNKS + chunk)
    @settings(max_examples=SEQUENCES // CHUNKS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(written("statement"), min_size=4, max_size=16))
    def agree(sequence: list[str]) -> None:
        statements = SETUP + sequence
        shared.run("begin")
        try:
            theirs = [attempt(shared, each) for each in statements]
            found = differences(shared, statements, theirs, replayed(statements))
        finally:
            shared.run("rollback")
        assert not found, "\n".join(found)

    agree()


def test_there_are_enough_kinds_of_statements() -> None:
    assert len(set(GRAMMAR["statement"])) >= 40
    for ways in GRAMMAR.values():
        for text in ways:
            assert set(re.findall(r"\{(\w+)\}", text)) <= set(GRAMMAR)
