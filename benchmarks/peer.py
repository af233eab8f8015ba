"""Compares the tool and its peer, pgrls without a database, with PostgreSQL's own catalog: the same files in the same order.

    python benchmarks/peer.py --peer PROGRAM --catalogs DIR --snapshots DIR [NAME ...]

``PROGRAM`` is a pgrls of an environment of its own (``pip install pgrls==0.57.*``). Catalogs are those of ``catalogs.py``; ``truth.py``
makes them. A false alarm names a table that PostgreSQL has otherwise, or not at all; a miss is a table that is so and is not named.
Seconds are those of one cold run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from catalogs import BOOKKEEPING, ask, best_database
from snapshots import git_directory, lay_out

RULES = {"SEC001": "row security off", "SEC002": "not forced", "SEC009": "no policy"}
"""The questions that both answer, by the peer's rules."""
Answer = dict[str, set[str]]
"""The tables that are said to be so, by question."""


class Run(NamedTuple):
    """What a tool answered, and in how many seconds."""

    answer: Answer
    seconds: float


def told(tables: dict[str, tuple[bool, bool, bool]]) -> Answer:
    """The answers that flags give: each table with whether it is enabled, forced, and has a policy."""
    return {
        "row security off": {name for name, (enabled, _, _) in tables.items() if not enabled},
        "not forced": {name for name, (enabled, forced, _) in tables.items() if enabled and not forced},
        "no policy": {name for name, (enabled, _, has_policy) in tables.items() if enabled and not has_policy},
    }


def truth(catalog: dict[str, Any]) -> Answer:
    """What PostgreSQL says."""
    tables = {name: table for name, table in catalog["tables"].items() if name not in BOOKKEEPING}
    return told({name: (table["rls"], table["force"], bool(table["policies"])) for name, table in tables.items()})


def ours(answers: dict[str, list[dict[str, Any]]], database: str) -> Answer:
    """What this tool says."""
    secured = {row["table_name"] for row in answers["policies"] if row["database"] == database}
    tables = [row for row in answers["tables"] if row["database"] == database]
    return told({row["name"]: (bool(row["rls_enabled"]), bool(row["rls_forced"]), row["name"] in secured) for row in tables})


def theirs(program: Path, root: Path, files: list[str], schemas: set[str]) -> Run:
    """What pgrls says of the files, in this order."""
    options = [argument for file in files for argument in ("--sql-file", str(root / file))]
    rules = [argument for rule in RULES for argument in ("--rule", rule)]
    command = [str(program), "lint", "--format", "json", "--schemas", ",".join(sorted(schemas)), *rules, *options]
    start = time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    seconds = time.perf_counter() - start
    if not run.stdout.startswith("{"):
        raise RuntimeError(run.stderr)
    answer: Answer = {question: set() for question in RULES.values()}
    for each in json.loads(run.stdout)["violations"]:
        answer[RULES[each["rule_id"]]].add(each["location"])
    return Run(answer, seconds)


def compare(catalog: dict[str, Any], git: Path, program: Path) -> Iterator[str]:
    """A product's rows."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        lay_out(git, catalog["commit"], root)
        environment = {**os.environ, "INVARIANTS_CACHE_DIR": scratch}
        start = time.perf_counter()
        answers = ask(root, environment, ["tables"])
        seconds = time.perf_counter() - start
        answers |= ask(root, environment, ["policies", "databases", "migrations"])
        database = best_database(catalog, answers)
        files = [row["path"] for row in answers["migrations"] if row["database"] == database]
        peer = theirs(program, root, files, {name.partition(".")[0] for name in catalog["tables"]})
    right = truth(catalog)
    for name, run in (("invariants", Run(ours(answers, database), seconds)), (f"pgrls {version(program)}", peer)):
        cells = " | ".join(f"{len(run.answer[each] - right[each])} / {len(right[each] - run.answer[each])}" for each in right)
        yield f"| {catalog['repo']} | {len(catalog['tables'])} | {len(files)} | {name} | {cells} | {run.seconds:.1f} |"


def version(program: Path) -> str:
    """The peer's own word for it."""
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def main() -> int:
    """Compare every catalog, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--catalogs", type=Path, required=True, action="append")
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("names", nargs="*", help="parts of catalog names")
    options = parser.parse_args()
    print("| product | tables | files | tool |", " | ".join(f"{each}: false / missed" for each in RULES.values()), "| seconds |")
    print("|---|---|---|---|---|---|---|---|")
    paths = sorted(path for folder in options.catalogs for path in folder.glob("*.json"))
    for path in paths:
        catalog = json.loads(path.read_text())
        git = git_directory(options.snapshots, catalog["repo"])
        if git is not None and (not options.names or any(name in path.name for name in options.names)):
            print(*compare(catalog, git, options.peer), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
