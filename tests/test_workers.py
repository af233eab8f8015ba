"""Processes are begun where reading in several pays, once, and end with the run."""

import os

import pytest

from invariants.workers import Workers


def reader(_: int) -> list[int]:
    """The process that reads."""
    return [os.getpid()]


def test_what_is_not_dear_is_read_here() -> None:
    with Workers() as workers:
        assert list(workers.read(reader, range(3), pays=False)) == [[os.getpid()]] * 3


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor reads by itself")
def test_processes_that_were_begun_read_whatever_comes_after() -> None:
    with Workers() as workers:
        begun = {process for [process] in workers.read(reader, range(64), pays=True)}
        after = {process for [process] in workers.read(reader, range(3), pays=False)}
    assert os.getpid() not in begun | after
    assert len(begun | after) <= (os.cpu_count() or 1)


def test_facts_come_in_the_order_of_the_files() -> None:
    with Workers() as workers:
        assert list(workers.read(str.split, [str(number) for number in range(100)], pays=True)) == [[str(number)] for number in range(100)]
