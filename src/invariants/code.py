"""Digests of the code that makes facts: where it changes, what it made before is made again."""

import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

HERE = Path(__file__).parent


@cache
def digest(folders: tuple[str, ...], libraries: tuple[str, ...] = ()) -> str:
    """What the sources below these folders of the package are, and which versions of the libraries are installed."""
    made = blake2b(digest_size=12)
    for folder in folders:
        for path in sorted(_sources(HERE / folder)):
            made.update(f"{path.relative_to(HERE)}\0".encode())
            made.update(path.read_bytes())
    made.update("\0".join(installed(libraries)).encode())
    return made.hexdigest()


def installed(libraries: Iterable[str]) -> list[str]:
    """The names of the metadata folders of libraries, which hold their versions (``importlib.metadata`` takes 50 ms to say the same)."""
    wanted = tuple(f"{name.replace('-', '_')}-" for name in libraries)
    found = {entry.name for folder in sys.path if Path(folder).is_dir() for entry in Path(folder).glob("*.dist-info")}
    return sorted(name for name in found if name.lower().startswith(wanted))


def _sources(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.suffix in {".py", ".sql", ".toml"}) if folder.is_dir() else [folder]
