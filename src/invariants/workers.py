"""Processes that read files: begun once a run, where reading in several pays."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

CHUNK = 8
"""So many files are handed to a process at a time."""
BEHIND = 10
"""Processes that read stand back by so much: the run goes on with what they have read, and has the rest to do alone."""
T = TypeVar("T")


class Workers:
    """As many processes as there are processors, for as long as the block lasts; none where nothing is dear to read."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def read(self, reader: Callable[[T], list[Any]], files: Iterable[T], *, pays: bool) -> Iterator[list[Any]]:
        """The facts of files, in order, read from now on, while others are found; ``pays``: that takes longer than to begin a process."""
        if self._pool is None and (not pays or (os.cpu_count() or 1) < 2):
            return map(reader, list(files))
        pool = self._begun()
        from concurrent.futures.process import BrokenProcessPool

        coming, handed = iter(files), list[T]()
        try:
            return _whole(reader, handed, pool.map(reader, _noted(coming, handed), chunksize=CHUNK))
        except BrokenProcessPool:
            return map(reader, [*handed, *coming])

    def _begun(self) -> "ProcessPoolExecutor":
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(initializer=os.nice, initargs=(BEHIND,))
        return self._pool


def _noted(files: Iterator[T], handed: list[T]) -> Iterator[T]:
    """Files on their way to a process, noted as they are handed over."""
    for each in files:
        handed.append(each)
        yield each


def _whole(reader: Callable[[T], list[Any]], files: Sequence[T], read: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The facts of files; what a process owes that was killed, this one reads."""
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    try:
        for facts in read:
            yield facts
            done += 1
    except BrokenProcessPool:
        yield from map(reader, files[done:])
