"""How long policies take to be judged: sets made at random, each policy by itself, on one core.

    python benchmarks/judging.py [--policies 1000] [--seed 1]

Prints the seconds of the processor for all, and the milliseconds of the median, of the slowest, and of how many that took more than 50.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from invariants.facts.place import PLATFORM
from invariants.replay.isolation.policies import COMMANDS, Judge
from replay.isolation.comparing import KNOWN, machine
from replay.isolation.generation import policy_set


def judged(seed: str) -> Iterator[float]:
    """The seconds that each policy took, every one of its disjuncts for every role and command."""
    catalog = machine().catalog
    for number in count():
        mark = catalog.journal.mark()
        machine().run(str(policy_set(Random(f"{seed}-{number}"))), PLATFORM)
        judge = Judge(catalog, "", KNOWN)
        for policy in [each for each in catalog.policies if each.permissive and each.name.startswith("p")]:
            began = time.process_time()
            for side in COMMANDS:
                list(judge._side(policy, side))
            yield time.process_time() - began
        catalog.journal.undo(mark)


def main() -> None:
    """Time so many policies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    took = [seconds for seconds, _ in zip(judged(options.seed), range(options.policies), strict=False)]
    late, slowest = sum(each > 0.05 for each in took), max(took) * 1000
    print(f"{len(took)} policies: {sum(took):.2f} s; median {median(took) * 1000:.1f} ms, slowest {slowest:.0f} ms, {late} above 50 ms")


if __name__ == "__main__":
    main()
