"""Times the gate as people meet it, in child processes, and prints the table of README.md.

    python benchmarks/gate.py [--runs 3] [--product NAME=FOLDER=MIGRATION ...] [--squawk PROGRAM] [--pgrls PROGRAM]

Each product is copied and committed first; MIGRATION is the path that a new migration of it would have. Then: one cold run; runs with
nothing changed; runs of ``--staged`` with another README staged each time; runs of ``--staged`` with another migration staged each time.
What is known of the base is in the cache, as it is after every commit with the hook. Medians of processor time; most memory of any.
The peers get what they can judge of the same: squawk the migration that is staged, pgrls all migrations in order, joined in one file.
"""

import argparse
import compileall
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import invariants
from synthetic import write, write_code
from timing import Sample, median, timed

TABLE = """create table added_{number} (id uuid primary key, tenant_id uuid not null, name text);
alter table added_{number} enable row level security, force row level security;
"""
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0")


class Product(NamedTuple):
    """A repository to judge, and where its next migration would be."""

    name: str
    root: Path
    migration: str

    def stage(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.git("add", "--force", path)

    def git(self, *arguments: str) -> None:
        subprocess.run([*GIT, *arguments], cwd=self.root, check=True, stdout=subprocess.DEVNULL)


class Times(NamedTuple):
    """What the runs on a product took."""

    cold: Sample
    warm: Sample
    nothing: Sample
    """``--staged`` with nothing staged that matters."""
    one: Sample
    """``--staged`` with a new migration."""


def committed(name: str, folder: Path, migration: str, scratch: Path) -> Product:
    """A copy of a product as a repository with one commit."""
    root = scratch / name.replace("/", "+")
    shutil.copytree(folder, root, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
    product = Product(name, root, migration)
    product.git("init", "-q")
    product.git("add", "-A")
    product.git("commit", "-q", "-m", "all")
    return product


def measure(product: Product, runs: int) -> Times:
    """The gate on one product."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "INVARIANTS_CACHE_DIR": cache}
        command = [sys.executable, "-m", "invariants", "-C", str(product.root), "check"]
        cold = timed(command, environment)
        warm = [timed(command, environment) for _ in range(runs)]
        staged = [*command, "--staged"]
        timed(staged, environment)
        nothing = [timed(staged, environment) for _ in _staged(product, "README.md", "Words, for the {number}th time.\n", runs)]
        product.git("commit", "-q", "-m", "words")
        one = [timed(staged, environment) for _ in _staged(product, product.migration, TABLE, runs)]
    return Times(cold, median(warm), median(nothing), median(one))


def _staged(product: Product, path: str, text: str, runs: int) -> Iterator[int]:
    for number in range(runs):
        product.stage(path, text.format(number=number))
        yield number


def _row(name: str, samples: Sequence[Sample | None]) -> None:
    memory = max(each.megabytes for each in samples if each)
    cells = [f"{each.cpu:.2f}" if each else "" for each in samples]
    print(f"| {name} | {' | '.join(cells)} | {memory:.0f} |", flush=True)


def _peers(product: Product, options: argparse.Namespace) -> None:
    """What other programs take for what they can do of the same."""
    if options.squawk:
        command = [options.squawk, str(product.root / product.migration)]
        _row("squawk, the migration that is staged", [None, None, None, median([timed(command, {}) for _ in range(options.runs)])])
    if options.pgrls:
        joined = product.root.parent / "joined.sql"
        joined.write_text("\n".join(path.read_text() for path in sorted((product.root / product.migration).parent.glob("*.sql"))))
        command = [options.pgrls, "lint", "--sql-file", str(joined)]
        _row("pgrls, all of its migrations", [median([timed(command, {}) for _ in range(options.runs)]), None, None, None])


def main() -> None:
    """Print a row for each product, and for the peers on the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--product", action="append", default=[], metavar="NAME=FOLDER=MIGRATION")
    parser.add_argument("--squawk", metavar="PROGRAM")
    parser.add_argument("--pgrls", metavar="PROGRAM")
    options = parser.parse_args()
    compileall.compile_dir(Path(invariants.__file__).parent, quiet=1)
    version = median([timed([sys.executable, "-m", "invariants", "--version"], dict(os.environ)) for _ in range(options.runs)])
    print(f"{options.runs} runs, CPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"`--version`: {version.cpu * 1000:.0f} ms of processor time\n")
    print("| what | cold | warm | nothing staged that matters | one migration staged | peak MB |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "made"
        write(made, 600, 1000)
        write_code(made, 2000, 7000)
        chosen = [("synthetic, 10,000 files", made, "migrations/99999_more.sql")]
        chosen += [(name, Path(folder), path) for name, folder, path in (each.split("=") for each in options.product)]
        for position, (name, folder, path) in enumerate(chosen):
            product = committed(name, folder, path, Path(scratch) / "products")
            _row(name, measure(product, options.runs))
            if position == 0:
                _peers(product, options)


if __name__ == "__main__":
    main()
