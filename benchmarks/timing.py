"""Times cold and warm runs in child processes, and prints the table of README.md.

    python benchmarks/timing.py [--runs 5] [--product NAME=FOLDER ...] [--peer 'NAME=COMMAND' ...]

Cold: an empty cache. Warm: the same run again, nothing changed. Peak memory is the largest resident set of the process. A peer's
command is run as it is, for comparison in the same session. Everything is the median of the runs; compiled bytecode is assumed, as an
installer leaves it.
"""

import argparse
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from synthetic import write

SYNTHETIC = ((500, 1000), (1000, 2000))
"""Tables and migrations of the synthetic products: the second is the first, doubled."""


def timed(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> float:
    """ru_maxrss counts kilobytes on Linux, bytes on macOS."""
    return usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def measure(root: Path, runs: int) -> tuple[float, float, float]:
    """Median cold seconds, warm seconds, and peak megabytes of the cold runs."""
    command = [sys.executable, "-m", "invariants", "-C", str(root), "check", "--format", f"json:{os.devnull}"]
    cold, warm, memory = [], [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            environment = {**os.environ, "INVARIANTS_CACHE_DIR": cache}
            seconds, megabytes = timed(command, environment)
            cold.append(seconds)
            memory.append(megabytes)
            warm.append(timed(command, environment)[0])
    return statistics.median(cold), statistics.median(warm), statistics.median(memory)


def main() -> None:
    """Print a row for each product and peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--product", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    options = parser.parse_args()
    print("| what | cold, s | warm, s | peak, MB |\n|---|---|---|---|")
    scratch = Path(tempfile.mkdtemp())
    for tables, migrations in SYNTHETIC:
        root = scratch / f"synthetic-{migrations}"
        write(root, tables, migrations)
        _print(f"synthetic, {tables} tables, {migrations:,} migrations", measure(root, options.runs))
    for name, _, folder in (each.partition("=") for each in options.product):
        _print(name, measure(Path(folder), options.runs))
    for name, _, line in (each.partition("=") for each in options.peer):
        samples = [timed(shlex.split(line), dict(os.environ)) for _ in range(options.runs)]
        print(f"| {name} | {statistics.median(each[0] for each in samples):.2f} | | {statistics.median(each[1] for each in samples):.0f} |")
    shutil.rmtree(scratch)


def _print(name: str, row: tuple[float, float, float]) -> None:
    print(f"| {name} | {row[0]:.2f} | {row[1]:.2f} | {row[2]:.0f} |", flush=True)


if __name__ == "__main__":
    main()
