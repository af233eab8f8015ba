"""Builds the documentation site: ``python -m scripts.docs [FOLDER]``; the pages are then in ``FOLDER/site``, by default ``build/site``."""

import subprocess
import sys
from pathlib import Path

from scripts.docs.manual import ROOT, lay


def main(folder: Path) -> int:
    """Lay the sources and have zensical build them; a link that leads nowhere is an error."""
    config = lay(folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(config)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT / "build"))
