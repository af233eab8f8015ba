"""Times a cold run against the bare parsers over the same files, in child processes, and prints the table of README.md.

    python benchmarks/bare.py [--runs 3] NAME=FOLDER ...

The bare parsers - tree-sitter, libcst, PostgreSQL's - are given, by as many processes, every file of code that the run is about and the
migrations that it read, and then those of them alone that it parsed itself, since it need not parse what no word of concerns it. What they
answer is thrown away; to import them is counted. Everything is the median of the runs.
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from invariants.sources import language
from timing import Sample, median, timed

CODE = {"python", "rust", "typescript"}
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


def every(root: Path, files: list[str]) -> list[str]:
    """What a run parsed, and whatever other code of the product it looked through without parsing it."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted({*files, *(str(root / path) for path in listed if language(path) in CODE)})


def bare(files: list[str], runs: int) -> Sample:
    """The bare parsers over some files."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump(files, listed)
        listed.flush()
        return median([timed([sys.executable, __file__, "--parse", listed.name], dict(os.environ)) for _ in range(runs)])


def measure(root: Path, runs: int) -> tuple[Sample, list[tuple[int, Sample]]]:
    """Cold runs, and the bare parsers with the number of their files: all there is, and what is parsed."""
    command = [sys.executable, "-m", "invariants", "-C", str(root), "check", "--format", f"json:{os.devnull}"]
    with tempfile.TemporaryDirectory() as scratch:
        caches = [{**os.environ, "INVARIANTS_CACHE_DIR": f"{scratch}/{number}"} for number in range(runs)]
        cold = [timed(command, each) for each in caches]
        files = parsed(root, Path(scratch) / "0")
    return median(cold), [(len(each), bare(each, runs)) for each in (every(root, files), files)]


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
    print("| what | cold, CPU s | cold, peak MB | files | bare parsers, CPU s | times | of these parsed | bare parsers, CPU s | times |")
    print("|---" * 9 + "|")
    for name, _, folder in (each.partition("=") for each in options.products):
        cold, parsers = measure(Path(folder).resolve(), options.runs)
        cells = " | ".join(f"{count} | {each.cpu:.1f} | {cold.cpu / each.cpu:.1f}" for count, each in parsers)
        print(f"| {name} | {cold.cpu:.1f} | {cold.megabytes:.0f} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
