"""How the env pack fares on public products: what they declare, what their code reads, and what a manifest would say of it.

``python benchmarks/environments.py FOLDER...`` prints a row for each product. What it declares is what its own examples and schemas name.
With ``--reads`` every name that is read is printed, with ``--findings`` what a run without any configuration reports.
"""

import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from invariants.check import Options, Run
from invariants.finding import Outcome


class Product(NamedTuple):
    """What became of one product."""

    name: str
    declared: set[str]
    read: set[str]
    unresolved: int
    seconds: float
    outcome: Outcome

    def row(self) -> str:
        findings = [each for each in self.outcome.findings if each.rule.startswith("env-")]
        numbers = (len(self.declared), len(self.read), len(self.read - self.declared), len(self.declared - self.read), self.unresolved)
        return f"| {self.name} | {' | '.join(map(str, numbers))} | {len(findings)} | {self.seconds:.2f} |"


def product(folder: Path) -> Product:
    """A product as it lies there, judged without a cache."""
    began = perf_counter()
    run = Run(Options(folder, only=("env",), cached=False))
    outcome = run.outcome()
    seconds = perf_counter() - began

    def names(query: str) -> set[str]:
        return {str(name) for (name,) in run.store.ask(query)[1]}

    declared = names("select name from env_declaration where origin in ('schema', 'example')")
    unresolved = len(run.store.ask("select 1 from env_unresolved")[1])
    return Product(folder.name, declared, names("select name from env_use"), unresolved, seconds, outcome)


def main() -> None:
    arguments = [each for each in sys.argv[1:] if not each.startswith("--")]
    print("| product | declared | read | read, not declared | declared, not read | unresolved reads | findings | seconds |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for each in map(Path, arguments):
        found = product(each)
        print(found.row())
        if "--reads" in sys.argv:
            print("\n".join(sorted(found.read)))
        if "--findings" in sys.argv:
            for finding in found.outcome.findings:
                print(f"  {finding.place.file}:{finding.place.line}: {finding.rule} {finding.sentence}")


if __name__ == "__main__":
    main()
