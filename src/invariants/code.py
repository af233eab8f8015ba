"""Digests of the code that makes facts: where it changes, what it made before is made again."""

import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

HERE = Path(__file__).parent
PARSERS = (
    "postgast", "protobuf", "libcst", "sqlglot", "pydantic", "pyyaml", "python_dotenv", "tree_sitter", "tree_sitter_c_sharp",
    "tree_sitter_rust", "tree_sitter_typescript",
)  # fmt: skip
"""The libraries that read files, by their names as distributions."""


@cache
def digest(folders: tuple[str, ...], libraries: tuple[str, ...] = ()) -> str:
    """What the sources in these folders are, those of the package by their names, and which versions of the libraries are installed."""
    made = blake2b(digest_size=12)
    for folder in folders:
        rooms = _rooms(folder if os.path.isabs(folder) else str(HERE))  # noqa: PTH117
        for name in [folder] if folder in rooms else sorted(rooms):
            made.update(f"{name}\0".encode())
            made.update(rooms[name])
    made.update("\0".join(installed(libraries)).encode())
    return made.hexdigest()


@cache
def installed(libraries: tuple[str, ...]) -> list[str]:
    """The names of the metadata folders of libraries, which hold their versions (``importlib.metadata`` takes 50 ms to say the same)."""
    wanted = tuple(f"{name.replace('-', '_')}-" for name in libraries)
    found = {name for folder in sys.path if os.path.isdir(folder) for name in os.listdir(folder) if name.endswith(".dist-info")}  # noqa: PTH112, PTH208
    return sorted(name for name in found if name.lower().startswith(wanted))


@cache
def _rooms(place: str) -> dict[str, bytes]:
    """What the files and folders in a place are, each with all of its sources; a run asks for that of all of them, and for that of some."""
    made: dict[str, blake2b] = defaultdict(partial(blake2b, digest_size=16))
    for path in sorted(_sources(place)):
        name = path[len(place) + 1 :]
        room = made[name.partition(os.sep)[0]]
        room.update(f"{name}\0".encode())
        room.update(_hashed(path))
    return {name: room.digest() for name, room in made.items()}


def _hashed(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  hundreds of them, in every run
        return blake2b(file.read(), digest_size=16).digest()


def _sources(place: str) -> Iterable[str]:
    return (f"{folder}{os.sep}{name}" for folder, _, names in os.walk(place) for name in names if name.endswith((".py", ".sql", ".toml")))
