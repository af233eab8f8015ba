"""What a run is at, for whoever waits at a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

DELAY = 0.5
"""Seconds that a run takes without saying anything."""
WORDS = {
    "snapshot": "listing the files",
    "store": "opening the cache",
    "read base": "reading and replaying the base",
    "read": "reading and replaying migrations",
    "rules": "reading the rules",
    "save": "saving the cache",
    "judge base": "judging the base",
    "judge": "asking the rules",
    "mend": "looking for what mends",
    "detect": "summing up",
}
CLEAR = "\r\x1b[2K"


@contextmanager
def shown(stream: TextIO, *, wanted: bool) -> Iterator[Callable[[str], None]]:
    """What to tell of the stage that begins; it is shown while it lasts, and gone afterwards."""
    stages = ["snapshot"]
    if not wanted:
        yield stages.append
        return
    from threading import Event, Thread

    done = Event()
    painter = Thread(target=_paint, args=(stream, stages, done.wait), daemon=True)
    painter.start()
    try:
        yield stages.append
    finally:
        done.set()
        painter.join()


def _paint(stream: TextIO, stages: list[str], is_done: Callable[[float], bool]) -> None:
    began = monotonic()
    if is_done(DELAY):
        return
    pause = 0.0
    while not is_done(pause):
        stream.write(f"{CLEAR}{WORDS.get(stages[-1], stages[-1])} · {monotonic() - began:.0f} s")
        stream.flush()
        pause = 0.1
    stream.write(CLEAR)
    stream.flush()
