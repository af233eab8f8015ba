"""Processes are begun where reading in several pays, once, and end with the run."""

import os
import signal

import pytest

from invariants.workers import Workers

RUN = os.getpid()
FATAL = 40


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


def deadly(number: int) -> list[int]:
    """Kills the process that reads, unless that is the run's own."""
    if os.getpid() != RUN and number == FATAL:
        os.kill(os.getpid(), signal.SIGKILL)
    return [number]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor reads by itself")
def test_what_a_process_owes_that_was_killed_is_read_by_the_run() -> None:
    with Workers() as workers:
        for _ in range(2):  # and whatever comes after
            assert list(workers.read(deadly, range(100), pays=True)) == [[number] for number in range(100)]
