"""The decision on policies, compared with what an attacker can do to PostgreSQL, over policy sets made at random.

    python benchmarks/isolation.py [--sets 500] [--seed 1] [--patience SECONDS] [--crossed FILE [--once]]

Every set is decided and attacked for each role, command and side; where something is said to be open and nothing passed, it is attacked
again with whatever else the other tables may hold, and row by row where that makes a difference, as long as patience lasts. Prints what
was said to isolate and does not (never), what was said to be open and let nothing pass, and how much could not be told. Exit status 1
where a decision was unsound. Wants a PostgreSQL on the machine.

What PostgreSQL lets pass does not depend on the decision: ``--crossed`` keeps it, a line of JSON for each set, and takes what the file
holds already from there, so that another state of the code is compared with the same attacks in a fraction of the time. What is newly said
to be open and did not pass is attacked again.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from replay.isolation.comparing import Arena, Outcome, decide
from replay.isolation.generation import policy_set
from server import connected, installed

LIFETIME = 2000
"""So many sets are attacked on one server, whose catalog grows with each, and which takes ever longer for it."""


def cause(outcome: Outcome) -> str:
    """What a set asks for in which something was said to be open and let nothing pass: the first that makes it hard to meet."""
    text = str(outcome.policies)
    if "current_setting('app.tenant_id')" in text:
        return "a setting that must be there"
    return "other rows" if " from " in text else "the row and the session alone"


def counted(outcome: Outcome) -> Counter[str]:
    """What one set adds to the table."""
    words = outcome.decided.values()
    held = Counter({f"sets open, nothing passed, that ask for {cause(outcome)}": 1} if outcome.alarms() else {})
    return held + Counter(
        {
            "sets": 1,
            "sets unsound": bool(outcome.unsound()),
            "sets open": "open" in words,
            "sets open, nothing passed": bool(outcome.alarms()),
            "of these, not tried to the end": bool(outcome.alarms() and outcome.is_late),
            "sets unverified": "open" not in words and bool(outcome.doubts()),
            "decisions": len(words),
            "decisions open": sum(word == "open" for word in words),
            "decisions open, nothing passed": len(outcome.alarms()),
            "decisions unverified": len(outcome.doubts()),
        }
    )


class Crossings:
    """What crossed in the sets that were attacked before, by their number, and what was tried row by row; in a file that grows."""

    def __init__(self, path: Path | None, insists: bool = True) -> None:
        self._path = path
        self._insists = insists
        lines = path.read_text().splitlines() if path and path.exists() else []
        self._known = {number: before for number, *before in map(json.loads, lines)}

    def compare(self, arena: Arena, number: str) -> Outcome:
        """A set by its number: decided now, and attacked now or before."""
        outcome = Outcome(policy_set(Random(number)))
        decide(outcome.policies, outcome)
        policies, crossed, tried = self._known.get(number, ("", [], []))
        outcome.crossed = {(role, command, side): session for role, command, side, session in crossed}
        is_new = policies != str(outcome.policies)
        if is_new or (self._insists and not {*outcome.alarms()} <= {*map(tuple, tried)}):
            arena.attack(outcome.policies, outcome, self._insists)
            self._keep(number, outcome)
        return outcome

    def _keep(self, number: str, outcome: Outcome) -> None:
        if self._path:
            tried = outcome.alarms() if self._insists and not outcome.is_late else []
            crossed = [[*key, session] for key, session in outcome.crossed.items()]
            with self._path.open("a") as file:
                file.write(json.dumps([number, str(outcome.policies), crossed, tried]) + "\n")


def _report(number: str, outcome: Outcome) -> None:
    for title, keys in (("unsound", outcome.unsound()), ("nothing passed", outcome.alarms()), ("unverified", outcome.doubts())):
        for key in keys[:1]:
            print(f"{number} {title} {key}: {outcome.reasons.get(key)} {outcome.crossed.get(key, '')}\n{outcome.policies}", flush=True)


def _places(sets: int, patience: float) -> Iterator[tuple[int, Arena]]:
    """The number of each set, and where it is attacked: a server of their own for every few thousand."""
    for first in range(0, sets, LIFETIME):
        folder = Path(tempfile.mkdtemp())
        with installed(folder) as server:
            server.run("create database arena")
            arena = Arena(partial(connected, folder, "arena"), patience)  # its connections go with the server
            for number in range(first, min(first + LIFETIME, sets)):
                yield number, arena


def main() -> int:
    """Compare so many sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--crossed", type=Path, metavar="FILE", help="where what passed is kept, and looked up")
    parser.add_argument("--once", action="store_true", help="leave what held to a later run with the same --crossed")
    parser.add_argument("--patience", type=float, default=60, metavar="SECONDS", help="for each set that is tried row by row")
    parser.add_argument("--every", type=int, default=500, help="print the table after so many sets")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    start = time.monotonic()
    crossings = Crossings(options.crossed, not options.once)
    for number, arena in _places(options.sets, options.patience):
        outcome = crossings.compare(arena, f"{options.seed}-{number}")
        total += counted(outcome)
        _report(f"{options.seed}-{number}", outcome)
        if (number + 1) % options.every == 0 or number + 1 == options.sets:
            print(f"--- {time.monotonic() - start:.0f} s: " + ", ".join(f"{name}: {count}" for name, count in total.items()), flush=True)
    return 1 if total["sets unsound"] else 0


if __name__ == "__main__":
    sys.exit(main())
