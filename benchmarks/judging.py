"""How long policies take to be judged: sets made at random, or a product's, each policy by itself, on one core.

    python benchmarks/judging.py [--policies 1000] [--seed 1] [--root DIR]

Only the judging is timed, not what makes the catalog. Prints the seconds of the processor for all, the milliseconds of the median and the
slowest, and how many took over 50. Garbage is collected as seldom as in the tool.
"""

import argparse
import gc
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from invariants.cli.main import GARBAGE, group
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


class Timed(Judge):
    """A judge that notes the seconds that each policy took."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        JUDGES.append(self)
        self.took: dict[int, float] = defaultdict(float)

    def _side(self, policy: Any, side: str) -> Iterator[Any]:
        began = time.process_time()
        found = list(super()._side(policy, side))
        self.took[policy.oid] += time.process_time() - began
        yield from found


JUDGES: list[Timed] = []
"""One of each database."""


def of_product(root: Path) -> list[float]:
    """The seconds that each policy of a repository took."""
    arguments = ["-C", str(root), "check", "--no-cache", "--only", "tenancy"]
    with patch("invariants.replay.run.Judge", Timed), Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), suppress(SystemExit):
        group.main(arguments, standalone_mode=False)
    return [seconds for each in JUDGES for seconds in each.took.values()]


def main() -> None:
    """Time so many policies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--root", type=Path, help="the policies of this repository")
    options = parser.parse_args()
    gc.set_threshold(GARBAGE)
    made = judged(options.seed)
    took = of_product(options.root) if options.root else [next(made) for _ in range(options.policies)]
    late, slowest = sum(each > 0.05 for each in took), max(took) * 1000
    print(f"{len(took)} policies: {sum(took):.2f} s; median {median(took) * 1000:.1f} ms, slowest {slowest:.0f} ms, {late} above 50 ms")


if __name__ == "__main__":
    main()
