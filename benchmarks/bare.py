"""Times a cold run against the bare parsers over the same files, in child processes, and prints the table of README.md.

    python benchmarks/bare.py [--runs 3] NAME=FOLDER ...

The bare parsers - tree-sitter, libcst, PostgreSQL's - are given the files of code and the migrations that the run itself parsed, by as many
processes, and what they answer is thrown away; to import them is counted. Everything is the median of the runs.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from timing import Sample, median, timed

PARSED = " union ".join(f"select file from place join {each} on at = place.id" for each in ("code_module", "ddl_statement"))


def parse(path: str) -> int:
    """Parses one file by the library for its language; what comes of it is dropped."""
    content = Path(path).read_bytes()
    if path.endswith(".sql"):
        import postgast

        try:
            return len(postgast.parse(content.decode("utf-8", "replace")).stmts)
        except postgast.PgQueryError:
            return 0
    if path.endswith(".py"):
        import libcst

        return len(libcst.parse_module(content).body)
    import tree_sitter
    import tree_sitter_rust
    import tree_sitter_typescript

    made = tree_sitter_typescript.language_tsx if path.endswith(("x", "js")) else tree_sitter_typescript.language_typescript
    grammar = tree_sitter_rust.language if path.endswith(".rs") else made
    return tree_sitter.Parser(tree_sitter.Language(grammar())).parse(content).root_node.child_count


def parse_all(listed: Path) -> None:
    """Parses every file that a list names, by as many processes as there are processors."""
    with ProcessPoolExecutor() as pool:
        sum(pool.map(parse, json.loads(listed.read_text()), chunksize=8))


def parsed(root: Path, cache: Path) -> list[str]:
    """The files that a run on a product parsed, by the facts that it kept; also those that it read on its way."""
    [kept] = cache.glob("*.db")
    with closing(sqlite3.connect(kept)) as facts:
        return [str(root / file) for (file,) in facts.execute(f"{PARSED} order by file")]


def measure(root: Path, runs: int) -> tuple[int, Sample, Sample]:
    """How many files there are, the bare parsers, and cold runs."""
    command = [sys.executable, "-m", "invariants", "-C", str(root), "check", "--format", f"json:{os.devnull}"]
    with tempfile.TemporaryDirectory() as scratch:
        caches = [{**os.environ, "INVARIANTS_CACHE_DIR": f"{scratch}/{number}"} for number in range(runs)]
        cold = [timed(command, each) for each in caches]
        files = parsed(root, Path(scratch) / "0")
        listed = Path(scratch) / "files.json"
        listed.write_text(json.dumps(files))
        bare = [timed([sys.executable, __file__, "--parse", str(listed)], dict(os.environ)) for _ in range(runs)]
    return len(files), median(bare), median(cold)


def main() -> None:
    """Print a row for each product."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parse", type=Path, metavar="LIST", help=argparse.SUPPRESS)
    parser.add_argument("products", nargs="*", metavar="NAME=FOLDER")
    options = parser.parse_args()
    if options.parse:
        parse_all(options.parse)
        return
    print(f"{options.runs} runs, CPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| what | files parsed | bare parsers, CPU s | cold, CPU s | times the bare parsers | cold, peak MB |\n|---|---|---|---|---|---|")
    for name, _, folder in (each.partition("=") for each in options.products):
        files, bare, cold = measure(Path(folder).resolve(), options.runs)
        print(f"| {name} | {files} | {bare.cpu:.1f} | {cold.cpu:.1f} | {cold.cpu / bare.cpu:.1f} | {cold.megabytes:.0f} |", flush=True)


if __name__ == "__main__":
    main()
