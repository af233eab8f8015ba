"""Processes are begun where reading in several pays, once, and end with the run."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from invariants.workers import CHUNK, Workers

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


def until(is_so: Callable[[], bool]) -> None:
    """Waits for something that happens in a process."""
    end = monotonic() + 20
    while not is_so():
        assert monotonic() < end
        sleep(0.01)


def touched(path: Path) -> list[str]:
    """Leaves a trace of what was read."""
    path.touch()
    return [path.name]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor reads by itself")
def test_files_are_read_while_others_are_found(tmp_path: Path) -> None:
    def found() -> Iterator[Path]:
        yield from (tmp_path / str(number) for number in range(CHUNK))
        until((tmp_path / "0").exists)
        yield tmp_path / "last"

    with Workers() as workers:
        assert list(workers.read(touched, found(), pays=True)) == [*([str(number)] for number in range(CHUNK)), ["last"]]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor reads by itself")
def test_files_that_are_found_after_a_process_was_killed_are_read_by_the_run() -> None:
    def found() -> Iterator[int]:
        yield from range(FATAL + CHUNK)
        until(lambda: not multiprocessing.active_children())
        yield from range(FATAL + CHUNK, 100)

    with Workers() as workers:
        assert list(workers.read(deadly, found(), pays=True)) == [[number] for number in range(100)]
