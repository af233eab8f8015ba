"""The databases that the configuration names: what its globs match, in the order that was detected there."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import translate

from invariants.layouts.detect import Language, Layout, Tree, find, judged
from invariants.layouts.order import Read, is_down, numeric


class Unmatched(Exception):
    """A configured glob that matches no file."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


Detected = Mapping[str, Layout]
Configured = tuple[str, Sequence[str], str | None]
"""A configured database: its name (or the empty string), its globs, its runner."""


def configured(entries: Iterable[Configured], paths: Sequence[str], read: Read) -> list[Layout]:
    """The databases that configuration names; :class:`Unmatched` where a glob matches nothing."""
    detected = {path: layout for layout in find(paths, read) for path in layout.files}
    tree = Tree(paths, read)
    return [judged(_configured(name, patterns, runner, paths, detected), tree) for name, patterns, runner in entries]


def _configured(name: str, patterns: Sequence[str], runner: str | None, paths: Sequence[str], detected: Detected) -> Layout:
    """A configured database: what each glob matches, one glob after the other."""
    files: list[str] = []
    for pattern in patterns:
        matched = [path for path in paths if matcher(pattern)(path) and not is_down(path)]
        if not matched:
            raise Unmatched(pattern)
        files += [path for path in _ordered(matched, detected) if path not in files]
    known = next((detected[path] for path in files if path in detected), None)
    folder = known.folder if known else files[0].rpartition("/")[0]
    language: Language = known.language if known else "sql"
    skipped = tuple(path for path in known.skipped if any(matcher(each)(path) for each in patterns)) if known else ()
    return Layout(name or folder, runner or (known.runner if known else "plain"), folder, tuple(files), language, skipped)


def _ordered(matched: list[str], detected: Detected) -> Sequence[str]:
    """In the order of the layout that was detected there, else by number or name."""
    known = next((detected[path] for path in matched if path in detected), None)
    if known is not None and set(matched) <= {*known.files, *known.skipped}:
        return [path for path in known.files if path in set(matched)]
    return numeric(matched)


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path matches a glob: ``*`` within a folder, ``**`` across folders."""
    parts = [re.escape("/").join(_part(part) for part in piece.split("/")) for piece in pattern.split("**/")]
    compiled = re.compile("(?:.*/)?".join(parts) + r"\Z")
    return lambda path: compiled.match(path) is not None


def _part(part: str) -> str:
    return translate(part).removeprefix("(?s:").removesuffix(r")\Z").replace(".*", "[^/]*")
