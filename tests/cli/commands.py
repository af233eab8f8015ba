"""Running the command line as people do."""

import os
import subprocess
import sys
from pathlib import Path


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder, with a cache of its own beside it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"NO_COLOR": "1", "INVARIANTS_CACHE_DIR": str(root.parent / "cache"), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "invariants", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
