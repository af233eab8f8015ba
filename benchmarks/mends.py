"""What `invariants fix` does to public products: copies are mended, and PostgreSQL says what became of them.

    python benchmarks/mends.py FOLDER...

Each folder is a product's repository, which is copied and left alone. The table tells how many findings were mended and left, how many
statements of the fix PostgreSQL refused, how often a row crossed past what it wrote, whether a second fix would write anything, and what
`invariants prove` said of the tables before and after. Any refusal, any crossing of that kind and a second fix make it exit with 1.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

VERDICTS = ("crossed", "held", "undecided", "unseeded")


class Result(NamedTuple):
    """What became of one product."""

    name: str
    mended: int
    left: int
    before: dict[str, int]
    after: dict[str, int]
    refused: list[str]
    crossed: list[str]
    """Rows that went past what the fix wrote."""
    again: str
    """What a second fix would write."""

    def line(self) -> str:
        counts = [f"{self.before.get(each, 0)} -> {self.after.get(each, 0)}" for each in VERDICTS]
        again = "yes" if self.again else "no"
        return f"| {' | '.join(map(str, [*self[:3], len(self.refused), len(self.crossed), again, *counts]))} |"


def main() -> int:
    print(f"| product | mended | left | refused | crossed past it | second fix writes | {' | '.join(VERDICTS)} |")
    print(f"|---|{'---|' * (5 + len(VERDICTS))}")
    failed = False
    for name in sys.argv[1:]:
        result = _mend(Path(name))
        print(result.line(), flush=True)
        for each in (*result.refused, *result.crossed):
            print(f"    {each}", file=sys.stderr)
        failed = failed or bool(result.refused or result.crossed or result.again)
    return int(failed)


def _mend(product: Path) -> Result:
    with TemporaryDirectory() as folder:
        root = Path(folder, product.name)
        shutil.copytree(product, root, symlinks=True)
        before = _proof(root)
        done = _run(root, "fix").stdout.splitlines()
        paths = [line.partition(": ")[2] for line in done if line.startswith(("created", "changed"))]
        again = _run(root, "fix", "--diff").stdout
        after = _proof(root)
        found = [each for each in after["findings"] if each["path"] in paths]
        refused = [_told(each) for each in found if each["rule"] == "migration-readable"]
        crossed = [_told(each) for each in found if each["verdict"] == "broken"]
        mended = sum(line.startswith("mended: ") for line in done)
        left = sum(line.startswith("not mended: ") for line in done)
        return Result(product.name, mended, left, _verdicts(before), _verdicts(after), refused, crossed, again)


def _told(finding: Any) -> str:
    return f"{finding['path']}:{finding['line']}: {finding['message']}"


def _proof(root: Path) -> Any:
    return json.loads(_run(root, "prove", "--format", "json").stdout)


def _verdicts(proof: Any) -> dict[str, int]:
    found = [each["verdict"] for each in proof["tables"]]
    return {each: found.count(each) for each in VERDICTS}


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "invariants", *arguments], cwd=root, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
