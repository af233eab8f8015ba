"""What a run is asked for, and the snapshots that this means."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from invariants import snapshots
from invariants.finding import ConfigError
from invariants.snapshots import Snapshot


class Options(NamedTuple):
    """What a run is asked for."""

    root: Path
    tree: str = "work"
    """``work``, ``index``, or a revision."""
    base: str | None = None
    """The revision that it is compared with, so that only what is new is reported; None: everything is."""
    only: tuple[str, ...] = ()
    """Rules and packs; none: all of them."""
    skip: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Report only what stands in these files and folders, relative to the root; none: everything."""
    today: date = date.min
    """The day that expiries are judged by; left out, this day."""
    cached: bool = True

    @property
    def day(self) -> date:
        """The day that the run is of."""
        return self.today if self.today != date.min else date.today()  # noqa: DTZ011


class Pair(NamedTuple):
    """The snapshot to judge, and the one that it is compared with, if any."""

    change: Snapshot
    base: Snapshot | None = None


def taken(options: Options) -> Pair:
    """The snapshots of a run."""
    pair = _pair(options)
    for path in options.paths:
        if path != "." and not any(is_within(each, path) for each in pair.change.paths()):
            raise ConfigError(path, 0, "there is no such file or folder", "name one that is there, relative to the root")
    return pair


def _pair(options: Options) -> Pair:
    if (options.tree, options.base) == ("index", "HEAD"):
        return Pair(*snapshots.staged(options.root))
    return Pair(_change(options), None if options.base is None else snapshots.commit(options.root, options.base))


def _change(options: Options) -> Snapshot:
    if options.tree == "work":
        return snapshots.work_tree(options.root)
    return snapshots.index(options.root) if options.tree == "index" else snapshots.commit(options.root, options.tree)


def is_within(file: str, path: str) -> bool:
    """Whether a file is a path, or lies in it."""
    return file == path or file.startswith(path.rstrip("/") + "/")
