"""``.gitignore``: its lines as patterns of paths from the root."""

from collections.abc import Iterator

from invariants.facts.env import IgnoreLine
from invariants.frontends.env.text import LARGEST, first


def read(path: str, content: bytes, under: str = "") -> Iterator[IgnoreLine]:
    """The facts of one file, which may lie above the root, so many folders as ``under`` names: apps/web/.

    A pattern without a slash fits a name in every folder below; ``*`` fits across folders.
    """
    if len(content) > LARGEST:
        return  # nothing is told to be ignored
    folder = "" if under else path.removesuffix(".gitignore").replace("[", "[[]")
    depth = -under.count("/") if under else path.count("/")
    for number, line in enumerate(content.decode("utf-8-sig", "replace").split("\n"), 1):
        pattern = line.rstrip("\r\n\t ").removeprefix("\\")
        if not pattern or line.startswith("#"):
            continue
        is_negated = pattern.startswith("!")
        pattern = pattern.removeprefix("!").rstrip("/")
        anchored = "/" in pattern
        pattern = pattern.removeprefix("/").replace("**/", "*").replace("**", "*")
        at = first(path, number)
        for each in [folder + pattern] if anchored else [folder + pattern, f"{folder}*/{pattern}"]:
            yield IgnoreLine(at, each, is_negated, depth, number, under)
