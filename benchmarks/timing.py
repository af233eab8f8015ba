"""Times cold and warm runs in child processes, and prints the table of README.md.

    python benchmarks/timing.py [--runs 5] [--product NAME=FOLDER ...] [--peer 'NAME=COMMAND' ...]

Cold: an empty cache. Warm: the same run again, nothing changed. Processor time tells more than time on the clock where a machine has
other work to do. Peak memory is the largest resident set of the process. A peer's command is run as it is, for comparison in the same
session. Everything is the median of the runs. The package is compiled to bytecode first, as an installer leaves it.
"""

import argparse
import compileall
import os
import platform
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
from typing import NamedTuple

import invariants
from synthetic import write

SYNTHETIC = ((600, 1000), (1200, 2000))
"""Tables and migrations of the synthetic products: the second is the first, doubled; the first has 5,000 statements."""


class Sample(NamedTuple):
    """What one run took."""

    cpu: float
    """Seconds of processor time, the system's and that of child processes too."""
    wall: float
    megabytes: float


def timed(command: Sequence[str], environment: dict[str, str]) -> Sample:
    """One run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise SystemExit(f"{shlex.join(command)} could not do its work")
    return Sample(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, _megabytes(usage))


def _megabytes(usage: resource.struct_rusage) -> float:
    """ru_maxrss counts kilobytes on Linux, bytes on macOS."""
    return usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def median(samples: Sequence[Sample]) -> Sample:
    return Sample(*map(statistics.median, zip(*samples, strict=True)))


def measure(root: Path, runs: int) -> tuple[Sample, Sample]:
    """The medians of cold and of warm runs."""
    command = [sys.executable, "-m", "invariants", "-C", str(root), "check", "--format", f"json:{os.devnull}"]
    cold, warm = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            environment = {**os.environ, "INVARIANTS_CACHE_DIR": cache}
            cold.append(timed(command, environment))
            warm.append(timed(command, environment))
    return median(cold), median(warm)


def main() -> None:
    """Print a row for each product and peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--product", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    options = parser.parse_args()
    compileall.compile_dir(Path(invariants.__file__).parent, quiet=1)
    print(f"{options.runs} runs, CPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| what | cold, CPU s | cold, s | cold, peak MB | warm, CPU s | warm, s |\n|---|---|---|---|---|---|")
    scratch = Path(tempfile.mkdtemp())
    for tables, migrations in SYNTHETIC:
        root = scratch / f"synthetic-{migrations}"
        write(root, tables, migrations)
        _print(f"synthetic, {tables:,} tables, {migrations:,} migrations", *measure(root, options.runs))
    for name, _, folder in (each.partition("=") for each in options.product):
        _print(name, *measure(Path(folder), options.runs))
    for name, _, line in (each.partition("=") for each in options.peer):
        _print(name, median([timed(shlex.split(line), dict(os.environ)) for _ in range(options.runs)]))
    shutil.rmtree(scratch)


def _print(name: str, cold: Sample, warm: Sample | None = None) -> None:
    last = f"{warm.cpu:.2f} | {warm.wall:.2f}" if warm else " | "
    print(f"| {name} | {cold.cpu:.2f} | {cold.wall:.2f} | {cold.megabytes:.0f} | {last} |", flush=True)


if __name__ == "__main__":
    main()
