"""``python -m invariants``."""

from invariants.cli.main import main

main()
