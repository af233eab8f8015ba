"""Commits that mended a missing guard: at the parent the tool must report the routes that were mended, at the commit no longer.

    python benchmarks/guards.py --snapshots DIR [--only NAME] [--verbose]

`guards.toml` beside it names the commits and their kinds, and what each product's team would have configured. Kinds: `auth`: no
authentication; `authz`: no role or permission; `scope`: the tenant was not asked for inside a guarded handler; `right`: nothing was
missing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from snapshots import git_directory, lay_out

RULES = frozenset({"route-auth-declared", "route-auth-enforced", "route-requirement-met"})


class Finding(NamedTuple):
    """What is said of a route."""

    rule: str
    subject: str
    verdict: str


class Mend(NamedTuple):
    """A commit that mended something, what it is about, what a team would have configured, and the folders of its server; none: all."""

    repository: str
    commit: str
    kind: str
    config: str
    under: tuple[str, ...]


def folders(git: Path, mend: Mend, revision: str, root: Path) -> None:
    """Write the folders of a product's server at a commit."""
    told = subprocess.run(
        ["git", "-C", git, "ls-tree", "-d", "--name-only", revision, *mend.under], capture_output=True, text=True, check=True
    )
    root.mkdir()
    archive = subprocess.run(["git", "-C", git, "archive", revision, *told.stdout.split()], capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", root], input=archive.stdout, check=True)


def findings(git: Path, mend: Mend, revision: str) -> set[Finding]:
    """What the tool says of the routes of a commit."""
    with tempfile.TemporaryDirectory() as scratch:
        root, report = Path(scratch) / "root", Path(scratch) / "report.json"
        folders(git, mend, revision, root) if mend.under else lay_out(git, revision, root)
        (root / ".invariants").mkdir(exist_ok=True)
        (root / ".invariants" / "config.toml").write_text(mend.config)
        command = [
            sys.executable,
            "-m",
            "invariants",
            "-C",
            str(root),
            "check",
            "--only",
            "routes",
            "--no-cache",
            "--format",
            f"json:{report}",
        ]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "INVARIANTS_CACHE_DIR": scratch}, check=False)
        if run.returncode == 2:
            raise RuntimeError(run.stderr)
        told = json.loads(report.read_text())["findings"]
        return {Finding(each["rule"], each["subject"], each["verdict"]) for each in told if each["rule"] in RULES}


def judge(mend: Mend, git: Path) -> tuple[str, list[Finding]]:
    """What rules said of routes at the parent and say no longer at the commit, in whichever words, and the worst of the verdicts."""
    left = {(each.rule, each.subject) for each in findings(git, mend, mend.commit)}
    gone = sorted(each for each in findings(git, mend, f"{mend.commit}^") if (each.rule, each.subject) not in left)
    verdicts = {each.verdict for each in gone}
    return ("broken" if "broken" in verdicts else "unverified" if verdicts else "not reported"), gone


def mends(told: dict[str, Any]) -> Iterator[Mend]:
    """The commits of the list."""
    for name, each in told["product"].items():
        for commit, kind in each["commits"].items():
            yield Mend(name, commit, kind, each.get("config", ""), tuple(each.get("under", ())))


def main() -> int:
    """Judge every commit of the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--only", default="", help="repositories and commits whose names contain it")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for mend in (each for each in mends(told) if options.only in f"{each.repository} {each.commit}"):
        git = git_directory(options.snapshots, mend.repository)
        verdict, gone = judge(mend, git) if git else ("not fetched", [])
        rules = ", ".join(sorted({each.rule for each in gone}))
        print(f"| {mend.repository} | {mend.commit} | {mend.kind} | {verdict} | {rules} | {len(gone)} |", flush=True)
        for each in gone if options.verbose else ():
            print(f"    {each.rule} {each.subject} {each.verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
