"""``.gitignore``: its lines as patterns of paths from the root."""

from collections.abc import Iterator

from invariants.facts.env import IgnoreLine
from invariants.frontends.env.text import first


def read(path: str, content: bytes) -> Iterator[IgnoreLine]:
    """The facts of one file. A pattern without a slash fits a name in every folder below; ``*`` fits across folders."""
    folder = path.removesuffix(".gitignore").replace("[", "[[]")
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
            yield IgnoreLine(at, each, is_negated, path.count("/"), number)
