"""What whole runs answered, each kept with everything that it looked at: where all of that is as it was, so is the answer."""

import sys
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import NamedTuple

from invariants import code
from invariants.cache import Cache
from invariants.checkpoints import Checkpoints, restored, written
from invariants.finding import Outcome
from invariants.looks import Look, Watched, digest
from invariants.options import Options, Pair, taken
from invariants.rule import built_in
from invariants.settings import ENV
from invariants.snapshots import Snapshot
from invariants.surroundings import ignores


class Answer(NamedTuple):
    """An outcome, as it is kept, and what it was made of."""

    change: Look
    base: Look | None
    outcome: bytes


def answered(options: Options, told: Callable[[str], object] = str) -> tuple[Outcome, Snapshot]:
    """What a run answers, and the snapshot that it judged."""
    began = perf_counter()
    options = options._replace(today=options.day)
    told("snapshot")
    pair = taken(options)
    since = perf_counter() - began
    kept = Checkpoints(Cache.of(options.root, "").path if options.cached else None, "answer")
    outcome = _recalled(kept, _key(options), pair) if options.cached else None
    if outcome is None:
        outcome = _judged(options, told, pair, kept)
    stages = (("snapshot", since), *outcome.stages)
    return outcome._replace(stages=stages, elapsed=perf_counter() - began), pair.change


def _recalled(kept: Checkpoints, key: str, pair: Pair) -> Outcome | None:
    """The answer that was kept, where everything that it was made of is the same."""
    answer = kept.newest([key])
    if not isinstance(answer, Answer) or (answer.base is None) != (pair.base is None):
        return None
    for look, snapshot in ((answer.change, pair.change), (answer.base, pair.base)):
        if look is not None and snapshot is not None and not look.is_of(snapshot):
            return None
    outcome: Outcome = restored(answer.outcome)
    return outcome


def _judged(options: Options, told: Callable[[str], object], pair: Pair, kept: Checkpoints) -> Outcome:
    """The answer of a run, which is kept."""
    from invariants.check import Run

    change, base = Watched(pair.change), Watched(pair.base) if pair.base is not None else None
    run = Run(options, told, Pair(change, base))
    outcome = run.outcome()
    if options.cached and _is_lasting(outcome, run.store.notes, pair):
        looks = Look.at(pair.change, change.seen), Look.at(pair.base, base.seen) if pair.base is not None and base is not None else None
        kept.keep(_key(options), Answer(*looks, written(outcome._replace(stages=(), elapsed=0.0))))
    return outcome


def _is_lasting(outcome: Outcome, notes: Iterable[str], pair: Pair) -> bool:
    """Whether nothing but the snapshots went in: a manifest compares secrets outside of them, and what failed may not fail again."""
    has_manifest = any(ENV in set(snapshot.paths()) for snapshot in pair if snapshot is not None)
    return not has_manifest and not outcome.errors and not list(notes)


def _key(options: Options) -> str:
    """What a run is asked, on which day, what answers it, and what it sees that is in no snapshot."""
    made = code.digest(("", str(built_in())), code.PARSERS)
    return digest([made, sys.version, repr(options[1:-1]), *map(repr, ignores(options.root))]).hex()
