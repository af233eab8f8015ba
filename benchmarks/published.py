"""The routes that are found in public products, held against the lists of them that the products keep themselves.

    python benchmarks/published.py --snapshots DIR [--only NAME] [--verbose]

`published.toml` beside it names each list, which is an OpenAPI document, a snapshot of one, or a client made of one, and what stands before
its paths. A list tells what is published, so that what is found beyond it is no fault; it is counted below the paths that the list has.
"""

import argparse
import json
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from discovery import Routes, is_in, routes, shown
from snapshots import git_directory, lay_out

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
CALL = re.compile(r'method: "([A-Z]+)",\s*url: "([^"]+)"')


def listed(path: Path, prefix: str) -> Routes:
    """What a list says."""
    text = path.read_text(encoding="utf-8")
    found = CALL.findall(text) if path.suffix == ".ts" else _documented(_parsed(path, text))
    return {shown(method, prefix + url) for method, url in found}


def _parsed(path: Path, text: str) -> dict[str, Any]:
    """A document, also below the head of a snapshot."""
    if path.suffix in {".yml", ".yaml"}:
        import yaml

        return dict(yaml.safe_load(text))
    return dict(json.loads(text[text.index("{") :] if path.suffix == ".snap" else text))


def _documented(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, operations in document["paths"].items():
        for method in METHODS & operations.keys():
            yield method.upper(), path


def report(name: str, expected: Routes, found: Routes, verbose: bool) -> None:
    """A line of the table."""
    missed = sorted(each for each in expected if not is_in(each, found))
    heads = {path.split("/")[1] for _, path in expected}
    beyond = sorted(each for each in found if each[1].split("/")[1] in heads and not is_in(each, expected))
    print(
        f"| {name} | {len(expected)} | {len(expected) - len(missed)} | {1 - len(missed) / len(expected):.3f} | {len(beyond)} |", flush=True
    )
    for kind, several in (("missed", missed), ("beyond", beyond)) if verbose else ():
        for method, path in several:
            print(f"    {kind} {method} {path}")


def main() -> int:
    """Hold every product against its list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--only", default="", help="products whose names contain it")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    print("| product | listed | found | recall | beyond |\n|---|---|---|---|---|")
    for name, each in told["product"].items():
        git = git_directory(options.snapshots, name) if options.only in name else None
        if git is not None:
            with tempfile.TemporaryDirectory() as scratch:
                lay_out(git, "HEAD", Path(scratch))
                expected = {route for path in each["lists"] for route in listed(Path(scratch) / path, each.get("prefix", ""))}
                report(name, expected, routes(Path(scratch) / each.get("under", "")), options.verbose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
