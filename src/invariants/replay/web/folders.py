"""Folders whose files are plugins (`@fastify/autoload`): which files are loaded, and the prefix that folders and files make for each."""

import re
from collections import defaultdict
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from invariants.facts.web import Mount
from invariants.replay.web.corpus import Corpus

FOLDER = "folder:"
FILE = "file:"
SCRIPT = re.compile(r"(?<!\.d)\.[cm]?[jt]s$")
MANY = 10**6
"""A place behind everything that a plugin registers itself."""
INDEX = re.compile(r"index\.[cm]?[jt]s")
HOOKS = re.compile(r"^[_.]?auto_?hooks\.[cm]?[jt]s$", re.IGNORECASE)
NAMED = "named:"


def unfolded(corpus: Corpus, path: str, mounts: list[Mount]) -> Iterator[Mount]:
    """Mounts, where of a folder one for each file of it that is loaded; of a folder without files, it alone."""
    for mount in mounts:
        found = list(_plugins(corpus, path, mount)) if mount.child.startswith(FOLDER) else []
        yield from found or [mount]


def _plugins(corpus: Corpus, path: str, mount: Mount) -> Iterator[Mount]:
    name, *words = mount.child.removeprefix(FOLDER).split(" ")
    root = normpath(join(dirname(path), name))
    hooks = _hooked(words)
    for file in _loaded(corpus.paths, f"{root}/", hooks):
        own = corpus.get(file)
        said = own.constants if own is not None else {}
        folders = [] if "flat" in words else dirname(file.removeprefix(f"{root}/")).split("/")
        below = said.get("autoPrefix", _prefix([each for each in folders if each], "params" in words))
        prefix = None if mount.prefix is None else mount.prefix + (below if below.startswith("/") or not below else f"/{below}")
        if said.get("autoload") != "false":
            found = mount._replace(child=f"{FILE}{file}", prefix=said.get("prefixOverride", prefix and prefix.rstrip("/")))
            yield from _behind(found, _hooks(corpus.paths, root, dirname(file), words, hooks))


def _behind(mount: Mount, hooks: list[str]) -> Iterator[Mount]:
    """A plugin with the hooks before it, which are before it here alone: another folder may load it without."""
    if not hooks:
        yield mount
        return
    around = f"({mount.at.line}:{mount.at.column}) {mount.child}"
    yield mount._replace(child=around)
    yield mount._replace(router=around, position=0, prefix="")
    yield from (mount._replace(router=around, position=MANY, child=f"{FILE}{each}", prefix="", inherits=True) for each in hooks)


def _hooked(words: list[str]) -> re.Pattern[str]:
    """What files of hooks are called: by default, or as the folder is told."""
    return next((re.compile(each.removeprefix(NAMED)) for each in words if each.startswith(NAMED)), HOOKS)


def _hooks(paths: frozenset[str], root: str, folder: str, words: list[str], hooks: re.Pattern[str]) -> list[str]:
    """The hooks before the plugins of a folder: its own, and where they cascade those around it, unless its own stand in their place."""
    found = [each for each in sorted(paths) if dirname(each) == folder and hooks.search(each.rpartition("/")[2])][:1]
    if "hooks" not in words:
        return []
    around = _hooks(paths, root, dirname(folder), words, hooks) if "cascade" in words and folder != root else []
    return found if found and "overwrite" in words else [*around, *found]


def _loaded(paths: frozenset[str], root: str, hooks: re.Pattern[str]) -> Iterator[str]:
    """The files that are loaded: of a folder its index, or else all of them, but for hooks."""
    inside: dict[str, list[str]] = defaultdict(list)
    for each in sorted(paths):
        if each.startswith(root) and SCRIPT.search(each):
            inside[dirname(each)].append(each)
    for files in inside.values():
        index = [each for each in files if INDEX.fullmatch(each.rpartition("/")[2])]
        yield from index[:1] or [each for each in files if not hooks.search(each.rpartition("/")[2])]


def _prefix(folders: list[str], params: bool) -> str:
    """What folders put before paths: `_id` is a parameter, and `__` begins one inside of a name."""
    text = "".join(f"/{each}" for each in folders)
    if params:
        marked = text.replace("__", ":") if "__" in text else text.replace("/_", "/:")
        return re.sub(r":(\w+)", r"{\1}", marked)
    return text
