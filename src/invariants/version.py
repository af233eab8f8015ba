"""The version, found without importlib.metadata, which costs more than the rest of ``--version``."""

from pathlib import Path


def version() -> str:
    """The version of the package as installed; ``0+unknown`` where it is not installed at all."""
    site = Path(__file__).parent.parent
    for metadata in (*site.glob("invariants-*.dist-info"), *_editable()):
        return metadata.name.removeprefix("invariants-").removesuffix(".dist-info")
    return "0+unknown"


def _editable() -> list[Path]:
    """Where an editable install keeps its metadata: on the path, not beside the code."""
    import sys

    return [found for entry in sys.path if entry for found in Path(entry).glob("invariants-*.dist-info")]
