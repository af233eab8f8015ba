"""Commits that mended row security: at the parent the tool must report what was mended, at the commit no longer.

    python benchmarks/fixes.py --fixes FILE.jsonl --snapshots DIR [--verbose]

Each line of the file: ``repo``, ``parent``, ``sha``, ``diff`` (what changed in PostgreSQL's catalog: ``rls_turned_on``, ``policies_added``,
``policies_changed``, ``policies_removed``, ``search_path_pinned``, ``new_tables``), ``subject``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snapshots import configure, git_directory, lay_out

Key = tuple[str, str]


def findings(git: Path, revision: str, configs: Path | None, repository: str) -> set[Key]:
    """Every rule and subject that the tool reports at a commit."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        lay_out(git, revision, root)
        configure(root, configs, repository)
        report = Path(scratch) / "report.json"
        command = [sys.executable, "-m", "invariants", "-C", str(root), "check", "--no-cache", "--format", f"json:{report}"]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "INVARIANTS_CACHE_DIR": scratch}, check=False)
        if run.returncode == 2:
            raise RuntimeError(run.stderr)
        return {(each["rule"], each["subject"]) for each in json.loads(report.read_text())["findings"]}


def expected(diff: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a mend is about: a word for it, and the table, policy or function."""
    for table in diff.get("rls_turned_on", ()):
        yield "table", table
    for function in diff.get("search_path_pinned", ()):
        yield "function", function.partition("(")[0]
    for kind in ("policies_changed", "policies_removed"):
        for each in diff.get(kind, ()):
            yield "policy", f"{each['table']}/{each['policy']}"
    if not any(diff.get(kind) for kind in ("policies_changed", "policies_removed", "rls_turned_on")):
        for each in diff.get("policies_added", ()):
            yield "table", each["table"]


def about(word: str, name: str, found: set[Key]) -> set[Key]:
    """The findings on a table and its policies, a policy, or a function."""
    if word == "table":
        return {key for key in found if key[1] == name or key[1].startswith(name + "/")}
    return {key for key in found if key[1] == name}


def judge(fix: dict[str, Any], git: Path, configs: Path | None) -> tuple[str, list[str]]:
    """``reported``, ``partly``, ``not reported``, or ``nothing was there`` to report before; and a line for each thing mended."""
    before, after = (findings(git, fix[revision], configs, fix["repo"]) for revision in ("parent", "sha"))
    lines, hits, wanted = [], 0, 0
    for word, name in dict.fromkeys(expected(fix["diff"])):
        gone = about(word, name, before) - about(word, name, after)
        stays = about(word, name, before) & about(word, name, after)
        wanted += 1
        hits += bool(gone)
        lines.append(f"{word} {name}: gone {sorted(rule for rule, _ in gone)}, stays {sorted(rule for rule, _ in stays)}")
    if not wanted:
        return "nothing was there", lines
    return ("reported" if hits == wanted else "partly" if hits else "not reported"), lines


def main() -> int:
    """Judge every commit of the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fixes", type=Path, required=True)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--configs", type=Path, help="a folder of owner+name.toml, what a product's team would have configured")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    for line in options.fixes.read_text().splitlines():
        fix = json.loads(line)
        git = git_directory(options.snapshots, fix["repo"])
        if git is None:
            print(f"| {fix['repo']} | {fix['sha'][:10]} | not fetched |")
            continue
        verdict, lines = judge(fix, git, options.configs)
        print(f"| {fix['repo']} | {fix['sha'][:10]} | {', '.join(fix['diff'])} | {verdict} |", flush=True)
        for each in lines if options.verbose else ():
            print(f"    {each}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
