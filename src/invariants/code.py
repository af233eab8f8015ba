"""Digests of the code that makes facts: where it changes, what it made before is made again."""

import os
import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

HERE = Path(__file__).parent
PARSERS = ("postgast", "protobuf", "libcst", "sqlglot", "pydantic", "pyyaml", "python_dotenv", "tree_sitter")
"""The libraries that read files, by their names as distributions."""


@cache
def digest(folders: tuple[str, ...], libraries: tuple[str, ...] = ()) -> str:
    """What the sources below these folders are, relative to the package, and which versions of the libraries are installed."""
    made = blake2b(digest_size=12)
    for folder in folders:
        place = str(HERE / folder)
        for path in sorted(_sources(place)):
            made.update(f"{folder}{path[len(place) :]}\0".encode())
            made.update(_hashed(path))
    made.update("\0".join(installed(libraries)).encode())
    return made.hexdigest()


def installed(libraries: Iterable[str]) -> list[str]:
    """The names of the metadata folders of libraries, which hold their versions (``importlib.metadata`` takes 50 ms to say the same)."""
    wanted = tuple(f"{name.replace('-', '_')}-" for name in libraries)
    found = {entry.name for folder in sys.path if Path(folder).is_dir() for entry in Path(folder).glob("*.dist-info")}
    return sorted(name for name in found if name.lower().startswith(wanted))


@cache
def _hashed(path: str) -> bytes:
    """The digest of a file; a run asks for that of all of them, and for that of some."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  hundreds of them, in every run
        return blake2b(file.read(), digest_size=16).digest()


def _sources(place: str) -> Iterable[str]:
    if not os.path.isdir(place):  # noqa: PTH112
        return [place]
    return (f"{folder}{os.sep}{name}" for folder, _, names in os.walk(place) for name in names if name.endswith((".py", ".sql", ".toml")))
