"""Commits of public repositories, laid out as folders: what the comparisons run on. Nothing of theirs is kept here.

A snapshot is a git directory ``<owner>+<name>/repo`` (or a clone of that name) below one folder.
"""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

TOO_LARGE = 8_000_000
"""Bytes; larger files are left out unless they are SQL."""


def git_directory(snapshots: Path, repository: str) -> Path | None:
    """The git directory of ``owner/name``, or None where it was not fetched."""
    base = snapshots / repository.replace("/", "+")
    return next((each for each in (base / "repo", base) if each.is_dir()), None)


def lay_out(git: Path, revision: str, target: Path) -> int:
    """Write the files of a commit below ``target``; links and objects that the snapshot lacks are left out. The number of files."""
    count = 0
    for path, content in _blobs(git, revision):
        if len(content) > TOO_LARGE and path.suffix != ".sql":
            continue
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        count += 1
    return count


def configure(root: Path, configs: Path | None, repository: str) -> None:
    """Put what a product's team would have configured into its folder, and stubs of what its migrations expect, where there are any."""
    if configs is None:
        return
    name = repository.replace("/", "+")
    if (file := configs / f"{name}.toml").exists():
        (root / ".invariants").mkdir(exist_ok=True)
        (root / ".invariants" / "config.toml").write_text(file.read_text())
    if (stubs := configs / name).is_dir():
        shutil.copytree(stubs, root, dirs_exist_ok=True)


def _blobs(git: Path, revision: str) -> Iterator[tuple[Path, bytes]]:
    listing = subprocess.run(["git", "-C", git, "ls-tree", "-r", "-z", revision], capture_output=True, check=True).stdout
    entries = [entry.split("\t", 1) for entry in listing.decode(errors="surrogateescape").split("\0") if entry]
    wanted = [(meta.split()[2], Path(path)) for meta, path in entries if meta.split()[1] == "blob" and not meta.startswith("120000")]
    with subprocess.Popen(["git", "-C", git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask = threading.Thread(target=_ask, args=(process.stdin, [name for name, _ in wanted]))
        ask.start()
        for _, path in wanted:
            header = process.stdout.readline().split()
            if header[-1] != b"missing":
                yield path, process.stdout.read(int(header[2]))
                process.stdout.read(1)
        ask.join()


def _ask(stdin: object, names: list[str]) -> None:
    with stdin as stream:  # type: ignore[attr-defined]
        stream.writelines(name.encode() + b"\n" for name in names)
