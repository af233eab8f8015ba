"""Commits that mended a missing guard: at the parent the tool must report the routes that were mended, at the commit no longer.

    python benchmarks/guards.py --snapshots DIR [--only NAME] [--verbose]

`guards.toml` beside it names the commits and their kinds, and what each product's team would have configured. Kinds: `auth`: no
authentication; `authz`: no role or permission; `scope`: the tenant was not asked for inside a guarded handler; `right`: nothing was missing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

from snapshots import git_directory, lay_out

RULES = frozenset({"route-auth-declared", "route-auth-enforced", "route-requirement-met"})


class Finding(NamedTuple):
    """What is said of a route."""

    rule: str
    subject: str
    verdict: str


class Mend(NamedTuple):
    """A commit that mended something, and what it is about."""

    repository: str
    commit: str
    kind: str


def findings(git: Path, revision: str, config: str) -> set[Finding]:
    """What the tool says of the routes of a commit."""
    with tempfile.TemporaryDirectory() as scratch:
        root, report = Path(scratch) / "root", Path(scratch) / "report.json"
        lay_out(git, revision, root)
        (root / ".invariants").mkdir(exist_ok=True)
        (root / ".invariants" / "config.toml").write_text(config)
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


def judge(mend: Mend, git: Path, config: str) -> tuple[str, list[Finding]]:
    """What was said at the parent and no longer at the commit, and the worst of its verdicts."""
    gone = sorted(findings(git, f"{mend.commit}^", config) - findings(git, mend.commit, config))
    verdicts = {each.verdict for each in gone}
    return ("broken" if "broken" in verdicts else "unverified" if verdicts else "not reported"), gone


def main() -> int:
    """Judge every commit of the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--only", default="", help="repositories and commits whose names contain it")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    configs = {name: each["config"] for name, each in told["product"].items() if "config" in each}
    mends = [Mend(name, commit, kind) for name, each in told["product"].items() for commit, kind in each["commits"].items()]
    for mend in mends:
        if options.only not in f"{mend.repository} {mend.commit}":
            continue
        git = git_directory(options.snapshots, mend.repository)
        verdict, gone = judge(mend, git, configs.get(mend.repository, "")) if git else ("not fetched", [])
        rules = ", ".join(sorted({each.rule for each in gone}))
        print(f"| {mend.repository} | {mend.commit} | {mend.kind} | {verdict} | {rules} | {len(gone)} |", flush=True)
        for each in gone if options.verbose else ():
            print(f"    {each.rule} {each.subject} {each.verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
