"""Times the packs that read source code, in child processes, and prints the table of README.md.

    python benchmarks/routes.py [--runs 3] [--semgrep PROGRAM] NAME=FOLDER ...

Cold: an empty cache. Warm: the same run again. The share that was not parsed is what `--stats` says. With `--semgrep`, that program is
run over the same folder in the same session, with as many jobs as there are processors, as this tool takes them: once with
`handlers.yml`, which asks as far as patterns can who may come in, as the first rule of the pack does, and once with `others.yml` besides,
which asks what the other rules ask that this tool answers in the same run. Everything is the median of the runs.
"""

import argparse
import compileall
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import invariants
from timing import Sample, measure, median, timed

HANDLERS, OTHERS = (Path(__file__).with_name(name) for name in ("handlers.yml", "others.yml"))
SKIPPED = re.compile(r"skipped +(\d+) of (\d+) files of code \((\d+%)\)")


def skipped(root: Path) -> tuple[str, str]:
    """How many files of code there are, and the share that was not parsed."""
    command = [sys.executable, "-m", "invariants", "-C", str(root), "check", "--no-cache", "--stats", "--format", f"json:{os.devnull}"]
    told = SKIPPED.search(subprocess.run(command, capture_output=True, text=True, check=False).stderr)
    return (told[2], told[3]) if told else ("0", "")


def semgrep(program: str, root: Path, runs: int, *rules: Path) -> Sample:
    """The median of runs of semgrep, which looks for nothing on the network."""
    configured = [part for each in rules for part in ("--config", str(each))]
    command = [program, "scan", *configured, "--metrics", "off", "--disable-version-check", "--jobs", str(os.cpu_count() or 1)]
    environment = {**os.environ, "PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"}
    return median([timed([*command, "--json", "--quiet", str(root)], environment) for _ in range(runs)])


def main() -> None:
    """Print a row for each product."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--semgrep", metavar="PROGRAM")
    parser.add_argument("products", nargs="+", metavar="NAME=FOLDER")
    options = parser.parse_args()
    compileall.compile_dir(Path(invariants.__file__).parent, quiet=1)
    print(f"{options.runs} runs, CPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| what | files of code | not parsed | cold, CPU s | cold, s | peak MB | warm, CPU s | warm, s |", end="")
    print(" semgrep on handlers, CPU s | s | semgrep on all, CPU s | s |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, _, folder in (each.partition("=") for each in options.products):
        files, share = skipped(Path(folder))
        cold, warm = measure(Path(folder), options.runs)
        own = f"{cold.cpu:.1f} | {cold.wall:.1f} | {cold.megabytes:.0f} | {warm.cpu:.2f} | {warm.wall:.2f}"
        sets = [[HANDLERS], [HANDLERS, OTHERS]] if options.semgrep else []
        peers = [semgrep(options.semgrep, Path(folder), options.runs, *rules) for rules in sets]
        told = " | ".join(f"{each.cpu:.1f} | {each.wall:.1f}" for each in peers) or " | | | "
        print(f"| {name} | {files} | {share} | {own} | {told} |", flush=True)


if __name__ == "__main__":
    main()
