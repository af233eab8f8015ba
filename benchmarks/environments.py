"""How the env pack fares on public products: what they declare, what their code reads, and what others find of that.

``python benchmarks/environments.py FOLDER...`` prints a row for each product. What it declares is what its own examples and schemas name.
The column before the last is of a run with a manifest, the first draft that the product gives. With ``--findings`` what a run without any
configuration reports is printed too, and with ``--unresolved`` the reads of which it cannot be told what they read.

``--peers BIN`` compares the reads with those of ``varlock audit`` and ``dotenv-diff``, which npm installed into BIN. varlock looks at one
package at a time, so it is run at the root, on each folder there, and on each package.
"""

import argparse
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from invariants.check import Options, Run
from invariants.manifest import draft

UNRESOLVED = (
    "select file, line, message from env_unresolved as u where not exists (select 1 from env_taker t where t.function_name = u.taker)"
)
SCHEMA = "# @defaultSensitive=false @defaultRequired=false\n# ---\nZZZ_NONE=\n"
SECONDS = 280


class Product:
    """A product as it lies there, judged without a cache."""

    def __init__(self, folder: Path) -> None:
        began = perf_counter()
        self.name = folder.name
        self.folder = folder
        self.run = Run(Options(folder, only=("env",), cached=False))
        self.findings = self.run.outcome().findings
        self.seconds = perf_counter() - began
        self.read = self.names("select name from env_use")
        self.declared = self.names("select name from env_declaration where origin in ('schema', 'example')")
        self.unresolved = self.run.store.ask(UNRESOLVED)[1]

    def names(self, query: str) -> set[str]:
        return {str(name) for (name,) in self.run.store.ask(query)[1]}

    def row(self) -> str:
        missing, unused = self.read - self.declared, self.declared - self.read
        counts = (self.declared, self.read, missing, unused, self.unresolved, self.findings)
        return f"| {self.name} | {' | '.join(str(len(each)) for each in counts)} | {self.drafted()} | {self.seconds:.2f} |"

    def drafted(self) -> int:
        """What does not hold under the manifest that the product gives, variables that nothing reads left out."""
        with TemporaryDirectory() as scratch:
            copy = Path(scratch) / "product"
            shutil.copytree(self.folder, copy, symlinks=True, ignore=shutil.ignore_patterns("node_modules"))
            (copy / ".invariants").mkdir(exist_ok=True)
            (copy / ".invariants/env.toml").write_text(draft(self.run.store), encoding="utf-8")
            found = Run(Options(copy, only=("env",), cached=False)).outcome().findings
        return sum(each.rule != "env-used" for each in found)


def varlock(folder: Path, programs: Path) -> set[str]:
    """The names that ``varlock audit`` misses in a schema that has none."""
    (folder / ".env.schema").write_text(SCHEMA, encoding="utf-8")
    packages = sorted(str(each.parent) for each in folder.rglob("package.json") if "node_modules" not in each.parts)[:60]
    folders = sorted(str(each) for each in folder.iterdir() if each.is_dir() and each.name != ".git")
    said = "".join(_output([str(programs / "varlock"), "audit", *group], folder) for group in ([], folders, packages))
    (folder / ".env.schema").unlink()
    return set(re.findall(r"^\s*-\s+([A-Za-z_]\w*) \(seen", re.sub(r"\x1b\[[0-9;]*m", "", said), re.MULTILINE))


def dotenv_diff(folder: Path, programs: Path) -> set[str]:
    """The names that ``dotenv-diff`` lists."""
    said = _output([str(programs / "dotenv-diff"), "--scan-usage", "--list-all", "--json", "--ci"], folder)
    return set(json.loads(said[said.index("{") :])["listAll"]) if "{" in said else set()


def _output(command: Sequence[str], folder: Path) -> str:
    """What a command prints, through a file: into a pipe, one of them prints no more than a pipe holds."""
    with TemporaryDirectory() as scratch, (Path(scratch) / "out").open("w+b") as file:
        subprocess.run(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
        file.seek(0)
        return file.read().decode(errors="replace")


def compared(product: Product, programs: Path) -> str:
    """A row of the comparison: what each finds, and what it finds that this tool does not."""
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / "product"
        shutil.copytree(
            product.folder, copy, symlinks=True, ignore=shutil.ignore_patterns("node_modules", ".env", ".env.local", ".env.schema")
        )
        others = varlock(copy, programs), dotenv_diff(copy, programs)
    beyond = [sorted(found - product.read) for found in others]
    counts = (len(product.read), *map(len, others), len(product.read - others[0] - others[1]))
    cells = [*map(str, counts), *(", ".join(names) for names in beyond)]
    return f"| {product.name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--findings", action="store_true")
    parser.add_argument("--unresolved", action="store_true")
    parser.add_argument("--peers", type=Path)
    options = parser.parse_args()
    if options.peers:
        print("| product | read | varlock | dotenv-diff | only here | varlock beyond | dotenv-diff beyond |")
        print("|---|---:|---:|---:|---:|---|---|")
    else:
        print("| product | declared | read | not declared | not read | unresolved | findings | drafted | seconds |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for each in map(Product, options.folders):
        print(compared(each, options.peers) if options.peers else each.row(), flush=True)
        for finding in each.findings if options.findings else ():
            print(f"  {finding.place.file}:{finding.place.line}: {finding.rule} {finding.sentence}")
        for file, line, message in each.unresolved if options.unresolved else ():
            print(f"  {file}:{line}: {message}")


if __name__ == "__main__":
    main()
