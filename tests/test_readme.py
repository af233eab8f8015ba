"""What the README shows is what the tool says."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SUITE = ROOT / "fixtures" / "apps" / "suite"
EXAMPLE = re.compile(r"(<!-- example -->\n```text\n)(.*?)(```\n<!-- /example -->)", re.DOTALL)
TIME = re.compile(r"· [0-9.]+ s")


def shown() -> str:
    """The report on the suite, as a newcomer sees it; how long it took is not compared."""
    environment = {**os.environ, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "invariants", "-C", str(SUITE), "check", "--no-cache"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 1, run.stderr
    return TIME.sub("· 0.5 s", run.stdout)


def test_the_example_is_what_the_tool_prints() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fresh = EXAMPLE.sub(lambda match: match[1] + shown() + match[3], readme)
    if os.environ.get("INVARIANTS_UPDATE"):
        (ROOT / "README.md").write_text(fresh, encoding="utf-8")
    assert readme == fresh, "run the tests with INVARIANTS_UPDATE=1"
