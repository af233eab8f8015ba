"""Compares what the tool answers with PostgreSQL's own catalog, product by product.

    python benchmarks/catalogs.py --catalogs DIR --snapshots DIR [--configs DIR] [NAME ...]

A catalog is a JSON file: ``repo``, ``commit``, ``files_with_errors``, ``tables`` (name to ``columns``, ``not_null``, ``rls``, ``force``,
``policies`` as ``name|command``), ``views`` (name to ``invoker``), ``definers`` (``name|pinned``). A snapshot is a git directory that
holds the commit. Exit status 1 where a product whose migrations apply cleanly differs.
``--configs`` is a folder of ``owner+name.toml``: what a product's team would have configured, such as the search path that its runner sets.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from snapshots import configure, git_directory, lay_out

BOOKKEEPING = {"public.alembic_version", "public._prisma_migrations", "public.django_migrations"}
"""Tables that runners make for themselves, which no migration does."""
QUERIES = {
    "tables": "select database, name, rls_enabled, rls_forced from db_table where origin = 'migration' and persistence != 'temporary'",
    "columns": "select database, table_name, name, not_null from db_column",
    "policies": "select database, table_name, name, command from db_policy",
    "views": "select database, name, security_invoker from db_view where origin = 'migration'",
    "functions": "select database, name, search_path from db_function where security_definer and origin = 'migration'",
    "unread": "select file, line, reason, message from source_unread",
    "databases": "select database, folder, runner from db_database",
    "migrations": "select database, path from db_migration order by position",
}


def ask(root: Path, environment: dict[str, str], names: Iterable[str] = QUERIES) -> dict[str, list[dict[str, Any]]]:
    """What the tool answers about a checkout."""
    return {name: asked(root, environment, QUERIES[name]) for name in names}


def asked(root: Path, environment: dict[str, str], query: str) -> list[dict[str, Any]]:
    """What the tool answers one query about a checkout."""
    command = [sys.executable, "-m", "invariants", "-C", str(root), "query", "--format", "json", query]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)}: {run.stderr.strip()}")
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def differences(truth: dict[str, Any], answers: dict[str, list[dict[str, Any]]], database: str) -> Iterator[str]:
    """What differs, one line each."""
    rows = {name: [row for row in found if row.get("database", database) == database] for name, found in answers.items()}
    ours = {row["name"]: row for row in rows["tables"]}
    truth = {**truth, "tables": {name: table for name, table in truth["tables"].items() if name not in BOOKKEEPING}}
    for name in sorted(truth["tables"].keys() - ours.keys()):
        yield f"table {name} is missing"
    for name in sorted(ours.keys() - truth["tables"].keys()):
        yield f"table {name} does not exist"
    for name in sorted(truth["tables"].keys() & ours.keys()):
        yield from _table(name, truth["tables"][name], ours[name], rows)
    yield from _sets("view", _invokers(truth), {f"{row['name']} {bool(row['security_invoker'])}" for row in rows["views"]})
    pinned = {f"{row['name']}|{'unpinned' if row['search_path'] is None else 'pinned'}" for row in rows["functions"]}
    yield from _sets("definer", set(truth["definers"]), pinned)


def _invokers(truth: dict[str, Any]) -> set[str]:
    return {f"{name} {view['invoker']}" for name, view in truth["views"].items()}


def _table(name: str, truth: dict[str, Any], ours: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    if truth["rls"] != bool(ours["rls_enabled"]):
        yield f"{name}: row security is {'on' if truth['rls'] else 'off'}"
    if truth["force"] != bool(ours["rls_forced"]):
        yield f"{name}: row security is {'' if truth['force'] else 'not '}forced"
    columns = [row for row in rows["columns"] if row["table_name"] == name]
    yield from _sets(f"{name}: column", set(truth["columns"]), {row["name"] for row in columns})
    yield from _sets(f"{name}: not null", set(truth["not_null"]), {row["name"] for row in columns if row["not_null"]})
    policies = {f"{row['name']}|{row['command']}" for row in rows["policies"] if row["table_name"] == name}
    yield from _sets(f"{name}: policy", set(truth["policies"]), policies)


def _sets(what: str, truth: set[str], ours: set[str]) -> Iterator[str]:
    for each in sorted(truth - ours):
        yield f"{what} {each} is missing"
    for each in sorted(ours - truth):
        yield f"{what} {each} is not there"


def best_database(truth: dict[str, Any], answers: dict[str, list[dict[str, Any]]]) -> str:
    """The database whose tables are most like the catalog's."""
    names = {str(row["database"]) for row in answers["databases"]} or {""}
    wanted = set(truth["tables"])

    def likeness(database: str) -> int:
        found = {row["name"] for row in answers["tables"] if row["database"] == database}
        return 2 * len(found & wanted) - len(found)

    return max(sorted(names), key=likeness)


def compare(catalog: Path, snapshots: Path, configs: Path | None, *, verbose: bool) -> bool:
    """Print a product's line; whether it counts as held."""
    truth = json.loads(catalog.read_text())
    git = git_directory(snapshots, truth["repo"])
    if git is None:
        print(f"| {catalog.stem} | not fetched |")
        return True
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        lay_out(git, truth["commit"], root)
        configure(root, configs, truth["repo"])
        start = time.perf_counter()
        answers = ask(root, {**os.environ, "INVARIANTS_CACHE_DIR": scratch})
        seconds = time.perf_counter() - start
    database = best_database(truth, answers)
    found = list(differences(truth, answers, database))
    errors, unread = len(truth["files_with_errors"]), len(answers["unread"])
    print(f"| {catalog.stem} | {database} | {len(truth['tables'])} | {errors} | {len(found)} | {unread} | {seconds:.1f} |", flush=True)
    if verbose:
        for line in found:
            print(f"    {line}")
        for row in answers["unread"]:
            print(f"    unread {row['file']}:{row['line']} {row['reason']}: {row['message']}")
    return not found or errors > 0


def main() -> int:
    """Compare every catalog, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogs", type=Path, required=True)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--configs", type=Path)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*", help="parts of catalog names")
    options = parser.parse_args()
    print("| product | database | tables | files with errors | differences | unverified | seconds |\n|---|---|---|---|---|---|---|")
    wanted = [path for path in sorted(options.catalogs.glob("*.json")) if not options.names or any(n in path.name for n in options.names)]
    held = [compare(path, options.snapshots, options.configs, verbose=options.verbose) for path in wanted]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
