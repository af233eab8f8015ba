"""How long policies take to be judged: sets made at random, or those of products, each policy by itself, on one core.

    python benchmarks/judging.py [--policies 1000] [--seed 1]
    python benchmarks/judging.py --root DIR [DIR ...]

Only the judging is timed, not what makes the catalog. Prints the seconds of the processor for all, the milliseconds of the median and the
slowest, and how many took over 50; of products a table, with the name of the slowest. Garbage is collected as seldom as in the tool. Sets
made at random are judged as those of one database, each on a table of its own.
"""

import argparse
import gc
import os
import re
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
from invariants.replay.catalog import Catalog
from invariants.replay.isolation import kinds  # noqa: F401 - else the first policy would pay for the import
from invariants.replay.isolation.policies import COMMANDS, Judge
from replay.isolation.comparing import KNOWN
from replay.isolation.generation import SCHEMA, TABLES, policy_set
from replay.statements import run


def database(seed: str, least: int) -> Catalog:
    """So many permissive policies or a few more: sets made at random, each on a table of its own."""
    made = run(SCHEMA)
    for number in count():
        if sum(each.permissive for each in made.catalog.policies) > least:
            return made.catalog
        drawn = policy_set(Random(f"{seed}-{number}"))
        own = f"{drawn.table}_{number}"
        secured = f"{TABLES[drawn.table]} alter table {drawn.table} enable row level security; {drawn}"
        made.run(re.sub(rf"\b{drawn.table}\b", own, secured), PLATFORM)
    raise AssertionError


def judged(seed: str, many: int) -> Iterator[float]:
    """The seconds that each policy took, every one of its disjuncts for every role and command."""
    catalog = database(seed, many)
    judge = Judge(catalog, "", KNOWN)
    for policy in [each for each in catalog.policies if each.permissive and each.name != "own_projects"][:many]:
        began = time.process_time()
        for side in COMMANDS:
            list(judge._side(policy, side))
        yield time.process_time() - began


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

    def named(self) -> Iterator[tuple[float, str]]:
        """The seconds that each policy took, and its name."""
        for oid, seconds in self.took.items():
            policy = self.catalog.policies[oid]
            yield seconds, f"{self.catalog.relations[policy.table].name}: {policy.name}"


JUDGES: list[Timed] = []
"""One of each database."""


def of_product(root: Path) -> list[tuple[float, str]]:
    """The seconds that each policy of a repository took, and its name."""
    JUDGES.clear()
    arguments = ["-C", str(root), "check", "--no-cache", "--only", "tenancy"]
    with patch("invariants.replay.run.Judge", Timed), Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), suppress(SystemExit):
        group.main(arguments, standalone_mode=False)
    return [each for judge in JUDGES for each in judge.named()]


def counted(took: list[float]) -> tuple[int, float, float, float, int]:
    """How many there are, the seconds of all, the milliseconds of the median and the slowest, and how many took over 50."""
    return len(took), sum(took), median(took) * 1000, max(took) * 1000, sum(each > 0.05 for each in took)


def table(roots: list[Path]) -> Iterator[str]:
    """The policies of products."""
    yield "| product | policies | seconds | median ms | slowest ms | above 50 ms | which is the slowest |\n|---|---|---|---|---|---|---|"
    for root in roots:
        if took := of_product(root):
            many, total, middle, slowest, late = counted([seconds for seconds, _ in took])
            yield f"| {root.name.replace('+', '/')} | {many} | {total:.2f} | {middle:.1f} | {slowest:.0f} | {late} | {max(took)[1]} |"
        else:
            yield f"| {root.name.replace('+', '/')} | none on tenants' tables |  |  |  |  |  |"


def main() -> None:
    """Time so many policies, or those of products."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--root", type=Path, nargs="+", help="the policies of these repositories")
    options = parser.parse_args()
    gc.set_threshold(GARBAGE)
    if options.root:
        for line in table(options.root):
            print(line, flush=True)
        return
    many, total, middle, slowest, late = counted(list(judged(options.seed, options.policies)))
    print(f"{many} policies: {total:.2f} s; median {middle:.1f} ms, slowest {slowest:.0f} ms, {late} above 50 ms")


if __name__ == "__main__":
    main()
